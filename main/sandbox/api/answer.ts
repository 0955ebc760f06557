import type { ServerResponse } from 'node:http'
import type { KubeObject, Status } from '#api/meta.ts'

/** A finished answer. `body` is sent as JSON, or as it is when it is text. */
export interface Answer {
  readonly code: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export const ok = (body: unknown): Answer => ({ code: 200, body })
export const created = (body: unknown): Answer => ({ code: 201, body })
export const failed = (status: Status): Answer => {
  const retry = status.details?.retryAfterSeconds
  const body = { ...status, metadata: {} }
  const answer = { code: status.code ?? 500, body }
  return retry === undefined ? answer : { ...answer, headers: { 'Retry-After': String(retry) } }
}

export function send(response: ServerResponse, { code, body, headers }: Answer): void {
  const isText = typeof body === 'string'
  const bytes = Buffer.from(isText ? body : `${JSON.stringify(body)}\n`)
  response.writeHead(code, {
    'Content-Type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    'Cache-Control': 'no-cache, private',
    'Content-Length': bytes.length,
    ...headers,
  })
  response.end(bytes)
}

const texts = new WeakMap<KubeObject, string>()

/** The JSON of a stored object, written once for all watchers; objects of the store never change. */
export function jsonOf(object: KubeObject): string {
  const known = texts.get(object)
  if (known !== undefined) return known
  const text = JSON.stringify(object)
  if (Object.isFrozen(object)) texts.set(object, text)
  return text
}
