import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { evaluate, selectSeries } from './promql/evaluate.ts'
import type { Expression } from './promql/expression.ts'
import { parseQuery } from './promql/parse.ts'
import type { Labels, SeriesSource } from './promql/series.ts'
import { durationMs } from './promql/tokens.ts'
import type { Value } from './promql/value.ts'

/** What an endpoint of the HTTP API answers with, apart from its envelope. The error is a sentence about the request. */
export type Answer = Outcome<unknown, string>

const pointsMax = 11_000

/** The Prometheus HTTP API, as far as metric providers and dashboards ask for it; `undefined` for any other path. */
export function answerPrometheus(
  path: string,
  parameters: URLSearchParams,
  source: SeriesSource,
  now: EpochMs,
): Answer | undefined {
  const labelName = /^\/api\/v1\/label\/([^/]+)\/values$/.exec(path)?.[1]
  if (labelName !== undefined) return labelValues(decodeURIComponent(labelName), parameters, source)
  switch (path) {
    case '/api/v1/query':
      return query(parameters, source, now)
    case '/api/v1/query_range':
      return queryRange(parameters, source)
    case '/api/v1/series':
      return matching(parameters, source)
    case '/api/v1/labels':
      return labelNames(parameters, source)
    case '/api/v1/status/buildinfo':
      return success({ version: '3.0.0', application: 'argosy sandbox' })
    default:
      return undefined
  }
}

function query(parameters: URLSearchParams, source: SeriesSource, now: EpochMs): Answer {
  const at = parameters.has('time') ? momentOf(parameters.get('time')) : now
  if (at === undefined) return failure('invalid parameter "time": cannot parse to a valid timestamp')
  const parsed = parseQuery(parameters.get('query') ?? '')
  if (!parsed.ok) return failure(`invalid parameter "query": ${parsed.error}`)
  const value = evaluate(parsed.value, source, at)
  return value.ok ? success(instantResult(value.value, at)) : value
}

function instantResult(value: Value, at: EpochMs): unknown {
  if (value.kind !== 'vector') return { resultType: value.kind, result: [at / 1000, formatValue(value.value)] }
  const result = value.samples.map((each) => ({ metric: each.labels, value: [at / 1000, formatValue(each.value)] }))
  return { resultType: 'vector', result }
}

function queryRange(parameters: URLSearchParams, source: SeriesSource): Answer {
  const [start, end] = [momentOf(parameters.get('start')), momentOf(parameters.get('end'))]
  const stepMs = stepOf(parameters.get('step'))
  if (start === undefined || end === undefined)
    return failure('invalid parameter "start" or "end": cannot parse to a valid timestamp')
  if (end < start) return failure('invalid parameter "end": end timestamp must not be before start time')
  if (stepMs === undefined || stepMs <= 0)
    return failure('invalid parameter "step": zero or negative query resolution step widths are not accepted')
  if ((end - start) / stepMs > pointsMax)
    return failure(
      `exceeded maximum resolution of ${pointsMax} points per timeseries. Try decreasing the query resolution`,
    )
  const parsed = parseQuery(parameters.get('query') ?? '')
  if (!parsed.ok) return failure(`invalid parameter "query": ${parsed.error}`)
  return rangeResult(parsed.value, source, { start, end, stepMs })
}

function rangeResult(
  expression: Expression,
  source: SeriesSource,
  { start, end, stepMs }: { readonly start: EpochMs; readonly end: EpochMs; readonly stepMs: number },
): Answer {
  const lines = new Map<string, { readonly metric: Labels; readonly values: [number, string][] }>()
  for (let at = start; at <= end; at += stepMs) {
    const value = evaluate(expression, source, at)
    if (!value.ok) return value
    if (value.value.kind === 'string') return failure('invalid expression type "string" for range query')
    const samples = value.value.kind === 'scalar' ? [{ labels: {}, value: value.value.value }] : value.value.samples
    for (const sample of samples) {
      const key = JSON.stringify(sample.labels)
      const line = lines.get(key) ?? { metric: sample.labels, values: [] }
      line.values.push([at / 1000, formatValue(sample.value)])
      lines.set(key, line)
    }
  }
  return success({ resultType: 'matrix', result: [...lines.values()] })
}

function matching(parameters: URLSearchParams, source: SeriesSource): Outcome<readonly Labels[], string> {
  const found = new Map<string, Labels>()
  for (const text of parameters.getAll('match[]')) {
    const parsed = parseQuery(text)
    if (!parsed.ok) return failure(`invalid parameter "match[]": ${parsed.error}`)
    if (parsed.value.kind !== 'selector') return failure('invalid parameter "match[]": not a series selector')
    for (const { labels } of selectSeries(parsed.value, source)) found.set(JSON.stringify(labels), labels)
  }
  return success([...found.values()])
}

function labelNames(parameters: URLSearchParams, source: SeriesSource): Answer {
  const series = chosen(parameters, source)
  return series.ok ? success([...new Set(series.value.flatMap((labels) => Object.keys(labels)))].toSorted()) : series
}

function labelValues(name: string, parameters: URLSearchParams, source: SeriesSource): Answer {
  const series = chosen(parameters, source)
  return series.ok ? success([...new Set(series.value.flatMap((labels) => labels[name] ?? []))].toSorted()) : series
}

const chosen = (parameters: URLSearchParams, source: SeriesSource): Outcome<readonly Labels[], string> =>
  parameters.has('match[]') ? matching(parameters, source) : success(source(undefined).map((series) => series.labels))

/** Unix seconds, or RFC 3339. */
function momentOf(text: string | null): EpochMs | undefined {
  if (text === null || text === '') return undefined
  const at = /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

/** Seconds, or a duration. */
function stepOf(text: string | null): number | undefined {
  if (text === null) return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  return /^(\d+(ms|[smhdwy]))+$/.test(text) ? durationMs(text) : undefined
}

function formatValue(value: number | string): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}
