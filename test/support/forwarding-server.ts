import { createServer as createHttp, type IncomingMessage } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { status, tlsText } from './scripted-server.ts'

export interface ForwardingServer {
  readonly url: string
  /** Paths asked for, forwards with their query. */
  readonly asked: readonly string[]
  /** The Authorization of each request. */
  readonly credentials: readonly (string | undefined)[]
  /** Forwarded connections open now. */
  readonly open: number
  close(): Promise<void>
}

export interface Forwarding {
  readonly kind?: 'http' | 'https'
  /** Answers to GETs, by path without query. */
  readonly objects?: Readonly<Record<string, object>>
  /** Any free port when absent. */
  readonly listenAt?: number
  /** The port of loopback that stands for a port of every pod; `loopback`: the same. */
  readonly ports?: Readonly<Record<number, number>> | 'loopback'
  /** What a forward is answered with in the place of a connection. */
  readonly refuses?: { readonly code: number; readonly reason: string; readonly message: string }
}

/**
 * An API server that forwards ports as the one of Kubernetes does with `v4.channel.k8s.io`: messages begin with a channel, 0 for
 * bytes and 1 for errors, and the first of each names the port. To a real API server it is a kubelet.
 */
export async function startForwarding(options: Forwarding): Promise<ForwardingServer> {
  const { kind = 'http', listenAt = 0, objects = {}, ports = {}, refuses } = options
  const asked: string[] = []
  const credentials: (string | undefined)[] = []
  const see = (request: IncomingMessage): string => {
    asked.push(request.url ?? '')
    credentials.push(request.headers.authorization)
    return (request.url ?? '').split('?')[0] ?? ''
  }
  const tls = { key: tlsText('server.key'), cert: tlsText('server.crt') }
  const server = kind === 'http' ? createHttp() : createHttps(tls)
  server.on('request', (request, response) => {
    const object = objects[see(request)]
    const body = object ?? status(404, 'NotFound', 'not found')
    response.writeHead(object === undefined ? 404 : 200, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(body))
  })
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false })
  server.on('upgrade', (request, socket: Socket, head) => {
    see(request)
    if (refuses !== undefined) {
      const body = JSON.stringify(status(refuses.code, refuses.reason, refuses.message))
      socket.end(`HTTP/1.1 ${refuses.code} No\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
      return
    }
    const { searchParams } = new URL(request.url ?? '', 'http://none')
    const port = Number(searchParams.get('ports') ?? searchParams.get('port'))
    sockets.handleUpgrade(request, socket, head, (client) => {
      if (client.protocol === 'v4.channel.k8s.io') forward(client, port, ports === 'loopback' ? port : ports[port])
      else client.close(1002, 'no such protocol')
    })
  })
  await new Promise<void>((resolve) => server.listen(listenAt, '127.0.0.1', resolve))
  return {
    url: `${kind}://localhost:${(server.address() as AddressInfo).port}`,
    asked,
    credentials,
    get open() {
      return sockets.clients.size
    },
    async close() {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function forward(client: WebSocket, port: number, target: number | undefined): void {
  const send = (channel: number, bytes: Buffer): void => client.send(Buffer.concat([Buffer.from([channel]), bytes]))
  for (const channel of [0, 1]) send(channel, Buffer.from([port % 256, Math.floor(port / 256)]))
  const upstream = connect(target ?? 1, '127.0.0.1')
  upstream.on('data', (bytes) => send(0, bytes))
  upstream.on('close', () => client.close())
  upstream.on('error', () => send(1, Buffer.from(`an error occurred forwarding ${port}: connection refused`)))
  client.on('message', (message: Buffer) => {
    if (message[0] === 0) upstream.write(message.subarray(1))
  })
  client.on('close', () => upstream.destroy())
}
