import type { EpochMs } from '#lib/clock.ts'

/** A completed update of the same Rollout in the same cluster. */
export interface PastRun {
  readonly stepCount: number
  readonly durationMs: number
  /** From its start until a step was reached, by index. */
  readonly reachedMs: ReadonlyMap<number, number>
}

/** From where to where time is compared: step 0 is the start, `undefined` the end. */
export interface Span {
  readonly stepCount: number
  readonly fromStep: number
  readonly toStep: number | undefined
  /** When this update reached `fromStep`. */
  readonly since: EpochMs
}

export interface UsualEnd {
  /** Median. */
  readonly about: EpochMs
  /** Eight in ten were there by then. */
  readonly by: EpochMs
  readonly runs: number
}

/** UI-CH: with fewer, nothing is said of what is usual. */
const runsMin = 5
const share = 0.8

/**
 * When an update would be where it goes if it took as long from here as earlier ones did. Runs with another number of steps, or that
 * never passed both places, are left out.
 */
export function usualEnd(runs: readonly PastRun[], span: Span): UsualEnd | undefined {
  const took = runs
    .filter(({ stepCount }) => stepCount === span.stepCount)
    .flatMap((run) => spanOf(run, span) ?? [])
    .sort((a, b) => a - b)
  if (took.length < runsMin) return undefined
  return { about: span.since + medianOf(took), by: span.since + boundOf(took), runs: took.length }
}

/** A run with steps that was not seen from the first one on has no known start. */
function spanOf({ stepCount, durationMs, reachedMs }: PastRun, { fromStep, toStep }: Span): number | undefined {
  const from = stepCount === 0 ? 0 : reachedMs.get(fromStep)
  const to = toStep === undefined ? durationMs : reachedMs.get(toStep)
  return from === undefined || to === undefined || to < from ? undefined : to - from
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? 0, sorted[Math.floor(middle)] ?? 0]
  return (low + high) / 2
}

/** The value that one more run stays within with that probability: of n values, the k-th does so with k/(n+1). */
function boundOf(sorted: readonly number[]): number {
  const k = Math.min(sorted.length, Math.ceil(share * (sorted.length + 1)))
  return sorted[k - 1] ?? 0
}
