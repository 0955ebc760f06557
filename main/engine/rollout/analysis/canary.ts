import type { AnalysisRun } from '#api/analysis.ts'
import { labels } from '#api/keys.ts'
import { currentStep } from '../canary/steps.ts'
import { hasInconclusiveAnalysis } from '../halt.ts'
import type { Release } from '../situation.ts'
import { type AnalysisOutcome, outcomeOf } from './outcome.ts'
import { hasTemplates } from './runs.ts'
import { isSwitchedOff } from './switched-off.ts'
import { dropped, kept, startedOrJudged, type Turn } from './turn.ts'

/**
 * The analyses of a canary: the one of its current step, then the one in the background (ANA-1109, ANA-1112, ANA-1115).
 * @param isAborting an Experiment ends the update in this round
 */
export function reconcileCanaryAnalysis(release: Release, isAborting = false): AnalysisOutcome {
  const { Step, Background, PrePromotion, PostPromotion } = release.runs
  const isOff = isAborting || isSwitchedOff(release)
  const turns = {
    Step: isOff ? dropped(Step) : stepTurn(release, Step),
    Background: isOff ? dropped(Background) : backgroundTurn(release, Background),
    // Left from before the strategy was changed.
    PrePromotion: dropped(PrePromotion),
    PostPromotion: dropped(PostPromotion),
  }
  return outcomeOf(release, turns)
}

function stepTurn(release: Release, run: AnalysisRun | undefined): Turn {
  const { rollout, status } = release
  if ((status.pauseConditions ?? []).length > 0 || status.abort === true) return kept(run)
  const analysis = currentStep(rollout, status)?.analysis
  const stepIndex = status.currentStepIndex ?? 0
  const isOfOtherStep = run !== undefined && run.metadata.labels?.[labels.stepIndex] !== String(stepIndex)
  if (!hasTemplates(analysis) || isOfOtherStep) return dropped(run)
  return startedOrJudged(release, run, { kind: 'Step', analysis, stepIndex })
}

function backgroundTurn(release: Release, run: AnalysisRun | undefined): Turn {
  const { spec, status } = release
  const analysis = spec.strategy?.canary?.analysis
  if (!hasTemplates(analysis)) return dropped(run)
  // Past runs, of which it is one then, are ended elsewhere.
  if ((status.currentPodHash ?? '') === '' || isBeforeStart(release)) return kept(undefined)
  if (hasInconclusiveAnalysis(release)) return kept(run)
  return startedOrJudged(release, run, { kind: 'Background', analysis })
}

/** ANA-1116: never with all steps done, or without any. */
function isBeforeStart({ rollout, spec, status }: Release): boolean {
  const { startingStep } = spec.strategy?.canary?.analysis ?? {}
  const isAtStep = currentStep(rollout, status) !== undefined
  return startingStep !== undefined && isAtStep && (status.currentStepIndex ?? 0) < startingStep
}
