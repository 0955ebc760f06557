import type { Rollout } from '#api/rollout.ts'
import type { ActionRefusal } from '#contract/views.ts'
import { unobservedChange } from '#engine/status/phase.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Clock } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { parseInteger } from '#lib/int-or-string.ts'
import { failure, type Outcome } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { ActionRequest } from './action-request.ts'
import { readWorkload } from './read-workload.ts'
import { readWorld } from './read-world.ts'

/** ACT-45. */
const pickUpTimeoutMs = 30_000
const firstDelayMs = 500
const delayMsMax = 5_000

/**
 * Reads what an action needs, past every cache. Right after a change of the spec a promotion in full would find nothing to
 * promote, so that action waits, with growing delays, until a controller has picked the change up (ACT-45).
 */
export async function readPickedUp(request: ActionRequest): Promise<Outcome<RolloutWorld, ActionRefusal>> {
  const { cluster, clock, action } = request
  const endsAt = clock.elapsed() + pickUpTimeoutMs
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(2 * delayMs, delayMsMax)) {
    const world = await readWorld(cluster.client, request)
    if (!world.ok) return failure(refusalOf(world.error))
    if (action !== 'promoteFull' || (await isPickedUp(cluster.client, world.value.rollout))) return world
    const leftMs = endsAt - clock.elapsed()
    if (leftMs <= 0) return failure({ kind: 'notOpen', reason: 'the change was not picked up by a controller' })
    await waited(clock, Math.min(delayMs, leftMs))
  }
}

const refusalOf = (cause: Failure): ActionRefusal =>
  cause.kind === 'NotFound' && cause.name !== undefined ? { kind: 'unknownTarget' } : { kind: 'failed', failure: cause }

/** The generation of a workload is asked of the workload itself; where that is not allowed, the Rollout alone tells. */
async function isPickedUp(client: ClusterClient, rollout: Rollout): Promise<boolean> {
  if (unobservedChange(rollout) !== undefined) return false
  const observed = parseInteger(rollout.status?.workloadObservedGeneration)
  if (rollout.spec.workloadRef === undefined || observed === undefined) return true
  const workload = await readWorkload(client, rollout)
  return !workload.ok || (workload.value?.metadata.generation ?? 0) <= observed
}

const waited = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve)
  })
