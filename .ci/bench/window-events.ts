import type { JSHandle, Page } from 'playwright-core'
import { resources } from '#api/resources.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { paintedMoment, type Watched } from './grid-probes.ts'
import { preciseNow, sleep } from './processes.ts'
import { answered, appName, mustSucceed } from './rollouts.ts'
import { namespace, type WindowFleet, waitingCount } from './window-fleet.ts'

/** Between two events of the trickle: uneven, so that they fall everywhere between two patches of the window. */
const gapMs = { least: 120, most: 330 }
const golden = 0.618_033_988_75

/** Of the rollouts that wait in each cluster, as many are probed; all of them are on screen. */
const probedCount = 5

const setStep = async (client: ClusterClient, name: string, currentStepIndex: number): Promise<void> => {
  const patch = { type: 'merge', subresource: 'status', body: { status: { currentStepIndex } } } as const
  const write = () => client.patch(resources.rollouts, { namespace, name }, patch)
  mustSucceed(await answered(write), `status of ${name}`)
}

/** Watches one cell for `2 of 4 steps done`; the moment is the animation frame after the change. */
const watchCell = (page: Page, name: string, context: string, done: number): Promise<JSHandle<Watched>> =>
  page.evaluateHandle(
    ({ cell, words }): Watched => {
      const grid = document.querySelector('[role=grid]')
      if (grid === null) throw new Error('no grid on the page')
      const says = () =>
        [...grid.querySelectorAll('[role=gridcell] > .unseen')].some(
          ({ textContent }) => textContent.startsWith(cell) && textContent.includes(words),
        )
      if (says()) throw new Error(`${cell} says ${words} already`)
      const painted = new Promise<number>((resolve) => {
        const observer = new MutationObserver(() => {
          if (!says()) return
          observer.disconnect()
          requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()))
        })
        observer.observe(grid, { subtree: true, childList: true, characterData: true })
      })
      return { painted }
    },
    { cell: `${name}, ${context}:`, words: `${done} of 4 steps done` },
  )

/** Writes the status of one rollout after the other; ms from just before each request to the frame that shows it. */
export async function eventsToDom(
  page: Page,
  fleet: WindowFleet,
  clusters: readonly number[],
  count: number,
): Promise<readonly number[]> {
  const samples: number[] = []
  for (let event = 0; event < count; event++) {
    const cluster = clusters[event % clusters.length] ?? 0
    const client = fleet.clients[cluster]
    const context = fleet.contexts[cluster]
    if (client === undefined || context === undefined) throw new Error(`no cluster ${cluster}`)
    const turn = Math.floor(event / clusters.length)
    const name = appName(turn % probedCount)
    const done = Math.floor(turn / probedCount) % 2 === 0 ? 2 : 1
    await sleep(gapMs.least + ((event * golden) % 1) * (gapMs.most - gapMs.least))
    const watched = await watchCell(page, name, context, done)
    const sentAt = preciseNow()
    await setStep(client, name, done)
    samples.push((await paintedMoment(watched)) - sentAt)
  }
  for (const cluster of clusters) await putBack(fleet.clients[cluster])
  return samples
}

async function putBack(client: ClusterClient | undefined): Promise<void> {
  if (client === undefined) return
  for (let index = 0; index < probedCount; index++) await setStep(client, appName(index), 1)
  await sleep(500)
}

export interface Churn {
  /** Writes per second that were answered. */
  stop(): Promise<number>
}

const inFlightMax = 20

/**
 * Changes what the window shows of every rollout but the probed ones, `perSecond` of them in turn, one cluster after the other.
 * @param clusters the clients of each, which take turns
 */
export function startChurn(
  clusters: readonly (readonly ClusterClient[])[],
  rollouts: number,
  perSecond: number,
): Churn {
  const startedAt = performance.now()
  const underWay = new Set<Promise<void>>()
  const failures: unknown[] = []
  let written = 0
  let next = 0
  const write = async (index: number) => {
    const round = Math.floor(index / clusters.length)
    const turn = Math.floor(round / (rollouts - probedCount))
    const app = probedCount + (round % (rollouts - probedCount))
    const [even, odd] = app < waitingCount ? [2, 1] : [3, 4]
    const clients = clusters[index % clusters.length] ?? []
    const client = clients[round % clients.length]
    if (client === undefined) throw new Error('churn needs a client')
    await setStep(client, appName(app), turn % 2 === 0 ? even : odd)
    written += 1
  }
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond)
    for (; next < due; next++) {
      if (underWay.size >= inFlightMax) continue
      const done: Promise<void> = write(next)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => underWay.delete(done))
      underWay.add(done)
    }
  }, 5)
  return {
    stop: async () => {
      clearInterval(timer)
      const seconds = (performance.now() - startedAt) / 1000
      await Promise.all(underWay)
      if (failures.length > 0) throw failures[0]
      return written / seconds
    },
  }
}
