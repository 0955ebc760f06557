import type { PodBudget } from '../pod-budget.ts'
import type { Split } from './split-pods.ts'

export interface Side {
  /** `spec.replicas` of the ReplicaSet. */
  readonly size: number
  readonly available: number
}

interface Counts {
  readonly canary: Side
  /** `undefined` when the current ReplicaSet is itself stable, or nothing is stable yet. */
  readonly stable: Side | undefined
  /** Pods of all other ReplicaSets together, by size. */
  readonly otherSize: number
  readonly wanted: Split
  readonly budget: PodBudget
}

/**
 * The next sizes of canary and stable on the way to `wanted` (CAN-33): grow within the surge, stable first; then drain one
 * side by what availability allows. Other ReplicaSets go before either of these is drained.
 *
 * One call is one step; the walk ends when sizes and availability agree with `wanted`.
 */
export function nextCounts({ canary, stable, otherSize, wanted, budget }: Counts): Split {
  const stableSize = stable?.size ?? 0
  const room = budget.maxPods - (canary.size + stableSize + otherSize)
  const stableGrowth = stable === undefined ? 0 : clamp(wanted.stable - stable.size, 0, Math.max(0, room))
  const canaryGrowth = clamp(wanted.canary - canary.size, 0, Math.max(0, room - stableGrowth))
  const grown: Split = { canary: canary.size + canaryGrowth, stable: stableSize + stableGrowth }
  if (otherSize > 0) return grown

  const isIncreasing = wanted.canary >= canary.size
  const available = countable(canary, !isIncreasing) + (stable === undefined ? 0 : countable(stable, isIncreasing))
  const spare = available - budget.minAvailable
  if (spare <= 0) return grown
  if (!isIncreasing) {
    const drained = Math.max(wanted.canary, canary.size - spare)
    const limited = withinLimits(canary, drained, stable, grown.stable, budget)
    return { canary: limited.drained, stable: limited.other }
  }
  if (stable === undefined) return grown
  const drained = stable.size > wanted.stable ? Math.max(wanted.stable, stable.size - spare) : grown.stable
  const limited = withinLimits(stable, drained, canary, grown.canary, budget)
  return { canary: limited.other, stable: limited.drained }
}

/**
 * What a side contributes to availability. The side being drained counts by size even if its pods are not ready, so a
 * crashing ReplicaSet can be drained (CAN-33, step 5).
 */
const countable = ({ size, available }: Side, isDrained: boolean): number =>
  size < available || isDrained ? size : available

/**
 * CAN-34: keeps the two new sizes within maxPods and, as far as the grown side can help, above minAvailable. It helps by keeping
 * pods that it has; the reference counts those that are about to go too, and then grows beyond maxPods for a round.
 */
function withinLimits(
  drain: Side,
  drainCount: number,
  other: Side | undefined,
  otherCount: number,
  { maxPods, minAvailable }: PodBudget,
): { readonly drained: number; readonly other: number } {
  if (other === undefined) return { drained: drainCount, other: otherCount }
  const over = Math.max(0, otherCount + drainCount - maxPods)
  const reduced = otherCount - over
  const available = Math.min(drain.available, drainCount) + Math.min(other.available, reduced)
  const lost = Math.max(0, Math.min(other.available, other.size) - reduced)
  const needed = Math.max(0, minAvailable - available)
  const restored = reduced + Math.min(lost, needed)
  return { drained: drainCount - Math.max(0, restored + drainCount - maxPods), other: restored }
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)
