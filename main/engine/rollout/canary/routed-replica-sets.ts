import type { ReplicaSet } from '#api/apps.ts'
import type { EpochMs } from '#lib/clock.ts'
import { isHalted } from '../halt.ts'
import { podBudget } from '../pod-budget.ts'
import { isScaling, planChange, type ReplicaSetChange } from '../replica-set/change.ts'
import {
  availableOf,
  deadlineOf,
  hasDeadline,
  isActive,
  newestRevisionFirst,
  sizeOf,
  sumOf,
} from '../replica-set/facts.ts'
import { isReferenced } from '../replica-set/referenced.ts'
import { delayScaleDown } from '../replica-set/scale-down-delay.ts'
import { type Release, separateStableRS } from '../situation.ts'
import { abortScaleDownDelayOf, hasExplicitAbortDelay, isDynamic } from '../spec-defaults.ts'
import { earliest } from '../write.ts'
import type { ReplicaSetPhase } from './replica-sets.ts'
import { carriedByCanary, routedSizes, type StoredWeights } from './routed-split.ts'

interface Routed {
  /** What the router sends as of this pass. */
  readonly weights: StoredWeights | undefined
  /** Traffic could not be moved: nobody loses pods. */
  readonly mayShrink: boolean
  /** A pause begins in this round, before any size is changed (CAN-3). */
  readonly pauses: boolean
  /** AWS does not send to all of the stable pods yet (SVC-25). */
  readonly holdsOthers: boolean
}

export interface RoutedPhase extends ReplicaSetPhase {
  /** The next scale-down deadline. */
  readonly requeueAt: EpochMs | undefined
}

/**
 * Sizes the ReplicaSets of a canary whose traffic a router splits (CAN-60): stable by the stored weights, so that it shrinks a pass after
 * the traffic has moved (CAN-39), the current one by those of this pass, then the others. One of the three in a round.
 */
export function reconcileRoutedReplicaSets(release: Release, routed: Routed): RoutedPhase {
  const stableRS = separateStableRS(release)
  const emptiesStable = stableRS !== undefined && !isActive(stableRS)
  if (routed.pauses || isHalted(release)) return { writes: [], scaled: false, emptiesStable, requeueAt: undefined }
  const stable = stableRS === undefined ? [] : [changeOfStable(release, stableRS, routed)]
  const current = changeOfCurrent(release, routed, stable.some(isScaling))
  const primary = [...stable, current]
  const isPrimaryScaling = primary.some(isScaling)
  const others = isPrimaryScaling || !routed.mayShrink ? noChanges : changesOfOthers(release, routed)
  return {
    writes: [...primary, ...others.changes].flatMap((change) => planChange(change, release)),
    scaled: isPrimaryScaling || others.scaled,
    emptiesStable,
    requeueAt: earliest(deadlineAhead(current, release), others.requeueAt),
  }
}

/**
 * Differs from the reference where stable gets more requests in this pass than the stored weights tell: it keeps the pods for them (CAN-39).
 */
function changeOfStable(release: Release, rs: ReplicaSet, { weights, mayShrink }: Routed): ReplicaSetChange {
  const stored = routedSizes(release, release.status.canary?.weights).stable
  const wanted = Math.max(stored, Math.min(sizeOf(rs), routedSizes(release, weights).stable))
  return { rs, size: mayShrink ? wanted : Math.max(wanted, sizeOf(rs)), deadline: null, because: 'CAN-36' }
}

/**
 * After an abort the canary stays up for its delay, counted from when stable can carry everything (REC-115, REC-116).
 * Differs from the reference where the delay is 0, which says that it is to stay: it scales it down at once (CAN-74). And where traffic
 * could not be moved, or is not looked at (REC-32): it takes the pods all the same.
 */
function changeOfCurrent(release: Release, { weights, mayShrink }: Routed, isStableScaling: boolean): ReplicaSetChange {
  const { currentRS: rs, stableRS, now, replicas, spec } = release
  const delay = abortScaleDownDelayOf(spec)
  const isKept = !mayShrink || (isAbortedUpdate(release) && delay === 'never')
  const wanted = Math.max(routedSizes(release, weights).canary, Math.min(sizeOf(rs), carriedByCanary(release, weights)))
  const size = isKept ? Math.max(wanted, sizeOf(rs)) : wanted
  if (!isHeldAfterAbort(release) || delay === 'never') {
    const plain = { rs, deadline: null, because: 'CAN-36' }
    return isStableScaling ? { ...plain, renewsDesired: false, because: 'REC-114' } : { ...plain, size }
  }
  if (isStableScaling) return { rs, renewsDesired: false, because: 'REC-116' }
  const deadline = deadlineOf(rs)
  if (hasDeadline(rs) && deadline === undefined) return { rs, size, because: 'REC-116' }
  if (deadline !== undefined) {
    if (deadline > now || !mayShrink) return { rs, because: 'REC-116' }
    return { rs, size: 0, keepsDeadline: true, because: 'REC-116' }
  }
  if (availableOf(stableRS) < replicas || sizeOf(rs) === 0) return { rs, because: 'REC-116' }
  return { rs, deadline: Math.trunc(now / 1000) * 1000 + delay * 1000, because: 'REC-116' }
}

const isAbortedUpdate = (release: Release): boolean => release.isAborted && separateStableRS(release) !== undefined

/** REC-115: not under `dynamicStableScale`, where stable needs the room, unless a delay is asked for. */
const isHeldAfterAbort = (release: Release): boolean =>
  isAbortedUpdate(release) && (!isDynamic(release.spec) || hasExplicitAbortDelay(release.spec))

interface Others {
  readonly changes: readonly ReplicaSetChange[]
  readonly scaled: boolean
  readonly requeueAt: EpochMs | undefined
}

const noChanges: Others = { changes: [], scaled: false, requeueAt: undefined }

/**
 * Other revisions (CAN-61): pods that are not available go first, and whole ReplicaSets that nothing points at any more within the
 * availability budget: after their delay where they were stable, else at once.
 */
function changesOfOthers(release: Release, { holdsOthers }: Routed): Others {
  const others = release.otherRSs.filter(isActive).toSorted(newestRevisionFirst)
  if (others.some((rs) => availableOf(rs) > sizeOf(rs))) return noChanges
  const tidied = others
    .map((rs): ReplicaSetChange => ({ rs, size: availableOf(rs), because: 'CAN-61' }))
    .filter(isScaling)
  const untouched = others.filter((rs) => !tidied.some((each) => each.rs === rs))
  const spare = sumOf(release.replicaSets, staying) - podBudget(release.spec).minAvailable
  if (spare <= 0 || holdsOthers) return { ...noChanges, changes: tidied }
  const gone = retire(
    untouched.filter((rs) => !isReferenced(release, rs)),
    release,
  )
  const within = withinBudget(gone.changes, spare)
  const changes = [...tidied, ...within]
  return { changes, scaled: changes.some(isScaling), requeueAt: gone.requeueAt }
}

/** Available pods that are to stay. */
const staying = (rs: ReplicaSet): number => Math.min(sizeOf(rs), availableOf(rs))

/** What becomes of ReplicaSets that nothing points at: those that were stable wait for a rollback (REC-111), the others do not. */
function retire(replicaSets: readonly ReplicaSet[], release: Release): Omit<Others, 'scaled'> {
  const isDelayed = (rs: ReplicaSet): boolean => release.isFullyPromoted || hasDeadline(rs)
  const delayed = isDynamic(release.spec) ? [] : replicaSets.filter(isDelayed)
  const { changes, requeueAt } = delayScaleDown(delayed, sizeOf, release)
  const atOnce = replicaSets
    .filter((rs) => !delayed.includes(rs))
    .map((rs): ReplicaSetChange => ({ rs, size: 0, because: 'CAN-61' }))
  const all = [...changes, ...atOnce].toSorted((a, b) => newestRevisionFirst(a.rs, b.rs))
  return { changes: all, requeueAt }
}

/** As long as there are available pods to spare; each takes those that it loses. */
function withinBudget(changes: readonly ReplicaSetChange[], spare: number): readonly ReplicaSetChange[] {
  let left = spare
  return changes.filter(({ rs, size = sizeOf(rs) }) => {
    const isLeft = left > 0
    if (isLeft) left -= sizeOf(rs) - size
    return isLeft
  })
}

function deadlineAhead({ rs, deadline, size }: ReplicaSetChange, { now }: Release): EpochMs | undefined {
  if (size !== undefined || deadline === null) return undefined
  const at = deadline ?? deadlineOf(rs)
  return at !== undefined && at > now ? at : undefined
}
