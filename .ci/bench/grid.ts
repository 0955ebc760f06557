import type { Browser, Page } from 'playwright-core'
import { checkClocks, launchBrowser, openPage, RendererMetrics } from './browser.ts'
import { type GridShape, gridShapes } from './grid-fleet.ts'
import { openToFirstRow, paintedMoment, pressToPaint, rowsOnScreen, scrollGrid, watchVersion } from './grid-probes.ts'
import type { GridPatch } from './grid-server.ts'
import { ask, nextMessage, sleep, startScript, stop } from './processes.ts'
import { distribution, type Report, single } from './report.ts'
import type { Section } from './section.ts'

const scroll = { durationMs: 4000, speed: 3000 }
const keyPresses = 60
const filterRounds = 20
const patches = { count: 30, size: 500, everyMs: 400 }

/** A character that some rows of the fleet have in their name and others do not. */
const filterKey: Record<GridShape, string> = { dense: 'x', tall: '7' }

/** UI-VIRT-1. A frame of 60 per second takes 16.7 ms. */
const targets = { frameMs: 17, keyMs: 50, filterMs: 50, patchMs: 150, heapMB: 350 }

export const grid: Section = {
  name: 'grid',
  about: 'the window at 10,000 rollouts: scrolling, keys, filter, a patch of 500 rows, heap',
  async run({ chromium, report }) {
    const browser = await launchBrowser(chromium)
    try {
      for (const shape of gridShapes) await measureShape(browser, shape, report)
    } finally {
      await browser.close()
    }
  },
}

async function measureShape(browser: Browser, shape: GridShape, report: Report): Promise<void> {
  const server = startScript('.ci/bench/grid-server.ts', [shape])
  try {
    const { url } = await nextMessage<{ readonly url: string }>(server)
    const page = await openPage(browser)
    report(single(`grid.${shape}.open-to-first-row`, 'ms', await openToFirstRow(page, url)))
    await checkClocks(page)
    await sleep(1500)
    await measureScroll(page, shape, report)
    await measureKeys(page, shape, report)
    await measureFilter(page, shape, report)
    report(
      distribution(`grid.${shape}.patch-500-to-paint`, await patchToPaint(page, server), { target: targets.patchMs }),
    )
    const metrics = await RendererMetrics.of(page)
    report(single(`grid.${shape}.heap`, 'MB', await metrics.heapMB(), { target: targets.heapMB }))
    await page.context().close()
  } finally {
    await stop(server)
  }
}

async function measureScroll(page: Page, shape: GridShape, report: Report): Promise<void> {
  const { durationMs, speed } = scroll
  await scrollGrid(page, 1000, speed, false)
  const metrics = await RendererMetrics.of(page)
  const busyBefore = await metrics.taskSeconds()
  const { frames } = await scrollGrid(page, durationMs, speed, false)
  const busyMs = ((await metrics.taskSeconds()) - busyBefore) * 1000
  report(distribution(`grid.${shape}.scroll-frame`, frames, { target: targets.frameMs }))
  report(single(`grid.${shape}.scroll-main-thread-per-frame`, 'ms', busyMs / frames.length))
  const looked = await scrollGrid(page, durationMs / 2, speed, true)
  report(single(`grid.${shape}.scroll-frames-with-holes`, 'count', looked.holes, { target: 0 }))
}

async function measureKeys(page: Page, shape: GridShape, report: Report): Promise<void> {
  await page.locator('[role=grid]').focus()
  await page.keyboard.press('ArrowDown')
  const samples: number[] = []
  for (let press = 0; press < keyPresses; press++) {
    await sleep(30)
    samples.push(await pressToPaint(page, press % 4 === 3 ? 'ArrowRight' : 'ArrowDown', 'aria-activedescendant'))
  }
  report(distribution(`grid.${shape}.key-to-paint`, samples, { target: targets.keyMs }))
  await page.keyboard.press('Escape')
}

async function measureFilter(page: Page, shape: GridShape, report: Report): Promise<void> {
  await page.locator('input[data-filter]').focus()
  const samples: number[] = []
  for (let round = 0; round < filterRounds; round++) {
    for (const key of [filterKey[shape], 'Backspace']) {
      await sleep(100)
      samples.push(await pressToPaint(page, key, 'aria-rowcount'))
    }
  }
  report(distribution(`grid.${shape}.filter-to-paint`, samples, { target: targets.filterMs }))
}

async function patchToPaint(page: Page, server: ReturnType<typeof startScript>): Promise<readonly number[]> {
  // Whoever just worked in the list holds its order for two seconds.
  await sleep(2500)
  const samples: number[] = []
  for (let count = 1; count <= patches.count; count++) {
    await sleep(patches.everyMs)
    const version = `77.${count}.0`
    const patch: GridPatch = { rows: await rowsOnScreen(page), size: patches.size, version }
    const watched = await watchVersion(page, version)
    const { sentAt } = await ask<{ readonly sentAt: number }>(server, patch)
    samples.push((await paintedMoment(watched)) - sentAt)
  }
  return samples
}
