import type { AnalysisRun } from '#api/analysis.ts'
import type { ExperimentAnalysis } from '#api/experiment.ts'
import { labels } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import { carriedAnnotations } from '#engine/analysis/carried-annotations.ts'
import { anAnalysisRun, runSpec } from '#engine/analysis/new-run.ts'
import { resolveTemplates } from '#engine/analysis/templates.ts'
import { controlledBy } from '#engine/ownership.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Situation } from '../situation.ts'
import { resolveArguments } from './arguments.ts'

/** The run of an analysis, under the name it should have (EXP-505); or why there can be none. */
export function newRun(analysis: ExperimentAnalysis, situation: Situation): Outcome<AnalysisRun, string> {
  const { experiment, spec, world } = situation
  const args = resolveArguments(analysis.args ?? [], situation)
  if (!args.ok) return args
  const templates = resolveTemplates([analysis], world.templates)
  if (!templates.ok) return failure(templates.error.message)
  const { dryRun, measurementRetention } = spec
  const run = runSpec({ templates: templates.value, args: args.value, dryRun, measurementRetention })
  if (!run.ok) return run
  const carried = carriedAnnotations(templates.value)
  if (!carried.ok) return carried
  const { name, namespace } = experiment.metadata
  const instanceID = experiment.metadata.labels?.[labels.instanceID] ?? ''
  const metadata = {
    name: `${name}-${analysis.name}`,
    ...(namespace !== undefined && { namespace }),
    labels: { ...(instanceID !== '' && { [labels.instanceID]: instanceID }), ...spec.analysisRunMetadata?.labels },
    annotations: { ...carried.value, ...spec.analysisRunMetadata?.annotations },
    ownerReferences: [controlledBy(resources.experiments, experiment)],
  }
  return success(anAnalysisRun(metadata, run.value))
}
