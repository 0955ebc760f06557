import type { RolloutSpec } from '#api/rollout.ts'
import { isFullPromotionWanted } from '../promotion.ts'
import { availableOf } from '../replica-set/facts.ts'
import type { Situation } from '../situation.ts'
import { abortScaleDownDelayOf, hasExplicitAbortDelay, isDynamic, maxWeightOf, stepsOf } from '../spec-defaults.ts'
import { isReset } from '../update.ts'

/**
 * The weight of the nearest `setWeight` at or before the current step (CAN-20). It counts from the moment the update
 * reaches the step, not from its completion. 0 while aborted; everything after the last step and without steps.
 */
export const currentSetWeight = (situation: Situation): number =>
  situation.isAborted ? 0 : weightAt(situation, situation.status.currentStepIndex ?? 0)

/** The weight of the nearest `setWeight` before the current step; 0 when there is none. */
export const previousSetWeight = ({ rollout, status }: Situation): number =>
  stepsOf(rollout)
    .slice(0, status.currentStepIndex ?? 0)
    .findLast((step) => step.setWeight !== undefined)?.setWeight ?? 0

/**
 * The weight that pods and traffic go back to, step by step, while stable makes room no more: under `dynamicStableScale` an abort walks
 * down the weights of the steps as stable grows (CAN-23, TR-15). Otherwise that of the current step.
 * Differs from the reference where the delay after an abort is 0: here the canary stays up (CAN-74), and so does not tell how much it is
 * to get.
 */
export function retreatWeight(situation: Situation): number {
  const { spec, isAborted, stableRS, currentRS, replicas, rollout } = situation
  if (!isAborted || !isDynamic(spec) || stableRS === undefined || currentRS === undefined)
    return currentSetWeight(situation)
  const missing = replicas - availableOf(stableRS)
  const carried = isKeptAfterAbort(spec) ? missing : Math.max(missing, availableOf(currentRS))
  const isBelow = (weight: number): boolean => Math.ceil((weight * replicas) / maxWeightOf(spec)) < carried
  return (
    stepsOf(rollout)
      .flatMap(({ setWeight }) => (setWeight === undefined ? [] : [setWeight]))
      .findLast(isBelow) ?? 0
  )
}

const isKeptAfterAbort = (spec: RolloutSpec): boolean =>
  hasExplicitAbortDelay(spec) || abortScaleDownDelayOf(spec) === 'never'

/**
 * The weight that sizes the ReplicaSets (CAN-21): everything when there is nothing to weigh against.
 * Differs from the reference while a new template or new steps are not recorded yet, which is when only a change of
 * `spec.replicas` at the same time can ask: it goes by the stored status, and so gives a canary everything before its first step.
 * Here that is the weight of the first step already (REC-96).
 */
export function replicaWeight(situation: Situation): number {
  if (isUnweighed(situation)) return maxWeightOf(situation.spec)
  return isReset(situation) ? weightAt(situation, 0) : retreatWeight(situation)
}

/** Nothing is stable yet, or nothing holds the current ReplicaSet back: it has everything (CAN-21). */
export function isUnweighed(situation: Situation): boolean {
  const { status, isFullyPromoted } = situation
  if ((status.stableRS ?? '') === '') return true
  return !isReset(situation) && (isFullPromotionWanted(situation) || isFullyPromoted)
}

function weightAt({ rollout, spec }: Situation, index: number): number {
  const steps = stepsOf(rollout)
  if (index >= steps.length) return maxWeightOf(spec)
  return steps.slice(0, index + 1).findLast((step) => step.setWeight !== undefined)?.setWeight ?? 0
}
