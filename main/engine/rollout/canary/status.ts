import { formatSelector } from '#lib/label-selector.ts'
import { type AnalysisOutcome, withAnalysis } from '../analysis/outcome.ts'
import { phaseOf } from '../analysis/runs.ts'
import { withExperiment } from '../experiment/outcome.ts'
import type { ExperimentOutcome } from '../experiment/reconcile.ts'
import { isFullPromotionWanted, promoted, reset } from '../promotion.ts'
import { availableOf, existingOf, isActive, podHashOf, sumOf } from '../replica-set/facts.ts'
import { fastRollbackReason, isFastRollback, isWithinRollbackWindow } from '../rollback.ts'
import type { Release, Situation } from '../situation.ts'
import { isRouted, stepsOf } from '../spec-defaults.ts'
import { type Draft, fullDraft, isAborted, released, withEvent, withFields } from '../status/draft.ts'
import { currentStepHash, stepCountOf } from '../update.ts'
import { hasEnoughAvailable } from './enough-available.ts'
import { pauseProgress } from './pause-step.ts'
import { isAtWantedSplit } from './replica-sets.ts'
import { isAtRoutedSplit } from './routed-split.ts'
import { nextStablePingPong } from './service-pair.ts'
import { currentStep, describeStep } from './steps.ts'
import type { TrafficOutcome } from './traffic.ts'

/** What a round came to before its status is concluded. */
interface Findings {
  readonly traffic: TrafficOutcome
  readonly experiment: ExperimentOutcome
  readonly analysis: AnalysisOutcome
}

/** What a canary round says about the status; `entersPause` when it stops at a pause step (CAN-42). */
export function concludeCanary(release: Release, entersPause: boolean, findings: Findings): Draft {
  const routed = withWeights(canaryDraft(release), findings.traffic)
  const base = withAnalysis(withExperiment(routed, findings.experiment), findings.analysis, release)
  const draft = isFastTracked(release) ? skipToEnd(released(base), release) : base
  const reason = promotionReason(draft, release)
  if (reason !== undefined && findings.traffic.isReady) return withTurn(promoted(draft, release, reason), release)
  if (isAborted(draft, release)) return atStep(draft, release, 0)
  if (isStepComplete(release, findings)) return advance(draft, release)
  if (!findings.traffic.isReady && pauseProgress(release).state === 'resumed')
    return { ...draft, pauses: { ...draft.pauses, staysResumed: true } }
  return entersPause ? { ...draft, pauses: { ...draft.pauses, add: [...draft.pauses.add, 'CanaryPauseStep'] } } : draft
}

/** The update begins anew; nothing else is looked at in that round, and no analysis stays current (CAN-50, ANA-1123). */
export const concludeReset = (release: Release): Draft => skipOnRollback(reset(canaryDraft(release), release), release)

/** A replicas-only round: counts of the pods that serve, and nothing else (REC-32). */
export const canaryCounts = ({ replicaSets }: Situation) => ({
  availableReplicas: sumOf(replicaSets, availableOf),
  HPAReplicas: sumOf(replicaSets, existingOf),
})

function canaryDraft(release: Release): Draft {
  const draft = fullDraft(release)
  return withFields(draft, {
    ...canaryCounts(release),
    selector: formatSelector(release.spec.selector),
    currentStepHash: currentStepHash(release),
    currentStepIndex: release.status.currentStepIndex ?? (stepCountOf(release) > 0 ? 0 : undefined),
    canary: { ...draft.fields.canary, stablePingPong: release.status.canary?.stablePingPong },
  })
}

const isFastTracked = (release: Release): boolean => isFullPromotionWanted(release) || isWithinRollbackWindow(release)

const atStep = (draft: Draft, release: Release, index: number): Draft =>
  withFields(draft, { currentStepIndex: stepCountOf(release) > 0 ? index : undefined })

const skipToEnd = (draft: Draft, release: Release): Draft => atStep(draft, release, stepCountOf(release))

/** CAN-52: going back to stable, or to a running ReplicaSet within the window, takes no steps. */
function skipOnRollback(draft: Draft, release: Release): Draft {
  if (stepCountOf(release) === 0) return draft
  const isBackToStable = podHashOf(release.currentRS) === release.status.stableRS
  if (isBackToStable)
    return withEvent(skipToEnd(draft, release), release, 'SkipSteps', 'Rollback to stable ReplicaSets', 'CAN-52')
  if (!isWithinRollbackWindow(release) || !isActive(release.currentRS)) return draft
  const text = 'Rollback to active ReplicaSets within RollbackWindow'
  return withEvent(skipToEnd(draft, release), release, 'SkipSteps', text, 'CAN-52')
}

/** Why the current ReplicaSet becomes stable now; first match (CAN-53). `undefined` while the update goes on. */
function promotionReason(draft: Draft, release: Release): string | undefined {
  const { stableRS, currentRS, replicas, spec, status } = release
  const steps = stepCountOf(release)
  if (stableRS === undefined) return 'Initial deploy'
  if (isAborted(draft, release)) return undefined
  const isUp =
    availableOf(currentRS) >= replicas ||
    hasEnoughAvailable(spec.strategy?.canary?.replicaProgressThreshold, currentRS, replicas)
  if (!isUp) return undefined
  if (isFullPromotionWanted(release)) return 'Full promotion requested'
  if (isFastRollback(release)) return fastRollbackReason(release)
  return steps === 0 || status.currentStepIndex === steps ? `Completed all ${steps} canary steps` : undefined
}

/** TR-22, TR-25. */
function withWeights(draft: Draft, { weights, alb }: TrafficOutcome): Draft {
  const weighed = withFields(draft, { canary: { ...draft.fields.canary, weights } })
  return alb === undefined ? weighed : withFields(weighed, { alb: alb?.alb, albs: alb?.albs })
}

/** Ping and pong change roles with what is stable (SVC-15). */
function withTurn(draft: Draft, { spec, status }: Release): Draft {
  if (spec.strategy?.canary?.pingPong === undefined || draft.fields.stableRS === status.stableRS) return draft
  return withFields(draft, { canary: { ...draft.fields.canary, stablePingPong: nextStablePingPong(status) } })
}

/**
 * CAN-55, TR-29. A step that sets several things at once is judged by the first of them (TR-19).
 * Differs from the reference, where a step of routes is complete also in a pass that could not make them (TR-21).
 */
function isStepComplete(release: Release, { experiment, analysis, traffic }: Findings): boolean {
  const step = currentStep(release.rollout, release.status)
  if (step === undefined || release.spec.paused === true || !traffic.isReady) return false
  if (step.pause !== undefined) return ['resumed', 'elapsed'].includes(pauseProgress(release).state)
  if (step.setCanaryScale !== undefined) return isAtSplit(release, traffic)
  if (step.setWeight !== undefined) return traffic.isWeightSent && isAtSplit(release, traffic)
  if (step.experiment !== undefined) return experiment.isStepComplete
  if (step.analysis !== undefined) return phaseOf(analysis.runs.Step) === 'Successful' // ANA-1113
  return (step.setHeaderRoute !== undefined || step.setMirrorRoute !== undefined) && traffic.areRoutesMade
}

const isAtSplit = (release: Release, { weights }: TrafficOutcome): boolean =>
  isRouted(release.spec) ? isAtRoutedSplit(release, weights) : isAtWantedSplit(release)

function advance(draft: Draft, release: Release): Draft {
  const steps = stepsOf(release.rollout)
  const index = release.status.currentStepIndex ?? 0
  const step = steps[index]
  // A full promotion has moved the index to the end already; it goes no further.
  const next = Math.min((draft.fields.currentStepIndex ?? index) + 1, steps.length)
  const text = `Rollout step ${index + 1}/${steps.length} completed (${step === undefined ? 'invalid' : describeStep(step)})`
  const moved = withEvent(atStep(draft, release, next), release, 'RolloutStepCompleted', text, 'CAN-50')
  const canary = { ...moved.fields.canary, currentStepAnalysisRunStatus: undefined }
  return { ...withFields(moved, { canary }), pauses: { ...moved.pauses, remove: ['CanaryPauseStep'] } }
}
