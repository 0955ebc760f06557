import type { Metric } from '#api/analysis.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { limitValue } from './metric-phase.ts'

/** What is wrong with the metrics of a run, in the reference's words; the first complaint wins (ANA-501, ANA-502). */
export function metricsError(metrics: readonly Metric[]): string | undefined {
  if (metrics.length === 0) return 'no metrics specified'
  const names = new Set<string>()
  for (const [at, metric] of metrics.entries()) {
    if (names.has(metric.name)) return `metrics[${at}]: duplicate name '${metric.name}'`
    names.add(metric.name)
    const error = metricError(metric)
    if (error !== undefined) return `metrics[${at}]: ${error}`
  }
  return undefined
}

interface Limits {
  readonly count: number
  readonly failure: number
  readonly inconclusive: number
  readonly success: number
  readonly error: number
}

const limitsOf = (metric: Metric): Limits => ({
  count: limitValue(metric.count ?? 0),
  failure: limitValue(metric.failureLimit ?? 0),
  inconclusive: limitValue(metric.inconclusiveLimit ?? 0),
  success: limitValue(metric.consecutiveSuccessLimit ?? 0),
  error: limitValue(metric.consecutiveErrorLimit ?? 0),
})

function metricError(metric: Metric): string | undefined {
  const limits = limitsOf(metric)
  return (
    rows.find(({ isBroken }) => isBroken(limits))?.text(limits) ??
    intervalError(metric, limits) ??
    providersError(metric)
  )
}

const rows: readonly { readonly isBroken: (limits: Limits) => boolean; readonly text: (limits: Limits) => string }[] = [
  { isBroken: ({ success }) => success < 0, text: () => 'consecutiveSuccessLimit must be >= 0' },
  { isBroken: ({ failure }) => failure < -1, text: () => 'failureLimit must be >= 0, or -1 to be disabled' },
  {
    isBroken: ({ success, failure }) => success === 0 && failure === -1,
    text: () => 'failureLimit and consecutiveSuccessLimit cannot both be disabled',
  },
  { isBroken: ({ inconclusive }) => inconclusive < 0, text: () => 'inconclusiveLimit must be >= 0' },
  { isBroken: ({ error }) => error < 0, text: () => 'consecutiveErrorLimit must be >= 0' },
  {
    isBroken: ({ count, failure, success }) => count > 0 && failure >= 0 && count < failure + success,
    text: ({ count, failure, success }) =>
      `count (${count}) must be >= failureLimit + consecutiveSuccessLimit (${failure} + ${success}) if both >= 0`,
  },
  {
    isBroken: ({ count, failure, success }) => count > 0 && failure < 0 && count < success,
    text: () => 'count must be >= consecutiveSuccessLimit',
  },
  {
    isBroken: ({ count, inconclusive }) => count > 0 && count < inconclusive,
    text: () => 'count must be >= inconclusiveLimit',
  },
]

function intervalError({ interval = '', initialDelay = '' }: Metric, { count }: Limits): string | undefined {
  if (count > 1 && interval === '') return 'interval must be specified when count > 1'
  const each = interval === '' ? undefined : parseGoDuration(interval)
  if (each?.ok === false) return `invalid interval string: time: ${each.error}`
  const delay = initialDelay === '' ? undefined : parseGoDuration(initialDelay)
  return delay?.ok === false ? `invalid startDelay string: time: ${delay.error}` : undefined
}

/** ANA-504: each of these counts once, and each key of `plugin`. */
const providerNames = [
  'prometheus',
  'job',
  'web',
  'wavefront',
  'kayenta',
  'datadog',
  'newRelic',
  'cloudWatch',
  'graphite',
  'influxdb',
  'skywalking',
]

function providersError({ provider = {} }: Partial<Metric>): string | undefined {
  const plugins = provider['plugin']
  const count =
    providerNames.filter((name) => provider[name] !== undefined && provider[name] !== null).length +
    (typeof plugins === 'object' && plugins !== null ? Object.keys(plugins).length : 0)
  if (count === 0) return 'no provider specified'
  return count > 1 ? 'multiple providers specified' : undefined
}
