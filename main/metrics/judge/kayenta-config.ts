import * as v from 'valibot'
import type { KayentaConfig } from '#engine/judge/metric.ts'
import type { ScoreConfig } from '#engine/judge/score.ts'
import { decodeJson } from '#lib/decode-json.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { optionalFlag, readShape } from '../read-shape.ts'
import type { JudgeDeclaration } from './declaration.ts'

/** A canary configuration of Kayenta in the shape of the annotation. */
export interface ImportedJudges {
  readonly judges: ReadonlyMap<string, ImportedJudge>
  readonly score: ScoreConfig
  /** Metrics whose configuration holds no query as text: these are to be written by hand. */
  readonly withoutQuery: readonly string[]
}

export interface ImportedJudge {
  /** Of the metric itself; empty like the baseline's when the configuration has none. */
  readonly query: string
  readonly declaration: JudgeDeclaration
}

/** What `${scope}` stands for in the queries of a configuration. */
export interface Scopes {
  readonly canary: string
  readonly baseline: string
}

/** Words other than these have a meaning too: the default (JUDGE-1, JUDGE-2). */
const lenient = <const Options extends readonly [string, ...string[]]>(options: Options) =>
  v.fallback(v.nullish(v.picklist(options)), undefined)
const optionalNumber = v.nullish(v.number())

const analysis = v.looseObject({
  direction: v.fallback(v.picklist(['increase', 'decrease', 'either']), 'either'),
  nanStrategy: lenient(['remove', 'replace']),
  outliers: v.nullish(v.looseObject({ strategy: lenient(['remove', 'keep']), outlierFactor: optionalNumber })),
  critical: optionalFlag,
  mustHaveData: optionalFlag,
  muted: optionalFlag,
  effectSize: v.nullish(
    v.looseObject({
      measure: lenient(['meanRatio', 'cles']),
      allowedIncrease: optionalNumber,
      allowedDecrease: optionalNumber,
      criticalIncrease: optionalNumber,
      criticalDecrease: optionalNumber,
    }),
  ),
})
type Analysis = v.InferOutput<typeof analysis>

const metric = v.looseObject({
  name: v.string(),
  query: v.nullish(v.looseObject({ customInlineTemplate: v.nullish(v.string()) })),
  groups: v.nullish(v.array(v.string()), []),
  analysisConfigurations: v.nullish(v.looseObject({ canary: v.nullish(analysis) })),
})
type Metric = v.InferOutput<typeof metric>

const noWeights: Readonly<Record<string, number>> = {}
const canaryConfig = v.looseObject({
  judge: v.looseObject({ name: v.string() }),
  metrics: v.array(metric),
  classifier: v.looseObject({
    groupWeights: v.nullish(v.record(v.string(), v.number()), noWeights),
    scoreThresholds: v.nullish(v.looseObject({ pass: v.number(), marginal: v.number() }), { pass: 95, marginal: 75 }),
  }),
})

const knownJudge = 'NetflixACAJudge-v1.0'

/** Reads a canary configuration of Kayenta, so that it is judged here as it was there. The failure says which member is wrong. */
export function importKayentaConfig(json: string, scopes: Scopes): Outcome<ImportedJudges, string> {
  const decoded = decodeJson(json)
  if (!decoded.ok) return decoded
  const read = readShape(canaryConfig, 'canary configuration', decoded.value)
  if (!read.ok) return read
  const { judge, metrics, classifier } = read.value
  if (judge.name !== knownJudge)
    return failure(`canary configuration.judge.name: expected ${knownJudge}, and not ${judge.name}`)
  const judges = new Map(metrics.map((each) => [each.name, imported(each, scopes)]))
  if (judges.size < metrics.length) return failure('canary configuration.metrics: several have the same name')
  const { groupWeights, scoreThresholds } = classifier
  return success({
    judges,
    score: { groupWeights, pass: scoreThresholds.pass, marginal: scoreThresholds.marginal },
    withoutQuery: [...judges].filter(([, { query }]) => query === '').map(([name]) => name),
  })
}

function imported({ query, groups, analysisConfigurations }: Metric, scopes: Scopes): ImportedJudge {
  const configured = analysisConfigurations?.canary ?? v.parse(analysis, {})
  const template = (query?.customInlineTemplate ?? '').replace(/^PromQL:/, '')
  const { direction, critical, muted } = configured
  return {
    query: template.replaceAll('${scope}', scopes.canary),
    declaration: {
      baselineQuery: template.replaceAll('${scope}', scopes.baseline),
      direction,
      config: { mode: 'kayenta', direction, critical, kayenta: kayentaOf(configured) },
      plannedLooks: 1,
      maxExtend: 0,
      groups,
      muted,
    },
  }
}

function kayentaOf({ nanStrategy, outliers, mustHaveData, effectSize }: Analysis): KayentaConfig {
  const { strategy, outlierFactor } = outliers ?? {}
  const { measure, allowedIncrease, allowedDecrease, criticalIncrease, criticalDecrease } = effectSize ?? {}
  return {
    mustHaveData,
    ...(nanStrategy && { nanStrategy }),
    outliers: { ...(strategy && { strategy }), ...numbers({ outlierFactor }) },
    effectSize: {
      ...(measure && { measure }),
      ...numbers({ allowedIncrease, allowedDecrease, criticalIncrease, criticalDecrease }),
    },
  }
}

/** Those that are given. */
function numbers<Name extends string>(
  given: Readonly<Record<Name, number | null | undefined>>,
): { [K in Name]?: number } {
  const kept: { [K in Name]?: number } = {}
  for (const name in given) {
    const value = given[name]
    if (typeof value === 'number') kept[name] = value
  }
  return kept
}
