import type { ReplicaSet } from '#api/apps.ts'
import { availableOf, sizeOf } from '../replica-set/facts.ts'

/** CAN-40. Without a threshold every wanted pod must be available and none be in excess. */
export function hasEnoughAvailable(
  threshold: { readonly type?: string; readonly value?: number } | undefined,
  rs: ReplicaSet,
  wanted: number,
): boolean {
  const value = threshold?.value ?? 0
  if (threshold === undefined || value < 0) return sizeOf(rs) === wanted && availableOf(rs) === wanted
  if (threshold.type !== 'Percent') return availableOf(rs) >= value
  return wanted === 0 || (availableOf(rs) / wanted) * 100 >= value - 1e-10
}
