import type { Random } from '#test/sim/random.ts'

/** Mean 0, standard deviation 1. */
const gaussian = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())

interface Series {
  readonly n: number
  readonly phi: number
  readonly mean: number
  readonly deviation: number
}

/** Values each of which keeps a share `phi` of how far off the one before it was. */
export function correlated(random: Random, { n, phi, mean, deviation }: Series): readonly number[] {
  let off = gaussian(random)
  return Array.from({ length: n }, (_, at) => {
    if (at > 0) off = phi * off + Math.sqrt(1 - phi ** 2) * gaussian(random)
    return mean + deviation * off
  })
}

export const logNormal = (random: Random, n: number, middle: number, sigma: number): readonly number[] =>
  Array.from({ length: n }, () => middle * Math.exp(sigma * gaussian(random)))

/** How often something happens that is expected so often, n times (Poisson). */
export const events = (random: Random, n: number, expected: number): readonly number[] =>
  Array.from({ length: n }, () => poisson(random, expected))

function poisson(random: Random, expected: number): number {
  if (expected > 30) return Math.max(0, Math.round(expected + Math.sqrt(expected) * gaussian(random)))
  const limit = Math.exp(-expected)
  let count = 0
  for (let product = random.next(); product > limit; product *= random.next()) count++
  return count
}

/** The same on average, in groups of four. */
export const bursts = (random: Random, expected: number): number => 4 * poisson(random, expected / 4)
