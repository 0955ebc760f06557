/**
 * The value below which a share of the sorted values lies: linear between neighbours (R's type 7, JUDGE-2).
 * @param percent 0…100
 */
export function percentile(sorted: readonly number[], percent: number): number {
  const at = ((sorted.length - 1) * percent) / 100
  const [below, above] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN]
  return below + (above - below) * (at - Math.floor(at))
}

export const median = (values: readonly number[]): number =>
  percentile(
    values.toSorted((a, b) => a - b),
    50,
  )

export interface Fences {
  readonly low: number
  readonly high: number
}

/** What lies outside is an outlier: so many quartile distances beyond the quartiles, but never within the middle 98 % (JUDGE-2). */
export function fencesOf(values: readonly number[], factor: number): Fences {
  const sorted = values.toSorted((a, b) => a - b)
  const [first, third] = [percentile(sorted, 25), percentile(sorted, 75)]
  const reach = factor * (third - first)
  return {
    low: Math.min(percentile(sorted, 1), first - reach),
    high: Math.max(percentile(sorted, 99), third + reach),
  }
}

export function withoutOutliers(values: readonly number[], factor: number): readonly number[] {
  const { low, high } = fencesOf(values, factor)
  return values.filter((value) => value >= low && value <= high)
}
