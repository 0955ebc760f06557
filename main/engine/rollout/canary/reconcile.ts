import type { Decision, Write } from '#engine/decision.ts'
import { isHalted } from '../halt.ts'
import { planPodMetadata } from '../pod-metadata.ts'
import { planHistoryCleanup } from '../replica-set/history-limit.ts'
import { planRestart } from '../restart.ts'
import { ensureService, serviceNamed } from '../services.ts'
import type { Release } from '../situation.ts'
import { replicasOnlyDraft, withFields } from '../status/draft.ts'
import { persist } from '../status/persist.ts'
import { isReset } from '../update.ts'
import { planWorkloadScaleDown } from '../workload-scale-down.ts'
import { earliest, round } from '../write.ts'
import { isEnteringPause, pauseProgress } from './pause-step.ts'
import { nextSizes, type ReplicaSetPhase, reconcileReplicaSets } from './replica-sets.ts'
import { canaryCounts, concludeCanary } from './status.ts'

/**
 * One round of a canary without traffic routing, in the order of CAN-2, but for the restart. The reference evicts first, and goes
 * on unless a pod went (REC-127). Here nobody knows yet whether a disruption budget lets one go, so pods are evicted last, and
 * not in a round that changes sizes, for both count on the same available pods.
 */
export function reconcileCanary(release: Release): Decision {
  if (isReset(release)) return round(persist(release, concludeCanary(release, false)).writes)
  const metadata = planPodMetadata(release)
  if (metadata.length > 0) return round(metadata)

  const restart = planRestart(release)
  const phase = reconcileReplicaSets(release)
  const entersPause = !phase.scaled && isEnteringPause(release)
  const isRestarted = restart.isComplete && restart.writes.length === 0
  const pause = pauseProgress(release)
  const draft = concludeCanary(release, entersPause)
  const status = persist(release, isRestarted ? withFields(draft, { restartedAt: release.spec.restartAt }) : draft)
  const evictions = phase.writes.length === 0 ? restart.writes : []
  return round(
    [
      ...planHistoryCleanup(release),
      ...planServices(release, phase),
      ...phase.writes,
      ...status.writes,
      ...evictions,
      ...planWorkload(release),
    ],
    earliest(restart.requeueAt, pause.state === 'waiting' ? pause.resumesAt : undefined, status.requeueAt),
  )
}

/** `spec.replicas` changed: sizes first, everything else afterwards (REC-32). */
export function scaleCanary(release: Release): Decision {
  const phase = reconcileReplicaSets(release)
  const status = persist(release, withFields(replicasOnlyDraft(release), canaryCounts(release)))
  return round([...phase.writes, ...status.writes, ...planWorkload(release)], status.requeueAt)
}

/** Last, for it must hold up nothing else when it may not be written; not while halted, as nothing is sized then (REC-85). */
const planWorkload = (release: Release): readonly Write[] =>
  isHalted(release) ? [] : planWorkloadScaleDown(release, nextSizes(release).canary)

/**
 * CAN-45: stable on stable, canary on the current ReplicaSet, or back on stable while aborted.
 * At full weight stable has no pods. The reference leaves its Service there, which then answers nobody until the promotion; here it
 * moves on to the current ReplicaSet before the last stable pod goes, and back once stable has pods again.
 */
function planServices(release: Release, { emptiesStable }: ReplicaSetPhase): readonly Write[] {
  const { stableService, canaryService } = release.spec.strategy?.canary ?? {}
  const { currentRS, stableRS } = release
  const canaryRS = release.isAborted ? stableRS : currentRS
  return [
    ...ensureService(release, serviceNamed(release, stableService), emptiesStable ? currentRS : stableRS, 'CAN-45'),
    ...ensureService(release, serviceNamed(release, canaryService), canaryRS, 'CAN-45'),
  ]
}
