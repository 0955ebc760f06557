import type { AnalysisRun, AnalysisTemplateRef } from '#api/analysis.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { carriedAnnotations } from '#engine/analysis/carried-annotations.ts'
import { resolveTemplates, type TemplateSource } from '#engine/analysis/templates.ts'
import { controllerOf } from '#engine/ownership.ts'
import { currentRuns, isDone } from '#engine/rollout/analysis/runs.ts'
import { namedAnalyses } from '#engine/rollout/validation/analysis.ts'
import { forbidden, invalid, type SpecError } from '#engine/rollout/validation/spec-error.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import type { MetricsPort } from './metrics-port.ts'

interface Trial {
  /** In the spec of the Rollout. */
  readonly path: string
  readonly refs: readonly AnalysisTemplateRef[]
  readonly annotations?: Readonly<Record<string, string>> | undefined
}

/** Everything of a Rollout that measures: its analyses, and those of the Experiments it makes. */
export function trialsOf(rollout: Rollout): readonly Trial[] {
  const steps = rollout.spec.strategy?.canary?.steps ?? []
  return [
    ...namedAnalyses(rollout).map(({ path, analysis }) => ({
      path,
      refs: analysis.templates ?? [],
      annotations: analysis.analysisRunMetadata?.annotations,
    })),
    ...steps.flatMap(({ experiment }, at) =>
      (experiment?.analyses ?? []).map((ref, index) => ({
        path: `spec.strategy.canary.steps[${at}].experiment.analyses[${index}]`,
        refs: [ref],
      })),
    ),
  ]
}

interface Known {
  readonly templates: TemplateSource
  readonly analysisRuns: readonly AnalysisRun[]
}

/**
 * Why a Rollout must not be driven from here though its spec is good: a metric plugin that no program stands for (PRV-1305), in a
 * template or in a run it waits for, or a declaration of the judge that is wrong.
 */
export function analysisErrors(rollout: Rollout, { templates, analysisRuns }: Known, metrics: MetricsPort) {
  const waitedFor = Object.values(currentRuns(rollout.status ?? {}, analysisRuns)).filter((run) => !isDone(run))
  return [
    ...trialsOf(rollout).flatMap((trial) => trialErrors(trial, templates, metrics)),
    ...waitedFor.flatMap(({ metadata, spec }) =>
      metrics.unlistedPlugins(spec.metrics).map((name) => pluginError(`AnalysisRun ${metadata.name}`, name)),
    ),
  ]
}

/** Templates that are missing, or cannot be told apart, are told otherwise. */
function trialErrors({ path, refs, annotations }: Trial, source: TemplateSource, metrics: MetricsPort) {
  const resolved = resolveTemplates(refs, source)
  if (!resolved.ok) return []
  const templates = [...resolved.value.namespaced, ...resolved.value.cluster]
  const measured = templates.flatMap(({ spec }) => spec.metrics ?? [])
  const plugins = metrics.unlistedPlugins(measured).map((name) => pluginError(path, name))
  const carried = carriedAnnotations(resolved.value)
  if (!carried.ok) return plugins
  const scoring = metrics.scoring({ annotations: { ...carried.value, ...annotations }, metrics: measured })
  const names = templates.map(({ metadata }) => metadata.name).join(' ')
  return scoring.ok ? plugins : [...plugins, invalid(path, `templateNames: [${names}]`, scoring.error)]
}

const pluginError = (path: string, name: string): SpecError =>
  forbidden(path, `Argosy has no program for metric plugin ${name} on this machine and leaves this rollout untouched`)

/** A run that waits for who can measure it: of a Rollout that is refused for its plugins, itself or by way of an Experiment. */
export function isLeftAlone(run: AnalysisRun, cluster: Cluster, metrics: MetricsPort): boolean {
  if (run.spec.terminate === true || metrics.unlistedPlugins(run.spec.metrics).length === 0) return false
  const owner = controllerOf(run)
  if (owner?.kind !== resources.experiments.kind) return owner?.kind === resources.rollouts.kind
  const experiment = cluster.cache('experiments').get(`${run.metadata.namespace ?? ''}/${owner.name}`)
  return experiment !== undefined && controllerOf(experiment)?.kind === resources.rollouts.kind
}
