import type { AnalysisPhase, MetricResult } from '#api/analysis.ts'
import { classificationOf, type Score, type ScoreConfig, type ScoredMetric, score } from '#engine/judge/score.ts'
import { verdictKeys } from '#engine/judge/verdict.ts'
import { isCompleted } from './metric-phase.ts'

/** How the judged metrics of a run make one score, which decides in their place (ADR 17). Neither dry runs nor muted ones are among them. */
export interface Scoring {
  readonly config: ScoreConfig
  /** Of each metric, in the order of the spec. */
  readonly groups: ReadonlyMap<string, readonly string[]>
}

/**
 * The score as soon as it is certain: when all its metrics have come to an end, or one of them decides alone (SCORE-5). There is none
 * where a metric could not be measured.
 */
export function runScore(results: readonly MetricResult[], { config, groups }: Scoring): Score | undefined {
  const known = [...groups].flatMap(([name, each]) => {
    const result = results.find((other) => other.name === name)
    return result === undefined || !isCompleted(result.phase) || result.phase === 'Error' ? [] : [scored(result, each)]
  })
  if (known.length === 0) return undefined
  const isDecided = known.some(({ critical, classification }) => critical && classification !== 'Pass')
  return isDecided || known.length === groups.size ? score(known, config) : undefined
}

/** What its limits allow counts as passed, whatever the last look said: the score takes metrics as the reference ends them. */
function scored({ name, phase, measurements = [] }: MetricResult, groups: readonly string[]): ScoredMetric {
  const { message = '', metadata = {} } = measurements.at(-1) ?? {}
  return {
    name,
    groups,
    reason: message,
    classification: classificationIn(phase, metadata),
    critical: metadata[verdictKeys.critical] === 'true',
  }
}

function classificationIn(phase: AnalysisPhase, metadata: Readonly<Record<string, string>>) {
  if (phase === 'Successful') return 'Pass'
  if (phase === 'Failed') {
    const change = metadata[verdictKeys.change]
    return change === 'High' || change === 'Low' ? change : 'NodataFailMetric'
  }
  const isIncomparable = metadata[verdictKeys.verdict] === 'Inconclusive'
  return classificationOf({ verdict: isIncomparable ? 'Inconclusive' : 'NotEnoughData', change: 'None' })
}

/** SCORE-7, as the phase that it gives its run. */
export const phaseOfScore = { Pass: 'Successful', Marginal: 'Inconclusive', Fail: 'Failed' } as const

/** One sentence: `The score is 70, which is a fail (95 passes, below 75 fails): latency 40, errors 100.` */
export function scoreText({ summary, classification, reason, groups }: Score, { pass, marginal }: ScoreConfig): string {
  const because = reason === '' ? groups.map((each) => `${each.name} ${groupWords(each.score)}`).join(', ') : reason
  const limits = `${pass} passes, below ${marginal} fails`
  return `The score is ${summary}, which is ${words[classification]} (${limits}): ${because.replace(/\.$/, '')}.`
}

const groupWords = (score: number | undefined): string =>
  score === undefined ? 'without data' : String(Math.round(score * 100) / 100)

const words = { Pass: 'a pass', Marginal: 'marginal', Fail: 'a fail' } as const
