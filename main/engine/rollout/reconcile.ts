import type { Decision, RuleId, Write } from '#engine/decision.ts'
import { nothingToDo } from '#engine/decision.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import { reconcileBlueGreen, scaleBlueGreen } from './blue-green/reconcile.ts'
import { reconcileCanary, scaleCanary } from './canary/reconcile.ts'
import { planClaims } from './claim.ts'
import { planCurrentRS } from './create-replica-set.ts'
import { planFirstCondition } from './first-condition.ts'
import { isInvalid, reportInvalidSpec } from './invalid-spec.ts'
import { planPausedCondition } from './paused-condition.ts'
import { planRevisionSync } from './revision.ts'
import { isScalingEvent } from './scaling-event.ts'
import { assess, hasCurrentRS, type Release, type Situation } from './situation.ts'
import { patchRollout, round } from './write.ts'

/**
 * Decides the next round for one Rollout: what to write, and when to look again. Pure; takes over from any controller at
 * any point, because all it knows is in the world. First match wins, and a round that writes an object ends before it
 * would have to write it again.
 */
export function reconcileRollout(world: RolloutWorld, now: EpochMs): Decision {
  const situation = assess(world, now)
  const opening = firstMatch(prologue, situation)
  if (opening !== undefined) return opening
  return (hasCurrentRS(situation) ? firstMatch(strategies, situation) : undefined) ?? nothingToDo
}

interface Row<S> {
  readonly because: RuleId
  readonly when: (situation: S) => boolean
  readonly then: (situation: S) => Decision
}

/** What must be true before a strategy may act. */
const prologue: readonly Row<Situation>[] = [
  { because: 'REC-21', when: isBeingDeleted, then: () => nothingToDo },
  { because: 'API-90', when: isInvalid, then: reportInvalidSpec },
  whenever('REC-35', planClaims),
  { because: 'REC-46', when: hasNoCurrentRS, then: (situation) => round(planCurrentRS(situation)) },
  { because: 'REC-24', when: lacksReplicas, then: writeDefaultReplicas },
  whenever('REC-70', planPausedCondition),
  whenever('REC-51', planRevisionSync),
  whenever('REC-51', planFirstCondition),
]

/** A change of size goes first: it is done before anything else is looked at (REC-30). */
const strategies: readonly Row<Release>[] = [
  { because: 'REC-32', when: (release) => isBlueGreen(release) && isScalingEvent(release), then: scaleBlueGreen },
  { because: 'REC-32', when: isScalingEvent, then: scaleCanary },
  { because: 'BG-1', when: isBlueGreen, then: reconcileBlueGreen },
  { because: 'CAN-2', when: () => true, then: reconcileCanary },
]

const firstMatch = <S>(rows: readonly Row<S>[], situation: S): Decision | undefined =>
  rows.find(({ when }) => when(situation))?.then(situation)

/** A row for a plan that applies whenever it has something to write. */
function whenever(because: RuleId, plan: (situation: Situation) => readonly Write[]): Row<Situation> {
  return { because, when: (situation) => plan(situation).length > 0, then: (situation) => round(plan(situation)) }
}

function isBeingDeleted({ rollout }: Situation): boolean {
  return rollout.metadata.deletionTimestamp !== undefined
}

function hasNoCurrentRS(situation: Situation): boolean {
  return !hasCurrentRS(situation)
}

function isBlueGreen({ spec }: Situation): boolean {
  return spec.strategy?.blueGreen !== undefined
}

function lacksReplicas({ spec }: Situation): boolean {
  return spec.replicas === undefined
}

/** Written down so that an autoscaler has a number to work from. */
function writeDefaultReplicas({ rollout }: Situation): Decision {
  const summary = 'Set spec.replicas to its default, 1'
  return round([patchRollout(rollout, { spec: { replicas: 1 } }, { because: 'REC-24', summary })])
}
