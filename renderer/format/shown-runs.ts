import type { AnalysisRunView } from '#contract/analysis-views.ts'

/** The runs that an update waits for, else the last one that measured. Those of an Experiment have a place of their own. */
export function shownRuns(runs: readonly AnalysisRunView[]): readonly AnalysisRunView[] {
  const current = runs.filter((run) => run.current)
  return current.length > 0 ? current : runs.filter(({ kind }) => kind !== 'Experiment').slice(0, 1)
}
