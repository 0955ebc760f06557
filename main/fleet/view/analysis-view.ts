import type { AnalysisPhase } from '#api/analysis.ts'
import type { AnalysisRunRef, RolloutStatus } from '#api/rollout.ts'
import type { AnalysisKind, RunUnderWay } from '#contract/analysis-views.ts'

const phases: readonly AnalysisPhase[] = ['Error', 'Failed', 'Inconclusive', 'Pending', 'Running', 'Successful']

/** As the Rollout tells of it: one that does not pass before one under way, that before one which has passed. */
export function runUnderWay({ canary, blueGreen }: RolloutStatus): RunUnderWay | undefined {
  const runs = [
    runOf('Step', canary?.currentStepAnalysisRunStatus),
    runOf('Background', canary?.currentBackgroundAnalysisRunStatus),
    runOf('PrePromotion', blueGreen?.prePromotionAnalysisRunStatus),
    runOf('PostPromotion', blueGreen?.postPromotionAnalysisRunStatus),
  ].filter((each) => each !== undefined)
  return runs.toSorted((a, b) => rank(a) - rank(b))[0]
}

function runOf(kind: AnalysisKind, ref: AnalysisRunRef | undefined): RunUnderWay | undefined {
  if (ref === undefined) return undefined
  const { name, status } = ref
  return { name, kind, phase: phases.find((each) => each === status) ?? 'Unknown' }
}

const rank = ({ phase }: RunUnderWay): number =>
  phase === 'Unknown' ? phases.indexOf('Running') : (phases as readonly string[]).indexOf(phase)
