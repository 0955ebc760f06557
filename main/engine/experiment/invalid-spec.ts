import type { Decision } from '#engine/decision.ts'
import { findCondition, setCondition, withoutCondition } from '#engine/rollout/status/condition-list.ts'
import { round } from '#engine/rollout/write.ts'
import type { Situation } from './situation.ts'
import { specError } from './validate.ts'
import { planStatus } from './write.ts'

export const isInvalid = ({ experiment }: Situation): boolean => specError(experiment) !== undefined

/** Says what is wrong with the spec, once per message, and touches nothing else (EXP-202). */
export function reportInvalidSpec({ experiment, status, now }: Situation): Decision {
  const message = specError(experiment) ?? ''
  const before = status.conditions ?? []
  const isKnown = findCondition(before, 'InvalidSpec')?.message === message
  const kept = isKnown ? before : withoutCondition(before, 'InvalidSpec')
  const wanted = { type: 'InvalidSpec', status: 'True', reason: 'InvalidSpec', message } as const
  return round(planStatus(experiment, { ...status, conditions: setCondition(kept, wanted, now) }, 'EXP-202'))
}
