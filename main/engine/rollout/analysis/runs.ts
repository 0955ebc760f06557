import type { AnalysisRun } from '#api/analysis.ts'
import { resources } from '#api/resources.ts'
import type { AnalysisRunRef, Rollout, RolloutAnalysis, RolloutStatus } from '#api/rollout.ts'
import { isCompleted } from '#engine/analysis/metric-phase.ts'
import type { PatchWrite } from '#engine/decision.ts'
import { isControlledBy } from '#engine/ownership.ts'
import { refTo, sameObject } from '../write.ts'

/** What an AnalysisRun is for; its label has this text (ANA-1101). */
export type RunKind = 'Step' | 'Background' | 'PrePromotion' | 'PostPromotion'

/** The runs that decide about the update, by what they are for. */
export type CurrentRuns = { readonly [K in RunKind]?: AnalysisRun }

/** ANA-1106: current is what the status names; all others of this Rollout are past. */
export function currentRuns({ canary, blueGreen }: RolloutStatus, runs: readonly AnalysisRun[]): CurrentRuns {
  const named = (entry: AnalysisRunRef | undefined) =>
    entry && runs.find(({ metadata }) => metadata.name === entry.name)
  return presentRuns({
    Step: named(canary?.currentStepAnalysisRunStatus),
    Background: named(canary?.currentBackgroundAnalysisRunStatus),
    PrePromotion: named(blueGreen?.prePromotionAnalysisRunStatus),
    PostPromotion: named(blueGreen?.postPromotionAnalysisRunStatus),
  })
}

export const presentRuns = (runs: Readonly<Partial<Record<RunKind, AnalysisRun | undefined>>>): CurrentRuns =>
  Object.fromEntries(Object.entries(runs).flatMap(([kind, run]) => (run === undefined ? [] : [[kind, run] as const])))

/** Those this Rollout controls. */
export const ownRuns = (rollout: Rollout, runs: readonly AnalysisRun[]): readonly AnalysisRun[] =>
  runs.filter((run) => isControlledBy(run, rollout))

export const phaseOf = (run: AnalysisRun | undefined) => run?.status?.phase ?? ''

export function isDone(run: AnalysisRun | undefined): boolean {
  const phase = phaseOf(run)
  return phase !== '' && isCompleted(phase)
}

/** A list without templates never gets a run, and what waits for one waits for ever (ANA-1113, ANA-1118). */
export const hasTemplates = (analysis: RolloutAnalysis | undefined): analysis is RolloutAnalysis =>
  (analysis?.templates ?? []).length > 0

/** Nothing is asked of it, or it has succeeded. */
export const isPassed = (analysis: RolloutAnalysis | undefined, run: AnalysisRun | undefined): boolean =>
  analysis === undefined || phaseOf(run) === 'Successful'

/** ANA-1120: asks a run to end. */
export function terminate(run: AnalysisRun | undefined): readonly PatchWrite[] {
  if (run === undefined || isDone(run) || run.spec.terminate === true) return []
  return [
    {
      kind: 'patch',
      ref: refTo(resources.analysisRuns, run),
      patchType: 'merge',
      body: { spec: { terminate: true } },
      precondition: sameObject(run),
      because: 'ANA-1120',
      summary: `Terminate AnalysisRun ${run.metadata.name}`,
    },
  ]
}
