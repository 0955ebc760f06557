import type { ExperimentStatus } from '#api/experiment.ts'
import { type AnalysisDecision, reconcileAnalysis } from './analysis/reconcile.ts'
import { conditionsAfter } from './conditions.ts'
import { withPhase } from './phase.ts'
import type { Situation } from './situation.ts'
import { reconcileTemplate, type TemplateDecision } from './template/reconcile.ts'
import { withEntries } from './write.ts'

export interface Parts {
  /** In the order of the spec. */
  readonly templates: readonly TemplateDecision[]
  readonly analyses: readonly AnalysisDecision[]
  /** What they come to. */
  readonly status: ExperimentStatus
}

/** What a pass wants of each template and analysis, and the status that tells of all of them. */
export function decideParts(situation: Situation): Parts {
  const templates = situation.templates.map((template) => reconcileTemplate(template, situation))
  const analyses = (situation.spec.analyses ?? []).map((analysis) => reconcileAnalysis(analysis, situation))
  return { templates, analyses, status: statusAfter(situation, templates, analyses) }
}

function statusAfter(
  situation: Situation,
  templates: readonly TemplateDecision[],
  analyses: readonly AnalysisDecision[],
): ExperimentStatus {
  const before = situation.status
  const templateStatuses = withEntries(
    before.templateStatuses,
    templates.map(({ status }) => status),
  )
  const analysisRuns = withEntries(
    before.analysisRuns,
    analyses.map(({ status }) => status),
  )
  const entries = {
    ...(templateStatuses.length > 0 && { templateStatuses }),
    ...(analysisRuns.length > 0 && { analysisRuns }),
  }
  const { conditions: _before, ...assessed } = withPhase({ ...before, ...entries }, situation)
  const conditions = conditionsAfter(assessed, situation)
  return { ...assessed, ...(conditions.length > 0 && { conditions }) }
}
