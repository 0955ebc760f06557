import type { JSHandle, Page } from 'playwright-core'
import { within } from './processes.ts'

/** All times in ms. What runs in the page is written here as functions that use nothing from outside. */

/** Time between frames while the list scrolls up and down at `speed` px per second, and frames in which it showed holes. */
export interface ScrollFrames {
  readonly frames: readonly number[]
  readonly holes: number
}

/** Holes are only looked for when asked: looking makes the page compute its layout. */
export function scrollGrid(page: Page, durationMs: number, speed: number, looks: boolean): Promise<ScrollFrames> {
  return page.evaluate(
    async ({ durationMs: duration, speed: pxPerSecond, looks: looksForHoles }) => {
      const grid = document.querySelector('[role=grid]')
      if (grid === null) throw new Error('no grid on the page')
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
      const box = grid.getBoundingClientRect()
      const hasHole = () =>
        [0.3, 0.6, 0.9].some(
          (part) =>
            document.elementFromPoint(box.left + 20, box.top + box.height * part)?.closest('[role=row]') === null,
        )
      const range = grid.scrollHeight - grid.clientHeight
      const frames: number[] = []
      let holes = 0
      const startedAt = await frame()
      // A slow page has few frames: it goes on until there are enough to speak of, but not for ever.
      const goesOn = (elapsed: number) => elapsed < duration || (frames.length < 60 && elapsed < 5 * duration)
      for (let last = startedAt; goesOn(last - startedAt); ) {
        const way = ((last - startedAt) / 1000) * pxPerSecond
        const turn = Math.floor(way / range)
        grid.scrollTop = turn % 2 === 0 ? way % range : range - (way % range)
        const now = await frame()
        frames.push(now - last)
        if (looksForHoles && hasHole()) holes += 1
        last = now
      }
      grid.scrollTop = 0
      await frame()
      return { frames, holes }
    },
    { durationMs, speed, looks },
  )
}

/** What the page watches for. Holding it means that the page is watching already: nothing is missed from now on. */
export interface Watched {
  readonly painted: Promise<number>
}

/** Rejects when the page does not see within 30 s what it watches for. */
export const paintedMoment = (watched: JSHandle<Watched>): Promise<number> =>
  within(
    30_000,
    'the page saw no change',
    watched.evaluate(({ painted }) => painted),
  )

/** Presses a key; from the moment the browser made the event until the frame with the attribute's new value is painted. */
export async function pressToPaint(page: Page, key: string, attribute: string): Promise<number> {
  const watched = await page.evaluateHandle((name): Watched => {
    const grid = document.querySelector('[role=grid]')
    if (grid === null) throw new Error('no grid on the page')
    let pressedAt = Number.NaN
    addEventListener('keydown', (event) => (pressedAt = event.timeStamp), { capture: true, once: true })
    const painted = new Promise<number>((resolve) => {
      const observer = new MutationObserver(() => {
        observer.disconnect()
        requestAnimationFrame(() => {
          // A task posted from here runs after the frame was handed over for painting.
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = () => resolve(performance.now() - pressedAt)
          port2.postMessage(undefined)
        })
      })
      observer.observe(grid, { attributes: true, attributeFilter: [name] })
    })
    return { painted }
  }, attribute)
  await page.keyboard.press(key)
  return paintedMoment(watched)
}

/** Watches for the moment (ms since the epoch) at which a row's head says `version` and the frame is painted. */
export const watchVersion = (page: Page, version: string): Promise<JSHandle<Watched>> =>
  page.evaluateHandle((wanted): Watched => {
    const grid = document.querySelector('[role=grid]')
    if (grid === null) throw new Error('no grid on the page')
    const painted = new Promise<number>((resolve) => {
      const observer = new MutationObserver(() => {
        const heads = [...grid.querySelectorAll('[role=rowheader] .num')]
        if (!heads.some((head) => head.textContent === wanted)) return
        observer.disconnect()
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = () => resolve(performance.timeOrigin + performance.now())
          port2.postMessage(undefined)
        })
      })
      observer.observe(grid, { subtree: true, childList: true, characterData: true })
    })
    return { painted }
  }, version)

/** `namespace/name` of the rows that are in the page now. */
export const rowsOnScreen = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('[role=rowheader]')].map((head) => head.getAttribute('title') ?? ''),
  )

/** From the start of the navigation until a row is painted. */
export async function openToFirstRow(page: Page, url: string): Promise<number> {
  await page.goto(url)
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = () =>
          document.querySelector('[role=rowheader]') === null ? requestAnimationFrame(look) : resolve(performance.now())
        look()
      }),
  )
}
