import { isFullPromotionWanted } from '../promotion.ts'
import type { Situation } from '../situation.ts'
import { maxWeightOf, stepsOf } from '../spec-defaults.ts'
import { isReset } from '../update.ts'

/**
 * The weight of the nearest `setWeight` at or before the current step (CAN-20). It counts from the moment the update
 * reaches the step, not from its completion. 0 while aborted; everything after the last step and without steps.
 */
export const currentSetWeight = (situation: Situation): number =>
  situation.isAborted ? 0 : weightAt(situation, situation.status.currentStepIndex ?? 0)

/**
 * The weight that sizes the ReplicaSets (CAN-21): everything when there is nothing to weigh against.
 * Differs from the reference while a new template or new steps are not recorded yet, which is when only a change of
 * `spec.replicas` at the same time can ask: it goes by the stored status, and so gives a canary everything before its first step.
 * Here that is the weight of the first step already (REC-96).
 */
export function replicaWeight(situation: Situation): number {
  const { spec, status, isFullyPromoted } = situation
  if ((status.stableRS ?? '') === '') return maxWeightOf(spec)
  if (isReset(situation)) return weightAt(situation, 0)
  return isFullPromotionWanted(situation) || isFullyPromoted ? maxWeightOf(spec) : currentSetWeight(situation)
}

function weightAt({ rollout, spec }: Situation, index: number): number {
  const steps = stepsOf(rollout)
  if (index >= steps.length) return maxWeightOf(spec)
  return steps.slice(0, index + 1).findLast((step) => step.setWeight !== undefined)?.setWeight ?? 0
}
