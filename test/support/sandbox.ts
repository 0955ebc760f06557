import type { IncomingHttpHeaders } from 'node:http'
import { request as startRequest } from 'node:https'
import type { Clock } from '#lib/clock.ts'
import { type SandboxCluster, startSandboxFleet } from '#main/sandbox/start-fleet.ts'

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

export interface Sandbox {
  readonly cluster: SandboxCluster
  readonly kubeconfig: string
  /** One HTTPS request with the cluster's token, unless other headers say otherwise. */
  send<Body = Record<string, unknown>>(method: string, path: string, more?: RawRequest): Promise<RawAnswer<Body>>
  watch<Event = unknown>(path: string, headers?: Readonly<Record<string, string>>): RawWatch<Event>
  stop(): Promise<void>
}

/** One sandbox cluster, spoken to without any client of ours in between. */
export async function aSandbox(clock: Clock, speed = 1): Promise<Sandbox> {
  const fleet = await startSandboxFleet({ clusters: 1, seed: 7, clock, speed })
  const [cluster] = fleet.clusters
  if (cluster === undefined) throw new Error('a fleet without clusters')
  const open = (method: string, path: string, headers: Readonly<Record<string, string>>) =>
    startRequest(`${cluster.url}${path}`, {
      method,
      // A `Host` of the test's own must not change whose certificate is expected.
      servername: 'localhost',
      ca: Buffer.from(cluster.server.caData ?? '', 'base64'),
      headers: { Authorization: `Bearer ${cluster.token}`, ...headers },
    })
  return {
    cluster,
    kubeconfig: fleet.kubeconfig,
    stop: () => fleet.stop(),
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
