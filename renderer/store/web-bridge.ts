import { type Bridge, BridgeError, type BridgeFailure, type BridgeState } from '#contract/bridge.ts'
import type { Output } from '#contract/requests.ts'
import type { Message } from '#contract/streams.ts'
import { type ClientMessage, closeCodes, type ServerMessage, webSocketPath } from '#contract/web-messages.ts'

/** As much of the browser's WebSocket as is used, so that tests can bring one with a cookie. */
export interface Socket {
  readonly readyState: number
  send(text: string): void
  close(): void
  onopen: (() => void) | null
  onclose: ((event: { readonly code: number }) => void) | null
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onerror: (() => void) | null
}

export interface WebBridgeOptions {
  readonly connect?: () => Socket
  /** Delay of the n-th attempt in a row, n from 0. */
  readonly retryDelayMs?: (attempt: number) => number
}

const callTimeoutMs = 60_000
const waitingCallsMax = 100

const growingDelayMs = (attempt: number): number => Math.min(250 * 2 ** attempt, 5_000)

const ownSocket = (): Socket => new WebSocket(`ws://${location.host}${webSocketPath}`) as Socket

/**
 * The contract over a WebSocket to `argosy serve`. When the connection breaks it is made again, with growing delays, and every
 * subscription is renewed; calls under way are rejected, since nobody knows whether they arrived. Whoever keeps a copy of main's
 * data takes a new snapshot at each `connected`.
 */
export function createWebBridge(options: WebBridgeOptions = {}): Bridge & { close(): void } {
  return new WebBridge(options)
}

interface PendingCall {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: BridgeError) => void
  readonly timeout: ReturnType<typeof setTimeout>
}

interface Subscription {
  readonly request: ClientMessage
  readonly listener: (message: unknown) => void
}

class WebBridge implements Bridge {
  readonly #connect: () => Socket
  readonly #retryDelayMs: (attempt: number) => number
  readonly #calls = new Map<number, PendingCall>()
  readonly #subscriptions = new Map<number, Subscription>()
  readonly #listeners = new Set<(state: BridgeState) => void>()
  #waiting: ClientMessage[] = []
  #socket: Socket
  #state: BridgeState = 'reconnecting'
  #attempt = 0
  #nextId = 0

  constructor(options: WebBridgeOptions) {
    this.#connect = options.connect ?? ownSocket
    this.#retryDelayMs = options.retryDelayMs ?? growingDelayMs
    this.#socket = this.#open()
  }

  call: Bridge['call'] = (channel, input) => {
    const id = this.#nextId++
    return new Promise<Output<typeof channel>>((resolve, reject) => {
      if (this.#state === 'ended') return reject(new BridgeError(gone('Argosy has ended.')))
      const timeout = setTimeout(() => this.#fail(id, gone(`No answer to ${channel} within 60 s.`)), callTimeoutMs)
      this.#calls.set(id, { resolve: resolve as (value: unknown) => void, reject, timeout })
      this.#send({ kind: 'call', id, channel, input })
    })
  }

  subscribe: Bridge['subscribe'] = (stream, topic, listener) => {
    const id = this.#nextId++
    const request: ClientMessage = { kind: 'subscribe', id, stream, topic }
    this.#subscriptions.set(id, { request, listener: (message) => listener(message as Message<typeof stream>) })
    if (this.#state === 'connected') this.#socket.send(JSON.stringify(request))
    return () => {
      const known = this.#subscriptions.delete(id)
      if (known && this.#state === 'connected') this.#socket.send(JSON.stringify({ kind: 'unsubscribe', id }))
    }
  }

  onConnection(listener: (state: BridgeState) => void): () => void {
    this.#listeners.add(listener)
    listener(this.#state)
    return () => void this.#listeners.delete(listener)
  }

  /** Ends the connection for good. */
  close(): void {
    this.#end()
    this.#socket.close()
  }

  #open(): Socket {
    const socket = this.#connect()
    socket.onopen = () => this.#opened()
    socket.onmessage = ({ data }) => this.#received(JSON.parse(String(data)) as ServerMessage)
    socket.onclose = ({ code }) => this.#closed(code)
    // A close always follows an error, and says as much as a browser tells.
    socket.onerror = () => undefined
    return socket
  }

  #opened(): void {
    this.#attempt = 0
    for (const { request } of this.#subscriptions.values()) this.#socket.send(JSON.stringify(request))
    for (const message of this.#waiting) this.#socket.send(JSON.stringify(message))
    this.#waiting = []
    this.#become('connected')
  }

  /** Calls made while there is no connection yet wait for it; those of a broken one were rejected. */
  #send(message: ClientMessage & { readonly kind: 'call' }): void {
    if (this.#state === 'connected') this.#socket.send(JSON.stringify(message))
    else if (this.#waiting.length < waitingCallsMax) this.#waiting.push(message)
    else this.#fail(message.id, gone('No connection to Argosy.'))
  }

  #received(message: ServerMessage): void {
    switch (message.kind) {
      case 'message':
        return this.#subscriptions.get(message.id)?.listener(message.message)
      case 'result': {
        const call = this.#take(message.id)
        return call?.resolve(message.value)
      }
      case 'failure':
        this.#subscriptions.delete(message.id)
        return this.#fail(message.id, message.failure)
    }
  }

  #closed(code: number): void {
    if (this.#state === 'ended') return
    this.#waiting = []
    for (const id of this.#calls.keys()) this.#fail(id, gone('The connection to Argosy broke.'))
    if (code === closeCodes.ended) return this.#end()
    this.#become('reconnecting')
    const delayMs = this.#retryDelayMs(this.#attempt++)
    setTimeout(() => {
      if (this.#state !== 'ended') this.#socket = this.#open()
    }, delayMs)
  }

  #end(): void {
    this.#become('ended')
    for (const id of this.#calls.keys()) this.#fail(id, gone('Argosy has ended.'))
  }

  #become(state: BridgeState): void {
    if (state === this.#state) return
    this.#state = state
    for (const listener of this.#listeners) listener(state)
  }

  #fail(id: number, failure: BridgeFailure): void {
    this.#take(id)?.reject(new BridgeError(failure))
  }

  #take(id: number): PendingCall | undefined {
    const call = this.#calls.get(id)
    this.#calls.delete(id)
    clearTimeout(call?.timeout)
    return call
  }
}

const gone = (message: string): BridgeFailure => ({ kind: 'Disconnected', message })
