import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { axeViolations, clippedTexts, scrollsSideways } from './fixture-look.ts'
import { type FixtureWindows, startFixtureWindows, type WindowLook } from './fixture-window.ts'
import { fixtureKey } from './window-keys.ts'

const pictures = 'test-results/window'

export { fixtureKey }
export const checkout = fixtureKey('prod-eu-west', 'checkout-api')

export interface Screen extends WindowLook {
  readonly name: string
  /** Brings the page into the state to be seen. */
  readonly prepare?: (page: Page) => Promise<unknown>
  /** Something that stands on the finished screen. */
  readonly shows: string
  /** In what else it is looked at while it stays open, as when somebody drags its edge. Colours need the theme `system`. */
  readonly looks?: readonly Look[]
}

interface Look {
  readonly width: number
  readonly height: number
  readonly colorScheme: 'light' | 'dark'
}

const fine = { sideways: false, clipped: [], violations: [], errors: [] }

/** One test for each screen: it is whole, readable by all, reports no error; a picture of each of its looks is kept. */
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
    const seen: [string, object][] = []
    // The colours of a theme are the same at every width.
    const themes = new Set<string | undefined>()
    const look = async (name: string, theme?: string) => {
      await page.screenshot({ path: `${pictures}/${name}.png` })
      const [sideways, clipped] = [await scrollsSideways(page), await clippedTexts(page)]
      const contrast = !themes.has(theme)
      themes.add(theme)
      seen.push([name, { sideways, clipped, violations: await axeViolations(page, { contrast }), errors: [...errors] }])
    }
    if (screen.looks === undefined) await look(screen.name)
    for (const { width, height, colorScheme } of screen.looks ?? []) {
      await page.setViewportSize({ width, height })
      await page.emulateMedia({ colorScheme })
      await look(`${screen.name}-${width}-${colorScheme}`, colorScheme)
    }
    await page.close()
    expect(seen).toEqual(seen.map(([name]) => [name, fine]))
  })
}
