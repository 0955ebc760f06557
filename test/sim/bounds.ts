import type { RolloutSpec } from '#api/rollout.ts'
import { availableOf, podHashOf, sizeOf, sumOf } from '#engine/rollout/replica-set/facts.ts'
import { resolveAmount } from '#lib/int-or-string.ts'
import type { RestSeen } from './checker.ts'

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
 * A hole of the algorithm, as in the reference (CAN-33, step 4; CAN-61): while intermediate revisions carry just the pods that have
 * to be available, and unready pods of current take up the surge, nothing may grow and nothing may shrink.
 */
export function isWedged({ rollout, replicaSets }: RestSeen): boolean {
  const { currentPodHash, stableRS } = rollout.status ?? {}
  const { podsMax, availableMin } = bounds(rollout.spec)
  const others = replicaSets.filter((rs) => ![currentPodHash, stableRS].includes(podHashOf(rs)))
  return (
    rollout.spec.strategy?.canary !== undefined &&
    sumOf(others, sizeOf) > 0 &&
    sumOf(replicaSets, availableOf) <= availableMin &&
    sumOf(replicaSets, sizeOf) >= podsMax
  )
}
