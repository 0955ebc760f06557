import type { Agent } from 'node:http'
import { Duplex } from 'node:stream'
import { type RawData, WebSocket } from 'ws'
import { failure, type Outcome, success } from '#lib/outcome.ts'

/** Where a WebSocket is opened, with everything it takes to be let in. */
export interface Dial {
  readonly url: string
  readonly agent: Agent | undefined
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly tls: {
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
    readonly servername?: string
    readonly rejectUnauthorized?: boolean
  }
  readonly signal: AbortSignal
}

/** An API server that answers instead of opening, or an error before any answer. */
export type DialFailure =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'thrown'; readonly error: unknown }

/** What is spoken: the first byte of each message is a channel, and the first message of each channel names its port. */
const protocol = 'v4.channel.k8s.io'
const dataChannel = 0
const errorChannel = 1
const answerMax = 100_000
const messageMax = 16 * 2 ** 20

/** Opens the port of a pod that the URL names, as a stream of bytes. Destroying the stream closes it. */
export function openPort({ url, agent, headers, tls, signal }: Dial): Promise<Outcome<Duplex, DialFailure>> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, protocol, {
      headers,
      agent,
      ...tls,
      maxPayload: messageMax,
      perMessageDeflate: false,
    })
    const abort = (): void => socket.terminate()
    signal.addEventListener('abort', abort, { once: true })
    const settle = (outcome: Outcome<Duplex, DialFailure>): void => {
      signal.removeEventListener('abort', abort)
      resolve(outcome)
    }
    socket.once('open', () => settle(success(new PortStream(socket))))
    socket.on('error', (error) => settle(failure({ kind: 'thrown', error })))
    socket.once('unexpected-response', (request, response) => {
      let body = ''
      const end = (): void => {
        request.destroy()
        settle(failure({ kind: 'answered', status: response.statusCode ?? 0, body }))
      }
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (body = (body + chunk).slice(0, answerMax)))
      response.once('end', end)
      response.once('error', end)
    })
    if (signal.aborted) abort()
  })
}

/** The bytes of one port. There is no half of a connection to close: it ends as a whole. */
class PortStream extends Duplex {
  readonly #socket: WebSocket
  readonly #named = new Set<number>()

  constructor(socket: WebSocket) {
    super()
    this.#socket = socket
    // Whoever reads it learns of an error by its end, too; nobody may be listening yet.
    this.on('error', () => undefined)
    socket.on('message', (data: RawData) => this.#receive(bytesOf(data)))
    socket.on('close', () => this.push(null))
    socket.on('error', (error) => this.destroy(error))
  }

  #receive(message: Buffer): void {
    const [channel = -1] = message
    if (channel !== dataChannel && channel !== errorChannel) return
    const isFirst = !this.#named.has(channel)
    this.#named.add(channel)
    // Two bytes with the number of the port.
    const bytes = message.subarray(isFirst ? 3 : 1)
    if (bytes.length === 0) return
    if (channel === errorChannel) this.destroy(new Error(bytes.toString('utf8').trim()))
    else if (!this.push(bytes)) this.#socket.pause()
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.send(Buffer.concat([Buffer.from([dataChannel]), chunk]), done)
  }

  override _final(done: () => void): void {
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.terminate()
    done(error)
  }
}

const bytesOf = (data: RawData): Buffer =>
  Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data
