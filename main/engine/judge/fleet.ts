import normalQuantile from '@stdlib/stats-base-dists-normal-quantile'
import { changeOf, type Threshold } from './decide.ts'
import type { Effect, JudgeVerdict } from './verdict.ts'

/** The same metric of the same release in one of several clusters. */
export interface ClusterVerdict {
  readonly cluster: string
  readonly verdict: JudgeVerdict
}

/** What a metric says of a release in all clusters together. */
export interface FleetVerdict {
  readonly verdict: JudgeVerdict['verdict']
  readonly change: JudgeVerdict['change']
  /** The average over clusters, absent when no cluster has an effect. */
  readonly effect?: Effect
  /** 0…1: how much of the differences between clusters is more than chance. */
  readonly heterogeneity: number
  /** Clusters that are not like the others. */
  readonly outlying: readonly string[]
  /** Clusters whose verdict could not be used. */
  readonly leftOut: readonly string[]
  readonly reason: string
}

/** So many standard deviations away from all the others is another effect. */
const outlyingFrom = 3
const defaultAlpha = 0.01

/** Pools what clusters found, each by how sure it is and how much clusters differ (random effects, DerSimonian and Laird). */
export function poolClusters(clusters: readonly ClusterVerdict[], alpha: number = defaultAlpha): FleetVerdict {
  const all = clusters.flatMap(pointOf)
  const points = all.filter(({ measure }) => measure === all[0]?.measure)
  const leftOut = clusters.filter(({ cluster }) => !points.some((each) => each.cluster === cluster)).map(nameOf)
  const [first] = points
  if (first === undefined) return withoutEffect(clusters, leftOut)
  const { mean, variance, heterogeneity } = pool(points)
  const z = -normalQuantile(alpha, 0, 1)
  const reach = z * Math.sqrt(variance)
  const back = first.measure === 'ratio' ? Math.exp : (value: number): number => value
  const effect: Effect = {
    ...{ measure: first.measure, estimate: back(mean), low: back(mean - reach), high: back(mean + reach) },
    standardError: Math.sqrt(variance),
  }
  const change = changeOf(effect, first.threshold)
  const outlying = outliersOf(points)
  const verdict =
    change !== 'None' ? 'Fail' : outlying.some((name) => hasFailed(clusters, name)) ? 'Inconclusive' : 'Pass'
  return {
    verdict,
    change,
    effect,
    heterogeneity,
    outlying,
    leftOut,
    reason: reasonOf(verdict, outlying, points.length),
  }
}

interface Point {
  readonly cluster: string
  readonly measure: Effect['measure']
  readonly threshold: Threshold
  /** Of a ratio its logarithm. */
  readonly at: number
  readonly variance: number
}

function pointOf({ cluster, verdict }: ClusterVerdict): readonly Point[] {
  const { effect, threshold } = verdict
  if (effect === undefined) return []
  const at = effect.measure === 'ratio' ? Math.log(effect.estimate) : effect.estimate
  const variance = effect.standardError ** 2
  if (!Number.isFinite(at) || !Number.isFinite(variance) || variance === 0) return []
  return [{ cluster, measure: effect.measure, threshold, at, variance }]
}

const nameOf = ({ cluster }: ClusterVerdict): string => cluster

const hasFailed = (clusters: readonly ClusterVerdict[], name: string): boolean =>
  clusters.some(({ cluster, verdict }) => cluster === name && verdict.verdict === 'Fail')

interface Pooled {
  readonly mean: number
  readonly variance: number
  /** Between clusters. */
  readonly between: number
  readonly heterogeneity: number
}

function pool(points: readonly Point[]): Pooled {
  const fixed = weighted(points, 0)
  const spread = points.reduce((sum, { at, variance }) => sum + (at - fixed.mean) ** 2 / variance, 0)
  const freedom = points.length - 1
  const squares = points.reduce((sum, { variance }) => sum + variance ** -2, 0)
  const between = freedom === 0 ? 0 : Math.max(0, (spread - freedom) / (fixed.total - squares / fixed.total))
  const { mean, total } = weighted(points, between)
  const heterogeneity = spread === 0 ? 0 : Math.max(0, (spread - freedom) / spread)
  return { mean, variance: 1 / total, between, heterogeneity }
}

function weighted(points: readonly Point[], between: number): { readonly mean: number; readonly total: number } {
  const total = points.reduce((sum, { variance }) => sum + 1 / (variance + between), 0)
  return { total, mean: points.reduce((sum, { at, variance }) => sum + at / (variance + between), 0) / total }
}

/** Each is held against all the others, so that it cannot hide itself by what it does to the average. */
function outliersOf(points: readonly Point[]): readonly string[] {
  if (points.length < 3) return []
  return points
    .filter((point) => {
      const others = pool(points.filter((each) => each !== point))
      const deviation = Math.sqrt(point.variance + others.variance + others.between)
      return Math.abs(point.at - others.mean) > outlyingFrom * deviation
    })
    .map(({ cluster }) => cluster)
}

function withoutEffect(clusters: readonly ClusterVerdict[], leftOut: readonly string[]): FleetVerdict {
  const passed = clusters.length > 0 && clusters.every(({ verdict }) => verdict.verdict === 'Pass')
  const reason = passed ? 'No cluster shows any difference.' : 'No cluster has enough values yet.'
  return { verdict: passed ? 'Pass' : 'NotEnoughData', change: 'None', heterogeneity: 0, outlying: [], leftOut, reason }
}

function reasonOf(verdict: JudgeVerdict['verdict'], outlying: readonly string[], count: number): string {
  const others =
    outlying.length === 0 ? '' : `; ${outlying.join(', ')} ${outlying.length === 1 ? 'is' : 'are'} not like the others`
  if (verdict === 'Fail') return `Over ${count} clusters the canary is worse than allowed${others}.`
  if (verdict === 'Pass') return `Over ${count} clusters the canary is no worse than allowed${others}.`
  return `Over ${count} clusters the canary is no worse than allowed, but ${outlying.join(', ')} failed and ${outlying.length === 1 ? 'is' : 'are'} not like the others.`
}
