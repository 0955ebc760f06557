import type { Service } from '#api/core.ts'
import type { Rollout } from '#api/rollout.ts'
import { availableOf, existingOf, podHashOf, sizeOf, sumOf } from '#engine/rollout/replica-set/facts.ts'
import { isStuckOnStable } from '../bounds.ts'
import type { Checker, RestSeen } from '../checker.ts'
import { hashSelected, serviceNames, sizesOf, stepsOf } from '../checker.ts'
import { isRoutedSpec } from '../routed-traffic.ts'
import { imageOf, isBrokenImage } from '../simulated-workloads.ts'

/**
 * At rest the status tells the truth, and the update is where it has to be: done, or held by a pause, an abort or pods that cannot
 * start. Being held by nothing is being stuck.
 */
export const converges = (): Checker => ({
  name: 'converges',
  rules: ['API-231', 'CAN-53', 'BG-50', 'BG-67', 'CAN-79a', 'REC-14', 'REC-60', 'REC-67', 'REC-80', 'REC-82', 'OPS-42'],
  // A change of size while paused by hand keeps everything else from being looked at (REC-32, REC-34).
  atRest(seen) {
    if (seen.rollout.spec.paused === true) return undefined
    if (seen.template === undefined) return unsaid(seen)
    return untrueStatus(seen) ?? leftOver(seen.rollout) ?? (isHeld(seen) ? undefined : unfinished(seen))
  },
})

/** REC-80: there is nothing to borrow a template from. */
function unsaid({ rollout: { status } }: RestSeen): string | undefined {
  const isSaid = status?.phase === 'Degraded' && status.message?.startsWith('InvalidSpec') === true
  return isSaid ? undefined : `the Deployment is gone, and the phase is ${status?.phase} (${status?.message})`
}

/** Of a strategy that is no more nothing is carried over (API-231): nothing ends its pauses, and in a pause no deadline passes. */
function leftOver({ spec, status }: Rollout): string | undefined {
  if (spec.strategy?.canary !== undefined && Object.keys(status?.blueGreen ?? {}).length > 0)
    return `the status of blue-green is left over: ${JSON.stringify(status?.blueGreen)}`
  if (spec.strategy?.canary === undefined && status?.currentStepIndex !== undefined)
    return `the step of a canary is left over: ${status.currentStepIndex}`
  const others = spec.strategy?.canary === undefined ? 'CanaryPauseStep' : 'BlueGreenPause'
  const pause = status?.pauseConditions?.find(({ reason }) => reason === others)
  return pause && `a pause is left over from the other strategy: ${pause.reason}`
}

function untrueStatus({ rollout, replicaSets, pods, template, deployment }: RestSeen): string | undefined {
  const { generation, name } = rollout.metadata
  const {
    observedGeneration,
    workloadObservedGeneration,
    replicas = 0,
    updatedReplicas = 0,
    currentPodHash,
  } = rollout.status ?? {}
  if (observedGeneration !== String(generation))
    return `${name} is at generation ${generation}, seen ${observedGeneration}`
  const lent = deployment && String(deployment.metadata.generation)
  if (lent !== undefined && workloadObservedGeneration !== lent)
    return `the Deployment is at generation ${lent}, seen ${workloadObservedGeneration}`
  const current = replicaSets.find((rs) => podHashOf(rs) === currentPodHash)
  if (current === undefined) return `there is no ReplicaSet ${currentPodHash}`
  if (JSON.stringify(current.spec.template.spec) !== JSON.stringify(template?.spec))
    return `the current ReplicaSet ${current.metadata.name} has another template`
  if (replicas !== pods.length || sumOf(replicaSets, existingOf) !== pods.length)
    return `the status counts ${replicas} pods, there are ${pods.length}`
  return updatedReplicas === existingOf(current)
    ? undefined
    : `the status counts ${updatedReplicas} updated pods, there are ${existingOf(current)}`
}

/** By a pause, by an abort, or by pods that cannot start. */
function isHeld(seen: RestSeen): boolean {
  const { status } = seen.rollout
  return (
    status?.abort === true ||
    (status?.pauseConditions ?? []).length > 0 ||
    isBrokenImage(imageOf(seen.template ?? {})) ||
    isStuckOnStable(seen) ||
    waitsForStable(seen)
  )
}

/** A weight below an earlier one needs stable pods back, or a router waits for stable (TR-21), and they cannot start. */
function waitsForStable({ rollout, replicaSets }: RestSeen): boolean {
  const { stableRS, currentStepIndex = 0 } = rollout.status ?? {}
  const steps = stepsOf(rollout.spec)
  const weight = steps[currentStepIndex]?.setWeight
  const stable = replicaSets.find((rs) => podHashOf(rs) === stableRS)
  const isLess = steps.slice(0, currentStepIndex).some((each) => (each.setWeight ?? 0) > (weight ?? 100))
  return (isLess || isRoutedSpec(rollout.spec)) && isBrokenImage(imageOf(stable?.spec.template ?? {}))
}

function unfinished({ rollout, replicaSets, services }: RestSeen): string | undefined {
  const { spec, status } = rollout
  const { canary, blueGreen } = spec.strategy ?? {}
  const { currentPodHash, stableRS, currentStepIndex, phase } = status ?? {}
  const where = `step ${currentStepIndex}, ${sizesOf(replicaSets)}`
  if (stableRS !== currentPodHash) return `the update is held by nothing and does not end: ${phase}, ${where}`
  const keepsOthers = (blueGreen ?? canary)?.scaleDownDelaySeconds === 0
  const hasOthers = replicaSets.some((rs) => podHashOf(rs) !== currentPodHash && sizeOf(rs) > 0)
  // A canary is Healthy once the old pods are gone (REC-67), and with a delay of 0 they stay (REC-113).
  if (phase !== 'Healthy' && !(canary !== undefined && keepsOthers && hasOthers))
    return `promoted, but ${phase} (${status?.message}): ${where}`
  if (canary !== undefined && stepsOf(spec).length > 0 && currentStepIndex !== stepsOf(spec).length)
    return `promoted at step ${currentStepIndex}`
  const current = replicaSets.find((rs) => podHashOf(rs) === currentPodHash)
  if (sizeOf(current) !== spec.replicas || availableOf(current) !== spec.replicas)
    return `promoted, but not whole: ${where}`
  if (!keepsOthers && hasOthers) return `old pods are left: ${where}`
  const named = serviceNames(spec)
  const kept = services.find((each) => !named.includes(each.metadata.name) && hashSelected(each) !== '')
  if (kept !== undefined)
    return `Service ${kept.metadata.name} is no longer named and still selects ${hashSelected(kept)}`
  const turns = Object.values(canary?.pingPong ?? {})
  const isFixed = ({ metadata: { name } }: Service): boolean => named.includes(name) && !turns.includes(name)
  const wrong = services.find((each) => isFixed(each) && hashSelected(each) !== currentPodHash && spec.replicas !== 0)
  return wrong === undefined ? undefined : `Service ${wrong.metadata.name} is left on ${hashSelected(wrong)}`
}
