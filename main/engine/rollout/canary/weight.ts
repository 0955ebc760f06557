import { isFullPromotionWanted } from '../promotion.ts'
import type { Situation } from '../situation.ts'
import { maxWeightOf, stepsOf } from '../spec-defaults.ts'

/**
 * The weight of the nearest `setWeight` at or before the current step (CAN-20). It counts from the moment the update
 * reaches the step, not from its completion. 0 while aborted; everything after the last step and without steps.
 */
export function currentSetWeight({ rollout, spec, status, isAborted }: Situation): number {
  if (isAborted) return 0
  const steps = stepsOf(rollout)
  const index = status.currentStepIndex ?? 0
  if (index >= steps.length) return maxWeightOf(spec)
  return steps.slice(0, index + 1).findLast((step) => step.setWeight !== undefined)?.setWeight ?? 0
}

/** The weight that sizes the ReplicaSets (CAN-21): everything when there is nothing to weigh against. */
export const replicaWeight = (situation: Situation): number =>
  isFullPromotionWanted(situation) || (situation.status.stableRS ?? '') === '' || situation.isFullyPromoted
    ? maxWeightOf(situation.spec)
    : currentSetWeight(situation)
