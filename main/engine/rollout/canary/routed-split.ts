import type { RolloutStatus, SetCanaryScale } from '#api/rollout.ts'
import { existingOf, podHashOf, sizeOf } from '../replica-set/facts.ts'
import { type Release, type Situation, separateStableRS } from '../situation.ts'
import { abortScaleDownDelayOf, isDynamic, maxWeightOf, stepsOf } from '../spec-defaults.ts'
import { hasEnoughAvailable } from './enough-available.ts'
import type { Split } from './split-pods.ts'
import { isUnweighed, replicaWeight } from './weight.ts'

/** `status.canary.weights`. */
export type StoredWeights = NonNullable<NonNullable<RolloutStatus['canary']>['weights']>

/**
 * Pods of canary and stable when a router splits the traffic (CAN-36…38): the canary has what its weight asks for, and stable keeps
 * all of its pods, or under `dynamicStableScale` those that its share needs. Neither surge nor unavailability plays a part.
 * @param weights what the router sends: a side keeps the pods for what it still gets. As long as that is not known stable gets everything
 */
export function routedSplit(situation: Situation, weights: StoredWeights | undefined): Split {
  const { spec, replicas } = situation
  const scale = isUnweighed(situation) ? undefined : canaryScaleInForce(situation)
  const weight = scale?.replicas === undefined ? (scale?.weight ?? replicaWeight(situation)) : 0
  const podsFor = (share: number): number => Math.ceil((share * replicas) / maxWeightOf(spec))
  const floor = floorOf(situation)
  if (!isDynamic(spec)) return { canary: scale?.replicas ?? floor(podsFor(weight)), stable: replicas }
  const canary = scale?.replicas ?? podsFor(weight)
  const carried = situation.status.abort === true ? podsFor(weights?.canary.weight ?? 0) : 0
  const stable = Math.max(podsFor(maxWeightOf(spec) - weight), podsFor(weights?.stable.weight ?? maxWeightOf(spec)))
  return { canary: floor(Math.max(canary, carried)), stable: floor(stable) }
}

/** Pods of the current ReplicaSet for the requests that it still gets, whatever its step asks for; a step that sizes it does not care. */
export function carriedByCanary(release: Release, weights: StoredWeights | undefined): number {
  const { weight = 0, podTemplateHash } = weights?.canary ?? {}
  if (podTemplateHash !== podHashOf(release.currentRS) || canaryScaleInForce(release) !== undefined) return 0
  return Math.ceil((weight * release.replicas) / maxWeightOf(release.spec))
}

/** CAN-37: a ReplicaSet with any pods has at least `minPodsPerReplicaSet`, as far as `spec.replicas` goes. */
function floorOf({ spec, replicas }: Situation): (pods: number) => number {
  const least = Math.min(spec.strategy?.canary?.minPodsPerReplicaSet ?? 0, replicas)
  return (pods) => (pods === 0 ? 0 : Math.max(pods, least))
}

/** The `setCanaryScale` that holds at the current step (CAN-22); one that follows the weight again ends those before it. */
function canaryScaleInForce({ rollout, spec, status, isAborted }: Situation): SetCanaryScale | undefined {
  if (isAborted && abortScaleDownDelayOf(spec) !== 'never') return undefined
  const index = status.currentStepIndex ?? 0
  const steps = stepsOf(rollout)
  if (index >= steps.length) return undefined
  const scale = steps.slice(0, index + 1).findLast((step) => step.setCanaryScale !== undefined)?.setCanaryScale
  return scale?.matchTrafficWeight === true ? undefined : scale
}

/**
 * The canary has the pods it should have, and stable as well unless it is sized by its share (CAN-41, TR-12). Stable pods need only have
 * been created.
 */
export function isAtRoutedSplit(release: Release, weights: StoredWeights | undefined): boolean {
  const { spec, currentRS, stableRS } = release
  const wanted = routedSplit(release, weights)
  if (!hasEnoughAvailable(spec.strategy?.canary?.replicaProgressThreshold, currentRS, wanted.canary)) return false
  if (isDynamic(spec)) return true
  return stableRS !== undefined && sizeOf(stableRS) === wanted.stable && existingOf(stableRS) === wanted.stable
}

/** There is no split without a separate stable ReplicaSet (CAN-4). */
export const routedSizes = (release: Release, weights: StoredWeights | undefined): Split =>
  separateStableRS(release) === undefined ? { canary: release.replicas, stable: 0 } : routedSplit(release, weights)
