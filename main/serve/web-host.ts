import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Duplex, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { WebSocketServer } from 'ws'
import { recordPath } from '#contract/record-views.ts'
import { closeCodes, webSocketPath } from '#contract/web-messages.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Dispatcher } from '#main/ipc/serve.ts'
import { Sessions } from './sessions.ts'
import { serveSocket } from './socket-client.ts'
import { readStaticFile } from './static-files.ts'

export interface WebHostOptions {
  readonly dispatcher: Dispatcher
  /** The record of what was done, of one cluster or all, for download. */
  readonly record?: (context: string | undefined) => Download
  /** Folder of the built window. */
  readonly rendererFolder: string
  /** 0: any free one. */
  readonly port: number
  readonly clock: Clock
  readonly log: Log
}

export interface Download {
  readonly name: string
  readonly lines: Iterable<string>
}

export interface WebHost {
  readonly port: number
  /** An address that lets one browser in, once. Each call makes a new one. */
  url(): string
  /** Tells every window that Argosy ends, and waits until all connections are closed. */
  close(): Promise<void>
}

/** Why the port cannot be had, in words for a person. */
export interface WebHostFailure {
  readonly kind: 'PortInUse' | 'PortNotAllowed'
  readonly message: string
}

const address = '127.0.0.1'
const clientsMax = 32
const messageBytesMax = 1024 ** 2

/**
 * Serves window and contract to browsers of this machine. It listens on loopback only; each request must name us as Host (so no
 * other name can be pointed here), come from our own pages, and carry the session that a printed address was exchanged for.
 */
export async function startWebHost(options: WebHostOptions): Promise<Outcome<WebHost, WebHostFailure>> {
  const { dispatcher, clock, log } = options
  const sessions = new Sessions()
  const sockets = new WebSocketServer({ noServer: true, maxPayload: messageBytesMax })
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 })

  const listening = await listen(server, options.port)
  if (!listening.ok) return listening
  const door = new Door(sessions, listening.value)

  server.on('request', (request, response) => {
    answer(request, response, door, options).catch((error: unknown) => {
      log('error', 'bug', { where: 'web host', error })
      response.destroy()
    })
  })
  server.on('upgrade', (request, socket, head) => {
    const status = upgradeStatus(request, door, sockets.clients.size)
    if (status !== undefined) return refuseUpgrade(socket, status)
    sockets.handleUpgrade(request, socket, head, (client) => serveSocket({ socket: client, dispatcher, clock, log }))
  })

  return success({
    port: listening.value,
    url: () => `http://${address}:${listening.value}/?token=${sessions.issueToken()}`,
    close: () => close(server, sockets, clock),
  })
}

/** All that decides whether a request comes from a page of ours. */
class Door {
  readonly #sessions: Sessions
  readonly #hosts: readonly string[]
  readonly #cookie: string

  constructor(sessions: Sessions, port: number) {
    this.#sessions = sessions
    this.#hosts = [`${address}:${port}`, `localhost:${port}`]
    // Cookies do not know ports: two Argosys on one machine need two names.
    this.#cookie = `argosy-${port}`
  }

  isForUs(request: IncomingMessage): boolean {
    return request.headers.host !== undefined && this.#hosts.includes(request.headers.host)
  }

  /** Browsers send Origin with every WebSocket and every request from another site. */
  isFromUs(request: IncomingMessage): boolean {
    const { origin } = request.headers
    return origin === `http://${request.headers.host}`
  }

  hasSession(request: IncomingMessage): boolean {
    const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='))
    const session = pairs.find(([name]) => name === this.#cookie)?.[1]
    return session !== undefined && this.#sessions.isOpen(session)
  }

  /** The Set-Cookie header for a token, or `undefined` when it is not, or no longer, valid. */
  redeem(token: string): string | undefined {
    const session = this.#sessions.redeem(token)
    return session === undefined ? undefined : `${this.#cookie}=${session}; HttpOnly; SameSite=Strict; Path=/`
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  door: Door,
  { rendererFolder, record }: WebHostOptions,
): Promise<void> {
  if (!door.isForUs(request)) return text(response, 421, 'Argosy answers at its own address only.')
  setSecurityHeaders(response, request.headers.host ?? '')
  if (request.headers.origin !== undefined && !door.isFromUs(request))
    return text(response, 403, 'Not from a page of Argosy.')
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(response, 405, 'Only GET and HEAD.')

  const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
  const token = url.searchParams.get('token')
  if (token !== null) return exchange(response, door, door.redeem(token), request)
  if (!door.hasSession(request)) return text(response, 401, `${notLetIn} ${howToGetIn}`)

  if (url.pathname === recordPath && record !== undefined) {
    return download(request, response, record(url.searchParams.get('context') ?? undefined))
  }
  return answerFile(request, response, url.pathname, rendererFolder)
}

async function answerFile(
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
  rendererFolder: string,
): Promise<void> {
  const file = await readStaticFile(rendererFolder, pathname)
  if (file === undefined) {
    return text(response, 404, pathname === '/' ? `The window is not built: ${rendererFolder} is empty.` : 'Not found.')
  }
  response.writeHead(200, {
    'Content-Type': file.contentType,
    'Content-Length': file.body.byteLength,
    'Cache-Control': file.cacheControl,
  })
  response.end(request.method === 'HEAD' ? undefined : file.body)
}

/** Nothing is kept of it by the browser but the file that the person saves. */
async function download(request: IncomingMessage, response: ServerResponse, { name, lines }: Download): Promise<void> {
  response.writeHead(200, {
    'Content-Type': 'application/jsonl; charset=utf-8',
    'Content-Disposition': `attachment; filename="${name}"`,
    'Cache-Control': 'no-store',
  })
  if (request.method === 'HEAD') return void response.end()
  const text = function* () {
    for (const line of lines) yield `${line}\n`
  }
  // Who goes away in the middle has no file, and needs no words.
  await pipeline(Readable.from(text()), response).catch(() => undefined)
}

const notLetIn = 'This browser has no session with Argosy.'
const howToGetIn = 'Open the address that `argosy serve` printed; it works once. Start it again for a new one.'

/** Cookie for token. Who reloads the printed address and has a session already is let in as well. */
function exchange(response: ServerResponse, door: Door, cookie: string | undefined, request: IncomingMessage): void {
  if (cookie === undefined && !door.hasSession(request)) {
    return text(response, 401, `The token of this address was used before, or is of another Argosy. ${howToGetIn}`)
  }
  if (cookie !== undefined) response.setHeader('Set-Cookie', cookie)
  response.writeHead(303, { Location: '/', 'Cache-Control': 'no-store' })
  response.end()
}

/** HTTP status of the refusal, or `undefined` to go on. */
function upgradeStatus(request: IncomingMessage, door: Door, clients: number): string | undefined {
  if (!door.isForUs(request)) return '421 Misdirected Request'
  if (request.url !== webSocketPath) return '404 Not Found'
  if (!door.isFromUs(request)) return '403 Forbidden'
  if (!door.hasSession(request)) return '401 Unauthorized'
  return clients >= clientsMax ? '503 Service Unavailable' : undefined
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function setSecurityHeaders(response: ServerResponse, host: string): void {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ws://${host}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  response.setHeader('Content-Security-Policy', policy.join('; '))
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Referrer-Policy', 'no-referrer')
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
}

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end(`${body}\n`)
}

function listen(server: Server, port: number): Promise<Outcome<number, WebHostFailure>> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        const message = `Port ${port} is in use by another program. Choose another one with --port, or leave --port out.`
        resolve(failure({ kind: 'PortInUse', message }))
      } else if (error.code === 'EACCES') {
        const message = `Port ${port} may not be used by this account. Choose one above 1023 with --port.`
        resolve(failure({ kind: 'PortNotAllowed', message }))
      } else reject(error)
    })
    server.listen(port, address, () => {
      const bound = server.address()
      resolve(success(typeof bound === 'object' && bound !== null ? bound.port : port))
    })
  })
}

const closeTimeoutMs = 2000

async function close(server: Server, sockets: WebSocketServer, clock: Clock): Promise<void> {
  for (const client of sockets.clients) client.close(closeCodes.ended, 'Argosy ends')
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const doNotForce = clock.after(closeTimeoutMs, () => {
    for (const client of sockets.clients) client.terminate()
    server.closeAllConnections()
  })
  await closed
  doNotForce()
}
