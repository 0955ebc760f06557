import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { Frame } from '#renderer/app/frame.tsx'
// The pages the window loads when they are first needed: loaded here, so that none of it takes real time.
import '#renderer/app/overlays.tsx'
import '#renderer/features/analysis/analysis-page.tsx'
import '#renderer/features/history/history-page.tsx'
import '#renderer/features/history/past-board-page.tsx'
import '#renderer/features/history/past-page.tsx'
import '#renderer/features/plans/plan-editor.tsx'
import '#renderer/features/plans/plans-page.tsx'
import '#renderer/features/revision-diff/diff-page.tsx'
import '#renderer/features/statistics/statistics-page.tsx'
import { createTexts, type Locale } from '#renderer/format/text.ts'
import { type App, createApp } from '#renderer/store/app.ts'
import { arrive } from '#renderer/store/arrive.ts'
import { connect } from '#renderer/store/connect.ts'
import { createPreferences } from '#renderer/store/preferences.ts'
import { runTicker } from '#renderer/store/ticker.ts'
import { AppContext } from '#renderer/store/use-app.ts'
import { createFixtureBridge, type FixtureBridge, type Scene } from './fixture-bridge.ts'
import { T0, VirtualClock } from './virtual-clock.ts'

export interface FixtureApp {
  readonly app: App
  readonly bridge: FixtureBridge
  readonly clock: VirtualClock
  /** Moves the clock and lets what follows be drawn. */
  advance(ms: number): Promise<void>
  /** Lets main, or the test, change something, and lets it be drawn. */
  tell(change: () => void): Promise<void>
  press(key: string, more?: KeyboardEventInit): Promise<void>
  /** Sets the text of a field as typing does. */
  type(field: Element, text: string): Promise<void>
  click(element: Element): Promise<void>
  close(): Promise<void>
}

interface FixtureAppParts {
  readonly scene?: Scene
  readonly at?: string
  readonly locale?: Locale
}

/** The whole window in this document over a fixture bridge on virtual time. */
export async function openFixtureApp({ scene = 'fleet', at = '#/fleet', locale = 'en' }: FixtureAppParts = {}) {
  giveElementsSize()
  const clock = new VirtualClock()
  const bridge = createFixtureBridge(scene, T0)
  const app: App = createApp({
    bridge,
    clock,
    texts: await createTexts(locale),
    hash: at,
    goTo: (href) => void arrive(app, href),
    preferences: createPreferences({ getItem: () => JSON.stringify({ locale, theme: 'light' }), setItem: () => {} }),
  })
  const holder = document.body.appendChild(document.createElement('div'))
  const root = createRoot(holder)
  const ends = [connect(app), runTicker(app.ticker, clock, document)]
  await act(async () => {
    root.render(
      <AppContext value={app}>
        <Frame />
      </AppContext>,
    )
  })
  const fixture = drive(app, bridge, clock, async () => {
    await act(async () => root.unmount())
    for (const end of ends) end()
    holder.remove()
  })
  await fixture.advance(200)
  return fixture
}

function drive(app: App, bridge: FixtureBridge, clock: VirtualClock, close: () => Promise<void>): FixtureApp {
  const advance = (ms: number) => act(() => clock.advance(ms))
  return {
    app,
    bridge,
    clock,
    advance,
    close,
    async tell(change) {
      await act(async () => change())
      await advance(0)
    },
    async press(key, more) {
      const target = document.activeElement ?? document.body
      await act(async () => {
        target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
      })
      await advance(0)
    },
    async type(field, text) {
      await act(async () => {
        const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement
        Object.getOwnPropertyDescriptor(kind.prototype, 'value')?.set?.call(field, text)
        field.dispatchEvent(new Event('input', { bubbles: true }))
      })
      await advance(0)
    },
    async click(element) {
      await act(async () => {
        element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))
      })
      await advance(0)
    },
  }
}

/** A page without layout has no sizes; virtual lists need some to know what is on screen. */
function giveElementsSize(): void {
  const sizes = { offsetWidth: 1200, clientWidth: 1200, offsetHeight: 400, clientHeight: 400 }
  for (const [name, value] of Object.entries(sizes)) {
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value })
  }
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
}
