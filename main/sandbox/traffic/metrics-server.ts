import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '#lib/clock.ts'
import { isLoopbackHost } from '../api/loopback-host.ts'
import { answerPrometheus } from './prometheus-api.ts'
import type { SeriesSource } from './promql/series.ts'

export interface MetricsServer {
  readonly url: string
  close(): Promise<void>
}

const bodyBytesMax = 1_000_000

/** Serves the Prometheus API over HTTP, without credentials, as Prometheus itself does. Rejects when the port is taken. */
export async function startMetricsServer(options: {
  readonly source: SeriesSource
  readonly clock: Clock
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
}): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    // `respond` answers every failure itself; what is left is a client that hung up.
    respond(request, response, options).catch(() => response.destroy())
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${options.host}:${port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { source, clock }: { readonly source: SeriesSource; readonly clock: Clock },
): Promise<void> {
  if (!isLoopbackHost(request.headers.host)) {
    const error = 'the sandbox answers only to names of this machine'
    return send(response, 421, { status: 'error', errorType: 'bad_data', error })
  }
  const url = new URL(request.url ?? '/', 'http://metrics')
  if (url.pathname === '/-/healthy' || url.pathname === '/-/ready') {
    response.end('Prometheus Server is Healthy.\n')
    return
  }
  const body = request.method === 'POST' ? await readForm(request) : new URLSearchParams()
  if (body === undefined)
    return send(response, 413, { status: 'error', errorType: 'bad_data', error: 'request too large' })
  const parameters = new URLSearchParams([...url.searchParams, ...body])
  const answer = answerPrometheus(url.pathname, parameters, source, clock.now())
  if (answer === undefined)
    return send(response, 404, { status: 'error', errorType: 'not_found', error: 'no such path' })
  if (answer.ok) return send(response, 200, { status: 'success', data: answer.value })
  send(response, 400, { status: 'error', errorType: 'bad_data', error: answer.error })
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** `undefined` when the body is larger than any query. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) return undefined
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}
