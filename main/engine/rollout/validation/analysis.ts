import type { AnalysisTemplate, ClusterAnalysisTemplate } from '#api/analysis.ts'
import type { Rollout, RolloutAnalysis } from '#api/rollout.ts'
import { carriedAnnotations } from '#engine/analysis/carried-annotations.ts'
import { effectiveCount } from '#engine/analysis/metric-phase.ts'
import { runSpec } from '#engine/analysis/new-run.ts'
import { substituted } from '#engine/analysis/plan.ts'
import { argumentsOf } from '#engine/analysis/rollout-arguments.ts'
import { type ResolvedTemplates, resolveTemplates } from '#engine/analysis/templates.ts'
import type { RunKind } from '../analysis/runs.ts'
import { noTemplates } from '../analysis/start-run.ts'
import type { Situation } from '../situation.ts'
import { invalid, type SpecError } from './spec-error.ts'

/** An analysis that a Rollout asks for, and where in its spec (ANA-508). */
export interface NamedAnalysis {
  readonly path: string
  readonly analysis: RolloutAnalysis
  readonly kind: RunKind
  /** 0-based; of a `Step`. */
  readonly stepIndex?: number
}

/** In the order in which they are looked at (ANA-506). */
export function namedAnalyses({ spec }: Pick<Rollout, 'spec'>): readonly NamedAnalysis[] {
  const { blueGreen, canary } = spec.strategy ?? {}
  const named = (
    path: string,
    analysis: RolloutAnalysis | undefined,
    what: Pick<NamedAnalysis, 'kind' | 'stepIndex'>,
  ) => (analysis === undefined ? [] : [{ path: `spec.strategy.${path}.templates`, analysis, ...what }])
  return [
    ...named('blueGreen.prePromotionAnalysis', blueGreen?.prePromotionAnalysis, { kind: 'PrePromotion' }),
    ...named('blueGreen.postPromotionAnalysis', blueGreen?.postPromotionAnalysis, { kind: 'PostPromotion' }),
    ...(canary?.steps ?? []).flatMap(({ analysis }, at) =>
      named(`canary.steps[${at}].analysis`, analysis, { kind: 'Step', stepIndex: at }),
    ),
    ...named('canary.analysis', canary?.analysis, { kind: 'Background' }),
  ]
}

/** A template that an analysis names and that does not exist (ANA-205). */
export function missingTemplate(situation: Situation): SpecError | undefined {
  for (const { path, analysis } of namedAnalyses(situation)) {
    const resolved = resolve(situation, analysis)
    if (resolved.ok) continue
    const { isNested, name, message } = resolved.error
    return invalid(isNested ? 'spec.templates' : path, name, message)
  }
  return undefined
}

/** What keeps an analysis from becoming a run, as far as can be told before (ANA-506, ANA-507). */
export function analysisError(situation: Situation): SpecError | undefined {
  for (const named of namedAnalyses(situation)) {
    const resolved = resolve(situation, named.analysis)
    const error = resolved.ok ? errorOf(situation, named, resolved.value) : undefined
    if (error !== undefined) return error
  }
  return undefined
}

const resolve = ({ world }: Situation, { templates = [] }: RolloutAnalysis) =>
  resolveTemplates(templates, world.templates ?? noTemplates)

function errorOf(situation: Situation, named: NamedAnalysis, templates: ResolvedTemplates): SpecError | undefined {
  const each = [...templates.namespaced, ...templates.cluster]
  const unbuildable = trialBuilds(situation, named, templates)
  if (unbuildable !== undefined) {
    const names = each.map(({ metadata }) => metadata.name).join(' ')
    return invalid(named.path, `templateNames: [${names}]`, unbuildable)
  }
  for (const template of each) {
    const error = named.kind === 'Background' ? argumentError(situation, template) : metricError(template)
    if (error !== undefined) return invalid(named.path, template.metadata.name, error)
  }
  return undefined
}

/** Once as it is, and once with the rules of each step, whose analysis it need not be. Arguments that fail are seen later. */
function trialBuilds(
  { rollout, spec }: Situation,
  { analysis }: NamedAnalysis,
  templates: ResolvedTemplates,
): string | undefined {
  const origin = { rollout, latestHash: 'dummy-new-hash', stableHash: 'dummy-stable-hash' }
  const { args } = argumentsOf(analysis.args ?? [], origin)
  const steps = spec.strategy?.canary?.steps ?? []
  const rules = steps.flatMap((step) => (step.analysis === undefined ? [] : [step.analysis]))
  for (const { dryRun, measurementRetention } of [{}, ...rules] as readonly RolloutAnalysis[]) {
    const built = runSpec({ templates, args, dryRun, measurementRetention })
    if (!built.ok) return built.error
  }
  const carried = carriedAnnotations(templates)
  return carried.ok ? undefined : carried.error
}

/** Only an analysis in the background may go on for ever. A count that an argument gives is not known yet, and so is none. */
function metricError({ metadata, spec }: AnalysisTemplate | ClusterAnalysisTemplate): string | undefined {
  const args = spec.args ?? []
  const both = args.find(({ value, valueFrom }) => value !== undefined && valueFrom !== undefined)
  if (both !== undefined)
    return `AnalysisTemplate ${metadata.name}: arg '${both.name}' has both Value and ValueFrom fields`
  const metrics = substituted(
    spec.metrics ?? [],
    args.map((arg) => ({ ...arg, value: arg.value ?? 'dummy-value' })),
  )
  if (!metrics.ok) return `AnalysisTemplate ${metadata.name}: ${metrics.error}`
  const endless = metrics.value.find((metric) => effectiveCount(metric) === undefined)
  if (endless === undefined) return undefined
  const { name, count = '<nil>' } = endless
  return `AnalysisTemplate ${metadata.name} has metric ${name} which runs indefinitely. Invalid value for count: ${count}`
}

function argumentError({ spec: { strategy } }: Situation, { spec }: AnalysisTemplate | ClusterAnalysisTemplate) {
  const open = (spec.args ?? []).filter(({ value, valueFrom }) => value === undefined && valueFrom === undefined)
  const given = strategy?.canary?.analysis?.args
  if (open.length > 0 && given === undefined) return 'missing analysis arguments in rollout spec'
  return open.find(({ name }) => !(given ?? []).some((arg) => arg.name === name))?.name
}
