import type { Measurement, MetricResult } from '#api/analysis.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { isCompleted } from './metric-phase.ts'

interface Taken {
  /** What a metric that was never measured begins with: its name, whether it is a dry run, what its provider tells. */
  readonly first: Pick<MetricResult, 'name' | 'dryRun' | 'metadata'>
  readonly kind: 'new' | 'continue'
  readonly measurement: Measurement
}

/** The result of a metric with one measurement more, or with its last one gone on (ANA-609, ANA-610). */
export function recordMeasurement(
  before: MetricResult | undefined,
  { first, kind, measurement }: Taken,
  now: EpochMs,
): MetricResult {
  const result: MetricResult = before ?? { ...first, phase: 'Running' }
  const isDone = isCompleted(measurement.phase)
  const taken = isDone ? { ...measurement, finishedAt: measurement.finishedAt ?? formatSeconds(now) } : measurement
  const earlier = result.measurements ?? []
  const kept = kind === 'new' ? earlier : earlier.slice(0, -1)
  return { ...result, measurements: [...kept, taken], ...(isDone && countsAfter(result, taken.phase)) }
}

/** Errors are no measurements, and end a row of successes as every other failure does. */
function countsAfter(result: MetricResult, phase: Measurement['phase']): Partial<MetricResult> {
  const { count = 0, successful = 0, failed = 0, inconclusive = 0, error = 0 } = result
  const { consecutiveError = 0, consecutiveSuccess = 0 } = result
  switch (phase) {
    case 'Successful':
      return {
        successful: successful + 1,
        count: count + 1,
        consecutiveError: 0,
        consecutiveSuccess: consecutiveSuccess + 1,
      }
    case 'Failed':
      return { failed: failed + 1, count: count + 1, consecutiveError: 0, consecutiveSuccess: 0 }
    case 'Inconclusive':
      return { inconclusive: inconclusive + 1, count: count + 1, consecutiveError: 0, consecutiveSuccess: 0 }
    case 'Error':
      return { error: error + 1, consecutiveError: consecutiveError + 1, consecutiveSuccess: 0 }
    case 'Pending':
    case 'Running':
      return {}
  }
}
