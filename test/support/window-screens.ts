import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { rolloutKey } from '#contract/keys.ts'
import { axeViolations, clippedTexts, scrollsSideways } from './fixture-look.ts'
import { type FixtureWindows, startFixtureWindows, type WindowLook } from './fixture-window.ts'

const pictures = 'test-results/window'

/** Key of a rollout of the fixture fleet. */
export const fixtureKey = (context: string, name: string, namespace = 'shop') =>
  rolloutKey({ context, namespace, name })
export const checkout = fixtureKey('prod-eu-west', 'checkout-api')

export interface Screen extends WindowLook {
  readonly name: string
  /** Brings the page into the state to be seen. */
  readonly prepare?: (page: Page) => Promise<unknown>
  /** Something that stands on the finished screen. */
  readonly shows: string
}

/** One test for each screen: it is whole, readable by all, reports no error; a picture of it is kept. */
export function lookAt(screens: readonly Screen[]): void {
  let windows: FixtureWindows
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    windows = await startFixtureWindows()
  })
  afterAll(() => windows?.close())

  it.each(screens)('UI-GRID-6, UI-GRID-8, UI-A11Y: $name is whole and readable by all', async (screen) => {
    const { page, errors } = await windows.open(screen)
    await screen.prepare?.(page)
    await page.waitForSelector(screen.shows)
    await page.screenshot({ path: `${pictures}/${screen.name}.png` })
    const seen = {
      sideways: await scrollsSideways(page),
      clipped: await clippedTexts(page),
      violations: await axeViolations(page),
      errors,
    }
    await page.context().close()
    expect(seen).toEqual({ sideways: false, clipped: [], violations: [], errors: [] })
  })
}
