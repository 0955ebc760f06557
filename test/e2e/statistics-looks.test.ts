import type { Page } from 'playwright-core'
import { describe } from 'vitest'
import { lookAt, type Screen } from '#test/support/window-screens.ts'

const at = '#/statistics'
const asTable = async (page: Page) => {
  await page.locator('.bar').first().waitFor()
  await page.keyboard.press('3')
  await page.keyboard.press('t')
}
const type = (terms: string) => async (page: Page) => {
  await page.locator('input[data-filter]').click()
  await page.keyboard.type(terms)
}

const screens: readonly Screen[] = [
  {
    name: 'statistics',
    scene: 'fleet',
    at,
    theme: 'system',
    shows: '.bar',
    looks: [
      { width: 1440, height: 900, colorScheme: 'light' },
      { width: 1440, height: 900, colorScheme: 'dark' },
      { width: 960, height: 600, colorScheme: 'light' },
    ],
  },
  { name: 'statistics-zh-cn', scene: 'long', at, locale: 'zh-CN', prepare: asTable, shows: '.statistics-table' },
  { name: 'statistics-none', scene: 'noContexts', at, shows: '.message' },
  { name: 'statistics-problem', scene: 'fleet', at, prepare: type('clustr:prod'), shows: '.search-problem' },
  { name: 'history-search', scene: 'fleet', at: '#/history', prepare: type('outcome:'), shows: '.search-choice' },
]

/** Statistics over the history, and its search. */
describe('statistics and search', () => {
  lookAt(screens)
})
