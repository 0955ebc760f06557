import type { Measurement, Metric } from '#api/analysis.ts'
import { assessValue } from '#engine/analysis/assess-value.ts'
import type { Clock } from '#lib/clock.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { clipped } from './clipped.ts'
import type { Measuring, QueryFailure, Reading } from './provider.ts'

export interface Query {
  readonly metric: Metric
  readonly clock: Clock
  readonly ask: () => Promise<Outcome<Reading, QueryFailure>>
  /** Of the metric's result (PRV-1404). */
  readonly metadata?: Readonly<Record<string, string>>
  /** What stays of a reading whose condition cannot be evaluated; nothing by default (PRV-107). */
  readonly keptWhenNotEvaluated?: (reading: Reading) => Pick<Measurement, 'value' | 'metadata'>
}

/** A metric that is measured by one question and its answer: everything happens in `run` (PRV-105). */
export function measuredByQuery(query: Query): Measuring {
  return {
    metadata: query.metadata ?? {},
    run: () => measure(query),
    read: query.ask,
    resume: (measurement) => Promise.resolve(measurement),
    terminate: (measurement) => Promise.resolve(measurement),
    garbageCollect: () => Promise.resolve(success(undefined)),
  }
}

async function measure({ metric, clock, ask, keptWhenNotEvaluated }: Query): Promise<Measurement> {
  const startedAt = formatSeconds(clock.now())
  const answer = await ask()
  if (!answer.ok) return failed({ startedAt, ...withMetadata(answer.error) }, answer.error.message, clock)
  const reading = { ...answer.value, value: clipped(answer.value.value, valueMax) }
  const { phase, message } = assessValue(reading.result, metric, clock.now())
  if (phase === 'Error') return failed({ startedAt, ...keptWhenNotEvaluated?.(reading) }, message, clock)
  return { phase, startedAt, finishedAt: formatSeconds(clock.now()), value: reading.value, ...withMetadata(reading) }
}

/** Characters that are kept; conditions see everything. An AnalysisRun with ten of them has to fit into etcd. */
const valueMax = 10_000
const messageMax = 2000

const withMetadata = ({ metadata }: QueryFailure | Reading) => (metadata === undefined ? {} : { metadata })

/** PRV-104: whatever is known of the measurement stays. */
export const failed = (measurement: Omit<Measurement, 'phase'>, message: string, clock: Clock): Measurement => ({
  ...measurement,
  phase: 'Error',
  message: clipped(message, messageMax),
  finishedAt: measurement.finishedAt ?? formatSeconds(clock.now()),
})
