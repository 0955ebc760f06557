import type { AnalysisRun } from '#api/analysis.ts'
import { resources } from '#api/resources.ts'
import type { AnalysisRunRef, Rollout } from '#api/rollout.ts'
import { effectiveCount, isCompleted } from '#engine/analysis/metric-phase.ts'
import { type ChangeSeen, type Checker, hasRollbackWindow, isFastRollback, rolloutChange, stepsOf } from '../checker.ts'

/**
 * A step that is analysed, and a blue-green update that is, goes on only with a run that succeeded by what its writer knew, unless it
 * need not be analysed at all. No run is measured more often than it was asked to be, and none changes once it is done. In the end
 * every run has come to its end.
 */
export const analysisDecides = (): Checker => ({
  name: 'analysis decides',
  rules: ['ANA-602', 'ANA-612', 'ANA-1109', 'ANA-1113', 'ANA-1118', 'ANA-1119', 'ANA-1120'],
  onChange: (seen) => changedRun(seen) ?? passedStep(seen) ?? promotedUnproven(seen),
  atRest({ analysisRuns }) {
    const open = analysisRuns.find(({ status }) => !isDone(status?.phase))
    return open && `${open.metadata.name} has not come to an end`
  },
})

const isDone = (phase: string | undefined): boolean =>
  phase !== undefined && phase !== '' && isCompleted(phase as never)

function changedRun({ change }: ChangeSeen): string | undefined {
  if (change.resource !== resources.analysisRuns || change.type !== 'MODIFIED') return undefined
  const [before, after] = [change.before as AnalysisRun, change.object as AnalysisRun]
  const { name } = after.metadata
  if (isDone(before.status?.phase) && JSON.stringify(before.status) !== JSON.stringify(after.status))
    return `${name} changed although it was ${before.status?.phase}`
  for (const metric of after.spec.metrics) {
    const { count = 0 } = after.status?.metricResults?.find((each) => each.name === metric.name) ?? {}
    if (count > (effectiveCount(metric) ?? count)) return `${name} was measured ${count} times`
  }
  return undefined
}

function passedStep(seen: ChangeSeen): string | undefined {
  const moved = rolloutChange(seen)
  if (moved === undefined || seen.decided === undefined) return undefined
  const { before, after } = moved
  const { currentStepIndex: index = 0, currentPodHash, currentStepHash } = before.status ?? {}
  const isPassed =
    stepsOf(before.spec)[index]?.analysis !== undefined &&
    after.status?.currentStepIndex === index + 1 &&
    after.status.currentPodHash === currentPodHash &&
    after.status.currentStepHash === currentStepHash
  if (!isPassed || maySkip(before)) return undefined
  return succeeded(seen, before.status?.canary?.currentStepAnalysisRunStatus)
    ? undefined
    : `the analysis at step ${index} was passed without a run that succeeded`
}

function promotedUnproven(seen: ChangeSeen): string | undefined {
  const moved = rolloutChange(seen)
  if (moved === undefined || seen.decided === undefined) return undefined
  const { before, after } = moved
  const { postPromotionAnalysis } = before.spec.strategy?.blueGreen ?? {}
  if (postPromotionAnalysis === undefined || before.status?.stableRS === after.status?.stableRS) return undefined
  if (maySkip(before) || isFastRollback(seen.decided.world, seen.decided.now)) return undefined
  return succeeded(seen, before.status?.blueGreen?.postPromotionAnalysisRunStatus)
    ? undefined
    : `${after.status?.stableRS} became stable without a run that succeeded`
}

function succeeded({ decided }: ChangeSeen, entry: AnalysisRunRef | undefined): boolean {
  const run = decided?.world.analysisRuns?.find(({ metadata }) => metadata.name === entry?.name)
  return run?.status?.phase === 'Successful'
}

const maySkip = ({ spec, status }: Rollout): boolean =>
  status?.promoteFull === true ||
  (status?.stableRS ?? '') === '' ||
  status?.stableRS === status?.currentPodHash ||
  hasRollbackWindow(spec)
