import { type Bracket, brentRoot } from './brent.ts'
import { rank } from './rank.ts'

/** How much higher the first sample is than the second. */
export interface Shift {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/** What the interval of the original is wide: Φ⁻¹(0.01) to either side, for 0.98 (MW-5). */
const kayentaZ = 2.326_347_874_040_840_8
const kayentaTolerance = 1e-4

/**
 * The interval of the shift between two samples and its estimate as Kayenta finds them: by searching where the rank sum stops being
 * unusual (MW-1…8). `undefined` when all values are equal, or infinite.
 */
export function mannWhitney(x: readonly number[], y: readonly number[]): Shift | undefined {
  const [low, high] = [kayentaZ, -kayentaZ].map((quantile) => {
    const search = searchFor(x, y, quantile)
    return clipped(search) ?? brentRoot(search.of, search, kayentaTolerance)
  })
  const middle = searchFor(x, y, 0)
  const estimate = brentRoot(middle.of, middle, kayentaTolerance)
  const isFound = [low, high, estimate, standardised(x, y, 0)].every((each) => Number.isFinite(each))
  return isFound && low !== undefined && high !== undefined ? { estimate, low, high } : undefined
}

/**
 * The shift at which the rank sum is so many standard deviations away from its mean; infinite when none is.
 * @param tolerance how far off it may be
 */
export function shiftWhere(x: readonly number[], y: readonly number[], quantile: number, tolerance: number): number {
  const search = searchFor(x, y, quantile)
  if (clipped(search) !== undefined) return search.atLow <= 0 ? -Infinity : Infinity
  return brentRoot(search.of, search, tolerance)
}

interface Search extends Bracket {
  readonly of: (shift: number) => number
}

/** MW-5, MW-6. */
function searchFor(x: readonly number[], y: readonly number[], quantile: number): Search {
  const [left, right] = [inOrder(x), inOrder(y)]
  const of = (shift: number): number => standardised(left, right, shift) - quantile
  const [low, high] = [Math.min(...x) - Math.max(...y), Math.max(...x) - Math.min(...y)]
  return { of, low, high, atLow: of(low), atHigh: of(high) }
}

const inOrder = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b)

/** The end of the range beyond which there would be a root. */
function clipped({ low, high, atLow, atHigh }: Bracket): number | undefined {
  if (atLow <= 0) return low
  return atHigh >= 0 ? high : undefined
}

/** How unusual the rank sum is after the first sample is moved down, in standard deviations (MW-1…4). NaN: all values are equal. */
function standardised(x: readonly number[], y: readonly number[], shift: number): number {
  const [m, n] = [x.length, y.length]
  const moved = x.map((value) => value - shift)
  const ranked = rank(moved, y)
  const distance = ranked.sum - (m * (m + 1)) / 2 - (m * n) / 2
  return (distance - 0.5 * Math.sign(distance)) / deviationOf(m, n, ranked.ties)
}

/** Standard deviation of the rank sum of independent values (MW-3). */
export const deviationOf = (m: number, n: number, ties: number): number =>
  Math.sqrt(((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1))))
