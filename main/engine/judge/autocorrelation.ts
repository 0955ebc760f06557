/** More than this is taken for this: nothing can be said of a series that hardly moves. */
export const correlationMax = 0.95

/**
 * How much of a value is left in the next one, from both samples together, 0…0.95. Short series look less correlated than they are,
 * which is made up for.
 */
export function correlation(x: readonly number[], y: readonly number[]): number {
  const all = x.length + y.length
  const pooled = (x.length * ofOne(x) + y.length * ofOne(y)) / all
  return Math.min(Math.max(pooled, 0), correlationMax)
}

function ofOne(values: readonly number[]): number {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length
  let [products, squares] = [0, 0]
  for (const [at, value] of values.entries()) {
    squares += (value - mean) ** 2
    if (at > 0) products += (value - mean) * ((values[at - 1] ?? 0) - mean)
  }
  const found = squares === 0 ? 0 : products / squares
  return found + (1 + 3 * found) / values.length
}

/** By how much correlated values say less than independent ones: what a standard deviation of their mean is multiplied by. */
export const widening = (correlated: number): number => Math.sqrt((1 + correlated) / (1 - correlated))
