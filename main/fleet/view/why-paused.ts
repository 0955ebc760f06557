import type { PauseView } from '#contract/views.ts'
import { describeStep } from '#engine/rollout/canary/steps.ts'
import { stepsOf } from '#engine/rollout/spec-defaults.ts'
import type { RolloutFacts } from '../rollout-facts.ts'
import { durationText } from './duration-text.ts'

/** What a pause waits for and who can end it (VIEW-224); `undefined` for a reason that is not known. */
export const whyPaused = (facts: RolloutFacts, pause: PauseView | undefined, setWeight: number): string | undefined =>
  pause === undefined ? undefined : reasons[pause.reason]?.(facts, pause, setWeight)

const reasons: Readonly<Record<string, (facts: RolloutFacts, pause: PauseView, setWeight: number) => string>> = {
  manual: () => 'Paused by hand. It goes on when someone resumes it.',
  CanaryPauseStep: atPauseStep,
  BlueGreenPause: (_facts, { resumesAt }) =>
    resumesAt === undefined
      ? 'The preview is up. The switch waits for a person.'
      : 'The preview is up. The switch follows when the timer ends.',
  InconclusiveAnalysisRun: (facts, _pause, setWeight) => undecided(inconclusiveRun(facts) ?? 'An analysis', setWeight),
  InconclusiveExperiment: ({ status }, _pause, setWeight) =>
    undecided(status.canary?.currentExperiment ?? 'An experiment', setWeight),
}

const undecided = (what: string, setWeight: number): string =>
  `${what} neither passed nor failed. Held at ${setWeight}% until someone decides.`

function atPauseStep({ rollout, status }: RolloutFacts, { startedAt, resumesAt }: PauseView): string {
  const index = status.currentStepIndex ?? 0
  const steps = stepsOf(rollout)
  if (resumesAt === undefined || startedAt === undefined)
    return `${index} of ${steps.length} steps done. The pause has no timer and waits for a person.`
  const before = steps[index - 1]
  const after = before === undefined ? '' : ` after ${describeStep(before).replace(':', '')}`
  return `Pause of ${durationText(resumesAt - startedAt)}${after}.`
}

function inconclusiveRun({ status }: RolloutFacts): string | undefined {
  const { canary, blueGreen } = status
  return [
    canary?.currentStepAnalysisRunStatus,
    canary?.currentBackgroundAnalysisRunStatus,
    blueGreen?.prePromotionAnalysisRunStatus,
    blueGreen?.postPromotionAnalysisRunStatus,
  ].find((run) => run?.status === 'Inconclusive')?.name
}
