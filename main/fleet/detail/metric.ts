import type { AnalysisArgument, AnalysisRun, Measurement, Metric, MetricResult } from '#api/analysis.ts'
import type { IntOrString } from '#api/meta.ts'
import type { MeasurementView, MetricView } from '#contract/analysis-views.ts'
import { effectiveCount, limitValue } from '#engine/analysis/metric-phase.ts'
import { rulesByMetric } from '#engine/analysis/metric-rules.ts'
import { nextDue } from '#engine/analysis/schedule.ts'
import { substituteMetric } from '#engine/analysis/substitute.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { redactText } from '#lib/redact-text.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { looksSecret } from '#lib/secret-names.ts'
import { jsonOf, numbersOf, seriesOf, stableCounterpart } from './measured-numbers.ts'
import { providerName, queryOf } from './metric-query.ts'
import { keysOf, thresholdsOf } from './thresholds.ts'

/** Stands where the value of a secret is used, or one that looks secret. */
export const secretShown = '•••'

const metricsMax = 200
/** Of one metric; the reference keeps ten. */
export const measurementsMax = 50
const textMax = 2000
const queryMax = 20_000

export const clip = (text: string, max = textMax): string => (text.length > max ? `${text.slice(0, max)}…` : text)

/**
 * The metrics of a run with what was measured, in the order of its spec.
 * @param room for so many measurements
 */
export function metricViews(run: AnalysisRun, room: number): readonly MetricView[] {
  const specs = run.spec.metrics.slice(0, metricsMax)
  const dryRun = dryRunNames(run)
  const each = Math.max(0, Math.min(measurementsMax, Math.floor(room / Math.max(1, specs.length))))
  return specs.map((spec) => metricView(spec, run, { isDry: dryRun.has(spec.name), keptMax: each }))
}

/** Rules that find nothing end the run, so that their metrics are not measured anyway. */
function dryRunNames({ spec }: AnalysisRun): ReadonlySet<string> {
  const rules = rulesByMetric('dryRun', spec.dryRun ?? [], spec.metrics)
  return new Set(rules.ok ? rules.value.keys() : [])
}

/** A metric with its arguments in place and `•••` for secrets; as written, where that cannot be done (VIEW-195). */
export function shownMetric(metric: Metric, args: readonly AnalysisArgument[]): Metric {
  const shown = args.map((each) => (isSecretArgument(each) ? { ...each, value: secretShown } : each))
  const filled = substituteMetric(metric, shown)
  return filled.ok ? filled.value : metric
}

/** Its value comes from a Secret, or is called as one. */
export const isSecretArgument = ({ name, value, valueFrom }: AnalysisArgument): boolean =>
  valueFrom?.secretKeyRef !== undefined || (value !== undefined && looksSecret(name))

function metricView(
  spec: Metric,
  run: AnalysisRun,
  { isDry, keptMax }: { readonly isDry: boolean; readonly keptMax: number },
): MetricView {
  const metric = shownMetric(spec, run.spec.args ?? [])
  const result = run.status?.metricResults?.find(({ name }) => name === spec.name)
  const kept = keptMax === 0 ? [] : (result?.measurements ?? []).slice(-keptMax)
  const series = seriesOf(
    kept.map(({ value = '' }) => jsonOf(value)),
    keysOf(metric),
  )
  return {
    name: spec.name,
    phase: result?.phase ?? 'Pending',
    message: clip(redactText(result?.message ?? '')),
    provider: providerName(metric),
    query: queryShown(spec, metric, run, result),
    successCondition: presentText(metric.successCondition),
    failureCondition: presentText(metric.failureCondition),
    intervalMs: durationMs(metric.interval),
    initialDelayMs: durationMs(metric.initialDelay),
    count: effectiveCount(metric),
    limits: limitsOf(metric),
    counts: countsOf(result),
    dryRun: result?.dryRun ?? isDry,
    series,
    thresholds: thresholdsOf(metric),
    stableMetric: stableCounterpart(
      spec.name,
      run.spec.metrics.map(({ name }) => name),
    ),
    nextAt: nextAt(metric, run, result),
    measurements: kept.map((each) => measurementView(each, series)),
  }
}

const presentText = (text: string | undefined): string | undefined => (text === '' ? undefined : text)

function durationMs(text: string | undefined): number | undefined {
  const parsed = parseGoDuration(text ?? '')
  return parsed.ok ? parsed.value : undefined
}

const resolvedQuery = /^Resolved\w+Query$/

/**
 * As it was sent, where its provider has kept that, for it may say more than the spec. Not where an argument from a Secret is used: what
 * was sent then has its value in it.
 */
function queryShown(spec: Metric, metric: Metric, { spec: { args = [] } }: AnalysisRun, result?: MetricResult) {
  const written = queryOf(metric)
  const sent = Object.entries(result?.metadata ?? {}).find(([name]) => resolvedQuery.test(name))?.[1]
  const shown = sent === undefined || usesSecret(spec, args) ? written : redactText(sent)
  return shown === undefined ? undefined : clip(shown, queryMax)
}

function usesSecret({ provider }: Metric, args: readonly AnalysisArgument[]): boolean {
  const text = JSON.stringify(provider)
  const tags = new Set([...text.matchAll(/\{\{(.*?)\}\}/g)].map(([, tag = '']) => tag.trim()))
  return args.some((each) => isSecretArgument(each) && tags.has(`args.${each.name}`))
}

const limit = (value: IntOrString | undefined, otherwise: number): number =>
  value === undefined ? otherwise : limitValue(value)

/** VIEW-199. */
const limitsOf = (metric: Metric): MetricView['limits'] => ({
  failure: limit(metric.failureLimit, 0),
  inconclusive: limit(metric.inconclusiveLimit, 0),
  consecutiveError: limit(metric.consecutiveErrorLimit, 4),
  consecutiveSuccess: limit(metric.consecutiveSuccessLimit, 0),
})

const countsOf = (result: Partial<MetricResult> = {}): MetricView['counts'] => ({
  successful: result.successful ?? 0,
  failed: result.failed ?? 0,
  inconclusive: result.inconclusive ?? 0,
  error: result.error ?? 0,
  consecutiveError: result.consecutiveError ?? 0,
  consecutiveSuccess: result.consecutiveSuccess ?? 0,
})

/** Of a run that has begun, and neither ended nor was asked to. */
function nextAt(metric: Metric, { spec, status = {} }: AnalysisRun, result?: MetricResult): EpochMs | undefined {
  const startedAt = parseTime(status.startedAt)
  if (startedAt === undefined || status.completedAt !== undefined || spec.terminate === true) return undefined
  const results = result === undefined ? [] : [result]
  return nextDue({ metrics: [metric], results, startedAt, terminating: false, now: 0 })
}

function measurementView(measurement: Measurement, series: MetricView['series']): MeasurementView {
  const { phase, message = '', startedAt, finishedAt, value = '' } = measurement
  return {
    at: parseTime(startedAt) ?? 0,
    finishedAt: parseTime(finishedAt),
    phase,
    value: clip(redactText(value)),
    numbers: value === '' ? series.map(() => null) : numbersOf(jsonOf(value), series),
    message: clip(redactText(message)),
  }
}
