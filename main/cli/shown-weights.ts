import type { ReplicaSet } from '#api/apps.ts'
import type { Rollout } from '#api/rollout.ts'
import { availableOf, podHashOf } from '#engine/rollout/replica-set/facts.ts'
import { maxWeightOf, stepsOf } from '#engine/rollout/spec-defaults.ts'

/** `Canary`, `BlueGreen`, or empty (VIEW-70). */
export function strategyOf({ spec }: Rollout): 'Canary' | 'BlueGreen' | '' {
  if (spec.strategy?.canary !== undefined) return 'Canary'
  return spec.strategy?.blueGreen === undefined ? '' : 'BlueGreen'
}

/** `2/5`: steps done of all (VIEW-71); empty where there are none. */
export function stepOf(rollout: Rollout): string {
  const index = rollout.status?.currentStepIndex
  const { length } = stepsOf(rollout)
  return index === undefined || length === 0 ? '' : `${index}/${length}`
}

/** The index of the current step; `undefined` without steps and after the last one (VIEW-72). */
function currentIndex(rollout: Rollout): number | undefined {
  const index = rollout.status?.currentStepIndex ?? 0
  return index >= stepsOf(rollout).length ? undefined : index
}

/** The weight wanted (VIEW-73). */
export function setWeightOf(rollout: Rollout): number {
  if (rollout.status?.abort === true) return 0
  const index = currentIndex(rollout)
  if (index === undefined) return maxWeightOf(rollout.spec)
  return (
    stepsOf(rollout)
      .slice(0, index + 1)
      .findLast((step) => step.setWeight !== undefined)?.setWeight ?? 0
  )
}

/** The weight there is: of the traffic router, or of the available pods (VIEW-74). */
export function actualWeightOf(rollout: Rollout, replicaSets: readonly ReplicaSet[]): number {
  const { spec, status } = rollout
  const maxWeight = maxWeightOf(spec)
  if (currentIndex(rollout) === undefined) return maxWeight
  const available = status?.availableReplicas ?? 0
  if (available <= 0) return 0
  if (spec.strategy?.canary?.trafficRouting !== undefined)
    return status?.canary?.weights?.canary.weight ?? setWeightOf(rollout)
  const { currentPodHash = '', stableRS = '' } = status ?? {}
  const canary = replicaSets.find((each) => podHashOf(each) === currentPodHash && currentPodHash !== stableRS)
  return Math.floor((availableOf(canary) * maxWeight) / available)
}
