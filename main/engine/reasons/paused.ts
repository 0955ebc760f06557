import type { PauseCondition } from '#api/rollout.ts'
import { currentStep, describeStep, pauseSeconds } from '#engine/rollout/canary/steps.ts'
import { isAutoPromoted, stepsOf } from '#engine/rollout/spec-defaults.ts'
import { findCondition } from '#engine/rollout/status/condition-list.ts'
import type { StatusFacts } from '#engine/status/status-facts.ts'
import { durationText } from '#lib/duration-text.ts'
import type { NamedObject, Reason } from '#lib/reason.ts'
import { parseTime } from '#lib/rfc3339.ts'

/** What a pause waits for and who can end it (VIEW-224), the hardest to end first; empty when nothing pauses. */
export function pauseReasons(facts: StatusFacts): readonly Reason[] {
  const conditions = facts.status.pauseConditions ?? []
  const undecided = conditions.flatMap((each) => inconclusive(facts, each) ?? [])
  if (undecided.length > 0) return undecided
  if (facts.rollout.spec.paused === true) return [byHand(facts)]
  return conditions.slice(0, 1).flatMap((each) => ofStep(facts, each) ?? ofPreview(facts, each) ?? [])
}

const objectOf = ({ rollout }: StatusFacts): NamedObject => ({ kind: 'Rollout', name: rollout.metadata.name })

function inconclusive(facts: StatusFacts, { reason, startTime }: PauseCondition): Reason | undefined {
  const since = parseTime(startTime)
  if (reason === 'InconclusiveAnalysisRun') {
    const name = undecidedRun(facts)
    const object = name === undefined ? objectOf(facts) : { kind: 'AnalysisRun', name }
    return { cause: 'inconclusive', object, since, values: { name: name ?? 'An analysis' } }
  }
  if (reason !== 'InconclusiveExperiment') return undefined
  const name = facts.status.canary?.currentExperiment
  const object = name === undefined ? objectOf(facts) : { kind: 'Experiment', name }
  return { cause: 'inconclusive', object, since, values: { name: name ?? 'An experiment' } }
}

const undecidedRun = ({ status: { canary, blueGreen } }: StatusFacts): string | undefined =>
  [
    canary?.currentStepAnalysisRunStatus,
    canary?.currentBackgroundAnalysisRunStatus,
    blueGreen?.prePromotionAnalysisRunStatus,
    blueGreen?.postPromotionAnalysisRunStatus,
  ].find((run) => run?.status === 'Inconclusive')?.name

function byHand(facts: StatusFacts): Reason {
  const paused = findCondition(facts.status.conditions ?? [], 'Paused')
  const began = paused?.status === 'True' ? paused.lastTransitionTime : facts.status.duration?.manualPauseStartedAt
  return { cause: 'pausedByHand', object: objectOf(facts), since: parseTime(began), values: {} }
}

function ofStep(facts: StatusFacts, { reason, startTime }: PauseCondition): Reason | undefined {
  if (reason !== 'CanaryPauseStep') return undefined
  const about = { object: objectOf(facts), since: parseTime(startTime) }
  const { rollout, status } = facts
  const done = status.currentStepIndex ?? 0
  const seconds = pauseSeconds(currentStep(rollout, status)?.pause?.duration)
  if (seconds === undefined || seconds < 0)
    return { cause: 'stepPause', ...about, values: { done, steps: stepsOf(rollout).length } }
  const duration = durationText(seconds * 1000)
  const before = stepsOf(rollout)[done - 1]
  if (before === undefined) return { cause: 'timedPause', ...about, values: { duration } }
  const step = describeStep(before).replace(':', '')
  return { cause: 'timedPauseAfter', ...about, values: { duration, step } }
}

function ofPreview(facts: StatusFacts, { reason, startTime }: PauseCondition): Reason | undefined {
  const blueGreen = facts.rollout.spec.strategy?.blueGreen
  if (reason !== 'BlueGreenPause') return undefined
  const isTimed = blueGreen !== undefined && isAutoPromoted(blueGreen) && (blueGreen.autoPromotionSeconds ?? 0) > 0
  const cause = isTimed ? 'previewPauseTimed' : 'previewPause'
  return { cause, object: objectOf(facts), since: parseTime(startTime), values: {} }
}
