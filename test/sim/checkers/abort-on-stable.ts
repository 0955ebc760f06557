import { podHashOf, sizeOf } from '#engine/rollout/replica-set/facts.ts'
import { isStuckOnStable } from '../bounds.ts'
import type { Checker, RestSeen } from '../checker.ts'
import { hashSelected, rolloutChange, sizesOf } from '../checker.ts'

/** An aborted update never becomes stable, and ends with all pods, or all traffic, on stable. */
export const abortOnStable = (): Checker => ({
  name: 'abort ends on stable',
  rules: ['CAN-20', 'CAN-59', 'BG-63', 'REC-94', 'REC-116'],
  onChange(seen) {
    const moved = rolloutChange(seen)
    const { abort, stableRS, promoteFull, currentPodHash } = moved?.before.status ?? {}
    if (seen.decided === undefined || moved === undefined || abort !== true || promoteFull === true) return undefined
    const { status } = moved.after
    return status?.abort === true && status.stableRS !== stableRS && status.currentPodHash === currentPodHash
      ? 'the aborted update became stable'
      : undefined
  },
  atRest: (seen) =>
    seen.rollout.status?.abort === true && seen.rollout.spec.paused !== true && !isStuckOnStable(seen)
      ? offStable(seen)
      : undefined,
})

function offStable({ rollout, replicaSets, services }: RestSeen): string | undefined {
  const { stableRS, currentStepIndex } = rollout.status ?? {}
  const { canary, blueGreen } = rollout.spec.strategy ?? {}
  const hashOf = (name: string | undefined) => hashSelected(services.find((each) => each.metadata.name === name))
  const stable = replicaSets.find((rs) => podHashOf(rs) === stableRS)
  if (sizeOf(stable) !== rollout.spec.replicas) return `aborted, and stable is not whole: ${sizesOf(replicaSets)}`
  const isStableUp = (stable?.status?.availableReplicas ?? 0) >= (rollout.spec.replicas ?? 1)
  if (!isStableUp) return undefined
  const isElsewhere = [blueGreen?.activeService, canary?.stableService, canary?.canaryService].some(
    (name) => name !== undefined && hashOf(name) !== '' && hashOf(name) !== stableRS && rollout.spec.replicas !== 0,
  )
  if (isElsewhere) return `aborted, and traffic is not on stable ${stableRS}`
  if (canary === undefined) return undefined
  if ((currentStepIndex ?? 0) !== 0) return `aborted, and the step index is ${currentStepIndex}`
  // CAN-74: without a delay the canary stays for ever.
  if (canary.trafficRouting !== undefined && canary.abortScaleDownDelaySeconds === 0) return undefined
  return replicaSets.every((rs) => rs === stable || sizeOf(rs) === 0)
    ? undefined
    : `aborted, and pods are left beside stable: ${sizesOf(replicaSets)}`
}
