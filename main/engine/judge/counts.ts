import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf'
import normalCdf from '@stdlib/stats-base-dists-normal-cdf'
import { correlation, widening } from './autocorrelation.ts'
import { studentQuantile } from './student.ts'

/** Events per interval, and what they are events of: requests, or the intervals themselves. */
export interface Counts {
  readonly events: readonly number[]
  readonly exposure: readonly number[]
}

/** How many times as often something happens on one side as on the other. */
export interface RateRatio {
  readonly estimate: number
  readonly low: number
  readonly high: number
  /** Of the logarithm of the estimate. */
  readonly standardError: number
  /** How much more the events vary than independent ones would; 1: not at all. */
  readonly dispersion: number
  readonly correlation: number
}

/** Smaller ones cannot be told from chance where events are rare. */
const burstsFrom = 2

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0)

/**
 * Of all events, a share falls to the canary. Its interval is Wilson's, for as many events as the number of independent ones
 * that would vary as much: events that come together, or that differ from interval to interval, count less.
 * @param z standard deviations to either side, for many independent events
 */
export function scoreRatio(canary: Counts, baseline: Counts, z: number): RateRatio {
  const { a, b, ...spread } = totals(canary, baseline)
  const wide = studentQuantile(z, spread.effective - 2)
  const independent = (a + b) / spread.dispersion
  const ends = wilson(a / (a + b), independent, wide)
  return ratioOf({ canary, baseline, ends, spread })
}

/** The same where events are rare: exact, from the binomial distribution of the total (Clopper and Pearson). */
export function exactRatio(canary: Counts, baseline: Counts, z: number): RateRatio {
  const { a, b, ...spread } = totals(canary, baseline)
  const divisor = spread.dispersion < burstsFrom ? 1 : spread.dispersion
  const ends = clopperPearson(Math.round(a / divisor), Math.round((a + b) / divisor), normalCdf(-z, 0, 1))
  return ratioOf({ canary, baseline, ends, spread })
}

interface Spread {
  readonly dispersion: number
  readonly correlation: number
  /** Intervals that say as much if they were independent. */
  readonly effective: number
}

function totals(canary: Counts, baseline: Counts): Spread & { readonly a: number; readonly b: number } {
  const [a, b] = [sum(canary.events), sum(baseline.events)]
  const correlated = correlation(ratesOf(canary), ratesOf(baseline))
  const wider = widening(correlated) ** 2
  const intervals = canary.events.length + baseline.events.length
  const dispersion = betweenIntervals(canary, baseline) * wider
  return { a, b, dispersion, correlation: correlated, effective: intervals / wider }
}

const ratesOf = ({ events, exposure }: Counts): readonly number[] =>
  events.map((each, at) => each / (exposure[at] ?? 1))

/**
 * How much the events of an interval vary against what chance alone would do (Pearson). Never less than chance: of events that nearly all
 * requests have, such as successes, that is little.
 */
function betweenIntervals(canary: Counts, baseline: Counts): number {
  const freedom = canary.events.length + baseline.events.length - 2
  const found = (squaresOf(canary) + squaresOf(baseline)) / freedom
  const common = (sum(canary.events) + sum(baseline.events)) / (sum(canary.exposure) + sum(baseline.exposure))
  return Math.max(found, Math.min(Math.max(1 - common, 0.01), 1))
}

function squaresOf({ events, exposure }: Counts): number {
  const rate = sum(events) / sum(exposure)
  if (rate === 0) return 0
  return sum(events.map((each, at) => (each - rate * (exposure[at] ?? 1)) ** 2 / (rate * (exposure[at] ?? 1))))
}

type Ends = readonly [number, number]

function wilson(share: number, count: number, z: number): Ends {
  const [middle, scale] = [share + z ** 2 / (2 * count), 1 + z ** 2 / count]
  const reach = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))
  return [Math.max((middle - reach) / scale, 0), Math.min((middle + reach) / scale, 1)]
}

/** @param alpha how often the true share lies beyond one end */
function clopperPearson(events: number, count: number, alpha: number): Ends {
  const low = events === 0 ? 0 : bisected((share) => 1 - binomialCdf(events - 1, count, share) < alpha)
  const high = events === count ? 1 : bisected((share) => binomialCdf(events, count, share) > alpha)
  return [low, high]
}

/** Where a statement about a share stops being true. */
function bisected(isTrue: (share: number) => boolean): number {
  let [low, high] = [0, 1]
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2
    if (isTrue(middle)) low = middle
    else high = middle
  }
  return (low + high) / 2
}

interface Shares {
  readonly canary: Counts
  readonly baseline: Counts
  /** Of the share of the canary in all events. */
  readonly ends: Ends
  readonly spread: Spread
}

function ratioOf({ canary, baseline, ends: [low, high], spread }: Shares): RateRatio {
  const [a, b] = [sum(canary.events), sum(baseline.events)]
  const [own, other] = [sum(canary.exposure), sum(baseline.exposure)]
  const fromShare = (share: number): number => (share / (1 - share)) * (other / own)
  const standardError = Math.sqrt(spread.dispersion * (1 / (a + 0.5) + 1 / (b + 0.5)))
  const { dispersion, correlation: correlated } = spread
  const estimate = fromShare(a / (a + b))
  return { estimate, low: fromShare(low), high: fromShare(high), standardError, dispersion, correlation: correlated }
}
