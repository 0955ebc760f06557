import { parseGoDuration } from '#lib/go-duration.ts'
import { failure, success } from '#lib/outcome.ts'
import type { HttpMethod } from '../delivery.ts'
import { base64Encoded } from '../template/functions/base64.ts'
import { type Shape, ShapeError } from '../yaml-shape.ts'
import { type ServiceReader, timeoutMs, usualRetry } from './service.ts'

const methods: readonly HttpMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const retriesMax = 10
const waitMaxMs = 60_000

/** OPS-171: any HTTP service. */
export const webhook: ServiceReader = (options) => {
  const url = options.text('url')
  const headers = options.list('headers').map((each) => [each.text('name'), each.text('value')] as const)
  const authorization = options.has('basicAuth') ? [basicAuth(options.inner('basicAuth'))] : []
  const insecure = options.flag('insecureSkipVerify')
  const retry = {
    max: Math.min(retriesMax, options.whole('retryMax') || usualRetry.max),
    waitMinMs: duration(options, 'retryWaitMin') || usualRetry.waitMinMs,
    waitMaxMs: duration(options, 'retryWaitMax') || usualRetry.waitMaxMs,
  }
  return (notification, { service }) => {
    const own = notification.webhooks[service]
    const wanted = own === undefined || own.method === '' ? 'GET' : own.method.toUpperCase()
    const method = methods.find((each) => each === wanted)
    if (method === undefined)
      return failure(`webhook: method ${JSON.stringify(wanted)} is not one of ${methods.join(', ')}`)
    const body = own?.body ?? notification.message
    const request = {
      method,
      url: joined(url, own?.path ?? ''),
      headers: [...headers, ...authorization],
      body,
      timeoutMs,
      insecure,
    }
    return success({ kind: 'http', requests: [request], enough: 'all', retry })
  }
}

/** With one `/` between. */
const joined = (url: string, path: string): string =>
  path === '' ? url : `${url.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`

export const basicAuth = (options: Shape): readonly [string, string] => [
  'Authorization',
  `Basic ${base64Encoded(`${options.text('username')}:${options.text('password')}`)}`,
]

/** Go's syntax, or a number of nanoseconds. */
function duration(options: Shape, name: string): number {
  if (!options.has(name)) return 0
  const text = options.textOrNumber(name)
  const parsed = /^\d+$/.test(text) ? success(Number(text) / 1e6) : parseGoDuration(text)
  if (!parsed.ok) throw new ShapeError(`webhook.${name}: ${parsed.error}`)
  return Math.min(waitMaxMs, Math.max(0, parsed.value))
}
