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

/** From `first` on, for `lengthMs`; and again after every `everyMs`, where it comes again. */
export interface Turn {
  readonly first: EpochMs
  readonly lengthMs: number
  readonly everyMs: number | undefined
}

/** How much of it comes during the turns between `from` and `to`. As many turns as there are cost no more than one. */
export const amountDuring = (wave: Wave, turn: Turn, from: EpochMs, to: EpochMs): number =>
  untilDuring(wave, turn, to) - untilDuring(wave, turn, from)

function untilDuring(wave: Wave, { first, lengthMs, everyMs }: Turn, to: EpochMs): number {
  if (to <= first) return 0
  const whole = everyMs === undefined ? 0 : Math.floor((to - first) / everyMs)
  const last = first + whole * (everyMs ?? 0)
  const begun = amount(wave, last, Math.min(to, last + lengthMs))
  return everyMs === undefined ? begun : begun + wholeTurns(wave, { first, lengthMs, everyMs }, whole)
}

function wholeTurns(
  { mean, ripples }: Wave,
  { first, lengthMs, everyMs }: Turn & { readonly everyMs: number },
  count: number,
): number {
  const swings = ripples.reduce((sum, { depth, periodMs, phase }) => {
    const turn = (2 * Math.PI) / periodMs
    const cosines = (at: EpochMs) => cosineSum(turn * at + phase, turn * everyMs, count)
    return sum + (depth / turn) * (cosines(first) - cosines(first + lengthMs))
  }, 0)
  return (mean * (count * lengthMs + swings)) / 1000
}

/** cos(start) + cos(start + step) + …, `count` of them. */
function cosineSum(start: number, step: number, count: number): number {
  const half = Math.sin(step / 2)
  if (Math.abs(half) < 1e-9) return count * Math.cos(start)
  return (Math.cos(start + ((count - 1) * step) / 2) * Math.sin((count * step) / 2)) / half
}
