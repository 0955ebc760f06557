import type { Page } from 'playwright-core'
import { describe } from 'vitest'
import { workloadKey } from '#contract/keys.ts'
import { fixtureKey, lookAt, type Screen } from '#test/support/window-screens.ts'

const deploymentIn = (context: string) =>
  workloadKey({ context, namespace: 'platform', name: 'ingress-gateway', kind: 'Deployment' })

const press = async (page: Page) => {
  await page.locator('.actions > .button:has(use[href$="canary"])').click()
  await page.waitForSelector('[role=dialog] .migrate-steps')
}
const begin = async (page: Page, reason: string) => {
  const [typed, why] = await page.locator('[role=dialog] .dialog-form:has(label input[maxlength="2000"]) input').all()
  await typed?.fill('prod-eu-central')
  await why?.fill(reason)
  await page.locator('[role=dialog] footer .button').last().click()
}

const main: readonly Screen[] = [
  {
    name: 'migrate',
    scene: 'native',
    at: `#/rollout/${deploymentIn('prod-eu-central')}`,
    prepare: async (page) => {
      await press(page)
      await page.locator('[role=dialog] details').first().click()
    },
    shows: '[role=dialog] details[open] pre',
  },
  {
    name: 'migrate-blue-green',
    scene: 'native',
    at: `#/rollout/${deploymentIn('prod-us-east')}`,
    prepare: async (page) => {
      await press(page)
      await page.locator('[role=dialog] .segments button').nth(1).click()
      await page.waitForSelector('[role=dialog] .migrate-why')
    },
    shows: '[role=dialog] select',
  },
  {
    name: 'migrate-frozen',
    scene: 'native',
    at: `#/rollout/${deploymentIn('prod-us-east')}`,
    prepare: async (page) => {
      await press(page)
      await page.locator('[role=dialog] .guard-confirm input').scrollIntoViewIfNeeded()
    },
    shows: '[role=dialog] .guard-form li',
  },
  {
    name: 'migrate-running',
    scene: 'native',
    at: `#/rollout/${deploymentIn('prod-eu-central')}`,
    prepare: async (page) => {
      await press(page)
      await begin(page, '')
    },
    shows: '[role=dialog] [aria-current=step]',
  },
  {
    name: 'migrate-stopped',
    scene: 'native',
    at: `#/rollout/${deploymentIn('prod-eu-central')}`,
    prepare: async (page) => {
      await press(page)
      await begin(page, 'fails')
    },
    shows: '[role=dialog] [role=alert]',
  },
  {
    name: 'migrate-back',
    scene: 'native',
    at: `#/rollout/${fixtureKey('prod-eu-west', 'search-index', 'search')}`,
    prepare: (page) => page.locator('.revision-lender .button').click(),
    shows: '[role=dialog] .migrate-steps',
  },
  {
    name: 'migrated-rollout',
    scene: 'native',
    at: `#/rollout/${fixtureKey('prod-eu-west', 'search-index', 'search')}`,
    shows: '.revision-lender',
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

/** A Deployment that becomes a Rollout, and the way back. */
describe('the window', () => {
  lookAt(screens)
})
