import type { AnalysisRun, Metric } from '#api/analysis.ts'
import { isCompleted } from '#engine/analysis/metric-phase.ts'
import type { MetricEvidence } from '#engine/fleet-plan/world.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { askableNowOnly, type MetricsAt, passRun } from '#main/metrics/back-test.ts'

/** As much of the past as one look asks for; the rest follows with the next. */
const passesMax = 60
/** More than three days of one a minute. */
const samplesMax = 5_000

/** A run over one member of a plan that is nowhere but here. */
export interface WatchedRun {
  readonly run: AnalysisRun
  /** When it goes on, by our clock; `undefined`: it is over. */
  readonly dueAt: EpochMs | undefined
  readonly samples: Readonly<Record<string, readonly EpochMs[]>>
}

/** Without an end: it gives evidence for as long as somebody asks. */
export const lasting = (metric: Metric): Metric => {
  const { count: _count, consecutiveSuccessLimit: _limit, ...rest } = metric
  return { ...rest, interval: metric.interval ?? '1m' }
}

/** With an end: it is there to open or shut a gate. */
export const ending = (metric: Metric): Metric =>
  metric.interval === undefined ? metric : { ...metric, count: metric.count ?? 1 }

/** @param from what it measures first, by our clock */
export const watchRun = (run: AnalysisRun, each: (metric: Metric) => Metric, from: EpochMs): WatchedRun => ({
  run: { ...run, spec: { ...run.spec, metrics: run.spec.metrics.map(each) }, status: {} },
  dueAt: from,
  samples: {},
})

/**
 * Goes on to `now`. Metrics that know the past are asked as of the times that were missed (SR-3); all others as of now, once, so that what
 * was missed stays missed. Failure: a secret cannot be read.
 */
export async function goOn(
  watched: WatchedRun,
  { metricsAt, clock }: { readonly metricsAt: MetricsAt; readonly clock: Clock },
): Promise<Outcome<WatchedRun, string>> {
  const now = clock.now()
  const isBlind = askableNowOnly(watched.run.spec.metrics).length > 0
  let at = now
  const then: Clock = { now: () => at, elapsed: () => clock.elapsed(), after: (ms, task) => clock.after(ms, task) }
  const { prepare } = metricsAt(isBlind ? clock : then)
  let { run, dueAt, samples } = watched
  for (let pass = 0; pass < passesMax && dueAt !== undefined && dueAt <= now; pass++) {
    at = isBlind ? now : dueAt
    const passed = await passRun(run, at, prepare)
    if (!passed.ok) return failure(passed.error)
    const { measured, isOver, nextAt } = passed.value
    for (const [name, { measurement }] of measured)
      if (measurement.phase !== 'Error' && isCompleted(measurement.phase))
        samples = { ...samples, [name]: [...(samples[name] ?? []), at].slice(-samplesMax) }
    run = passed.value.run
    dueAt = isOver ? undefined : nextAt
  }
  return success({ run, dueAt, samples })
}

const isWrong = (phase: string | undefined): boolean => phase === 'Failed' || phase === 'Error'

/** By the clock of the member, whose time is ours and `skewMs` more. */
export function evidenceOf({ run, samples }: WatchedRun, skewMs: number): Readonly<Record<string, MetricEvidence>> {
  const results = run.status?.metricResults ?? []
  const isAnyWrong = results.some(({ phase }) => isWrong(phase))
  return Object.fromEntries(
    run.spec.metrics.map(({ name }) => {
      const times = samples[name] ?? []
      const own = results.find((result) => result.name === name)?.phase
      const isBad = isWrong(own) || (!isAnyWrong && isWrong(run.status?.phase))
      return [name, { count: times.length, times: times.map((time) => time + skewMs), isBad }]
    }),
  )
}

export function verdictOf({ run }: WatchedRun): 'open' | 'shut' | 'waiting' {
  const { phase } = run.status ?? {}
  return phase === 'Successful' ? 'open' : isWrong(phase) ? 'shut' : 'waiting'
}
