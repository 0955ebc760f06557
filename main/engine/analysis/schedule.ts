import type { Measurement, Metric, MetricResult } from '#api/analysis.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { effectiveCount, hasInterval, isCompleted } from './metric-phase.ts'

/** A measurement to be begun, or to be gone on with. */
export type Task =
  | { readonly kind: 'new'; readonly metric: Metric }
  | { readonly kind: 'continue'; readonly metric: Metric; readonly measurement: Measurement }

export interface Schedule {
  /** Copies for planning, in the order of the spec. */
  readonly metrics: readonly Metric[]
  readonly results: readonly MetricResult[]
  readonly startedAt: EpochMs | undefined
  readonly terminating: boolean
  readonly now: EpochMs
}

/** After a measurement that ended in an error, and for a metric without an interval. */
const retryMs = 10_000

/** What is to be measured in this pass, in the order of the spec (ANA-606). */
export const tasksDue = (schedule: Schedule): readonly Task[] =>
  schedule.metrics.flatMap((metric) => taskOf(metric, schedule) ?? [])

function taskOf(metric: Metric, schedule: Schedule): Task | undefined {
  const { terminating, now } = schedule
  const result = resultOf(metric, schedule)
  if (result !== undefined && isCompleted(result.phase)) return undefined
  const last = result?.measurements?.at(-1)
  if (last !== undefined && last.finishedAt === undefined) {
    const resumeAt = parseTime(last.resumeAt)
    const isEarly = !terminating && resumeAt !== undefined && resumeAt > now
    return isEarly ? undefined : { kind: 'continue', metric, measurement: last }
  }
  if (terminating) return undefined
  const isDue = last === undefined ? isFirstDue(metric, schedule) : isNextDue(metric, result, last, now)
  return isDue ? { kind: 'new', metric } : undefined
}

const resultOf = ({ name }: Metric, { results }: Schedule): MetricResult | undefined =>
  results.find((each) => each.name === name)

/** A delay counts from the start of the run, and one that cannot be read never ends. */
function isFirstDue({ initialDelay }: Metric, { startedAt, now }: Schedule): boolean {
  if (initialDelay === undefined || initialDelay === '') return true
  const delayMs = durationMs(initialDelay)
  return startedAt !== undefined && delayMs !== undefined && startedAt + delayMs <= now
}

/** Strictly after the wait (ANA-904). */
function isNextDue(metric: Metric, result: MetricResult | undefined, last: Measurement, now: EpochMs): boolean {
  if (isCountReached(metric, result)) return false
  const waitMs = last.phase === 'Error' ? retryMs : (intervalMs(metric) ?? retryMs)
  return now > (parseTime(last.finishedAt) ?? 0) + waitMs
}

function isCountReached(metric: Metric, result: MetricResult | undefined): boolean {
  const count = effectiveCount(metric)
  return count !== undefined && (result?.count ?? 0) >= count
}

/**
 * When time alone asks for another pass; `undefined` when it never does (ANA-901, ANA-902). A millisecond late, for a wait that is
 * only just over is not over (ANA-904).
 */
export function nextDue(schedule: Schedule): EpochMs | undefined {
  const moments = schedule.metrics.flatMap((metric) => momentOf(metric, schedule) ?? [])
  return moments.length === 0 ? undefined : Math.max(Math.min(...moments), schedule.now)
}

function momentOf(metric: Metric, schedule: Schedule): EpochMs | undefined {
  const result = resultOf(metric, schedule)
  if (result !== undefined && isCompleted(result.phase)) return undefined
  const last = result?.measurements?.at(-1)
  if (last === undefined) {
    const delayMs = durationMs(metric.initialDelay ?? '')
    return delayMs === undefined ? undefined : (schedule.startedAt ?? schedule.now) + delayMs
  }
  if (last.finishedAt === undefined) return parseTime(last.resumeAt)
  if (isCountReached(metric, result)) return undefined
  const waitMs = last.phase === 'Error' ? retryMs : intervalMs(metric)
  return waitMs === undefined ? undefined : (parseTime(last.finishedAt) ?? 0) + waitMs + 1
}

const intervalMs = (metric: Metric): number | undefined =>
  hasInterval(metric) ? durationMs(metric.interval ?? '') : undefined

function durationMs(text: string): number | undefined {
  const parsed = parseGoDuration(text)
  return parsed.ok ? parsed.value : undefined
}
