import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, isIP } from 'node:net'
import { failure, type Outcome, success } from '#lib/outcome.ts'

export interface ListenAddress {
  /** Absent: every address of this machine. */
  readonly host: string | undefined
  /** 0: any free one. */
  readonly port: number
}

export interface EngineHostOptions {
  readonly at: ListenAddress
  /** What keeps the engine from being ready, a line each; none: it is. */
  readonly unready: () => readonly string[]
  /** In the text format of Prometheus. */
  readonly metrics: () => string
}

export interface EngineHost {
  readonly port: number
  close(): Promise<void>
}

/** `PORT` and `ADDRESS:PORT`; `:PORT` is every address. Whoever names none listens on loopback (OPS-7). */
export function parseListen(text: string): ListenAddress | undefined {
  const { address, named } = /^(?:(?<address>.*):)?(?<named>\d{1,5})$/.exec(text)?.groups ?? {}
  const port = Number(named)
  if (named === undefined || port > 65_535) return undefined
  if (address === undefined) return { host: loopback, port }
  if (address === '') return { host: undefined, port }
  const host = address.replace(/^\[(.*)\]$/, '$1')
  return isIP(host) === 0 ? undefined : { host, port }
}

const loopback = '127.0.0.1'

/** `/healthz`, `/readyz` and `/metrics` of an engine without a window. It takes no instructions, so it asks nobody who they are. */
export async function startEngineHost(options: EngineHostOptions): Promise<Outcome<EngineHost, string>> {
  const { host, port } = options.at
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) =>
    answer(request, response, options),
  )
  const listening = await new Promise<Outcome<void, string>>((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(failure(`${host ?? ''}:${port} cannot be listened on (${error.code ?? error.message})`)),
    )
    server.listen({ port, ...(host !== undefined && { host }) }, () => resolve(success(undefined)))
  })
  if (!listening.ok) return listening
  return success({
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
}

function answer(request: IncomingMessage, response: ServerResponse, { at, unready, metrics }: EngineHostOptions): void {
  if (!isForUs(request, at)) return send(response, 421, 'Only by an address of this machine.')
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'Only GET and HEAD.')
  switch (request.url?.split('?')[0]) {
    case '/healthz':
      return send(response, 200, 'ok')
    case '/readyz': {
      const missing = unready()
      return missing.length === 0 ? send(response, 200, 'ok') : send(response, 503, missing.join('\n'))
    }
    case '/metrics':
      return send(response, 200, metrics(), 'text/plain; version=0.0.4; charset=utf-8')
    default:
      return send(response, 404, 'There are /healthz, /readyz and /metrics.')
  }
}

/** No name of somebody else's leads a browser of this machine here: what listens on loopback is asked by address. */
function isForUs({ headers }: IncomingMessage, { host = '' }: ListenAddress): boolean {
  if (host !== '::1' && !host.startsWith('127.')) return true
  const named = URL.parse(`http://${headers.host ?? ''}`)?.hostname ?? ''
  return named === 'localhost' || isIP(named.replace(/^\[(.*)\]$/, '$1')) !== 0
}

function send(response: ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
  response.end(body)
}
