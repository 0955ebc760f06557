/** Upper bounds in seconds, as the usual client libraries have them. */
export const bucketBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Number.POSITIVE_INFINITY] as const

/** Spread of the logarithm of latency. */
const sigma = 0.45
/** The slow tail is this many times slower. */
const slowFactor = 5

/** How many of `requests`, of which `slow` are of the slow tail, took at most `bound` seconds; latency is log-normal. */
export function requestsWithin(
  bound: number,
  counts: { readonly requests: number; readonly slow: number },
  medianSeconds: number,
): number {
  if (bound === Number.POSITIVE_INFINITY) return counts.requests
  const fast = logNormal(bound, medianSeconds)
  return (counts.requests - counts.slow) * fast + counts.slow * logNormal(bound, medianSeconds * slowFactor)
}

/** Seconds spent on all of them together. */
export const secondsSpent = (
  counts: { readonly requests: number; readonly slow: number },
  medianSeconds: number,
): number => medianSeconds * Math.exp(sigma ** 2 / 2) * (counts.requests + counts.slow * (slowFactor - 1))

const logNormal = (value: number, median: number): number => normal(Math.log(value / median) / sigma)

/** The normal distribution function, by the logistic approximation of Bowling; within 0.0002. */
const normal = (x: number): number => 1 / (1 + Math.exp(-0.07056 * x ** 3 - 1.5976 * x))
