import { annotations } from '#api/keys.ts'
import type { EventWrite } from '#engine/decision.ts'
import { availableOf, desiredReplicasOf, podHashOf, sizeOf, sumOf } from '../replica-set/facts.ts'
import type { Situation } from '../situation.ts'
import { rolloutEvent } from '../write.ts'
import {
  type Conditions,
  findCondition,
  replaceCondition,
  setCondition,
  type Wanted,
  withoutCondition,
} from './condition-list.ts'
import { type Draft, isAborted, type StatusFields } from './draft.ts'
import { awaitsScaleDown, isCompleted, isHealthy, isIndefinite, isTimedOut, madeProgress } from './progress.ts'

interface Assessed {
  readonly conditions: Conditions
  readonly events: readonly EventWrite[]
}

/**
 * The conditions of a round (REC-63, in the order of REC-64), and the events that their changes cause.
 * @param next the status with pause and abort fields already in place
 */
export function assessConditions(situation: Situation, draft: Draft, next: StatusFields): Assessed {
  const health = assessHealth(situation, next)
  const progress = isAborted(draft, situation)
    ? assessAbort(situation, draft, health.conditions)
    : { conditions: assessProgress(situation, next, health), events: [] }
  const available = setCondition(progress.conditions, availability(situation, next), situation.now)
  const completed = assessCompletion(situation, next, assessFailure(situation, available))
  return { conditions: completed.conditions, events: [...progress.events, ...completed.events] }
}

export const revisionOfRollout = ({ rollout }: Situation): string =>
  rollout.metadata.annotations?.[annotations.revision] ?? '0'

export const progressSubject = ({ rollout, currentRS }: Situation): string =>
  currentRS === undefined ? `Rollout "${rollout.metadata.name}"` : `ReplicaSet "${currentRS.metadata.name}"`

interface Health {
  readonly conditions: Conditions
  readonly becameUnhealthy: boolean
}

function assessHealth(situation: Situation, next: StatusFields): Health {
  const before = next.conditions ?? []
  const isPaused = (next.pauseConditions ?? []).length > 0 || situation.spec.paused === true
  const healthy = { type: 'Healthy', reason: 'RolloutHealthy' } as const
  if (!isPaused && isHealthy(situation, next)) {
    const wanted: Wanted = { ...healthy, status: 'True', message: 'Rollout is healthy' }
    return { conditions: setCondition(before, wanted, situation.now), becameUnhealthy: false }
  }
  if (findCondition(before, 'Healthy') === undefined) return { conditions: before, becameUnhealthy: false }
  const wanted: Wanted = { ...healthy, status: 'False', message: 'Rollout is not healthy' }
  const conditions = setCondition(before, wanted, situation.now)
  return { conditions, becameUnhealthy: conditions !== before }
}

function assessAbort(situation: Situation, draft: Draft, before: Conditions): Assessed {
  const cause = draft.abortMessage === undefined ? '' : `: ${draft.abortMessage}`
  const message = `Rollout aborted update to revision ${revisionOfRollout(situation)}${cause}`
  const wanted: Wanted = { type: 'Progressing', status: 'False', reason: 'RolloutAborted', message }
  const conditions = setCondition(before, wanted, situation.now)
  const event = rolloutEvent(situation.rollout, 'RolloutAborted', message, 'REC-63', 'Warning')
  return { conditions, events: conditions === before ? [] : [event] }
}

function assessProgress(situation: Situation, next: StatusFields, { conditions, becameUnhealthy }: Health): Conditions {
  const { now } = situation
  if (isHealthy(situation, next)) {
    const message = `ReplicaSet "${situation.currentRS?.metadata.name ?? ''}" has successfully progressed.`
    return setCondition(
      conditions,
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message },
      now,
    )
  }
  if (madeProgress(situation, next) || becameUnhealthy)
    return replaceCondition(conditions, inProgress(situation, next, becameUnhealthy), now)
  if (!isIndefinite(situation) && !awaitsScaleDown(situation) && isTimedOut(situation, conditions)) {
    const message = `${progressSubject(situation)} has timed out progressing.`
    return setCondition(
      conditions,
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message },
      now,
    )
  }
  return conditions
}

/** A promoted rollout that lost pods is not updating: it only lacks availability. */
const inProgress = (situation: Situation, next: StatusFields, becameUnhealthy: boolean): Wanted => ({
  type: 'Progressing',
  status: 'True',
  ...(becameUnhealthy && next.stableRS === next.currentPodHash
    ? { reason: 'ReplicaSetNotAvailable', message: 'Rollout does not have minimum availability' }
    : { reason: 'ReplicaSetUpdated', message: `${progressSubject(situation)} is progressing.` }),
})

function availability(situation: Situation, next: StatusFields): Wanted {
  const isAvailable = situation.spec.strategy?.blueGreen
    ? isActiveSaturated(situation, next.blueGreen.activeSelector ?? '')
    : sumOf(situation.replicaSets, availableOf) >= situation.replicas
  return {
    type: 'Available',
    status: isAvailable ? 'True' : 'False',
    reason: 'AvailableReason',
    message: isAvailable ? 'Rollout has minimum availability' : 'Rollout does not have minimum availability',
  }
}

function isActiveSaturated({ replicaSets, replicas }: Situation, activeSelector: string): boolean {
  const activeRS = activeSelector === '' ? undefined : replicaSets.find((rs) => podHashOf(rs) === activeSelector)
  if (activeRS === undefined) return false
  return sizeOf(activeRS) === replicas && desiredReplicasOf(activeRS) === replicas && availableOf(activeRS) === replicas
}

/** Copies the ReplicaFailure of the current ReplicaSet, else of any. */
function assessFailure({ currentRS, replicaSets, now }: Situation, before: Conditions): Conditions {
  const failures = [...(currentRS === undefined ? [] : [currentRS]), ...replicaSets].flatMap((rs) =>
    (rs.status?.conditions ?? []).filter((condition) => condition.type === 'ReplicaFailure'),
  )
  const failure = failures[0]
  if (failure === undefined) return withoutCondition(before, 'ReplicaFailure')
  const { status, reason = '', message = '' } = failure
  return setCondition(before, { type: 'ReplicaFailure', status, reason, message }, now)
}

function assessCompletion(situation: Situation, next: StatusFields, before: Conditions): Assessed {
  const done = isCompleted(next)
  const wanted: Wanted = {
    type: 'Completed',
    status: done ? 'True' : 'False',
    reason: 'RolloutCompleted',
    message: 'RolloutCompleted',
  }
  const conditions = setCondition(before, wanted, situation.now)
  if (done || conditions === before) return { conditions, events: [] }
  const revision = revisionOfRollout(situation)
  const message = `Rollout not completed, started update to revision ${revision} (${next.currentPodHash ?? ''})`
  return { conditions, events: [rolloutEvent(situation.rollout, 'RolloutNotCompleted', message, 'REC-63')] }
}
