import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { preciseNow } from './processes.ts'

/** More than this between our clock and the page's, and no latency between the two means anything. */
const clockErrorMaxMs = 5

export const launchBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] })

/** A page in a context of its own: no cache, no cookies, nothing warm. */
export async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  return context.newPage()
}

/** Throws when the page's clock and ours differ: asked several times, the fastest answer counts. */
export async function checkClocks(page: Page): Promise<void> {
  let best = { tripMs: Number.POSITIVE_INFINITY, errorMs: 0 }
  for (let round = 0; round < 20; round++) {
    const asked = preciseNow()
    const answer = await page.evaluate(() => performance.timeOrigin + performance.now())
    const tripMs = preciseNow() - asked
    if (tripMs < best.tripMs) best = { tripMs, errorMs: answer - asked - tripMs / 2 }
  }
  const { tripMs, errorMs } = best
  console.error(`argosy: the page's clock differs by ${errorMs.toFixed(2)} ms ± ${(tripMs / 2).toFixed(2)}`)
  if (Math.abs(errorMs) - tripMs / 2 > clockErrorMaxMs)
    throw new Error(`the clocks of page and bench differ by ${errorMs.toFixed(1)} ms`)
}

/** Reads counters of the renderer process through the DevTools protocol. */
export class RendererMetrics {
  readonly #session: CDPSession

  private constructor(session: CDPSession) {
    this.#session = session
  }

  static async of(page: Page): Promise<RendererMetrics> {
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    return new RendererMetrics(session)
  }

  /** MB of JavaScript heap in use after a full collection. */
  async heapMB(): Promise<number> {
    await this.#session.send('HeapProfiler.collectGarbage')
    return (await this.#read('JSHeapUsedSize')) / 1e6
  }

  /** Seconds of CPU time that tasks of the page's main thread took since it began; what else runs does not count. */
  taskSeconds = (): Promise<number> => this.#read('TaskDuration')

  async #read(name: string): Promise<number> {
    const { metrics } = await this.#session.send('Performance.getMetrics')
    return metrics.find((each) => each.name === name)?.value ?? Number.NaN
  }
}
