import type { Page } from 'playwright-core'
import { describe } from 'vitest'
import { workloadKey } from '#contract/keys.ts'
import { lookAt, type Screen } from '#test/support/window-screens.ts'

const gateway = workloadKey({
  context: 'prod-eu-central',
  namespace: 'platform',
  name: 'ingress-gateway',
  kind: 'Deployment',
})

const markRow = async (page: Page, name: string) => {
  const cells = page.locator('[role=gridcell]', { hasText: new RegExp(`^${name}\\W+prod-`) })
  await cells.first().waitFor()
  for (const cell of await cells.all()) await cell.click({ modifiers: ['Control'] })
}

const main: readonly Screen[] = [
  {
    name: 'native-board',
    scene: 'native',
    prepare: (page) => page.locator('[role=gridcell]', { hasText: /^ingress-gateway\W+prod-eu-west/ }).click(),
    shows: '[role=gridcell] .weight-bar',
  },
  { name: 'native-page', scene: 'native', at: `#/rollout/${gateway}`, shows: '.workload .revision' },
  {
    name: 'blast-radius',
    scene: 'native',
    prepare: async (page) => {
      await markRow(page, 'storefront-web')
      await markRow(page, 'search-index')
      await page.keyboard.press('p')
    },
    shows: '[role=dialog] .blast-tile .weight-bar',
  },
  {
    name: 'saved-views',
    scene: 'native',
    prepare: async (page) => {
      await page.locator('input[data-filter]').fill('ns:shop-*')
      if ((page.viewportSize()?.width ?? 0) <= 1180) return
      for (const name of ['Payments team', 'A view with a name of forty characters']) {
        await page.locator('.saved-views > .button').click()
        await page.locator('.saved-views input').fill(name)
        await page.keyboard.press('Enter')
      }
      await page.locator('input[data-filter]').fill('')
      await page.locator('.group-fold').first().click()
      await page.locator('.rail-button').last().click()
    },
    shows: '.fold-cell .status',
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

/** Native workloads, what an action on many reaches, saved views and folded groups, in every size, theme and language. */
describe('the board at scale', () => {
  lookAt(screens)
})
