import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { checkClocks, launchBrowser, openPage, RendererMetrics } from './browser.ts'
import { preciseNow, residentMB, type Started, sleep, startCli, stop, within } from './processes.ts'
import { distribution, type Report, single } from './report.ts'
import { openClient } from './rollouts.ts'
import type { Section } from './section.ts'
import { eventsToDom, startChurn } from './window-events.ts'
import { startWindowFleet, type WindowFleet } from './window-fleet.ts'

const starts = 7
const eventCount = 120
const churnPerSecond = 50
/** Enough to fill the screen. */
const rolloutsMin = 30
const settleMs = 5000

const targets = { firstPaintMs: 1500, eventMs: 150, residentMB: 250, heapMB: 350 }

export const window: Section = {
  name: 'window',
  about: 'three clusters of 100 rollouts: start to first paint, a write to its cell, memory',
  async run({ chromium, report, rollouts, replicas }) {
    if (rollouts < rolloutsMin) throw new Error(`the window is measured with ${rolloutsMin} rollouts or more`)
    const fleet = await startWindowFleet({ clusters: 3, rollouts, replicas })
    try {
      const browser = await launchBrowser(chromium)
      try {
        await measureStarts(browser, fleet, report)
        await measureEvents(browser, fleet, rollouts, report)
      } finally {
        await browser.close()
      }
    } finally {
      await fleet.stop()
    }
  },
}

async function startServe(fleet: WindowFleet, name: string): Promise<Started> {
  const data = join(fleet.folder, name)
  mkdirSync(data)
  return startCli(['serve', '--kubeconfig', fleet.kubeconfig], /http:\S+/, { ARGOSY_DATA: data })
}

async function measureStarts(browser: Browser, fleet: WindowFleet, report: Report): Promise<void> {
  const times: { readonly url: number; readonly paint: number; readonly row: number }[] = []
  for (let run = 0; run < starts; run++) {
    const page = await openPage(browser)
    await watchForRow(page)
    const spawnedAt = preciseNow()
    const { child, matched } = await startServe(fleet, `start-${run}`)
    const openedAt = preciseNow()
    try {
      const { paintAt, rowAt } = await openWindow(page, matched)
      times.push({ url: openedAt - spawnedAt, paint: paintAt - openedAt, row: rowAt - openedAt })
    } finally {
      await page.context().close()
      await stop(child)
    }
  }
  report(
    distribution(
      'window.spawn-to-url',
      times.map(({ url }) => url),
    ),
  )
  const paints = times.map(({ paint }) => paint)
  report(distribution('window.url-to-first-paint', paints, { target: targets.firstPaintMs }))
  report(
    distribution(
      'window.url-to-first-row',
      times.map(({ row }) => row),
    ),
  )
}

/** Runs before the page's own scripts: notes the frame in which the first row of the fleet is there. */
const watchForRow = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const observer = new MutationObserver(() => {
      if (document.querySelector('[role=rowheader]') === null) return
      observer.disconnect()
      requestAnimationFrame(() => performance.mark('first row'))
    })
    observer.observe(document, { subtree: true, childList: true })
  })

interface Opened {
  /** ms since the epoch. */
  readonly paintAt: number
  readonly rowAt: number
}

async function openWindow(page: Page, url: string): Promise<Opened> {
  await page.goto(url)
  const opened = page.evaluate(
    () =>
      new Promise<{ paintAt: number; rowAt: number }>((resolve) => {
        const look = () => {
          const paint = performance.getEntriesByName('first-contentful-paint')[0]
          const row = performance.getEntriesByName('first row')[0]
          if (paint === undefined || row === undefined) return void setTimeout(look, 20)
          const { timeOrigin } = performance
          resolve({ paintAt: timeOrigin + paint.startTime, rowAt: timeOrigin + row.startTime })
        }
        look()
      }),
  )
  return within(30_000, 'the window showed no fleet', opened)
}

async function measureEvents(browser: Browser, fleet: WindowFleet, rollouts: number, report: Report): Promise<void> {
  const { child, matched } = await startServe(fleet, 'events')
  try {
    const page = await openPage(browser)
    await watchForRow(page)
    await openWindow(page, matched)
    await sleep(settleMs)
    await checkClocks(page)
    report(single('window.main-memory-at-rest', 'MB', residentMB(child.pid), { target: targets.residentMB }))
    const calm = await eventsToDom(page, fleet, [0, 1, 2], eventCount)
    report(distribution('window.event-to-dom', calm, { target: targets.eventMs }))
    await measureChurn(page, fleet, rollouts, report)
    await sleep(settleMs)
    report(single('window.main-memory', 'MB', residentMB(child.pid), { target: targets.residentMB }))
    const metrics = await RendererMetrics.of(page)
    report(single('window.renderer-heap', 'MB', await metrics.heapMB(), { target: targets.heapMB }))
  } finally {
    await stop(child)
  }
}

async function measureChurn(page: Page, fleet: WindowFleet, rollouts: number, report: Report): Promise<void> {
  // One client sends 40 requests a second at most, as the engine's does.
  const [context = ''] = fleet.contexts
  const clients = [openClient(fleet.kubeconfig, context), openClient(fleet.kubeconfig, context)]
  const churn = startChurn([clients], rollouts, churnPerSecond)
  try {
    const samples = await eventsToDom(page, fleet, [0], eventCount)
    report(single('window.churn', '1/s', await churn.stop()))
    report(distribution('window.event-to-dom-under-churn', samples, { target: targets.eventMs }))
  } finally {
    await churn.stop().catch(() => {})
    await Promise.all(clients.map((client) => client.close()))
  }
}
