import type {
  AnalysisArgument,
  AnalysisTemplate,
  AnalysisTemplateRef,
  AnalysisTemplateSpec,
  ClusterAnalysisTemplate,
} from '#api/analysis.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'

/** The templates of both scopes that may be referred to, by name; those of a namespace are the Rollout's or Experiment's. */
export interface TemplateSource {
  readonly namespaced: Readonly<Record<string, AnalysisTemplate>>
  readonly cluster: Readonly<Record<string, ClusterAnalysisTemplate>>
}

/** What a list of references comes to, in the order in which it was met, each name once per scope (ANA-201…203). */
export interface ResolvedTemplates {
  readonly namespaced: readonly AnalysisTemplate[]
  readonly cluster: readonly ClusterAnalysisTemplate[]
}

export interface TemplateError {
  /** The reference itself is at fault, or one inside a template. */
  readonly isNested: boolean
  readonly name: string
  /** Worded as the reference does where it can (ANA-205). */
  readonly message: string
}

interface Walk {
  readonly source: TemplateSource
  readonly namespaced: Map<string, AnalysisTemplate>
  readonly cluster: Map<string, ClusterAnalysisTemplate>
}

/**
 * Follows references into templates of templates, depth first (ANA-202). A name without scope is looked up in the one namespace,
 * also from within a ClusterAnalysisTemplate. A template that leads back to itself is an error here (ANA-204).
 */
export function resolveTemplates(
  refs: readonly AnalysisTemplateRef[],
  source: TemplateSource,
): Outcome<ResolvedTemplates, TemplateError> {
  const walk: Walk = { source, namespaced: new Map(), cluster: new Map() }
  const error = follow(refs, walk, [])
  return error === undefined
    ? success({ namespaced: [...walk.namespaced.values()], cluster: [...walk.cluster.values()] })
    : failure(error)
}

function follow(refs: readonly AnalysisTemplateRef[], walk: Walk, path: readonly string[]): TemplateError | undefined {
  for (const ref of refs) {
    const error = followOne(ref, walk, path)
    if (error !== undefined) return error
  }
  return undefined
}

function followOne(ref: AnalysisTemplateRef, walk: Walk, path: readonly string[]): TemplateError | undefined {
  const { templateName: name = '', clusterScope = false } = ref
  const kind = clusterScope ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate'
  const at = (message: string): TemplateError => ({ isNested: path.length > 0, name, message })
  const step = `${kind} '${name}'`
  if (path.includes(step)) return at(`${step} refers to itself: ${[...path, step].join(' → ')}`)
  const found = clusterScope ? own(walk.source.cluster, name) : own(walk.source.namespaced, name)
  if (found === undefined) return at(`${step} not found`)
  const met = clusterScope ? walk.cluster : walk.namespaced
  if (met.has(name)) return undefined
  met.set(name, found)
  return follow(found.spec.templates ?? [], walk, [...path, step])
}

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

/** Several templates as one: those of the namespace first, then those of the cluster (ANA-206…209). */
export function flattenTemplates({
  namespaced,
  cluster,
}: ResolvedTemplates): Outcome<Required<Omit<AnalysisTemplateSpec, 'templates'>>, string> {
  const specs = [...namespaced, ...cluster].map(({ spec }) => spec)
  const metrics = unique(
    specs.flatMap((each) => each.metrics ?? []),
    ({ name }) => name,
    'two metrics have the same name',
  )
  if (!metrics.ok) return metrics
  const dryRun = mergeDryRun(...specs.map((each) => each.dryRun ?? []))
  if (!dryRun.ok) return dryRun
  const measurementRetention = mergeRetention(...specs.map((each) => each.measurementRetention ?? []))
  if (!measurementRetention.ok) return measurementRetention
  const args = joinArguments(specs.flatMap((each) => each.args ?? []))
  if (!args.ok) return args
  return success({
    metrics: metrics.value,
    dryRun: dryRun.value,
    measurementRetention: measurementRetention.value,
    args: args.value,
  })
}

/** ANA-208: the texts of the rules must differ, whatever they match. */
export const mergeDryRun = (...lists: readonly (readonly NonNullable<AnalysisTemplateSpec['dryRun']>[number][])[]) =>
  unique(lists.flat(), ({ metricName }) => metricName, 'two Dry-Run metric rules have the same name')

export const mergeRetention = (
  ...lists: readonly (readonly NonNullable<AnalysisTemplateSpec['measurementRetention']>[number][])[]
) => unique(lists.flat(), ({ metricName }) => metricName, 'two Measurement Retention metric rules have the same name')

function unique<T>(items: readonly T[], nameOf: (item: T) => string, complaint: string): Outcome<readonly T[], string> {
  const names = new Set<string>()
  for (const item of items) {
    const name = nameOf(item)
    if (names.has(name)) return failure(`${complaint} '${name}'`)
    names.add(name)
  }
  return success(items)
}

/** ANA-209: one argument a name. A value stays; a declaration without one gives way to what comes later. */
function joinArguments(args: readonly AnalysisArgument[]): Outcome<readonly AnalysisArgument[], string> {
  const joined = new Map<string, AnalysisArgument>()
  for (const arg of args) {
    const before = joined.get(arg.name)?.value
    if (before === undefined) joined.set(arg.name, arg)
    else if (arg.value !== undefined && arg.value !== before)
      return failure(
        `Argument \`${arg.name}\` specified multiple times with different values: '${before}', '${arg.value}'`,
      )
  }
  return success([...joined.values()])
}
