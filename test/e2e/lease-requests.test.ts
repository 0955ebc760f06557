import type { Page } from 'playwright-core'
import { describe } from 'vitest'
import type { LeaseRequestView } from '#contract/lease-requests.ts'
import { fixtureNow } from '#test/support/fixture-window.ts'
import { lookAt, type Screen } from '#test/support/window-screens.ts'

const asked: LeaseRequestView = {
  by: 'ada@rome',
  at: fixtureNow - 40_000,
  until: fixtureNow + 260_000,
  reason: 'my release is waiting there',
  side: 'toUs',
  keptBy: undefined,
}
const longReason =
  'The payment release is waiting in this cluster since lunch, and the person who can decide about it sits next to me'

/** Somebody asks for the first clusters of the scene. */
const ask = (page: Page, request: LeaseRequestView, count = 1) =>
  page.evaluate(
    async ({ request, count }) => {
      const bridge = window.fixtureBridge
      const clusters = (await bridge?.call('clusters.list', undefined)) ?? []
      bridge?.changeClusters(clusters.map((each, index) => (index < count ? { ...each, request } : each)))
    },
    { request, count },
  )
const handOver = async (page: Page) => {
  await ask(page, asked)
  await page.locator('.lease-prompt .button').first().click()
}
const openCard = (page: Page) => page.locator('.rail-button').first().click()

const looks = [
  { width: 1440, height: 900, colorScheme: 'light' },
  { width: 1440, height: 900, colorScheme: 'dark' },
  { width: 1024, height: 700, colorScheme: 'light' },
] as const

const screens: readonly Screen[] = [
  {
    name: 'lease-prompt',
    scene: 'fleet',
    prepare: (page) => ask(page, asked, 3),
    shows: '.lease-prompt',
    theme: 'system',
    looks,
  },
  {
    name: 'lease-prompt-long',
    scene: 'long',
    prepare: (page) =>
      ask(page, { ...asked, by: `${'the-night-shift-of-payments'.repeat(3)}@oslo`, reason: longReason }, 2),
    shows: '.lease-prompt',
    width: 960,
    height: 600,
  },
  {
    name: 'lease-prompt-zh-cn',
    scene: 'fleet',
    locale: 'zh-CN',
    prepare: (page) => ask(page, { ...asked, reason: '支付发布正等待在此集群继续' }),
    shows: '.lease-prompt',
    width: 1024,
    height: 700,
  },
  {
    name: 'lease-hand-over',
    scene: 'fleet',
    prepare: handOver,
    shows: '[role=dialog] .drive-part li',
    theme: 'system',
    looks,
  },
  {
    name: 'lease-hand-over-zh-cn',
    scene: 'fleet',
    locale: 'zh-CN',
    prepare: handOver,
    shows: '[role=dialog] .drive-part li',
  },
  {
    name: 'lease-not-asked',
    scene: 'fleet',
    prepare: async (page) => {
      await page.locator('.rail-button').nth(3).click()
      await page.locator('.cluster-card .button').last().click()
    },
    shows: '[role=dialog] .drive-part ol li',
    width: 1024,
    height: 700,
  },
  {
    name: 'lease-kept',
    scene: 'fleet',
    prepare: async (page) => {
      await ask(page, { ...asked, side: 'ours' })
      await ask(page, { ...asked, side: 'ours', keptBy: 'bo@oslo' })
      await openCard(page)
    },
    shows: '.cluster-card',
  },
  {
    name: 'lease-expired',
    scene: 'fleet',
    prepare: async (page) => {
      await ask(page, { ...asked, side: 'ours', at: fixtureNow - 400_000, until: fixtureNow - 100_000 })
      await openCard(page)
    },
    shows: '.cluster-card',
    width: 1024,
    height: 700,
  },
]

describe('SR-6: asking for a lease', () => {
  lookAt(screens)
})
