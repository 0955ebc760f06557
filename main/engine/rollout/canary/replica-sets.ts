import type { ReplicaSet } from '#api/apps.ts'
import type { Write } from '#engine/decision.ts'
import { isHalted } from '../halt.ts'
import { podBudget } from '../pod-budget.ts'
import { isScaling, planChange, type ReplicaSetChange } from '../replica-set/change.ts'
import { availableOf, existingOf, isActive, newestRevisionFirst, sizeOf, sumOf } from '../replica-set/facts.ts'
import { type Release, separateStableRS } from '../situation.ts'
import { maxWeightOf } from '../spec-defaults.ts'
import { hasEnoughAvailable } from './enough-available.ts'
import { nextCounts, type Side } from './next-counts.ts'
import { type Split, splitPods } from './split-pods.ts'
import { replicaWeight } from './weight.ts'

export interface ReplicaSetPhase {
  readonly writes: readonly Write[]
  /** The separate stable ReplicaSet has no pods, or loses its last ones in this round. */
  readonly emptiesStable: boolean
  /** A size changed; pauses and steps wait for what comes of it (CAN-3). */
  readonly scaled: boolean
}

/**
 * Sizes stable, current and other ReplicaSets of a canary without traffic routing (CAN-60). At most one of the three moves
 * in a round, so that growth and shrinkage alternate and each sees what the one before it did (CAN-35).
 * @param pauses a pause begins in this round, before any size is changed (CAN-3)
 */
export function reconcileReplicaSets(release: Release, pauses = false): ReplicaSetPhase {
  const { currentRS } = release
  const stableRS = separateStableRS(release)
  if (pauses || isHalted(release))
    return { writes: [], scaled: false, emptiesStable: stableRS !== undefined && !isActive(stableRS) }
  const next = nextSizes(release)
  const stable: readonly ReplicaSetChange[] =
    stableRS === undefined ? [] : [{ rs: stableRS, size: next.stable, deadline: null, because: 'CAN-33' }]
  const isStableScaling = stable.some(isScaling)
  const current: ReplicaSetChange = isStableScaling
    ? { rs: currentRS, deadline: null, renewsDesired: false, because: 'REC-114' }
    : { rs: currentRS, size: next.canary, deadline: null, because: 'CAN-33' }
  const primary = [...stable, current]
  const isPrimaryScaling = primary.some(isScaling)
  const others = isPrimaryScaling ? { changes: [], scaled: false } : drainOthers(release)
  return {
    writes: [...primary, ...others.changes].flatMap((change) => planChange(change, release)),
    scaled: isPrimaryScaling || others.scaled,
    emptiesStable: stableRS !== undefined && next.stable === 0,
  }
}

/** Where the sizes are heading at the current weight; there is no split without a separate stable ReplicaSet (CAN-4). */
export function wantedSplit(release: Release): Split {
  const { replicas, spec } = release
  if (separateStableRS(release) === undefined) return { canary: replicas, stable: 0 }
  const weight = replicaWeight(release)
  return splitPods({ replicas, weight, maxWeight: maxWeightOf(spec), surge: podBudget(spec).surge })
}

/** The sizes of this round's step towards `wantedSplit`. */
export function nextSizes(release: Release): Split {
  const stableRS = separateStableRS(release)
  return nextCounts({
    canary: sideOf(release.currentRS),
    stable: stableRS === undefined ? undefined : sideOf(stableRS),
    others: { size: sumOf(release.otherRSs, sizeOf), available: sumOf(release.otherRSs, staying) },
    wanted: wantedSplit(release),
    budget: podBudget(release.spec),
  })
}

const sideOf = (rs: ReplicaSet): Side => ({ size: sizeOf(rs), available: availableOf(rs) })

/**
 * Shrinks intermediate revisions (CAN-61): unready pods first and without limit, then within the availability budget,
 * newest revision first. A ReplicaSet whose pods are still terminating stops this for the round.
 */
function drainOthers(release: Release): {
  readonly changes: readonly ReplicaSetChange[]
  readonly scaled: boolean
} {
  const others = release.otherRSs.filter(isActive)
  const isTerminating = (rs: ReplicaSet): boolean => availableOf(rs) > sizeOf(rs)
  if (others.some(isTerminating)) return { changes: [], scaled: false }
  let spare = sumOf(release.replicaSets, staying) - podBudget(release.spec).minAvailable
  const isBudgetLeft = spare > 0
  const changes = others
    .toSorted(newestRevisionFirst)
    .map((rs): ReplicaSetChange => {
      const healthy = availableOf(rs)
      const drained = Math.min(healthy, Math.max(0, spare))
      spare -= drained
      return { rs, size: healthy - drained, because: 'CAN-61' }
    })
    .filter(isScaling)
  return { changes, scaled: isBudgetLeft && changes.length > 0 }
}

/** Available pods that are to stay. The reference counts those that are about to go too, and drains below `minAvailable`. */
const staying = (rs: ReplicaSet): number => Math.min(sizeOf(rs), availableOf(rs))

/**
 * Sizes and availability are where the current step wants them (CAN-41), so that it may count as done. Stable need only
 * have its pods created; intermediate revisions must be gone, for they still serve traffic.
 * Differs from the reference, which asks for the sizes of the next step of the walk: where lack of available pods stops the walk
 * short, `setWeight: 99` would count as done without a single canary pod.
 */
export function isAtWantedSplit(release: Release): boolean {
  const { stableRS, currentRS, otherRSs, spec } = release
  const wanted = wantedSplit(release)
  return (
    hasEnoughAvailable(spec.strategy?.canary?.replicaProgressThreshold, currentRS, wanted.canary) &&
    stableRS !== undefined &&
    sizeOf(stableRS) === wanted.stable &&
    existingOf(stableRS) === wanted.stable &&
    sumOf(otherRSs, availableOf) === 0
  )
}
