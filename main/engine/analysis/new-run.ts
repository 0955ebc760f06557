import type {
  AnalysisArgument,
  AnalysisRun,
  AnalysisRunSpec,
  AnalysisTemplateSpec,
  DryRunRule,
  MeasurementRetentionRule,
} from '#api/analysis.ts'
import type { ObjectMeta, OwnerReference } from '#api/meta.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { isCompleted } from './metric-phase.ts'
import { flattenTemplates, mergeDryRun, mergeRetention, type ResolvedTemplates } from './templates.ts'

export interface RunOrder {
  readonly templates: ResolvedTemplates
  /** With their values; names that no template declares are dropped (ANA-301). */
  readonly args: readonly AnalysisArgument[]
  readonly dryRun?: readonly DryRunRule[] | undefined
  readonly measurementRetention?: readonly MeasurementRetentionRule[] | undefined
}

/** The spec of a run of these templates; first error wins, worded as the reference does (ANA-210). */
export function runSpec({
  templates,
  args,
  dryRun = [],
  measurementRetention = [],
}: RunOrder): Outcome<AnalysisRunSpec, string> {
  const flat = flattenTemplates(templates)
  if (!flat.ok) return flat
  const merged = mergeArguments(args, flat.value.args)
  if (!merged.ok) return merged
  const dry = mergeDryRun(dryRun, flat.value.dryRun)
  if (!dry.ok) return dry
  const kept = mergeRetention(measurementRetention, flat.value.measurementRetention)
  if (!kept.ok) return kept
  return success({
    metrics: flat.value.metrics,
    ...(merged.value.length > 0 && { args: merged.value }),
    ...(dry.value.length > 0 && { dryRun: dry.value }),
    ...(kept.value.length > 0 && { measurementRetention: kept.value }),
  })
}

/**
 * The arguments of the templates with what was given for them: a value replaces the value alone, a source the source alone
 * (ANA-301…303). Each must come out of this with one or the other.
 */
export function mergeArguments(
  given: readonly AnalysisArgument[],
  declared: readonly AnalysisArgument[],
): Outcome<readonly AnalysisArgument[], string> {
  const byName = new Map(declared.map((each) => [each.name, each]))
  for (const { name, value, valueFrom } of given) {
    const own = byName.get(name)
    if (own === undefined) continue
    if (value !== undefined) byName.set(name, { ...own, value })
    else if (valueFrom !== undefined) byName.set(name, { ...own, valueFrom })
  }
  const merged = [...byName.values()]
  const open = merged.find(({ value, valueFrom }) => value === undefined && valueFrom === undefined)
  return open === undefined ? success(merged) : failure(`args.${open.name} was not resolved`)
}

/** ANA-211: a run straight from one template object; its templates of templates are not followed. */
export function runSpecOfTemplate(
  template: AnalysisTemplateSpec,
  given: readonly AnalysisArgument[],
): Outcome<AnalysisRunSpec, string> {
  const { metrics = [], args: declared = [], dryRun, measurementRetention } = template
  const args = declared.length === 0 ? success(given) : mergeArguments(given, declared)
  if (!args.ok) return args
  return success({
    metrics,
    ...(args.value.length > 0 && { args: args.value }),
    ...(dryRun !== undefined && { dryRun }),
    ...(measurementRetention !== undefined && { measurementRetention }),
  })
}

export const anAnalysisRun = (
  metadata: ObjectMeta & { readonly ownerReferences: readonly OwnerReference[] },
  spec: AnalysisRunSpec,
): AnalysisRun => ({
  apiVersion: apiVersionOf(resources.analysisRuns),
  kind: resources.analysisRuns.kind,
  metadata,
  spec,
})

/**
 * ANA-1104: what to do about a name, with the runs that are known by name: take over the one that is there, for it is ours, alike
 * and not done; or make one under the first free name of `NAME`, `NAME.1`, `NAME.2`, …
 */
export function nameOrAdopt(
  wanted: AnalysisRun,
  taken: Readonly<Record<string, AnalysisRun>>,
): { readonly adopt: AnalysisRun } | { readonly create: AnalysisRun } {
  const base = wanted.metadata.name
  for (let suffix = 0; ; suffix++) {
    const name = suffix === 0 ? base : `${base}.${suffix}`
    const there = Object.hasOwn(taken, name) ? taken[name] : undefined
    if (there === undefined) return { create: { ...wanted, metadata: { ...wanted.metadata, name } } }
    if (isSameRun(there, wanted)) return { adopt: there }
  }
}

function isSameRun(there: AnalysisRun, wanted: AnalysisRun): boolean {
  const phase = there.status?.phase ?? ''
  const isOpen = phase === '' || !isCompleted(phase)
  return isOpen && controllerUid(there) === controllerUid(wanted) && jsonEqual(compared(there), compared(wanted))
}

const controllerUid = ({ metadata }: AnalysisRun): string | undefined =>
  metadata.ownerReferences?.find((each) => each.controller === true)?.uid

/** What makes a run another one; not whether it was asked to end, nor how long it is kept. */
const compared = ({ spec }: AnalysisRun) => ({
  metrics: spec.metrics,
  args: spec.args ?? [],
  dryRun: spec.dryRun ?? [],
  measurementRetention: spec.measurementRetention ?? [],
})
