import type { EpochMs } from '#lib/clock.ts'
import { answerPrometheus } from './prometheus-api.ts'
import type { SeriesSource } from './promql/series.ts'

export interface MetricsRequest {
  readonly method: string
  readonly url: URL
  /** A form, where the method has one. */
  readonly body: string
}

/** What Prometheus answers over HTTP: text where the body is text, else JSON. */
export function answerMetrics(
  { method, url, body }: MetricsRequest,
  source: SeriesSource,
  now: EpochMs,
): { readonly code: number; readonly body: unknown } {
  if (url.pathname === '/-/healthy' || url.pathname === '/-/ready')
    return { code: 200, body: 'Prometheus Server is Healthy.\n' }
  const parameters = new URLSearchParams([...url.searchParams, ...new URLSearchParams(method === 'POST' ? body : '')])
  const answer = answerPrometheus(url.pathname, parameters, source, now)
  if (answer === undefined)
    return { code: 404, body: { status: 'error', errorType: 'not_found', error: 'no such path' } }
  if (answer.ok) return { code: 200, body: { status: 'success', data: answer.value } }
  return { code: 400, body: { status: 'error', errorType: 'bad_data', error: answer.error } }
}
