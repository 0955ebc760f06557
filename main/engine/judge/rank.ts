/** Where the values of one sample stand among those of both. */
export interface Ranked {
  /** Sum of the ranks of the first sample. */
  readonly sum: number
  /** Σ (t³ − t) over groups of t equal values. */
  readonly ties: number
}

/** Equal values share the mean of their ranks; NaN comes last (MW-1, MW-3). Fastest when both are in order. */
export function rank(x: readonly number[], y: readonly number[]): Ranked {
  const [left, right] = [x.toSorted(compare), y.toSorted(compare)]
  let [sum, ties, at, other] = [0, 0, 0, 0]
  while (at < left.length || other < right.length) {
    const value = least(left[at], right[other])
    const before = at + other
    const own = at
    while (at < left.length && compare(left[at] ?? 0, value) === 0) at++
    while (other < right.length && compare(right[other] ?? 0, value) === 0) other++
    const size = at + other - before
    sum += (at - own) * (before + (size + 1) / 2)
    ties += size ** 3 - size
  }
  return { sum, ties }
}

const least = (a: number | undefined, b: number | undefined): number => {
  if (a === undefined || b === undefined) return a ?? b ?? Number.NaN
  return compare(a, b) <= 0 ? a : b
}

const compare = (a: number, b: number): number => {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return a < b ? -1 : Number(a > b)
}
