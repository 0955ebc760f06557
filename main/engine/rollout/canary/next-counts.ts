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
  /** All other ReplicaSets together; `available` counts pods that are to stay. */
  readonly others: Side
  readonly wanted: Split
  readonly budget: PodBudget
}

/**
 * The next sizes of canary and stable on the way to `wanted` (CAN-33): grow within the surge, stable first; then drain one
 * side by what availability allows. Other ReplicaSets go before either of these is drained.
 *
 * One call is one step; the walk ends when sizes and availability agree with `wanted`.
 * Differs from the reference where other ReplicaSets are in the way and cannot go either: see `withoutDeadWeight`.
 */
export function nextCounts(counts: Counts): Split {
  const { canary, stable, others, wanted, budget } = counts
  const stableSize = stable?.size ?? 0
  const room = budget.maxPods - (canary.size + stableSize + others.size)
  const stableGrowth = stable === undefined ? 0 : clamp(wanted.stable - stable.size, 0, Math.max(0, room))
  const canaryGrowth = clamp(wanted.canary - canary.size, 0, Math.max(0, room - stableGrowth))
  const grown: Split = { canary: canary.size + canaryGrowth, stable: stableSize + stableGrowth }
  if (others.size > 0) return room > 0 ? grown : withoutDeadWeight(counts)

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
 * The reference drains neither side while other ReplicaSets have pods (CAN-33, step 4). Where those carry just the pods that have to
 * be available, and unready pods of the canary take up the surge, nothing could ever move: an abort, for one, would not bring stable
 * back. Unready canary pods beyond the wanted size serve nobody, so here they go, and only then. Stable keeps its pods: one that is
 * unready for a moment must not cost the traffic of its Service.
 */
function withoutDeadWeight({ canary, stable = noPods, others, wanted, budget }: Counts): Split {
  const available = serving(canary) + serving(stable) + serving(others)
  const mayOthersGo = others.size > others.available || available > budget.minAvailable
  const trimmed = Math.min(canary.size, Math.max(wanted.canary, serving(canary)))
  return { canary: mayOthersGo ? canary.size : trimmed, stable: stable.size }
}

const noPods: Side = { size: 0, available: 0 }

/** Available pods that are to stay. */
const serving = ({ size, available }: Side): number => Math.min(size, available)

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
