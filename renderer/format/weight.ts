/** A weight as percent of `maxWeight`, with one decimal only where it is not whole: `40%`, `39.2%`. */
export function formatPercent(weight: number, maxWeight = 100): string {
  const percent = percentOf(weight, maxWeight)
  return `${Number.isInteger(percent) ? percent : percent.toFixed(1)}%`
}

/** 0…100, rounded to one decimal. */
export function percentOf(weight: number, maxWeight = 100): number {
  if (maxWeight <= 0) return 0
  return Math.round(Math.min(1, Math.max(0, weight / maxWeight)) * 1000) / 10
}

/** The share of `part` in `whole` as 0…100; an empty whole has share 0. */
export const shareOf = (part: number, whole: number): number => percentOf(part, whole)
