import { formatSelector } from '#lib/label-selector.ts'
import { isFullPromotionWanted, promoted, reset } from '../promotion.ts'
import { availableOf, existingOf, isActive, podHashOf, sumOf } from '../replica-set/facts.ts'
import { fastRollbackReason, isFastRollback, isWithinRollbackWindow } from '../rollback.ts'
import type { Release, Situation } from '../situation.ts'
import { stepsOf } from '../spec-defaults.ts'
import { type Draft, fullDraft, isAborted, released, withEvent, withFields } from '../status/draft.ts'
import { currentStepHash, isReset, stepCountOf } from '../update.ts'
import { pauseProgress } from './pause-step.ts'
import { hasEnoughAvailable, isAtWantedSplit } from './replica-sets.ts'
import { currentStep, describeStep } from './steps.ts'

/** What a canary round says about the status; `entersPause` when it stops at a pause step (CAN-42). */
export function concludeCanary(release: Release, entersPause: boolean): Draft {
  const base = canaryDraft(release)
  if (isReset(release)) return skipOnRollback(reset(base, release), release)
  const draft = isFastTracked(release) ? skipToEnd(released(base), release) : base
  const reason = promotionReason(draft, release)
  if (reason !== undefined) return promoted(draft, release, reason)
  if (isAborted(draft, release)) return atStep(draft, release, 0)
  if (isStepComplete(release)) return advance(draft, release)
  return entersPause ? { ...draft, pauses: { ...draft.pauses, add: ['CanaryPauseStep'] } } : draft
}

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

/** CAN-55, for the steps that need no traffic router, analysis or experiment. Other steps never complete here. */
function isStepComplete(release: Release): boolean {
  const step = currentStep(release.rollout, release.status)
  if (step === undefined || release.spec.paused === true) return false
  if (step.pause !== undefined) return ['resumed', 'elapsed'].includes(pauseProgress(release).state)
  return step.setWeight !== undefined && isAtWantedSplit(release)
}

function advance(draft: Draft, release: Release): Draft {
  const steps = stepsOf(release.rollout)
  const index = release.status.currentStepIndex ?? 0
  const step = steps[index]
  // A full promotion has moved the index to the end already; it goes no further.
  const next = Math.min((draft.fields.currentStepIndex ?? index) + 1, steps.length)
  const text = `Rollout step ${index + 1}/${steps.length} completed (${step === undefined ? 'invalid' : describeStep(step)})`
  const moved = withEvent(atStep(draft, release, next), release, 'RolloutStepCompleted', text, 'CAN-50')
  return { ...moved, pauses: { ...moved.pauses, remove: ['CanaryPauseStep'] } }
}
