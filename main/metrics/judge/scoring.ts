import type { AnalysisRun } from '#api/analysis.ts'
import type { Scoring } from '#engine/analysis/run-score.ts'
import type { ScoreConfig } from '#engine/judge/score.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import {
  type Declarations,
  judgeAnnotation,
  judgeScoreAnnotation,
  parseDeclarations,
  parseScoreConfig,
} from './declaration.ts'

/** What of a run its judging is declared by; templates have the same. */
export interface Judgeable {
  readonly annotations: AnalysisRun['metadata']['annotations']
  readonly metrics: readonly { readonly name: string }[]
}

/**
 * How the judged metrics of a run make one score; `undefined` where none is asked for. Muted ones are left out (SCORE-1).
 *
 * Failure  what is wrong with either annotation, and where in it: a score that can only come out wrong is refused.
 */
export function scoringOf({ annotations = {}, metrics }: Judgeable): Outcome<Scoring | undefined, string> {
  const { [judgeAnnotation]: judge, [judgeScoreAnnotation]: text } = annotations
  const names = metrics.map(({ name }) => name)
  const declared = judge === undefined ? success<Declarations>(new Map()) : parseDeclarations(judge, names)
  if (!declared.ok) return declared
  if (text === undefined) return success(undefined)
  const config = parseScoreConfig(text)
  if (!config.ok) return config
  const counting = names.flatMap((name) => {
    const declaration = declared.value.get(name)
    return declaration === undefined || declaration.muted ? [] : [[name, declaration.groups] as const]
  })
  const groups = new Map(counting)
  const problem = weightsProblem(config.value, new Set([...groups.values()].flat()))
  return problem === undefined
    ? success({ config: config.value, groups })
    : failure(`${judgeScoreAnnotation}${problem}`)
}

/** Percent by which weights may miss 100: three of 33.3 do. */
const roundingMax = 1

function weightsProblem({ groupWeights }: ScoreConfig, groups: ReadonlySet<string>): string | undefined {
  if (groups.size === 0) return ': there is nothing to score, as no metric is judged, or all that are are muted'
  const stray = Object.keys(groupWeights).find((name) => !groups.has(name))
  if (stray !== undefined) return `.groupWeights.${stray}: no metric that counts is in this group`
  const isShared = [...groups].some((name) => groupWeights[name] === undefined)
  const sum = Object.values(groupWeights).reduce((total, each) => total + each, 0)
  return isShared || Math.abs(sum - 100) <= roundingMax
    ? undefined
    : `.groupWeights: they add up to ${sum}, and not to 100`
}
