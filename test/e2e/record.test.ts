import type { Page } from 'playwright-core'
import { describe } from 'vitest'
import { lookAt, type Screen } from '#test/support/window-screens.ts'

const showWrites = (page: Page) => page.locator('.history-filter .segments button').nth(2).click()
const openOne = async (page: Page, nth = 1) => {
  await showWrites(page)
  await page.locator('.write-toggle').nth(nth).click()
  await page.locator('.write-body pre').waitFor()
}

const looks = [
  { width: 1440, height: 900, colorScheme: 'light' },
  { width: 1440, height: 900, colorScheme: 'dark' },
  { width: 1024, height: 700, colorScheme: 'light' },
  { width: 960, height: 600, colorScheme: 'dark' },
] as const

const at = '#/history'
const screens: readonly Screen[] = [
  {
    name: 'writes',
    scene: 'fleet',
    at,
    prepare: (page) => openOne(page),
    shows: '.write-facts',
    theme: 'system',
    looks,
  },
  {
    name: 'writes-zh-cn',
    scene: 'fleet',
    at,
    locale: 'zh-CN',
    prepare: (page) => openOne(page, 3),
    shows: '.write-facts',
  },
  {
    name: 'writes-zh-cn-narrow',
    scene: 'fleet',
    at,
    locale: 'zh-CN',
    prepare: showWrites,
    shows: '.write-line',
    width: 960,
    height: 600,
  },
  {
    name: 'writes-10000',
    scene: 'large',
    at,
    prepare: async (page) => {
      await showWrites(page)
      const end = page.locator('.writes-scroll')
      for (let i = 0; i < 80; i++) {
        await end.evaluate((element) => element.scrollTo(0, element.scrollHeight))
        if ((await page.locator('.writes-end').textContent())?.startsWith('Nothing older')) break
        await page.waitForTimeout(50)
      }
      await end.evaluate((element) => element.scrollTo(0, element.scrollHeight))
      await page.locator('.write-toggle').last().click()
      await page.locator('.write-body pre').waitFor()
      await end.evaluate((element) => element.scrollTo(0, element.scrollHeight))
    },
    shows: '.write-facts',
  },
  {
    name: 'writes-no-match',
    scene: 'fleet',
    at,
    prepare: async (page) => {
      await showWrites(page)
      await page.locator('input[data-filter]').fill('who:nobody')
    },
    shows: '.history-none',
  },
  { name: 'writes-none', scene: 'noContexts', at, prepare: showWrites, shows: '.message' },
  {
    name: 'writes-failed',
    scene: 'troubles',
    at,
    prepare: showWrites,
    shows: '.message .choices',
    width: 1024,
    height: 700,
  },
  {
    name: 'writes-exported',
    scene: 'offline',
    at,
    prepare: async (page) => {
      await showWrites(page)
      await page.locator('.history-filter .button').last().click()
    },
    shows: '.toast',
    width: 1024,
    height: 700,
  },
]

describe('ACT-15: the record in the window', () => {
  lookAt(screens)
})
