import type { Decision, Write } from '#engine/decision.ts'
import { verifiesBeforeScaleDown } from '#engine/traffic/alb/verify-targets.ts'
import type { Stopped } from '#engine/traffic/course.ts'
import { failure, success } from '#lib/outcome.ts'
import { reconcileCanaryAnalysis } from '../analysis/canary.ts'
import { reconcileExperiments } from '../experiment/reconcile.ts'
import { hasInconclusiveAnalysis, isHalted } from '../halt.ts'
import { reportInvalidSpec } from '../invalid-spec.ts'
import { planPodMetadata } from '../pod-metadata.ts'
import { planHistoryCleanup } from '../replica-set/history-limit.ts'
import { planRestart } from '../restart.ts'
import { serviceNamed } from '../services.ts'
import type { Release } from '../situation.ts'
import { isRouted } from '../spec-defaults.ts'
import { replicasOnlyDraft, withFields } from '../status/draft.ts'
import { persist } from '../status/persist.ts'
import { noTargets, type TargetsOutcome, targetsOf } from '../targets.ts'
import { isReset } from '../update.ts'
import { planWorkloadScaleDown } from '../workload-scale-down.ts'
import { asking, earliest, round } from '../write.ts'
import { isEnteringPause, pauseProgress } from './pause-step.ts'
import { nextSizes, reconcileReplicaSets } from './replica-sets.ts'
import { type RoutedPhase, reconcileRoutedReplicaSets } from './routed-replica-sets.ts'
import { routedSizes, type StoredWeights } from './routed-split.ts'
import { servicePair } from './service-pair.ts'
import { planRoutedServices, planServices, planTurnToEmpty } from './services.ts'
import { canaryCounts, concludeCanary, concludeReset } from './status.ts'
import { reconcileTraffic, type TrafficOutcome, unrouted } from './traffic.ts'
import { wantedWeight } from './wanted-weight.ts'

/**
 * One round of a canary, in the order of CAN-2, but for the restart. The reference evicts first, and goes on unless a pod went (REC-127).
 * Here nobody knows yet whether a disruption budget lets one go, so pods are evicted last, and not in a round that changes sizes, for
 * both count on the same available pods.
 */
export function reconcileCanary(release: Release): Decision {
  if (isReset(release)) return round(persist(release, concludeReset(release)).writes)
  const metadata = planPodMetadata(release)
  if (metadata.length > 0) return round(metadata)

  const routing = isRouted(release.spec) ? route(release) : success({ services: [], traffic: unrouted })
  if (!routing.ok) return refuse(release, routing.error)
  const { traffic } = routing.value
  const targets = targetsBeforeScaleDown(release)
  const trial = reconcileTrials(release)
  if (trial.error !== undefined) return reportInvalidSpec(release, trial.error)
  const restart = planRestart(release)
  const phase = size(release, traffic, { pauses: trial.isInconclusive, holdsOthers: !targets.isVerified })
  const entersPause = !phase.scaled && !trial.isInconclusive && isEnteringPause(release)
  const isRestarted = restart.isComplete && restart.writes.length === 0
  const pause = pauseProgress(release)
  const draft = concludeCanary(release, entersPause, { ...trial, traffic })
  const status = persist(release, isRestarted ? withFields(draft, { restartedAt: release.spec.restartAt }) : draft)
  const evictions = phase.writes.length === 0 ? restart.writes : []
  const decision = round(
    [
      ...planHistoryCleanup(release),
      ...(isRouted(release.spec) ? routing.value.services : planServices(release, phase)),
      ...traffic.writes,
      ...(isRouted(release.spec) ? planTurnToEmpty(release, traffic) : []),
      ...trial.writes,
      ...targets.writes,
      ...phase.writes,
      ...status.writes,
      ...evictions,
      ...planWorkload(release, traffic.weights),
    ],
    earliest(
      restart.requeueAt,
      pause.state === 'waiting' ? pause.resumesAt : undefined,
      status.requeueAt,
      traffic.requeueAt,
      targets.requeueAt,
      phase.requeueAt,
    ),
  )
  return asking(decision, { hostNames: traffic.hostNames, targetGroups: targets.targetGroups })
}

/** The load balancer must have taken notice of the stable pods before others go (SVC-25). */
function targetsBeforeScaleDown(release: Release): TargetsOutcome {
  const { rollout, status, otherRSs } = release
  if (!verifiesBeforeScaleDown(rollout, otherRSs)) return noTargets
  return targetsOf(release, serviceNamed(release, servicePair(rollout, status, true).stable))
}

/** Services first, then what splits the traffic between them (TR-7). */
function route(release: Release) {
  const wanted = wantedWeight(release)
  const services = planRoutedServices(release, wanted)
  const traffic = reconcileTraffic(release, wanted)
  return traffic.ok
    ? success({ services, traffic: traffic.value })
    : failure({ ...traffic.error, writes: [...services, ...traffic.error.writes] })
}

/**
 * The traffic cannot be routed, and nothing after that may happen (TR-17). Differs from the reference, which says so in an Event alone:
 * here the Rollout is Degraded, until what is wrong has been mended. And it says so in every try: here only once.
 */
function refuse(release: Release, { message, writes, warnings }: Stopped): Decision {
  const told = reportInvalidSpec(release, message)
  const isNews = told.writes.length > 0
  return round([...writes, ...(isNews ? warnings : []), ...told.writes], told.requeueAt)
}

function size(
  release: Release,
  { weights, mayShrink, isReady }: TrafficOutcome,
  held: { readonly pauses: boolean; readonly holdsOthers: boolean },
): RoutedPhase {
  if (!isRouted(release.spec)) return { ...reconcileReplicaSets(release, held.pauses), requeueAt: undefined }
  return reconcileRoutedReplicaSets(release, { weights, mayShrink: mayShrink && isReady, ...held })
}

/** The Experiment of the step, then the analyses (CAN-2). */
function reconcileTrials(release: Release) {
  const experiment = reconcileExperiments(release, release.world.experiments ?? [])
  const analysis = reconcileCanaryAnalysis(release, experiment.abortMessage !== undefined)
  return {
    experiment,
    analysis,
    writes: [...experiment.writes, ...analysis.writes],
    isInconclusive: experiment.isInconclusive || analysis.isInconclusive,
    error: experiment.error ?? analysis.error,
  }
}

/** `spec.replicas` changed: sizes first, everything else afterwards (REC-32); Services and weights are left alone (TR-8). */
export function scaleCanary(release: Release): Decision {
  // Nothing is sized until somebody resumes it, and another template is as good as that (REC-96).
  if (hasInconclusiveAnalysis(release) && isReset(release))
    return round(persist(release, concludeReset(release)).writes)
  const weights = release.status.canary?.weights
  const phase = size(release, { ...unrouted, weights }, { pauses: false, holdsOthers: false })
  const status = persist(release, withFields(replicasOnlyDraft(release), canaryCounts(release)))
  const writes = [...phase.writes, ...status.writes, ...planWorkload(release, weights)]
  return round(writes, earliest(status.requeueAt, phase.requeueAt))
}

/** Last, for it must hold up nothing else when it may not be written; not while halted, as nothing is sized then (REC-85). */
function planWorkload(release: Release, weights: StoredWeights | undefined): readonly Write[] {
  if (isHalted(release)) return []
  const { canary } = isRouted(release.spec) ? routedSizes(release, weights) : nextSizes(release)
  return planWorkloadScaleDown(release, canary)
}
