import type { EpochMs } from '#lib/clock.ts'
import { between, fraction } from '../seeded.ts'

/** A rate per second that swings about its mean: believable on a chart, and its integral is known in closed form. */
export interface Wave {
  readonly mean: number
  readonly ripples: readonly Ripple[]
}

interface Ripple {
  /** Of the mean. The depths of a wave sum to less than 1, so that no rate is negative. */
  readonly depth: number
  readonly periodMs: number
  /** Radians. */
  readonly phase: number
}

/** Ripples of seeded phase; periods vary by a tenth, so that no two waves stay in step. */
export const aWave = (
  mean: number,
  ripples: readonly Pick<Ripple, 'depth' | 'periodMs'>[],
  seed: number,
  about: string,
): Wave => ({
  mean,
  ripples: ripples.map(({ depth, periodMs }, index) => ({
    depth,
    periodMs: periodMs * between(0.9, 1.1, seed, about, 'period', index),
    phase: 2 * Math.PI * fraction(seed, about, 'phase', index),
  })),
})

/** How much comes together from `from` to `to`, at a rate per second. */
export function amount({ mean, ripples }: Wave, from: EpochMs, to: EpochMs): number {
  const swings = ripples.reduce((sum, { depth, periodMs, phase }) => {
    const turn = (2 * Math.PI) / periodMs
    return sum + (depth / turn) * (Math.cos(turn * from + phase) - Math.cos(turn * to + phase))
  }, 0)
  return (mean * (to - from + swings)) / 1000
}
