import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '#lib/clock.ts'
import { isLoopbackHost } from '../api/loopback-host.ts'
import { answerMetrics } from './answer-metrics.ts'
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
  const body = request.method === 'POST' ? await readForm(request) : ''
  if (body === undefined)
    return send(response, 413, { status: 'error', errorType: 'bad_data', error: 'request too large' })
  const url = new URL(request.url ?? '/', 'http://metrics')
  const answer = answerMetrics({ method: request.method ?? 'GET', url, body }, source, clock.now())
  send(response, answer.code, answer.body)
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const isText = typeof body === 'string'
  response.writeHead(status, { 'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json' })
  response.end(isText ? body : JSON.stringify(body))
}

/** `undefined` when the body is larger than any query. */
async function readForm(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
