import type { Page } from 'playwright-core'
import { describe } from 'vitest'
import { lookAt, type Screen } from '#test/support/window-screens.ts'

const looks: Screen['looks'] = [
  { width: 1440, height: 900, colorScheme: 'light' },
  { width: 1440, height: 900, colorScheme: 'dark' },
  { width: 1024, height: 700, colorScheme: 'light' },
]

/** A file of this name is chosen; its content is the fixture's. */
const choose = async (page: Page, name: string) => {
  await page.locator('.bundle-bar, .offline').first().waitFor()
  await page.keyboard.press('i')
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: '', buffer: Buffer.from('x') })
}
const open = async (page: Page) => {
  await choose(page, 'incident-4127.argosy')
  await page.locator('.bundle-facts').waitFor()
  await page.locator('.dialog-foot .button').last().click()
}
const exportIt = async (page: Page) => {
  await page.locator('.bundle-bar').waitFor()
  await page.keyboard.press('e')
  await page.locator('.bundle-facts').waitFor()
}

const screens: readonly Screen[] = [
  {
    name: 'bundle-export',
    scene: 'fleet',
    at: '#/history',
    theme: 'system',
    prepare: exportIt,
    shows: '.bundle-facts',
    looks,
  },
  {
    name: 'bundle-export-time',
    scene: 'long',
    at: '#/history',
    locale: 'zh-CN',
    theme: 'system',
    prepare: async (page) => {
      await exportIt(page)
      await page.locator('.bundle-form .segments button').nth(2).click()
      await page.locator('.bundle-form input[type=password]').first().fill('four words make one')
    },
    shows: '.bundle-facts',
    looks,
  },
  {
    name: 'bundle-import',
    scene: 'fleet',
    at: '#/history',
    theme: 'system',
    prepare: (page) => choose(page, 'incident-4127.argosy'),
    shows: '.bundle-facts',
    looks,
  },
  {
    name: 'bundle-import-locked',
    scene: 'fleet',
    at: '#/history',
    prepare: async (page) => {
      await choose(page, 'locked.argosy')
      await page.locator('input[type=password]').fill('wrong')
      await page.keyboard.press('Enter')
      await page.getByText('The passphrase is wrong').waitFor()
    },
    shows: '[role=alert]',
  },
  {
    name: 'bundle-import-damaged',
    scene: 'fleet',
    at: '#/history',
    locale: 'zh-CN',
    prepare: (page) => choose(page, 'damaged.argosy'),
    shows: '[role=alert]',
  },
  {
    name: 'bundle-shown',
    scene: 'fleet',
    at: '#/history',
    theme: 'system',
    prepare: open,
    shows: '.offline .bundle-proof',
    looks,
  },
  {
    name: 'bundle-shown-broken',
    scene: 'troubles',
    at: '#/history',
    theme: 'system',
    prepare: open,
    shows: '.offline .bundle-proof',
    looks,
  },
  {
    name: 'bundle-shown-long',
    scene: 'long',
    at: '#/history',
    locale: 'zh-CN',
    theme: 'system',
    prepare: open,
    shows: '.offline .bundle-proof',
    looks,
  },
]

describe('bundles', () => {
  lookAt(screens)
})
