/** Upper bounds in seconds, as the usual client libraries have them. */
export const bucketBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Number.POSITIVE_INFINITY] as const

/** Requests that were answered at one pace. */
export interface Paced {
  /** Multiplies the application's latency. */
  readonly latencyFactor: number
  readonly requests: number
  /** Those of the slow tail. */
  readonly slow: number
}

/** Spread of the logarithm of latency. */
const sigma = 0.45
/** The slow tail is this many times slower. */
const slowFactor = 5

/** How many of them took at most `bound` seconds; the latency of each pace is log-normal. */
export const requestsWithin = (bound: number, paces: readonly Paced[], medianSeconds: number): number =>
  paces.reduce((sum, pace) => sum + within(bound, pace, medianSeconds * pace.latencyFactor), 0)

function within(bound: number, { requests, slow }: Paced, median: number): number {
  if (bound === Number.POSITIVE_INFINITY) return requests
  return (requests - slow) * logNormal(bound, median) + slow * logNormal(bound, median * slowFactor)
}

/** Seconds spent on all of them together. */
export const secondsSpent = (paces: readonly Paced[], medianSeconds: number): number =>
  paces.reduce(
    (sum, { latencyFactor, requests, slow }) =>
      sum + medianSeconds * latencyFactor * Math.exp(sigma ** 2 / 2) * (requests + slow * (slowFactor - 1)),
    0,
  )

const logNormal = (value: number, median: number): number => normal(Math.log(value / median) / sigma)

/** The normal distribution function, by the logistic approximation of Bowling; within 0.0002. */
const normal = (x: number): number => 1 / (1 + Math.exp(-0.07056 * x ** 3 - 1.5976 * x))
