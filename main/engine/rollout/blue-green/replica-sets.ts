import type { Write } from '#engine/decision.ts'
import type { EpochMs } from '#lib/clock.ts'
import { mayStillSwitchBack } from '../analysis/blue-green.ts'
import { hasInconclusiveAnalysis } from '../halt.ts'
import { isFullPromotionWanted } from '../promotion.ts'
import { planChange, type ReplicaSetChange } from '../replica-set/change.ts'
import { availableOf, deadlineOf, hasDeadline, podHashOf, sizeOf } from '../replica-set/facts.ts'
import { planHistoryCleanup } from '../replica-set/history-limit.ts'
import { isReferenced } from '../replica-set/referenced.ts'
import { type Delayed, delayScaleDown } from '../replica-set/scale-down-delay.ts'
import { selectedHash, serviceNamed } from '../services.ts'
import { type Release, separateStableRS } from '../situation.ts'
import { abortScaleDownDelayOf } from '../spec-defaults.ts'
import { earliest } from '../write.ts'

export interface ReplicaSetPhase {
  readonly writes: readonly Write[]
  readonly requeueAt: EpochMs | undefined
}

/** Sizes stable, current and older ReplicaSets (BG-12). `spec.paused` does not stop this (BG-60). */
export function reconcileReplicaSets(release: Release): ReplicaSetPhase {
  const stableRS = separateStableRS(release)
  const stable: readonly ReplicaSetChange[] =
    stableRS === undefined ? [] : [{ rs: stableRS, size: release.replicas, deadline: null, because: 'BG-12' }]
  const current = changeOfCurrent(release)
  const older = changesOfOlder(release)
  return {
    writes: [
      ...[...stable, current, ...older.changes].flatMap((change) => planChange(change, release)),
      ...planHistoryCleanup(release),
    ],
    requeueAt: earliest(deadlineAhead(current, release), older.requeueAt),
  }
}

/**
 * BG-13, first match. Without `previewReplicaCount` the preview is full size from the start.
 * Differs from the reference, which knows what is active from the status alone: while that is not written, or paused by hand before it
 * was, it takes pods from the ReplicaSet that serves everybody already.
 */
export function wantedSize(release: Release): number {
  const { spec, status, replicas, replicaSets, currentRS } = release
  const preview = spec.strategy?.blueGreen?.previewReplicaCount
  const activeRS = replicaSets.find((rs) => podHashOf(rs) === status.blueGreen?.activeSelector)
  if (preview === undefined || activeRS === undefined || activeRS === currentRS || isServing(release)) return replicas
  if (isFullPromotionWanted(release)) return replicas
  if (podHashOf(currentRS) !== status.currentPodHash) return preview
  const isPaused = spec.paused === true || (status.pauseConditions ?? []).length > 0
  return !isPaused && status.blueGreen?.scaleUpPreviewCheckPoint === true ? replicas : preview
}

/** The active Service selects it already. */
function isServing(release: Release): boolean {
  const service = serviceNamed(release, release.spec.strategy?.blueGreen?.activeService)
  return service !== undefined && selectedHash(service) === podHashOf(release.currentRS)
}

/** BG-14: as large as wanted now, and all of it available; a pause may begin. */
export const isReady = (release: Release): boolean =>
  sizeOf(release.currentRS) === wantedSize(release) && availableOf(release.currentRS) === wantedSize(release)

/** After an abort the preview stays for a while before it goes (REC-115, REC-116). */
function changeOfCurrent(release: Release): ReplicaSetChange {
  const { currentRS: rs, isAborted, stableRS, replicas, now, spec } = release
  const delay = abortScaleDownDelayOf(spec)
  const deadline = deadlineOf(rs)
  const isHeld = isAborted && stableRS !== undefined && stableRS !== rs && delay !== 'never'
  if (!isHeld || (hasDeadline(rs) && deadline === undefined))
    return { rs, size: wantedSize(release), deadline: null, because: 'BG-13' }
  if (deadline !== undefined)
    return deadline > now ? { rs, because: 'REC-116' } : { rs, size: 0, keepsDeadline: true, because: 'REC-116' }
  // Its pods are not missed before stable can carry everything.
  if (availableOf(stableRS) < replicas || sizeOf(rs) === 0) return { rs, because: 'REC-116' }
  return { rs, deadline: Math.trunc(now / 1000) * 1000 + delay * 1000, because: 'REC-116' }
}

/** BG-15: what nothing points at any more waits out its delay at full size, ready for a rollback (BG-16). */
function changesOfOlder(release: Release): Delayed {
  if (hasInconclusiveAnalysis(release) || mayStillSwitchBack(release)) return { changes: [], requeueAt: undefined }
  const unreferenced = release.otherRSs.filter((rs) => !isReferenced(release, rs))
  return delayScaleDown(unreferenced, () => release.replicas, release)
}

function deadlineAhead({ rs, deadline, size }: ReplicaSetChange, { now }: Release): EpochMs | undefined {
  if (size !== undefined || deadline === null) return undefined
  const at = deadline ?? deadlineOf(rs)
  return at !== undefined && at > now ? at : undefined
}
