import { commonLanguageEffect, mean, meanRatio } from './effect-size.ts'
import { mannWhitney, type Shift } from './mann-whitney.ts'
import type { Direction, KayentaConfig } from './metric.ts'
import { withNoise } from './noise.ts'
import { withoutOutliers } from './percentile.ts'

/** Share of the estimate that an interval must be away from 0. */
const tolerance = 0.25
const defaultOutlierFactor = 3

export interface KayentaMetric {
  readonly name: string
  readonly canary: readonly number[]
  readonly baseline: readonly number[]
  readonly direction: Direction
  readonly critical?: boolean
  readonly config: KayentaConfig
}

export type Classification = 'Pass' | 'High' | 'Low' | 'Nodata' | 'NodataFailMetric' | 'Error'

/** JUDGE-3: of what is left of the values; all 0 when nothing is. */
export interface Statistics {
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly standardDeviation: number
  readonly count: number
}

/** What NetflixACAJudge-v1.0 says of a metric. */
export interface Classified {
  readonly classification: Classification
  readonly reason: string
  /** Of the means, whatever the effect is measured by (JUDGE-14). */
  readonly ratio: number
  readonly critical: boolean
  readonly statistics: { readonly canary: Statistics; readonly baseline: Statistics }
  /** Absent when there was nothing to compare. */
  readonly shift?: Shift
  readonly effect?: number
}

/** JUDGE-1…14. */
export function classify(metric: KayentaMetric): Classified {
  const [canary, baseline] = [cleaned(metric.canary, metric.config), cleaned(metric.baseline, metric.config)]
  const statistics = { canary: statisticsOf(canary), baseline: statisticsOf(baseline) }
  const known = withoutComparing(metric, canary, baseline)
  if (known !== undefined) return { statistics, ratio: 1, critical: false, ...known }
  const isConstant = new Set(canary).size === 1 && new Set(baseline).size === 1
  const seed = metric.config.seed ?? 1
  const [x, y] = isConstant ? [withNoise(canary, seed), withNoise(baseline, seed + 1)] : [canary, baseline]
  const ratio = meanRatio(x, y)
  const shift = mannWhitney(x, y)
  if (shift === undefined)
    return { statistics, classification: 'Error', reason: 'Metric Classification Failed', ratio, critical: false }
  const effect = metric.config.effectSize?.measure === 'cles' ? commonLanguageEffect(x, y) : ratio
  const classification = classificationOf(shift, effect, metric)
  const critical = metric.critical === true && isCritical(classification, effect, metric.config)
  return { statistics, classification, reason: reasonOf(classification), ratio, critical, shift, effect }
}

/** JUDGE-1, JUDGE-2. */
function cleaned(values: readonly number[], { nanStrategy = 'remove', outliers = {} }: KayentaConfig) {
  const numbers =
    nanStrategy === 'replace'
      ? values.map((value) => (Number.isNaN(value) ? 0 : value))
      : values.filter((value) => !Number.isNaN(value))
  return outliers.strategy === 'remove'
    ? withoutOutliers(numbers, outliers.outlierFactor ?? defaultOutlierFactor)
    : numbers
}

function statisticsOf(values: readonly number[]): Statistics {
  const count = values.length
  if (count === 0) return { min: 0, max: 0, mean: 0, standardDeviation: 0, count }
  const middle = mean(values)
  const squares = values.reduce((sum, each) => sum + (each - middle) ** 2, 0)
  const standardDeviation = count === 1 ? 0 : Math.sqrt(squares / (count - 1))
  return { min: Math.min(...values), max: Math.max(...values), mean: middle, standardDeviation, count }
}

/** JUDGE-4, JUDGE-5, JUDGE-6. */
function withoutComparing(
  { name, config, critical = false }: KayentaMetric,
  canary: readonly number[],
  baseline: readonly number[],
): (Pick<Classified, 'classification' | 'reason'> & Partial<Pick<Classified, 'critical'>>) | undefined {
  if (canary.length === 0 || baseline.length === 0) {
    const reason = `Missing data for ${name}`
    if (config.nanStrategy === 'replace') return { classification: 'Pass', reason }
    if (config.mustHaveData === true && !critical) return { classification: 'NodataFailMetric', reason }
    return { classification: 'Nodata', reason, critical }
  }
  const isIdentical = isSame(sorted(canary), sorted(baseline))
  if (isIdentical) return { classification: 'Pass', reason: 'The canary and the baseline are identical' }
  if (new Set([...canary, ...baseline]).size === 1)
    return { classification: 'Pass', reason: 'All values of the canary and the baseline are equal' }
  return undefined
}

const sorted = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b)

const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, at) => value === b[at])

/** JUDGE-10, JUDGE-11. */
function classificationOf({ low, high, estimate }: Shift, effect: number, { direction, config }: KayentaMetric) {
  const bound = tolerance * Math.abs(estimate)
  const { allowedIncrease, allowedDecrease } = limitsOf(config)
  const isAbove = Number.isNaN(effect) || effect >= allowedIncrease
  const isBelow = Number.isNaN(effect) || effect <= allowedDecrease
  if (direction !== 'decrease' && low > bound && isAbove) return 'High'
  return direction !== 'increase' && high < -bound && isBelow ? 'Low' : 'Pass'
}

/** JUDGE-12. */
function isCritical(classification: Classification, effect: number, config: KayentaConfig): boolean {
  const { criticalIncrease, criticalDecrease } = limitsOf(config)
  if (classification === 'High') return Number.isNaN(effect) || effect >= criticalIncrease
  return classification === 'Low' && (Number.isNaN(effect) || effect <= criticalDecrease)
}

/** Both directions begin where nothing has changed. */
function limitsOf({ effectSize = {} }: KayentaConfig) {
  const same = effectSize.measure === 'cles' ? 0.5 : 1
  const {
    allowedIncrease = same,
    allowedDecrease = same,
    criticalIncrease = same,
    criticalDecrease = same,
  } = effectSize
  return { allowedIncrease, allowedDecrease, criticalIncrease, criticalDecrease }
}

const reasonOf = (classification: Classification): string =>
  classification === 'Pass' ? '' : `The metric was classified as ${classification}`
