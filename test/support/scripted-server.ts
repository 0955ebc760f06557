import { readFileSync } from 'node:fs'
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'

/** One request as it arrived; `body` is complete. */
export interface SeenRequest {
  readonly method: string
  /** Path without query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** Common name of the client's certificate. */
  readonly clientName: string | undefined
}

export type Answer = (request: SeenRequest, reply: Reply) => void

export interface Reply {
  json(status: number, value: unknown, headers?: Readonly<Record<string, string>>): void
  text(status: number, value: string, headers?: Readonly<Record<string, string>>): void
  /** Starts a watch: the head is sent at once, events follow as written. */
  stream(): { event(type: string, object: unknown): void; write(part: string | Uint8Array): void; end(): void }
  /** Any head; the body is written by the caller, or never. */
  raw(
    status: number,
    headers: Readonly<Record<string, string>>,
  ): { write(part: string | Uint8Array): unknown; end(part?: string | Uint8Array): unknown }
  /** Cuts the connection (HTTP/2: the stream). */
  reset(): void
}

export interface ScriptedServer {
  readonly url: string
  readonly requests: readonly SeenRequest[]
  /** Connections accepted so far. */
  readonly connections: number
  /** Connections open now. */
  readonly open: number
  /** Replaces the script. */
  answer(script: Answer): void
  close(): Promise<void>
}

export const tlsFile = (name: string): string => new URL(`../fixtures/tls/${name}`, import.meta.url).pathname
export const tlsText = (name: string): string => readFileSync(tlsFile(name), 'utf8')

/** A real server on loopback that answers as told and remembers what it was asked. */
export async function startServer(
  script: Answer,
  options: { readonly kind?: 'http' | 'https' | 'http2'; readonly certificate?: string } = {},
): Promise<ScriptedServer> {
  const { kind = 'http', certificate = 'server' } = options
  let current = script
  let connections = 0
  const requests: SeenRequest[] = []
  const sockets = new Set<Socket>()
  const tls = {
    key: tlsText(`${certificate}.key`),
    cert: tlsText(`${certificate}.crt`),
    ca: tlsText('ca.crt'),
    requestCert: true,
    rejectUnauthorized: false,
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const seen = see(request, Buffer.concat(chunks).toString())
      requests.push(seen)
      current(seen, replyTo(response))
    })
  }
  const server =
    kind === 'http'
      ? createHttp(listener)
      : kind === 'https'
        ? createHttps(tls, listener)
        : createSecureServer({ ...tls, allowHTTP1: true }, listener as never)
  const bare = server as unknown as Server
  bare.on('connection', (socket: Socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  bare.on('sessionError', () => undefined)
  await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve))
  const { port } = bare.address() as AddressInfo
  return {
    url: `${kind === 'http' ? 'http' : 'https'}://localhost:${port}`,
    requests,
    get connections() {
      return connections
    },
    get open() {
      return sockets.size
    },
    answer(next) {
      current = next
    },
    async close() {
      const closed = new Promise((resolve) => bare.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function see(request: IncomingMessage, body: string): SeenRequest {
  const url = new URL(request.url ?? '/', 'http://none')
  const socket = request.socket as { getPeerCertificate?: () => { subject?: { CN?: string } } | undefined }
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body,
    clientName: socket.getPeerCertificate?.()?.subject?.CN,
  }
}

function replyTo(response: ServerResponse): Reply {
  const send = (status: number, type: string, text: string, headers: Readonly<Record<string, string>>): void => {
    response.writeHead(status, { 'Content-Type': type, ...headers })
    response.end(text)
  }
  return {
    json: (status, value, headers = {}) => send(status, 'application/json', JSON.stringify(value), headers),
    text: (status, value, headers = {}) => send(status, 'text/plain', value, headers),
    stream() {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      response.flushHeaders?.()
      const write = (part: string | Uint8Array): void => void response.write(part)
      return {
        write,
        event: (type, object) => write(`${JSON.stringify({ type, object })}\n`),
        end: () => void response.end(),
      }
    },
    raw(status, headers) {
      response.writeHead(status, headers)
      response.flushHeaders?.()
      return response
    },
    reset: () => {
      if ('stream' in response) (response.stream as { close(code: number): void }).close(2)
      else response.socket?.destroy()
    },
  }
}

/** An error answer as the API server gives it. */
export const status = (code: number, reason: string, message: string, details: object = {}) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message,
  details,
})
