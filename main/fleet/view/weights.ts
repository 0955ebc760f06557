import { currentStep } from '#engine/rollout/canary/steps.ts'
import { availableOf } from '#engine/rollout/replica-set/facts.ts'
import { selectedHash } from '#engine/rollout/services.ts'
import { maxWeightOf, stepsOf } from '#engine/rollout/spec-defaults.ts'
import type { RolloutFacts } from '../rollout-facts.ts'

export interface Weights {
  readonly setWeight: number
  readonly actualWeight: number
  readonly maxWeight: number
}

/** How much goes to the current revision: as wanted (VIEW-73) and as it is (VIEW-74), out of VIEW-75. */
export function weightsOf(facts: RolloutFacts): Weights {
  const maxWeight = maxWeightOf(facts.rollout.spec)
  if (facts.rollout.spec.strategy?.blueGreen !== undefined) return { ...blueGreenWeights(facts), maxWeight }
  const setWeight = wantedWeight(facts, maxWeight)
  return { setWeight, actualWeight: actualWeight(facts, setWeight, maxWeight), maxWeight }
}

/** All or nothing: where the status says the active Service points, and where the Service does point. */
function blueGreenWeights({ rollout, status, parts }: RolloutFacts): Omit<Weights, 'maxWeight'> {
  const current = status.currentPodHash ?? ''
  const name = rollout.spec.strategy?.blueGreen?.activeService ?? ''
  const service = Object.hasOwn(parts.services, name) ? parts.services[name] : undefined
  const active = status.blueGreen?.activeSelector
  const share = (hash: string | undefined): number => (current !== '' && hash === current ? 100 : 0)
  return {
    setWeight: status.abort === true ? 0 : share(active),
    actualWeight: share(service === undefined ? active : selectedHash(service)),
  }
}

function wantedWeight({ rollout, status }: RolloutFacts, maxWeight: number): number {
  if (status.abort === true) return 0
  if (currentStep(rollout, status) === undefined) return maxWeight
  const reached = stepsOf(rollout).slice(0, (status.currentStepIndex ?? 0) + 1)
  return reached.findLast((step) => step.setWeight !== undefined)?.setWeight ?? 0
}

function actualWeight({ rollout, status, currentRS }: RolloutFacts, setWeight: number, maxWeight: number): number {
  if (currentStep(rollout, status) === undefined) return maxWeight
  const available = status.availableReplicas ?? 0
  if (available <= 0) return 0
  if (rollout.spec.strategy?.canary?.trafficRouting !== undefined)
    return status.canary?.weights?.canary?.weight ?? setWeight
  return Math.floor((availableOf(currentRS) * maxWeight) / available)
}
