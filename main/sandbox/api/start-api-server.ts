import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Clock } from '#lib/clock.ts'
import { type Log, silentLog } from '#lib/log.ts'
import type { MemoryStore } from '../memory-store.ts'
import type { ApiToken } from './access.ts'
import { ApiHandler } from './api-handler.ts'
import type { Faults } from './faults.ts'
import { createIdentity, type Identity } from './self-signed.ts'
import type { Listeners } from './service-proxy.ts'

export interface ApiServerOptions {
  readonly store: MemoryStore
  readonly clock: Clock
  /** Shown in the certificate. */
  readonly name: string
  readonly tokens: readonly ApiToken[]
  /** A loopback address. */
  readonly host?: string
  /** Absent or 0: any free port. */
  readonly port?: number
  /** False: plain HTTP, over which kubectl sends no token. */
  readonly tls?: boolean
  readonly log?: Log
  /** What can be reached by its proxy for Services. */
  readonly listeners?: Listeners
}

export interface SandboxApiServer {
  /** `https://127.0.0.1:PORT` */
  readonly url: string
  /** Base64 of the PEM, as `certificate-authority-data`; `undefined` over plain HTTP. */
  readonly caData: string | undefined
  readonly faults: Faults
  /** Requests so far by verb and resource: `watch rollouts.argoproj.io`, `get /version`. */
  readonly requestCount: ReadonlyMap<string, number>
  /** Watches open now. */
  readonly openWatches: number
  /** Ends every watch and connection. */
  close(): Promise<void>
}

const headersTimeoutMs = 10_000
const requestTimeoutMs = 60_000

/** Serves a store as a Kubernetes API on a loopback address. Rejects when the port is in use. */
export async function startApiServer(options: ApiServerOptions): Promise<SandboxApiServer> {
  const { host = '127.0.0.1', port = 0, tls = true, log = silentLog } = options
  const handler = new ApiHandler(options)
  const identity = tls ? createIdentity(`argosy sandbox ${options.name}`, options.clock.now()) : undefined
  const server = serverFor(identity, (request, response) => {
    response.setHeader('Date', new Date(options.clock.now()).toUTCString())
    handler.handle(request, response)
  })
  const sockets = socketsOf(server)
  await listen(server, host, port)
  const url = `${tls ? 'https' : 'http'}://${host}:${(server.address() as AddressInfo).port}`
  handler.address = url
  log('info', 'sandbox API server listening', { name: options.name, url })
  return {
    url,
    caData: identity && Buffer.from(identity.certificate).toString('base64'),
    faults: handler.faults,
    requestCount: handler.requestCount,
    get openWatches() {
      return handler.openWatches
    },
    close: async () => {
      handler.close()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      })
    },
  }
}

function serverFor(identity: Identity | undefined, listener: RequestListener) {
  const limits = { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs, maxHeaderSize: 64 * 1024 }
  return identity === undefined
    ? createServer(limits, listener)
    : createSecureServer({ ...limits, key: identity.key, cert: identity.certificate }, listener)
}

/** Those that are open: a TLS server itself does not know the ones that are still shaking hands. */
function socketsOf(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

const listen = (server: Server, host: string, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
