import type { Page } from 'playwright-core'
import { describe } from 'vitest'
import { lookAt, type Screen } from '#test/support/window-screens.ts'

const looks = [
  { width: 1440, height: 900, colorScheme: 'light' },
  { width: 1440, height: 900, colorScheme: 'dark' },
  { width: 1024, height: 700, colorScheme: 'light' },
  { width: 960, height: 600, colorScheme: 'dark' },
] as const
const twoLooks = [looks[0], looks[3]] as const

const checkout = '#/plans?id=01JDF3M7Q2CHECKOUT'
const large = '#/plans?id=01JDF4LEDGER'

const sideTab = (page: Page, nth: number) => page.locator('.plan-side-tabs button').nth(nth).click()

/** The editor with a plan for one application in four clusters. */
const draft = async (page: Page) => {
  for (const cluster of ['canary-eu', 'prod-eu-west', 'prod-us-east', 'prod-ap-ne']) {
    await page.locator('[role=gridcell]', { hasText: new RegExp(`^checkout-api\\W+${cluster}`) }).click()
    await page.keyboard.press('x')
  }
  await page.locator('.peek .button', { hasText: /^(Plan|计划)…$/ }).click()
  await page.waitForSelector('.plan-wave-members', { state: 'attached' })
}

/** Writes over a part of the text, as typing does. */
const rewrite = async (page: Page, from: string, to: string) => {
  const area = page.locator('.plan-text textarea')
  const written = await area.inputValue()
  await area.fill(written.replace(from, to), { force: true })
}

const screens: readonly Screen[] = [
  { name: 'plan-strip', scene: 'fleet', theme: 'system', shows: '.plan-pill', looks },
  { name: 'plan-strip-zh-cn', scene: 'fleet', locale: 'zh-CN', shows: '.plan-pill' },
  { name: 'plan-strip-held', scene: 'plans', theme: 'system', shows: '.plan-holds', looks },
  { name: 'plan-strip-long-names', scene: 'long', theme: 'system', shows: '.plan-holds', looks: twoLooks },
  {
    name: 'plan-strip-unread',
    scene: 'plans',
    prepare: (page) => page.locator('.plan-head .button', { hasText: /^Plan 1/ }).click(),
    shows: '.plan-bake',
  },
  { name: 'plans', scene: 'plans', at: large, theme: 'system', shows: '.plan-members td', looks },
  { name: 'plans-over', scene: 'plans', at: '#/plans?id=01JDDONE', theme: 'system', shows: '.plan-members td', looks },
  { name: 'plans-zh-cn', scene: 'plans', at: large, locale: 'zh-CN', shows: '.plan-members td' },
  { name: 'plans-events', scene: 'plans', at: large, prepare: (page) => sideTab(page, 2), shows: '.plan-event' },
  {
    name: 'plans-next',
    scene: 'plans',
    at: checkout,
    theme: 'system',
    prepare: async (page) => {
      await sideTab(page, 1)
      await page.locator('.plan-side .exact-toggle').first().click()
    },
    shows: '.plan-side pre',
    looks: twoLooks,
  },
  {
    name: 'plans-long-names',
    scene: 'long',
    at: '#/plans',
    theme: 'system',
    shows: '.plan-members td',
    looks: twoLooks,
  },
  { name: 'plans-unread', scene: 'plans', at: '#/plans?id=01JDBAKE', shows: '.plan-why' },
  { name: 'plans-ready', scene: 'plans', at: '#/plans?id=01JDREADY', theme: 'dark', shows: '.plan-members td' },
  { name: 'plans-none', scene: 'noContexts', at: '#/plans', shows: '.message' },
  { name: 'plans-loading', scene: 'silent', at: '#/plans', shows: '.loading' },
  { name: 'plans-gone', scene: 'plans', at: '#/plans?id=nobody', shows: '.message' },
  {
    name: 'plan-dialog-hold',
    scene: 'fleet',
    prepare: async (page) => {
      await page.waitForSelector('.plan-pill')
      await page.keyboard.press('h')
      await page.locator('.plan-scopes input').check()
    },
    shows: '[role=dialog] .effects li',
  },
  {
    name: 'plan-dialog-approve',
    scene: 'plans',
    at: '#/plans?id=01JDREADY',
    theme: 'system',
    prepare: async (page) => {
      await page.waitForSelector('.plan-members td')
      await page.locator('.plan-title .button', { hasText: /^Approve/ }).click()
    },
    shows: '[role=dialog] .effects li',
    looks: twoLooks,
  },
  {
    name: 'plan-dialog-retry',
    scene: 'plans',
    at: large,
    prepare: async (page) => {
      await page.waitForSelector('.plan-members td')
      await page
        .locator('.plan-members .button', { hasText: /^Retry/ })
        .first()
        .click()
    },
    shows: '[role=dialog] .plan-scopes',
  },
  {
    name: 'plan-dialog-abort',
    scene: 'plans',
    at: large,
    theme: 'system',
    prepare: async (page) => {
      await page.waitForSelector('.plan-members td')
      await page.locator('.plan-title .button.danger').click()
      await page.locator('.plan-scopes button').nth(2).click()
    },
    shows: '[role=dialog] .plan-touched li',
    looks: twoLooks,
  },
  {
    name: 'plan-dialog-gate-zh-cn',
    scene: 'plans',
    at: '#/plans?id=01JDGATE',
    locale: 'zh-CN',
    prepare: async (page) => {
      await page.waitForSelector('.plan-members td')
      await page.keyboard.press('w')
    },
    shows: '[role=dialog] .effects li',
  },
  { name: 'plan-editor', scene: 'fleet', theme: 'system', prepare: draft, shows: '.plan-form-section', looks },
  { name: 'plan-editor-zh-cn', scene: 'fleet', locale: 'zh-CN', prepare: draft, shows: '.plan-wave-members' },
  {
    name: 'plan-editor-faults',
    scene: 'fleet',
    theme: 'system',
    prepare: async (page) => {
      await draft(page)
      await rewrite(page, 'maxConcurrent: 2', 'maxConcurrent: 0')
      await rewrite(page, 'waveSoak: 30m', 'waveSoak: an hour')
    },
    shows: '.plan-fault:nth-child(1)',
    looks: [looks[0], looks[1]],
  },
  {
    name: 'plan-editor-broken',
    scene: 'fleet',
    prepare: async (page) => {
      await draft(page)
      await rewrite(page, 'waves:', 'waves: [')
    },
    shows: '.plan-form [role=alert]',
  },
  {
    name: 'plan-editor-text-narrow',
    scene: 'fleet',
    width: 960,
    height: 600,
    prepare: async (page) => {
      await draft(page)
      await page.locator('.plan-panes-choice button').nth(1).click()
    },
    shows: '.plan-text textarea',
  },
  { name: 'plan-editor-empty', scene: 'fleet', at: '#/planEditor', theme: 'dark', shows: '.plan-fault' },
  {
    name: 'plan-editor-start',
    scene: 'fleet',
    theme: 'system',
    prepare: async (page) => {
      await draft(page)
      await page.keyboard.press('Control+Enter')
    },
    shows: '.plan-keep-waves li',
    looks: twoLooks,
  },
  {
    name: 'plan-editor-leave',
    scene: 'fleet',
    prepare: async (page) => {
      await draft(page)
      await rewrite(page, 'maxConcurrent: 2', 'maxConcurrent: 3')
      await page.keyboard.press('Escape')
      await page.locator('.tabs a').first().click()
    },
    shows: '[role=dialog] .dialog-foot',
  },
]

/** Fleet plans: the strip above the board, the page of plans, the editor, and what asks before it does. */
describe('the window', () => {
  lookAt(screens)
})
