import type { PauseCondition } from '#api/rollout.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { Situation } from '../situation.ts'
import { type Draft, isAborted, type StatusFields } from './draft.ts'

/**
 * What the strategy in force can end. The reference keeps a pause at a canary step when the strategy becomes blue-green: until the
 * promotion the phase is Paused and no deadline passes, whatever becomes of the pods.
 */
function ownPauses({ status, spec }: Situation): readonly PauseCondition[] {
  const conditions = status.pauseConditions ?? []
  return spec.strategy?.blueGreen === undefined
    ? conditions
    : conditions.filter(({ reason }) => reason !== 'CanaryPauseStep')
}

type PauseAndAbort = Pick<StatusFields, 'abort' | 'abortedAt' | 'pauseConditions' | 'controllerPause'>

/**
 * The pause and abort fields (REC-91). An abort drops every pause. A reason that is stored and removed in this round
 * cannot be added again in the same round.
 */
export function pauseAndAbort(draft: Draft, situation: Situation): PauseAndAbort {
  const { status, now } = situation
  const stored = { pauseConditions: status.pauseConditions, controllerPause: status.controllerPause }
  const untouched = draft.scope === 'replicas-only' ? stored : {}
  if (isAborted(draft, situation))
    return { ...untouched, abort: true, abortedAt: status.abortedAt ?? formatSeconds(now) }
  if (draft.pauses.clear) return { ...untouched, abort: undefined, abortedAt: undefined }

  const conditions = ownPauses(situation)
  const kept = conditions.filter(({ reason }) => !draft.pauses.remove.includes(reason))
  const added = draft.pauses.add
    .filter((reason) => !conditions.some((condition) => condition.reason === reason))
    .map((reason): PauseCondition => ({ reason, startTime: formatSeconds(now) }))
  const pauseConditions = [...kept, ...added]
  if (pauseConditions.length === 0) {
    const resumed = draft.pauses.staysResumed === true ? { controllerPause: status.controllerPause } : {}
    return { ...untouched, ...resumed, abort: undefined, abortedAt: undefined }
  }
  return {
    pauseConditions,
    controllerPause: status.controllerPause === true || added.length > 0,
    abort: undefined,
    abortedAt: undefined,
  }
}
