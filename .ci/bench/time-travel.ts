import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { rolloutKey } from '#contract/keys.ts'
import { silentLog } from '#lib/log.ts'
import { historyFiles } from '#main/data-folder.ts'
import { createObjectRecorder } from '#main/history/objects/object-recorder.ts'
import { openHistory } from '#main/history/store.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'
import { launchBrowser, openPage, RendererMetrics } from './browser.ts'
import { startCli, stop, within } from './processes.ts'
import { aRelease } from './recorded-release.ts'
import { contextOf, nameOf, writeRelease } from './recorded-runs.ts'
import { distribution, type Report, single } from './report.ts'
import type { Section } from './section.ts'

const frameMs = 1000 / 60
/** Across the whole axis and back, as a hand would. */
const moves = 240
/** A cluster that nobody reaches. */
const kubeconfig = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: contextOf(0), cluster: { server: 'http://127.0.0.1:9' } }],
  users: [{ name: 'nobody', user: {} }],
  contexts: [{ name: contextOf(0), context: { cluster: contextOf(0), user: 'nobody' } }],
}
const openMs = 30_000
/** A window that has shown its board for so long has loaded what it will need. */
const atRestMs = 5_000

export const timeTravel: Section = {
  name: 'time-travel',
  about: 'a recorded release in the window: from the address to the page, and frames while the playhead is dragged',
  async run({ chromium, report }) {
    const folder = mkdtempSync(join(tmpdir(), 'argosy-bench-past-'))
    try {
      const begin = record(join(folder, historyFiles.clusters))
      writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig))
      const { child, matched } = await startCli(['serve', '--kubeconfig', join(folder, 'kubeconfig')], /http:\S+/, {
        ARGOSY_DATA: folder,
      })
      const browser = await launchBrowser(chromium)
      try {
        const early = await openPage(browser)
        await early.goto(matched)
        report(single('time-travel.open-at-start', 'ms', await opened(early, begin)))
        // The address is good for one page; whoever has opened it may open others.
        const page = await early.context().newPage()
        await page.goto(new URL(matched).origin)
        await early.close()
        await page.waitForTimeout(atRestMs)
        report(single('time-travel.open', 'ms', await opened(page, begin), { target: 300 }))
        await measure(page, report)
      } finally {
        await browser.close()
        await stop(child)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** Yesterday: nothing of it is due to be forgotten. @returns when the release began */
function record(path: string): number {
  const clock = new VirtualClock(Date.now() - 24 * 3_600_000)
  const history = openHistory({ path, clock, log: silentLog })
  const recorder = createObjectRecorder({ history, clock })
  writeRelease(history, recorder, { release: aRelease(), index: 0, begin: clock.now() })
  recorder.stop()
  history.close()
  return clock.now()
}

/** From the address to the page of the past. */
function opened(page: Page, begin: number): Promise<number> {
  const key = rolloutKey({ context: contextOf(0), namespace: 'shop', name: nameOf(0) })
  const at = new Date(begin + 60_000).toISOString()
  const opening = page.evaluate(async (hash) => {
    const started = performance.now()
    location.hash = hash
    while (document.querySelector('.past-pane .steps') === null) await new Promise(requestAnimationFrame)
    return performance.now() - started
  }, `#/rollout/${key}?at=${at}`)
  return within(openMs, 'the page of the past is not there', opening)
}

async function measure(page: Page, report: Report): Promise<void> {
  const box = await page.locator('.axis').boundingBox()
  if (box === null) throw new Error('there is no axis to drag on')
  await page.evaluate(() => {
    const times: number[] = []
    Object.assign(window, { frameTimes: times })
    const note = (now: number) => {
      times.push(now)
      requestAnimationFrame(note)
    }
    requestAnimationFrame(note)
  })
  const metrics = await RendererMetrics.of(page)
  const before = await metrics.taskSeconds()
  const y = box.y + box.height / 2
  await page.mouse.move(box.x + 1, y)
  await page.mouse.down()
  const clocks = new Set<string>()
  for (let move = 0; move <= moves; move++) {
    const share = move <= moves / 2 ? (2 * move) / moves : 2 - (2 * move) / moves
    await page.mouse.move(box.x + 1 + share * (box.width - 2), y)
    if (move % 20 === 0) clocks.add((await page.locator('.transport-clock').textContent()) ?? '')
  }
  await page.mouse.up()
  if (clocks.size < 5) throw new Error('the playhead did not follow the pointer')
  const busy = (await metrics.taskSeconds()) - before
  const times = await page.evaluate(() => (window as unknown as { frameTimes: readonly number[] }).frameTimes)
  const frames = times.slice(1).map((time, index) => time - (times[index] ?? time))
  // A frame of 60 a second, and what its clock is off by.
  report(distribution('time-travel.frame', frames, { target: frameMs + 1 }))
  report(single('time-travel.work-per-frame', 'ms', (1000 * busy) / frames.length, { target: frameMs }))
}
