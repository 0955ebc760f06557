import type { BlueGreenStrategy, CanaryStep, Rollout, RolloutSpec } from '#api/rollout.ts'

/** Values the reference assumes for absent spec fields (API-240…API-244, API-256). */

export const replicasOf = (spec: RolloutSpec): number => spec.replicas ?? 1
export const revisionHistoryLimitOf = (spec: RolloutSpec): number => spec.revisionHistoryLimit ?? 10
export const progressDeadlineSecondsOf = (spec: RolloutSpec): number => spec.progressDeadlineSeconds ?? 600
export const defaultSurge = '25'
export const defaultUnavailable = '25'

export const isAutoPromoted = (blueGreen: BlueGreenStrategy): boolean => blueGreen.autoPromotionEnabled !== false

/** An absent and an empty list mean the same: no steps. */
export const stepsOf = (rollout: Rollout): readonly CanaryStep[] => rollout.spec.strategy?.canary?.steps ?? []

/** Weights are out of this; 100 unless the router counts differently (API-81). */
export const maxWeightOf = (spec: RolloutSpec): number => spec.strategy?.canary?.trafficRouting?.maxTrafficWeight ?? 100

export const isRouted = (spec: RolloutSpec): boolean => spec.strategy?.canary?.trafficRouting !== undefined

/** Stable makes room as traffic leaves it. Only under traffic routing (CAN-38). */
export const isDynamic = (spec: RolloutSpec): boolean =>
  isRouted(spec) && spec.strategy?.canary?.dynamicStableScale === true

export const isBasicCanary = (spec: RolloutSpec): boolean =>
  spec.strategy?.canary !== undefined && spec.strategy.canary.trafficRouting === undefined

/** How long a replaced ReplicaSet stays up (API-256). */
export function scaleDownDelaySecondsOf(spec: RolloutSpec): number {
  if (isBasicCanary(spec)) return 0
  return (spec.strategy?.blueGreen ?? spec.strategy?.canary)?.scaleDownDelaySeconds ?? 30
}

export const scaleDownDelayRevisionLimitOf = (spec: RolloutSpec): number =>
  (spec.strategy?.blueGreen ?? spec.strategy?.canary)?.scaleDownDelayRevisionLimit ?? 2 ** 31 - 1

/** How long an aborted ReplicaSet stays up; `'never'` scaled down when the field is 0 (API-256). */
export function abortScaleDownDelayOf(spec: RolloutSpec): number | 'never' {
  const seconds = (spec.strategy?.blueGreen ?? spec.strategy?.canary)?.abortScaleDownDelaySeconds ?? 30
  return seconds === 0 ? 'never' : seconds
}

/** Somebody asked for a delay of an aborted ReplicaSet, and it is not endless (API-256). */
export function hasExplicitAbortDelay({ strategy }: RolloutSpec): boolean {
  const seconds = (strategy?.blueGreen ?? strategy?.canary)?.abortScaleDownDelaySeconds
  return seconds !== undefined && seconds !== 0
}
