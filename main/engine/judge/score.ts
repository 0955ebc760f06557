import type { Classification } from './kayenta.ts'
import type { JudgeVerdict } from './verdict.ts'

/** A metric as the score sees it. */
export interface ScoredMetric {
  readonly name: string
  readonly classification: Classification
  readonly reason: string
  /** Found to be so bad, or so absent, that it decides alone. */
  readonly critical: boolean
  /** Reported, and not scored (SCORE-1). */
  readonly muted?: boolean
  readonly groups: readonly string[]
}

/** A verdict as the score sees it: what failed without being higher or lower had to have data. */
export function classificationOf({ verdict, change }: Pick<JudgeVerdict, 'verdict' | 'change'>): Classification {
  switch (verdict) {
    case 'Pass':
      return 'Pass'
    case 'Fail':
      return change === 'None' ? 'NodataFailMetric' : change
    case 'NotEnoughData':
      return 'Nodata'
    case 'Inconclusive':
      return 'Error'
  }
}

export interface ScoreConfig {
  /** In percent. Groups without one share what is left of 100 (SCORE-3). */
  readonly groupWeights: Readonly<Record<string, number>>
  readonly pass: number
  readonly marginal: number
}

export interface Score {
  /** 0…100, two decimals. */
  readonly summary: number
  readonly classification: 'Pass' | 'Marginal' | 'Fail'
  readonly reason: string
  /** Without a number where no metric of the group could be judged. */
  readonly groups: readonly { readonly name: string; readonly weight: number; readonly score?: number }[]
}

/** All metrics of a canary in one number, as Kayenta has it (SCORE-1…7). */
export function score(metrics: readonly ScoredMetric[], config: ScoreConfig): Score {
  const scored = metrics.filter(({ muted }) => muted !== true)
  const groups = groupsOf(scored, config.groupWeights)
  const { summary, reason } = veto(scored) ?? { summary: weighted(groups), reason: '' }
  const classification = summary >= config.pass ? 'Pass' : summary >= config.marginal ? 'Marginal' : 'Fail'
  return { summary, classification, reason, groups }
}

/** SCORE-5, SCORE-6. */
function veto(metrics: readonly ScoredMetric[]): { readonly summary: number; readonly reason: string } | undefined {
  const critical = metrics.find((each) => each.critical && each.classification !== 'Pass')
  if (critical !== undefined) return { summary: 0, reason: `Canary Failed: ${critical.reason}` }
  const missing = metrics.filter(({ classification }) => classification === 'Nodata').length
  if (missing === 0 || missing / metrics.length < 0.5) return undefined
  return { summary: 0, reason: '50% or more of the metrics returned NODATA' }
}

function groupsOf(metrics: readonly ScoredMetric[], weights: ScoreConfig['groupWeights']): Score['groups'] {
  const names = [...new Set(metrics.flatMap(({ groups }) => groups))]
  const given = names.reduce((sum, name) => sum + (weights[name] ?? 0), 0)
  const open = names.filter((name) => weights[name] === undefined).length
  return names.map((name) => {
    const score = groupScore(metrics.filter(({ groups }) => groups.includes(name)))
    return { name, weight: weights[name] ?? (100 - given) / open, ...(score !== undefined && { score }) }
  })
}

/** SCORE-2. */
function groupScore(metrics: readonly ScoredMetric[]): number | undefined {
  const count = (...kinds: readonly Classification[]): number =>
    metrics.filter(({ classification }) => kinds.includes(classification)).length
  const all = count('Pass', 'High', 'Low', 'NodataFailMetric')
  return all === 0 ? undefined : (100 * count('Pass')) / all
}

/** SCORE-4. */
const weighted = (groups: Score['groups']): number =>
  Math.round(groups.reduce((sum, { weight, score }) => sum + (weight / 100) * (score ?? 100), 0) * 100) / 100
