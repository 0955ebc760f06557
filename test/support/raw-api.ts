import type { IncomingHttpHeaders } from 'node:http'
import { request as startHttp } from 'node:http'
import { request as startHttps } from 'node:https'

/** A body as it came, for tests to match against. */
export interface RawAnswer<Body = Record<string, unknown>> {
  readonly code: number
  readonly headers: IncomingHttpHeaders
  readonly body: Body
}

export interface RawRequest {
  /** Sent as JSON unless it is text. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface RawWatch<Event> {
  /** What came so far, one value per line. */
  readonly events: readonly Event[]
  /** The server ended it. */
  readonly ended: boolean
  close(): void
}

/** An API server, spoken to without any client of ours in between. */
export interface RawApi {
  readonly send: <Body = Record<string, unknown>>(
    method: string,
    path: string,
    more?: RawRequest,
  ) => Promise<RawAnswer<Body>>
  readonly watch: <Event = unknown>(path: string, headers?: Readonly<Record<string, string>>) => RawWatch<Event>
}

export interface RawApiOptions {
  /** Without a slash at the end. */
  readonly url: string
  /** Sent with every request, unless other headers say otherwise. */
  readonly headers: Readonly<Record<string, string>>
  readonly ca?: Buffer
}

export function rawApi({ url, headers: own, ca }: RawApiOptions): RawApi {
  const start = url.startsWith('https:') ? startHttps : startHttp
  const open = (method: string, path: string, headers: Readonly<Record<string, string>>) =>
    // A `Host` of the test's own must not change whose certificate is expected.
    start(`${url}${path}`, { method, servername: 'localhost', ca, headers: { ...own, ...headers } })
  return {
    send<Body>(method: string, path: string, { body, headers = {} }: RawRequest = {}) {
      return new Promise<RawAnswer<Body>>((resolve, reject) => {
        const text = body === undefined || typeof body === 'string' ? (body ?? '') : JSON.stringify(body)
        const length = { 'Content-Length': String(Buffer.byteLength(text)) }
        const request = open(method, path, { 'Content-Type': 'application/json', ...length, ...headers })
        request.on('error', reject)
        request.on('response', (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => {
            const isJson = response.headers['content-type']?.includes('json') === true
            const answer = Buffer.concat(chunks).toString()
            const read = (isJson ? JSON.parse(answer) : answer) as Body
            resolve({ code: response.statusCode ?? 0, headers: response.headers, body: read })
          })
        })
        request.end(text)
      })
    },
    watch<Event>(path: string, headers = {}) {
      const events: Event[] = []
      const state = { ended: false }
      const request = open('GET', path, headers)
      let rest = ''
      request.on('error', () => undefined)
      request.on('response', (response) => {
        response.on('data', (chunk: Buffer) => {
          const lines = (rest + chunk.toString()).split('\n')
          rest = lines.pop() ?? ''
          for (const line of lines) events.push(JSON.parse(line) as Event)
        })
        response.on('close', () => {
          state.ended = true
        })
      })
      request.end()
      return {
        events,
        get ended() {
          return state.ended
        },
        close: () => void request.destroy(),
      }
    },
  }
}
