import type { Decision } from '#engine/decision.ts'
import type { Situation } from './situation.ts'
import { findCondition, setCondition, withoutCondition } from './status/condition-list.ts'
import { persistConditions } from './status/persist.ts'
import { validationError } from './validation/validate.ts'
import { round } from './write.ts'

/** Looks again at a bad spec: what it misses may have come without an event for this Rollout (API-93). */
const recheckMs = { workload: 20_000, other: 10_000 }

export const isInvalid = (situation: Situation): boolean => validationError(situation) !== undefined

/**
 * Says in the status what is wrong with the spec, and touches nothing else (API-92). Written once per message and
 * generation; a new message renews both times of the condition.
 */
export function reportInvalidSpec(situation: Situation, error = validationError(situation)): Decision {
  const { status, rollout, now } = situation
  const message = `The Rollout "${rollout.metadata.name}" is invalid: ${error}`
  const before = status.conditions ?? []
  const isKnown = findCondition(before, 'InvalidSpec')?.message === message
  const kept = isKnown ? before : withoutCondition(before, 'InvalidSpec')
  const after = setCondition(kept, { type: 'InvalidSpec', status: 'True', reason: 'InvalidSpec', message }, now)
  const isObserved = status.observedGeneration === String(rollout.metadata.generation ?? 0)
  const recheck = situation.workload.error === undefined ? recheckMs.other : recheckMs.workload
  return round(isKnown && isObserved ? [] : persistConditions(situation, after, 'API-92'), now + recheck)
}
