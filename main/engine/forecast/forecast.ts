import type { Rollout } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import { earliest } from '#engine/rollout/write.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { adjusted, nextChange, type PodsToCome, podsOf, type StartMs, withCounts } from './pods-to-come.ts'
import { worldAfter } from './world-after.ts'

export interface ForeseenWrite {
  readonly at: EpochMs
  readonly write: Write
}

/** What the engine will do, in order, if nothing interferes. */
export interface Forecast {
  readonly writes: readonly ForeseenWrite[]
  /** From when on nothing more happens by itself; `undefined`: the end is further away than was looked. */
  readonly restsAt: EpochMs | undefined
  /** As it will be then: Healthy, Paused until somebody comes, or Degraded. */
  readonly rollout: Rollout
}

/** Rounds looked ahead: more than any update of a few hundred steps takes. */
const roundsMax = 2_000

/**
 * Plays the engine's own decisions forward: its writes take effect at once, ReplicaSets get the pods they want as soon as the engine
 * has nothing more to write, and each new pod is ready after `startMs`. Pure, and the same code that decides for real, so it cannot
 * promise something else than what is then done. Nobody edits, no pod fails that has not failed yet, no metric is asked.
 */
export function forecast(world: RolloutWorld, now: EpochMs, startMs: StartMs): Forecast {
  const writes: ForeseenWrite[] = []
  let moment: Moment = { world, at: now, pods: podsOf(world.replicaSets, now, startMs) }
  for (let round = 0; round < roundsMax; round++) {
    const decision = reconcileRollout(moment.world, moment.at)
    for (const write of decision.writes) writes.push({ at: moment.at, write })
    const next =
      decision.writes.length > 0
        ? { ...moment, world: worldAfter(moment.world, decision.writes, moment.at) }
        : (afterPodsMove(moment, startMs) ?? afterWaiting(moment, decision.requeueAt))
    if (next === undefined) return { writes, restsAt: moment.at, rollout: moment.world.rollout }
    moment = next
  }
  return { writes, restsAt: undefined, rollout: moment.world.rollout }
}

interface Moment {
  readonly world: RolloutWorld
  readonly at: EpochMs
  readonly pods: PodsToCome
}

/** ReplicaSets create and delete what they have to; `undefined` when they have the pods they want. */
function afterPodsMove(moment: Moment, startMs: StartMs): Moment | undefined {
  const { world, at, pods } = moment
  const moved = observed({ world, at, pods: adjusted(pods, world.replicaSets, at, startMs) })
  return jsonEqual(world.replicaSets, moved.world.replicaSets) ? undefined : moved
}

/** On to when a pod gets ready or the engine looks again; `undefined` when time alone changes nothing any more. */
function afterWaiting({ world, at, pods }: Moment, requeueAt: EpochMs | undefined): Moment | undefined {
  const next = earliest(requeueAt, nextChange(pods, world.replicaSets, at))
  return next === undefined ? undefined : observed({ world, pods, at: Math.max(next, at + 1) })
}

const observed = ({ world, at, pods }: Moment): Moment => ({
  at,
  pods,
  world: { ...world, replicaSets: world.replicaSets.map((rs) => withCounts(rs, pods, at)) },
})
