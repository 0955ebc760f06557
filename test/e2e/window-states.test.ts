import type { Page } from 'playwright-core'
import { describe } from 'vitest'
import { fixtureNow } from '#test/support/fixture-window.ts'
import { fixtureKey as at, checkout, lookAt, type Screen } from '#test/support/window-screens.ts'

const markRow = async (page: Page) => {
  await page.locator('[role=gridcell]', { hasText: 'storefront-web, prod-eu-central' }).click()
  await page.keyboard.press('x')
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(`Shift+${key}`)
}

const openCrds = (page: Page) => page.locator('.trouble .button', { hasText: 'Review' }).first().click()

/** Before it is looked at. */
const abortCanary = (page: Page, key: string, weight: number) =>
  page.evaluate(
    async ({ key, weight }) => {
      const bridge = window.fixtureBridge
      const view = (await bridge?.call('fleet.snapshot', undefined))?.rollouts[key]
      const aborted = { status: 'Aborted', phase: 'Degraded', stepIndex: 0, setWeight: 0, pause: undefined } as const
      if (view !== undefined) bridge?.change([{ ...view, ...aborted, actualWeight: weight }])
      location.hash = `#/rollout/${key}`
    },
    { key, weight },
  )
/** Everything a stalled rollout can say at once. */
const stall = (page: Page) =>
  page.evaluate(
    async ({ key, now }) => {
      const bridge = window.fixtureBridge
      const view = (await bridge?.call('fleet.snapshot', undefined))?.rollouts[key]
      const [pods, long] = [
        { failing: 3, pods: 17, revision: 48 },
        'requested: pods=1, used: pods=40, limited: pods=40.',
      ]
      const why = [
        {
          cause: 'anotherWriter',
          object: { kind: 'ReplicaSet', name: 'checkout-api-7c9d5f6b8' },
          since: now - 240_000,
          values: { manager: 'keda-operator', kind: 'ReplicaSet', name: 'checkout-api-7c9d5f6b8' },
        },
        {
          cause: 'quotaUsedUp',
          object: { kind: 'ResourceQuota', name: 'shop-compute' },
          since: now - 600_000,
          values: { name: 'shop-compute', message: long },
        },
        {
          cause: 'crashLoop',
          object: { kind: 'Pod', name: 'checkout-api-7c9d5f6b8-x2k8p' },
          since: now - 900_000,
          values: { ...pods, container: 'checkout-api', reason: 'OOMKilled, exit code 137' },
        },
        { cause: 'deadline', object: undefined, since: now - 60_000, values: { seconds: 600 } },
      ] as const
      if (view !== undefined)
        bridge?.change([{ ...view, status: 'Degraded', phase: 'Degraded', pause: undefined, why }])
      location.hash = `#/rollout/${key}`
    },
    { key: checkout, now: fixtureNow },
  )
const showActions = (page: Page) => page.locator('.history-filter .segments button').nth(1).click()

const states: readonly Screen[] = [
  { name: 'fleet-large', scene: 'large', shows: '[role=gridcell] .weight-bar' },
  { name: 'fleet-long-names', scene: 'long', shows: '[role=gridcell] .weight-bar' },
  { name: 'fleet-long-names-small', scene: 'long', width: 960, height: 600, shows: '[role=gridcell] .weight-bar' },
  {
    name: 'rollout-long-names',
    scene: 'long',
    at: `#/rollout/${at('生产环境-上海一区-电商核心集群', 'a', 'a-namespace-that-nobody-would-shorten')}`,
    shows: '.steps',
    width: 1024,
    height: 700,
  },
  {
    name: 'rollout-20-routes',
    scene: 'fleet',
    at: `#/rollout/${at('prod-ap-south', 'media-encoder', 'media')}`,
    prepare: (page) => page.locator('.routing > button').click(),
    theme: 'system',
    shows: '.routes li:nth-child(20)',
    looks: [
      { width: 1440, height: 900, colorScheme: 'light' },
      { width: 960, height: 600, colorScheme: 'dark' },
    ],
  },
  {
    name: 'rollout-drift-zh-cn',
    scene: 'fleet',
    locale: 'zh-CN',
    at: `#/rollout/${at('prod-us-east', 'search-index', 'search')}`,
    theme: 'dark',
    width: 1024,
    height: 700,
    shows: '.step-routes li',
  },
  { name: 'rollout-blue-green', scene: 'fleet', at: `#/rollout/${at('prod-eu-west', 'catalog')}`, shows: '.steps' },
  {
    name: 'rollout-forecast-writes',
    scene: 'fleet',
    at: `#/rollout/${checkout}`,
    prepare: async (page) => {
      await page.locator('.next-writes > button').click()
      await page.locator('.next-writes summary').first().click()
    },
    shows: '.next-writes details[open] p',
  },
  {
    name: 'rollout-forecast-tab-dark',
    scene: 'fleet',
    at: `#/rollout/${at('prod-us-east', 'search-index', 'search')}`,
    theme: 'dark',
    width: 1024,
    height: 700,
    prepare: (page) => page.locator('.activity .segments button').nth(3).click(),
    shows: '.activity .forecast',
  },
  {
    name: 'rollout-forecast-failed',
    scene: 'fleet',
    at: `#/rollout/${at('prod-ap-south', 'media-encoder', 'media')}`,
    shows: '.forecast .ink-degraded',
  },
  {
    name: 'rollout-forecast-rest',
    scene: 'fleet',
    at: `#/rollout/${at('prod-eu-west', 'cart')}`,
    shows: '.forecast-end',
  },
  {
    name: 'rollout-analysis-states',
    scene: 'fleet',
    at: `#/rollout/${at('prod-us-east', 'search-index', 'search')}`,
    shows: '.metric-empty',
  },
  {
    name: 'rollout-experiment',
    scene: 'fleet',
    at: `#/rollout/${at('prod-eu-west', 'fraud-scoring', 'risk')}`,
    theme: 'system',
    shows: '.experiment-parts .link',
    looks: [
      { width: 1440, height: 900, colorScheme: 'light' },
      { width: 960, height: 600, colorScheme: 'dark' },
    ],
  },
  {
    name: 'rollout-experiment-failed-zh-cn',
    scene: 'fleet',
    locale: 'zh-CN',
    prepare: (page) => abortCanary(page, at('prod-us-east', 'fraud-scoring', 'risk'), 0),
    shows: '.experiment .ink-degraded',
  },
  {
    name: 'analysis-100-metrics',
    scene: 'fleet',
    at: `#/analysis/${at('prod-ap-south', 'media-encoder', 'media')}?metric=encoder-throughput-018`,
    shows: '.big-chart canvas',
  },
  {
    name: 'rollout-100-metrics-dark',
    scene: 'fleet',
    at: `#/rollout/${at('prod-ap-south', 'media-encoder', 'media')}`,
    theme: 'dark',
    shows: '.metric-chart',
  },
  {
    name: 'analysis-error',
    scene: 'fleet',
    at: `#/analysis/${at('prod-us-east', 'search-index', 'search')}?metric=no-host`,
    shows: '.big-chart canvas',
  },
  {
    name: 'analysis-words-dark',
    scene: 'fleet',
    at: `#/analysis/${at('prod-us-east', 'search-index', 'search')}?metric=words`,
    theme: 'dark',
    shows: '.big-chart-panel .metric-empty',
  },
  {
    name: 'analysis-condition-not-read',
    scene: 'fleet',
    at: `#/analysis/${checkout}`,
    prepare: (page) => page.fill('.try-text', 'result[0] >'),
    shows: '.try-problem',
  },
  {
    name: 'analysis-long-names-dark',
    scene: 'long',
    at: `#/analysis/${at('生产环境-上海一区-电商核心集群', 'a', 'a-namespace-that-nobody-would-shorten')}`,
    theme: 'dark',
    width: 1024,
    height: 700,
    shows: '.big-chart canvas',
  },
  {
    name: 'back-test',
    scene: 'fleet',
    at: `#/analysis/${checkout}`,
    theme: 'system',
    prepare: (page) => page.locator('.analysis-head .button').nth(0).click(),
    shows: '.back-test-table',
    looks: [
      { width: 1440, height: 900, colorScheme: 'light' },
      { width: 960, height: 600, colorScheme: 'dark' },
    ],
  },
  {
    name: 'back-test-zh-cn',
    scene: 'fleet',
    at: `#/analysis/${at('prod-us-east', 'search-index', 'search')}`,
    locale: 'zh-CN',
    prepare: (page) => page.locator('.analysis-head .button').nth(0).click(),
    shows: '.back-test-bar',
  },
  {
    name: 'back-test-no-release',
    scene: 'fleet',
    at: `#/analysis/${at('prod-eu-west', 'cart')}`,
    prepare: (page) => page.locator('.choices .button').last().click(),
    shows: '[role=dialog] .message',
  },
  { name: 'analysis-none', scene: 'fleet', at: `#/analysis/${at('prod-eu-west', 'cart')}`, shows: '.message' },
  {
    name: 'dialog-dry-run',
    scene: 'fleet',
    at: `#/analysis/${checkout}`,
    prepare: (page) => page.locator('.analysis-head .button').nth(1).click(),
    shows: '[role=dialog] .effects',
  },
  {
    name: 'dialog-terminate',
    scene: 'fleet',
    at: `#/analysis/${checkout}`,
    theme: 'dark',
    prepare: (page) => page.locator('.analysis-head .button').nth(2).click(),
    shows: '[role=dialog] .effects',
  },
  { name: 'no-contexts', scene: 'noContexts', shows: '.message' },
  { name: 'no-rollouts', scene: 'noRollouts', shows: '.message' },
  { name: 'troubles', scene: 'troubles', shows: '.trouble' },
  { name: 'troubles-dark', scene: 'troubles', theme: 'dark', width: 1024, height: 700, shows: '.trouble' },
  { name: 'loading', scene: 'silent', shows: '.skeletons' },
  {
    name: 'filter-finds-nothing',
    scene: 'fleet',
    prepare: (page) => page.fill('input[data-filter]', 'ns:shop phase:Degraded'),
    shows: '.board-state .message',
  },
  {
    name: 'cluster-card',
    scene: 'fleet',
    prepare: (page) => page.locator('.rail-button').first().click(),
    shows: '.cluster-card',
  },
  { name: 'history-actions', scene: 'fleet', at: '#/history', prepare: showActions, shows: '.did-table' },
  {
    name: 'history-actions-dark',
    scene: 'offline',
    at: '#/history',
    theme: 'dark',
    width: 960,
    height: 600,
    prepare: showActions,
    shows: '.did-table',
  },
  {
    name: 'history-actions-zh-cn',
    scene: 'fleet',
    at: '#/history',
    locale: 'zh-CN',
    prepare: showActions,
    shows: '.did-table',
  },
  {
    name: 'rollout-aborted',
    scene: 'fleet',
    prepare: (page) => abortCanary(page, checkout, 16),
    shows: '.step.failed',
  },
  {
    name: 'rollout-aborted-somewhere-dark',
    scene: 'fleet',
    theme: 'dark',
    width: 1024,
    height: 700,
    prepare: (page) => abortCanary(page, at('prod-eu-west', 'search-index', 'search'), 0),
    shows: '.steps-aborted',
  },
  { name: 'rollout-stalled', scene: 'fleet', prepare: stall, shows: '.head-why' },
  { name: 'rollout-stalled-zh-cn', scene: 'fleet', locale: 'zh-CN', prepare: stall, shows: '.head-why' },
  {
    name: 'rollout-stalled-dark',
    scene: 'fleet',
    theme: 'dark',
    width: 960,
    height: 600,
    prepare: stall,
    shows: '.head-why',
  },
  {
    name: 'rollout-no-events',
    scene: 'fleet',
    at: `#/rollout/${at('prod-eu-west', 'cart')}`,
    shows: '.activity-none',
  },
  { name: 'history-offline', scene: 'offline', at: '#/history', shows: '.offline' },
  { name: 'history-none', scene: 'noContexts', at: '#/history', shows: '.message' },
  { name: 'rollout-gone', scene: 'fleet', at: `#/rollout/${at('prod-eu-west', 'nobody')}`, shows: '.message' },
  { name: 'rollout-none', scene: 'fleet', at: '#/rollout', shows: '.message' },
  {
    name: 'marked',
    scene: 'fleet',
    prepare: markRow,
    shows: '.peek',
  },
  {
    name: 'dialog-many',
    scene: 'fleet',
    prepare: async (page) => {
      await markRow(page)
      await page.keyboard.press('p')
    },
    shows: '.targets input',
  },
  {
    name: 'action-partly-failed',
    scene: 'fleet',
    prepare: async (page) => {
      await page.locator('[role=gridcell]', { hasText: 'search-index, prod-us-east' }).click()
      await page.keyboard.press('x')
      await page.locator('[role=gridcell]', { hasText: 'payments-gw, prod-us-west' }).click()
      await page.keyboard.press('x')
      await page.locator('[role=gridcell]', { hasText: /^checkout-api\W+prod-eu-west/ }).click()
      await page.keyboard.press('x')
      await page.keyboard.press('u')
      await page.waitForSelector('.targets input')
      await page.locator('.dialog-form input').first().fill('3')
      await page.keyboard.press('Control+Enter')
    },
    shows: '.targets .button',
  },
  { name: 'crds-dialog', scene: 'troubles', prepare: (page) => openCrds(page), shows: '[role=dialog] .writes' },
  { name: 'keys', scene: 'fleet', prepare: (page) => page.keyboard.press('?'), shows: '[role=dialog]' },
  {
    name: 'kubeconfig',
    scene: 'noContexts',
    prepare: (page) => page.keyboard.press('Control+o'),
    shows: '[role=dialog]',
  },
]

/** Screens that are seldom seen: nothing there, trouble, long names, other states of a rollout. */
describe('the window', () => {
  lookAt(states)
})
