import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { checkClocks, launchBrowser, openPage, RendererMetrics } from './browser.ts'
import { cpuSeconds, preciseNow, residentMB, type Started, sleep, startCli, stop, within } from './processes.ts'
import { distribution, type Report, single } from './report.ts'
import type { BenchOptions, Section } from './section.ts'
import { eventsToDom, startChurn } from './window-events.ts'
import { startWindowFleet, type WindowFleet } from './window-fleet.ts'

/** Of each cluster. */
export const fleetRollouts = 250
const clusters = 20
const starts = 3
const eventCount = 150
const churnPerSecond = 50
/** After the first board, until nothing is caught up with any more. */
const settleMs = 20_000
const idleMs = 60_000

/** Binding: what a fleet of this size may cost and take. */
const limits = { idlePercent: 3, residentMB: 600, eventMs: 200, boardMs: 5000 }

/** Columns that are on screen whatever else is. */
const probedClusters = [0, 1, 2, 3]

export const fleet: Section = {
  name: 'fleet',
  about:
    'twenty clusters of 250 rollouts: start to the whole board, idle CPU, memory, a write to its cell at 50 a second',
  binding: true,
  async run(options) {
    const { rollouts, replicas, chromium } = options
    const size = { clusters, rollouts, replicas }
    const running = await startWindowFleet(size)
    try {
      const browser = await launchBrowser(chromium)
      try {
        const boards: Board[] = []
        for (let run = 1; run < starts; run++) {
          const page = await openPage(browser)
          const board = await startBoard(page, running, rollouts, `start-${run}`)
          boards.push(board)
          await page.context().close()
          await stop(board.child)
        }
        const page = await openPage(browser)
        const board = await startBoard(page, running, rollouts, 'stay')
        const { child } = board
        try {
          reportStarts([...boards, board], options.report)
          await measureStay(page, child.pid, running, options)
        } finally {
          await stop(child)
        }
      } finally {
        await browser.close()
      }
    } finally {
      await running.stop()
    }
  },
}

/** On a machine that is busy besides, the CPU time says more than the clock. */
function reportStarts(boards: readonly Board[], report: Report): void {
  const times = boards.map(({ boardMs }) => boardMs)
  report(distribution('fleet.start-to-board', times, { target: limits.boardMs }))
  const cpu = boards.map(({ cpuMs }) => cpuMs)
  report(distribution('fleet.cpu-to-board', cpu))
}

interface Board {
  readonly child: Started['child']
  /** From the start of the process to the frame in which every rollout of every cluster is on the board. */
  readonly boardMs: number
  /** Of the process, until then. */
  readonly cpuMs: number
}

async function startBoard(
  page: Page,
  { folder, kubeconfig }: WindowFleet,
  rollouts: number,
  name: string,
): Promise<Board> {
  const data = join(folder, name)
  mkdirSync(data)
  const spawnedAt = preciseNow()
  const { child, matched } = await startCli(['serve', '--kubeconfig', kubeconfig], /http:\S+/, { ARGOSY_DATA: data })
  try {
    await page.goto(matched)
    const completeAt = await within(60_000, 'the board was not complete', wholeBoard(page, rollouts))
    const cpuMs = cpuSeconds(child.pid) * 1000
    await checkClocks(page)
    return { child, boardMs: completeAt - spawnedAt, cpuMs }
  } catch (error) {
    await stop(child)
    throw error
  }
}

/** All columns, all rows, and all rollouts counted; ms since the epoch. */
const wholeBoard = (page: Page, rollouts: number): Promise<number> =>
  page.evaluate(
    ({ columns, rows, all }) =>
      new Promise<number>((resolve) => {
        const look = () => {
          const grid = document.querySelector('[role=grid]')
          const counted = document.querySelector('.status-bar')?.textContent.replaceAll(/[,\s]/g, '') ?? ''
          const isWhole =
            Number(grid?.getAttribute('aria-colcount')) > columns &&
            Number(grid?.getAttribute('aria-rowcount')) > rows &&
            counted.includes(`${all}rollouts`)
          if (isWhole) resolve(performance.timeOrigin + performance.now())
          else requestAnimationFrame(look)
        }
        look()
      }),
    { columns: clusters, rows: rollouts, all: clusters * rollouts },
  )

async function measureStay(
  page: Page,
  pid: number | undefined,
  running: WindowFleet,
  { report, rollouts }: BenchOptions,
): Promise<void> {
  await sleep(settleMs)
  await measureIdle(pid, report)
  const atRest = residentMB(pid)
  report(single('fleet.main-memory-at-rest', 'MB', atRest, { target: limits.residentMB }))
  const cpuBefore = cpuSeconds(pid)
  const startedAt = performance.now()
  const churn = startChurn(
    running.clients.map((client) => [client]),
    rollouts,
    churnPerSecond,
  )
  try {
    const samples = await eventsToDom(page, running, probedClusters, eventCount)
    report(single('fleet.churn', '1/s', await churn.stop()))
    report(distribution('fleet.event-to-dom', samples, { target: limits.eventMs }))
  } finally {
    await churn.stop().catch(() => {})
  }
  const seconds = (performance.now() - startedAt) / 1000
  report(single('fleet.cpu-under-churn', '%', ((cpuSeconds(pid) - cpuBefore) / seconds) * 100))
  report(single('fleet.main-memory', 'MB', residentMB(pid), { target: limits.residentMB }))
  const metrics = await RendererMetrics.of(page)
  report(single('fleet.renderer-heap', 'MB', await metrics.heapMB()))
}

/** With the window open and nothing going on in the clusters. */
async function measureIdle(pid: number | undefined, report: Report): Promise<void> {
  const before = cpuSeconds(pid)
  const startedAt = performance.now()
  await sleep(idleMs)
  const percent = ((cpuSeconds(pid) - before) / ((performance.now() - startedAt) / 1000)) * 100
  report(single('fleet.cpu-idle', '%', percent, { target: limits.idlePercent }))
}
