import type { PastBoardView } from '#contract/time-travel-views.ts'
import type { RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { keyOf } from '#main/cluster/reflector.ts'
import { FleetIndex } from '#main/fleet/fleet-index.ts'
import { projectRollout } from '#main/fleet/project-rollout.ts'
import { partsOf } from '#main/fleet/rollout-parts.ts'
import { objectAt, objectsThere, recordedContexts, recordGaps } from '#main/history/objects/object-reader.ts'
import type { History } from '#main/history/store.ts'
import { isPast } from './film.ts'
import { PastCluster } from './past-cluster.ts'

type Reader = Pick<History, 'all'>

const boardKinds = ['rollouts', 'replicaSets', 'services', 'deployments'] as const

/**
 * The fleet board as it was at a time (W9), and the contexts of which nothing was recorded then. `pause` is awaited after so many objects, so
 * that a large fleet holds nobody up.
 */
export async function pastBoard(history: Reader, at: EpochMs, pause: () => Promise<void>): Promise<PastBoardView> {
  const index = new FleetIndex()
  const unrecorded: string[] = []
  for (const context of recordedContexts(history)) {
    if (recordGaps(history, context, at, at + 1).length > 0) unrecorded.push(context)
    const past = await clusterAt(history, context, at, pause)
    for (const rollout of past.cache('rollouts').values()) {
      const parts = partsOf(past, keyOf(rollout), 'bare')
      const member = parts && projectRollout(parts, at, { closed: isPast })
      if (member !== undefined) index.put(member.view.key, member)
    }
    await pause()
  }
  index.settle()
  const rollouts: Readonly<Record<string, RolloutView>> = index.fleet
  return { at, rollouts, unrecorded }
}

/** Read without a pause: some 20 ms. */
const readAtOnce = 200

async function clusterAt(
  history: Reader,
  context: string,
  at: EpochMs,
  pause: () => Promise<void>,
): Promise<PastCluster> {
  const past = new PastCluster(context)
  for (const kind of boardKinds)
    for (const [index, id] of objectsThere(history, { context, kind, at }).entries()) {
      if (index % readAtOnce === readAtOnce - 1) await pause()
      const object = objectAt(history, id, at)
      if (object !== undefined) past.put(kind, object)
    }
  return past
}
