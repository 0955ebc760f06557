import type { Page } from 'playwright-core'
import { describe } from 'vitest'
import { checkout, lookAt, type Screen } from '#test/support/window-screens.ts'

const selectCell = async (page: Page) => {
  await page.locator('[role=gridcell]', { hasText: /^checkout-api\W+prod-eu-west/ }).click()
}

const main: readonly Screen[] = [
  { name: 'fleet', scene: 'fleet', shows: '[role=gridcell] .weight-bar', prepare: selectCell },
  { name: 'rollout', scene: 'fleet', at: `#/rollout/${checkout}`, shows: '.steps' },
  { name: 'analysis', scene: 'fleet', at: `#/analysis/${checkout}?metric=latency-canary`, shows: '.big-chart canvas' },
  { name: 'diff', scene: 'fleet', at: `#/diff/${checkout}?left=47&right=48`, shows: '.diff-text' },
  { name: 'history', scene: 'fleet', at: '#/history?id=record-3', shows: '.record .moment-chart' },
  { name: 'drift', scene: 'fleet', at: `#/diff/${checkout}?tab=clusters`, shows: '.drift-drift' },
  { name: 'drift-fleet', scene: 'fleet', at: '#/diff?tab=clusters', shows: '.fleet-drift td' },
  { name: 'diff-moments', scene: 'fleet', at: `#/diff/${checkout}?tab=moments`, shows: '.diff-text' },
  {
    name: 'diff-file',
    scene: 'fleet',
    at: `#/diff/${checkout}?tab=file`,
    prepare: async (page) => {
      const buffer = Buffer.from('kind: Service')
      await page.locator('.file-choice input').setInputFiles({ name: 'checkout.yaml', mimeType: 'text/yaml', buffer })
    },
    shows: '.diff .message',
  },
  {
    name: 'diff-config',
    scene: 'fleet',
    at: `#/diff/${checkout}?left=47&right=48`,
    prepare: async (page) => {
      await page.locator('.diff-tools .segments button').nth(1).click()
      await page.locator('.message .button').click()
    },
    shows: '.config-objects li',
  },
  { name: 'past', scene: 'fleet', at: `#/rollout/${checkout}?at=2026-11-23T10:18:40Z`, shows: '.past-pane .steps' },
  { name: 'past-board', scene: 'fleet', at: '#/fleet?at=2026-11-24T12:30:00Z', shows: '.past-pane [role=gridcell]' },
  {
    name: 'past-two',
    scene: 'fleet',
    at: `#/rollout/${checkout}?at=2026-11-23T10:18:40Z`,
    prepare: async (page) => {
      await page.locator('.past-pane .steps').waitFor()
      await page.keyboard.press('l')
      await page.keyboard.press('c')
      for (let at = 0; at < 5; at++) await page.keyboard.press('Shift+ArrowRight')
    },
    shows: '.past-pane + .past-pane .steps',
  },
  {
    name: 'past-beside',
    scene: 'fleet',
    at: `#/rollout/${checkout}?at=2026-11-23T10:18:40Z`,
    prepare: async (page) => {
      await page.locator('.past-pane .steps').waitFor()
      await page.keyboard.press('c')
      await page.locator('.past-name select').selectOption({ index: 1 })
      await page.locator('.past-name .segments button').last().click()
    },
    shows: '.past-pane + .past-pane .steps',
  },
  {
    name: 'dialog',
    scene: 'fleet',
    at: `#/rollout/${checkout}`,
    prepare: (page) => page.keyboard.press('a'),
    shows: '[role=dialog] .effects',
  },
  {
    name: 'dialog-frozen',
    scene: 'fleet',
    at: `#/rollout/${checkout}`,
    prepare: async (page) => {
      await page.keyboard.press('Shift+P')
      await page.locator('.guard-confirm input').first().check()
    },
    shows: '[role=dialog] .guard-form li',
  },
  {
    name: 'dialog-set-image',
    scene: 'fleet',
    at: `#/rollout/${checkout}`,
    prepare: async (page) => {
      await page.locator('.actions .button').last().click()
      await page.locator('.image-field input').first().fill('registry.shop.io/migrate')
      await page.locator('.image-field input').last().fill('registry.shop.io/checkout-api:2.32.0')
      await page.locator('.image-field [role=alert]').waitFor()
      await page.locator('.image-field input').first().fill('registry.shop.io/migrate:3.2.0')
    },
    shows: '[role=dialog] .exact pre',
  },
  {
    name: 'dialog-take-over',
    scene: 'fleet',
    prepare: async (page) => {
      await page.locator('.rail-button').nth(1).click()
      await page.locator('.cluster-card .button').last().click()
    },
    shows: '[role=dialog] .drive-part ol li',
  },
  {
    name: 'dialog-drive',
    scene: 'fleet',
    prepare: async (page) => {
      await page.locator('.rail-button').first().click()
      await page.locator('.cluster-card .button').last().click()
    },
    shows: '[role=dialog] .drive-part li',
  },
  {
    name: 'palette',
    scene: 'fleet',
    prepare: async (page) => {
      await selectCell(page)
      await page.keyboard.press('Control+k')
      await page.waitForSelector('[role=combobox]')
      await page.keyboard.type('prom chec')
    },
    shows: '[role=option]',
  },
]

const looks = [
  { width: 1440, height: 900, colorScheme: 'light' },
  { width: 1440, height: 900, colorScheme: 'dark' },
  { width: 1024, height: 700, colorScheme: 'light' },
  { width: 960, height: 600, colorScheme: 'dark' },
] as const

const screens: readonly Screen[] = main.flatMap((screen) => [
  { ...screen, theme: 'system', looks },
  { ...screen, locale: 'zh-CN', name: `${screen.name}-zh-cn` },
])

/** The main screens, in every size, theme and language. */
describe('the window', () => {
  lookAt(screens)
})
