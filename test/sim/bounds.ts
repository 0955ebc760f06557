import type { RolloutSpec } from '#api/rollout.ts'
import { availableOf, podHashOf, sizeOf, sumOf } from '#engine/rollout/replica-set/facts.ts'
import { resolveAmount } from '#lib/int-or-string.ts'
import type { RestSeen } from './checker.ts'
import { imageOf, isBrokenImage } from './simulated-workloads.ts'

/** CAN-10, CAN-11. */
export function bounds(spec: RolloutSpec): { readonly podsMax: number; readonly availableMin: number } {
  const replicas = spec.replicas ?? 1
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy?.canary ?? {}
  const surge = resolveAmount(maxSurge, replicas, 'up') ?? 0
  const unavailable = resolveAmount(maxUnavailable, replicas, 'down') ?? 0
  const spare = surge === 0 && unavailable === 0 ? 1 : unavailable
  return { podsMax: replicas + surge, availableMin: replicas - Math.min(spare, replicas) }
}

/**
 * Intermediate revisions carry just the pods that have to be available, and stable, whose pods cannot start, takes up the surge: nothing
 * may grow and nothing may shrink (CAN-33, CAN-61).
 */
export function isStuckOnStable({ rollout, replicaSets }: RestSeen): boolean {
  const { currentPodHash, stableRS } = rollout.status ?? {}
  const { podsMax, availableMin } = bounds(rollout.spec)
  const others = replicaSets.filter((rs) => ![currentPodHash, stableRS].includes(podHashOf(rs)))
  const stable = replicaSets.find((rs) => podHashOf(rs) === stableRS)
  return (
    rollout.spec.strategy?.canary !== undefined &&
    isBrokenImage(imageOf(stable?.spec.template ?? {})) &&
    sumOf(others, sizeOf) > 0 &&
    sumOf(replicaSets, availableOf) <= availableMin &&
    sumOf(replicaSets, sizeOf) >= podsMax
  )
}
