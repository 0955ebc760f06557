import * as v from 'valibot'
import { parseAllDocuments } from 'yaml'
import type { AnalysisRun } from '#api/analysis.ts'
import { annotations } from '#api/keys.ts'
import type { Direction, JudgeConfig, KayentaConfig, MetricKind } from '#engine/judge/metric.ts'
import type { ScoreConfig } from '#engine/judge/score.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { judgeShape, type ScoreShape, type Shape, scoreShape } from './shape.ts'

/** On AnalysisTemplates, and carried over to their AnalysisRuns: YAML, from the name of a metric to how it is judged. */
export const judgeAnnotation = annotations.judge
/** Beside it: how all judged metrics make one score. */
export const judgeScoreAnnotation = annotations.judgeScore

/** How a metric is judged against its baseline; whatever else it is stays in the template, and is evaluated by any controller. */
export interface JudgeDeclaration {
  /** What is measured where the canary's query is the metric's own. */
  readonly baselineQuery: string
  /** Of a ratio: what the values are events of. */
  readonly requests?: { readonly canary: string; readonly baseline: string }
  readonly kind?: MetricKind
  readonly direction?: Direction
  readonly config: JudgeConfig
  readonly plannedLooks: number
  /** Looks beyond those that may follow while there is not enough data. */
  readonly maxExtend: number
  readonly groups: readonly string[]
  readonly muted: boolean
}

export type Declarations = ReadonlyMap<string, JudgeDeclaration>

/**
 * What the annotation says, by metric.
 *
 * Failure  what is wrong, with metric and field: `argosy.dev/judge: p99.direction: expected increase, decrease or either, and not "up"`.
 * @param metrics names of the template's metrics: any other is refused
 */
export function parseDeclarations(text: string, metrics: readonly string[]): Outcome<Declarations, string> {
  const read = readYaml(judgeAnnotation, text)
  if (!read.ok) return read
  if (read.value.length === 0 || !read.value.every(isMapping))
    return failure(`${judgeAnnotation}: expected the names of metrics, each with how it is judged`)
  const declarations = new Map<string, JudgeDeclaration>()
  for (const [name, value] of read.value.flatMap((document) => Object.entries(document))) {
    if (!metrics.includes(name)) return failure(`${judgeAnnotation}: ${name}: there is no metric of that name`)
    if (declarations.has(name)) return failure(`${judgeAnnotation}: ${name}: is declared twice`)
    const declared = declarationOf(value)
    if (!declared.ok) return failure(`${judgeAnnotation}: ${name}${declared.error}`)
    declarations.set(name, declared.value)
  }
  return success(declarations)
}

/** How one metric of a run is judged; `undefined` for one that is measured by its conditions. The failure is that of `parseDeclarations`. */
export function declarationFor(run: AnalysisRun, metric: string): Outcome<JudgeDeclaration | undefined, string> {
  const text = run.metadata.annotations?.[judgeAnnotation]
  if (text === undefined) return success(undefined)
  const declarations = parseDeclarations(
    text,
    run.spec.metrics.map(({ name }) => name),
  )
  return declarations.ok ? success(declarations.value.get(metric)) : declarations
}

/** What the annotation beside it says. The failure is like the other one's. */
export function parseScoreConfig(text: string): Outcome<ScoreConfig, string> {
  const read = readYaml(judgeScoreAnnotation, text)
  if (!read.ok) return read
  if (read.value.length > 1) return failure(`${judgeScoreAnnotation}: expected one YAML document`)
  const parsed = v.safeParse(scoreShape, read.value[0])
  return parsed.success
    ? success(scoreConfigOf(parsed.output))
    : failure(`${judgeScoreAnnotation}${issueWords(parsed.issues[0])}`)
}

const scoreConfigOf = ({ groupWeights, pass, marginal }: ScoreShape): ScoreConfig => ({ groupWeights, pass, marginal })

/** One metric. The failure begins with the field: `.direction: expected …`. */
export function declarationOf(value: unknown): Outcome<JudgeDeclaration, string> {
  const parsed = v.safeParse(judgeShape, value)
  return parsed.success ? success(declaration(parsed.output)) : failure(issueWords(parsed.issues[0]))
}

const isMapping = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** One document a template (`carriedAnnotations`). */
function readYaml(annotation: string, text: string): Outcome<readonly unknown[], string> {
  const documents = parseAllDocuments(text, { uniqueKeys: true })
  if (!Array.isArray(documents)) return success([])
  const [error] = documents.flatMap(({ errors }) => errors)
  if (error !== undefined) return failure(`${annotation}: ${error.message.split('\n')[0]}`)
  try {
    return success(documents.map((each) => each.toJS({ maxAliasCount: 100 })))
  } catch (problem) {
    return failure(`${annotation}: ${problem instanceof Error ? problem.message : 'cannot be read'}`)
  }
}

/** `.effectSize.measure: expected meanRatio or cles, and not "mean"`. */
function issueWords(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue)
  return `${path === null ? '' : `.${path}`}: ${issue.message}`
}

/** Of a metric that names none. */
const defaultGroup = 'metrics'

function declaration(shape: Shape): JudgeDeclaration {
  const { requestsQuery, baselineRequestsQuery } = shape
  const requests =
    requestsQuery === undefined || baselineRequestsQuery === undefined
      ? undefined
      : { canary: requestsQuery, baseline: baselineRequestsQuery }
  return {
    baselineQuery: shape.baselineQuery,
    ...(requests && { requests }),
    ...(shape.kind && { kind: shape.kind }),
    ...(shape.direction && { direction: shape.direction }),
    config: configOf(shape),
    plannedLooks: shape.plannedLooks,
    maxExtend: shape.maxExtend,
    groups: shape.groups ?? [shape.group ?? defaultGroup],
    muted: shape.muted,
  }
}

function configOf(shape: Shape): JudgeConfig {
  const { mode, direction, critical, allowedIncrease, allowedDecrease, alpha, minIntervals, minRequests, ruleOut } =
    shape
  const given = { mode, direction, allowedIncrease, allowedDecrease, alpha, minIntervals, minRequests, ruleOut }
  const times = { stepSeconds: shape.step, windowSeconds: shape.window }
  return { ...present({ ...given, ...times }), critical, ...(mode === 'kayenta' && { kayenta: kayentaOf(shape) }) }
}

function kayentaOf({ nanStrategy, outliers, mustHaveData, effectSize, seed }: Shape): KayentaConfig {
  return {
    ...present({ nanStrategy, mustHaveData, seed }),
    ...(outliers && { outliers: present(outliers) }),
    ...(effectSize && { effectSize: present(effectSize) }),
  }
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Without the members that are undefined. */
function present<T extends object>(members: T): Present<T> {
  const kept: Present<T> = {}
  for (const key in members) {
    const value = members[key]
    if (value !== undefined) Object.assign(kept, { [key]: value })
  }
  return kept
}
