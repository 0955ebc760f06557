import type { Rollout } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import { earliest } from '#engine/rollout/write.ts'
import { unobservedChange } from '#engine/status/phase.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import type { StartMs } from './pod-start.ts'
import {
  adjusted,
  nextChange,
  type PodsToCome,
  podsOf,
  type StartOf,
  startsOf,
  withCounts,
  withoutEvicted,
  withReplacements,
} from './pods-to-come.ts'
import { worldAfter } from './world-after.ts'

export interface ForeseenWrite {
  readonly at: EpochMs
  readonly write: Write
}

/** The Rollout as it is from `at` on. */
export interface ForeseenRollout {
  readonly at: EpochMs
  readonly rollout: Rollout
}

/** What the engine will do, in order, if nothing interferes. */
export interface Forecast {
  readonly writes: readonly ForeseenWrite[]
  /** From when on nothing more happens by itself; `undefined`: the end is further away than was looked. */
  readonly restsAt: EpochMs | undefined
  /** As it will be then: Healthy, Paused until somebody comes, or Degraded. */
  readonly rollout: Rollout
  /** Each time it is written on the way there; several at one moment are one after the other. */
  readonly changes: readonly ForeseenRollout[]
}

export interface ForecastLimits {
  /** Rounds looked ahead. */
  readonly roundsMax?: number
  /** Looks no further than to where this step begins. */
  readonly untilStep?: number | undefined
}

/** An update of two hundred steps, or of some hundred pods one by one; a quarter of a second. */
const roundsMaxDefault = 1_200

/** After so many rounds in which nothing happened, rounds to come only look again whether somebody has interfered. */
const idleRoundsMax = 3

/**
 * Plays the engine's own decisions forward: its writes take effect at once, ReplicaSets get the pods they want as soon as the engine
 * has nothing more to write, and each new pod is ready after `startMs`. Pure, and the same code that decides for real, so it cannot
 * promise something else than what is then done. Nobody edits, no pod fails that has not failed yet, no metric is asked.
 */
export function forecast(
  world: RolloutWorld,
  now: EpochMs,
  startMs: StartMs,
  { roundsMax = roundsMaxDefault, untilStep }: ForecastLimits = {},
): Forecast {
  const writes: ForeseenWrite[] = []
  const changes: ForeseenRollout[] = []
  const startOf = startsOf(world, startMs)
  let moment: Moment = { ...busy, world, at: now, pods: podsOf(world, now, startOf) }
  const end = (restsAt: EpochMs | undefined): Forecast => {
    return { writes, changes, restsAt, rollout: moment.world.rollout }
  }
  for (let round = 0; round < roundsMax; round++) {
    if (isAtStep(moment.world.rollout, untilStep)) return end(moment.at)
    const decision = reconcileRollout(moment.world, moment.at)
    for (const write of decision.writes) writes.push({ at: moment.at, write })
    const next =
      decision.writes.length > 0
        ? afterWrites(moment, decision.writes)
        : (afterPodsMove(moment, startOf) ?? afterWaiting(moment, decision.requeueAt))
    if (next === undefined) return end(moment.idleSince ?? moment.at)
    if (next.world.rollout !== moment.world.rollout) changes.push({ at: moment.at, rollout: next.world.rollout })
    moment = next
  }
  return end(undefined)
}

interface Moment {
  readonly world: RolloutWorld
  readonly at: EpochMs
  readonly pods: PodsToCome
  /** Since when the engine has only looked again and again; `undefined` while something happens. */
  readonly idleSince: EpochMs | undefined
  readonly idleRounds: number
}

const busy = { idleSince: undefined, idleRounds: 0 }

/** An index that belongs to another template is none. */
const isAtStep = (rollout: Rollout, step: number | undefined): boolean =>
  step !== undefined && rollout.status?.currentStepIndex === step && unobservedChange(rollout) === undefined

function afterWrites({ world, at, pods }: Moment, writes: readonly Write[]): Moment {
  return { ...busy, at, world: worldAfter(world, writes, at), pods: withoutEvicted(pods, world, writes) }
}

/** ReplicaSets create and delete what they have to; `undefined` when they have the pods they want. */
function afterPodsMove({ world, at, pods }: Moment, startOf: StartOf): Moment | undefined {
  const moved = observed({ ...busy, world, at, pods: adjusted(pods, world.replicaSets, at, startOf) })
  return jsonEqual(world.replicaSets, moved.world.replicaSets) ? undefined : moved
}

/** On to when a pod gets ready or the engine looks again; `undefined` when time alone changes nothing any more. */
function afterWaiting(moment: Moment, requeueAt: EpochMs | undefined): Moment | undefined {
  const { world, at, pods, idleSince = at, idleRounds } = moment
  const podAt = nextChange(pods, world.replicaSets, at)
  const next = earliest(requeueAt, podAt)
  if (next === undefined || (next !== podAt && idleRounds === idleRoundsMax)) return undefined
  const idle = next === podAt ? busy : { idleSince, idleRounds: idleRounds + 1 }
  return observed({ ...idle, world, pods, at: Math.max(next, at + 1) })
}

const observed = (moment: Moment): Moment => ({
  ...moment,
  world: {
    ...moment.world,
    pods: withReplacements(moment.world, moment.pods, moment.at),
    replicaSets: moment.world.replicaSets.map((rs) => withCounts(rs, moment.pods, moment.at)),
  },
})
