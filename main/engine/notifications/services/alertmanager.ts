import { goJson } from '#lib/go-json.ts'
import { failure, success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { ServiceReader } from './service.ts'
import { basicAuth } from './webhook.ts'

/** Of one target. */
const secondsDefault = 3
const secondsMax = 60

/** Alerts of Prometheus: delivered when one of the targets took it. */
export const alertmanager: ServiceReader = (options) => {
  const named = options.texts('targets')
  const targets = named.length === 0 ? ['127.0.0.1:9093'] : named
  const scheme = options.text('scheme') || 'http'
  const path = options.text('apiPath') || '/api/v2/alerts'
  const token = options.text('bearerToken')
  const headers = [
    ['Content-Type', 'application/json'] as const,
    ...(options.has('basicAuth')
      ? [basicAuth(options.inner('basicAuth'))]
      : token === ''
        ? []
        : [['Authorization', `Bearer ${token}`] as const]),
  ]
  const timeoutMs = Math.min(secondsMax, options.whole('timeout') || secondsDefault) * 1000
  const insecure = options.flag('insecureSkipVerify')
  return ({ alert }) => {
    if (alert === undefined) return failure('the templates have no alertmanager part')
    const body = goJson([{ ...alert, startsAt: formatSeconds(alert.startsAt) }])
    const requests = targets.map((target) => ({
      method: 'POST' as const,
      url: `${scheme}://${target}${path}`,
      headers,
      body,
      timeoutMs,
      insecure,
    }))
    return success({ kind: 'http', requests, enough: 'one', retry: { max: 0, waitMinMs: 0, waitMaxMs: 0 } })
  }
}
