import { availableOf } from '../replica-set/facts.ts'
import type { Release } from '../situation.ts'
import { maxWeightOf } from '../spec-defaults.ts'
import { hasEnoughAvailable } from './enough-available.ts'

/**
 * Pods that stable must have available before the canary gets `weight` (TR-21). Shares of Experiments are not taken off.
 * Differs from the reference where that is less than one pod: it counts as carried by none, and is sent to nobody. Here more requests go
 * to stable only when it has a pod.
 */
export function stableNeed(
  { spec, status, replicas }: Pick<Release, 'spec' | 'status' | 'replicas'>,
  weight: number,
): number {
  const max = maxWeightOf(spec)
  const carried = Math.floor(((max - weight) * replicas) / max)
  const getsMore = replicas > 0 && weight < (status.canary?.weights?.canary.weight ?? 0)
  return getsMore ? Math.max(1, carried) : carried
}

/** Stable can carry what is left to it (TR-21, CAN-91). Hence nothing is routed on the first deploy. */
export function isStableUp(release: Release, weight: number): boolean {
  const { spec, stableRS } = release
  const need = stableNeed(release, weight)
  const threshold = spec.strategy?.canary?.replicaProgressThreshold
  return stableRS !== undefined && (availableOf(stableRS) >= need || hasEnoughAvailable(threshold, stableRS, need))
}
