import { correlation, correlationMax, widening } from './autocorrelation.ts'
import { deviationOf, type Shift, shiftWhere } from './mann-whitney.ts'
import { rank } from './rank.ts'
import { studentQuantile } from './student.ts'

/** Of more pairs than this the ends of the interval are searched for. */
const pairsMax = 40_000
/** How exact the search is, of the range in which it takes place. */
const searchTolerance = 1e-6

export interface Comparison extends Shift {
  readonly standardError: number
  /** How much of a value is left in the next one. */
  readonly correlation: number
}

/**
 * The median of all differences between two samples and the interval it lies in, which is wider for series whose neighbouring values
 * are alike. Pairs alone have no end to give where there are few independent values among them: there it is as far as the spread
 * of the differences reaches, with the correlation as high as it may be.
 * @param z standard deviations to either side, for many independent values
 */
export function shiftBetween(x: readonly number[], y: readonly number[], z: number): Comparison {
  const [count, correlated] = [x.length + y.length, correlation(x, y)]
  const ends = x.length * y.length <= pairsMax ? endsByCounting(x, y) : endsBySearching(x, y)
  const [[estimate], [below, above], [low, high]] = [ends(0), ends(1), ends(widthOf(z, count, correlated))] as const
  const spread = (above - below) / 2
  const reach = spread * widthOf(z, count, highestOf(correlated, count))
  return {
    estimate,
    low: Number.isFinite(low) ? low : estimate - reach,
    high: Number.isFinite(high) ? high : estimate + reach,
    standardError: spread * widening(correlated),
    correlation: correlated,
  }
}

/** Of an interval, in standard deviations of independent values. */
function widthOf(z: number, count: number, correlated: number): number {
  const wider = widening(correlated)
  return wider * studentQuantile(z, count / wider ** 2 - 2)
}

/** Two standard errors more than was found. */
const highestOf = (correlated: number, count: number): number =>
  Math.min(correlated + 2 * Math.sqrt((1 - correlated ** 2) / count), correlationMax)

/** The ends of an interval so many standard deviations wide to either side; for 0 both are the median. */
type Ends = (width: number) => readonly [number, number]

function endsByCounting(x: readonly number[], y: readonly number[]): Ends {
  const differences = Float64Array.from(x.flatMap((a) => y.map((b) => a - b))).sort()
  const [count, deviation] = [differences.length, deviationOf(x.length, y.length, rank(x, y).ties)]
  const at = (index: number): number => differences[index] ?? Number.NaN
  return (width) => {
    const skipped = Math.floor((count - 1) / 2 - width * deviation)
    if (width === 0) return [(at(skipped) + at(count - 1 - skipped)) / 2, (at(skipped) + at(count - 1 - skipped)) / 2]
    return skipped < 0 ? [-Infinity, Infinity] : [at(skipped), at(count - 1 - skipped)]
  }
}

function endsBySearching(x: readonly number[], y: readonly number[]): Ends {
  const range = Math.max(...x) - Math.min(...y) + Math.max(...y) - Math.min(...x)
  const tolerance = searchTolerance * range
  return (width) => [shiftWhere(x, y, width, tolerance), shiftWhere(x, y, -width, tolerance)]
}
