import * as v from 'valibot'
import type { RawData, WebSocket } from 'ws'
import { type ClientMessage, clientMessage, closeCodes, type ServerMessage } from '#contract/web-messages.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Dispatcher } from '#main/ipc/serve.ts'

export interface SocketClientOptions {
  readonly socket: WebSocket
  readonly dispatcher: Dispatcher
  readonly clock: Clock
  readonly log: Log
}

const limits = {
  subscriptions: 64,
  callsInFlight: 64,
  /** Unsent bytes at which a client counts as too slow to follow. */
  bufferedBytes: 16 * 1024 ** 2,
  pingEveryMs: 15_000,
} as const

/**
 * Serves the contract to one WebSocket until it closes. A client that does not read is cut off: its view would be stale without
 * saying so. It comes back and takes a snapshot.
 */
export function serveSocket({ socket, dispatcher, clock, log }: SocketClientOptions): void {
  const subscriptions = new Map<number, Dispose>()
  let callsInFlight = 0

  const send = (message: ServerMessage): void => {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > limits.bufferedBytes) {
      log('warn', 'window too slow', { bufferedBytes: socket.bufferedAmount })
      socket.close(closeCodes.tooSlow, 'too slow')
      socket.terminate()
      return
    }
    socket.send(JSON.stringify(message))
  }
  const refuse = (id: number, message: string): void =>
    send({ kind: 'failure', id, failure: { kind: 'NotAllowed', message } })

  const call = async ({ id, channel, input }: Extract<ClientMessage, { kind: 'call' }>): Promise<void> => {
    if (callsInFlight >= limits.callsInFlight) return refuse(id, `${limits.callsInFlight} calls are under way already.`)
    callsInFlight += 1
    const outcome = await dispatcher.call(channel, input)
    callsInFlight -= 1
    send(outcome.ok ? { kind: 'result', id, value: outcome.value } : { kind: 'failure', id, failure: outcome.error })
  }

  const subscribe = ({ id, stream, topic }: Extract<ClientMessage, { kind: 'subscribe' }>): void => {
    if (subscriptions.has(id)) return refuse(id, `Subscription ${id} is open already.`)
    if (subscriptions.size >= limits.subscriptions) return refuse(id, `${limits.subscriptions} subscriptions are open.`)
    const outcome = dispatcher.subscribe(stream, topic, (message) => send({ kind: 'message', id, message }))
    if (outcome.ok) subscriptions.set(id, outcome.value)
    else send({ kind: 'failure', id, failure: outcome.error })
  }

  socket.on('message', (data, isBinary) => {
    const message = isBinary ? undefined : parse(textOf(data))
    if (message === undefined) return socket.close(closeCodes.protocol, 'not a message of the contract')
    switch (message.kind) {
      case 'call':
        return void call(message)
      case 'subscribe':
        return subscribe(message)
      case 'unsubscribe':
        subscriptions.get(message.id)?.()
        return void subscriptions.delete(message.id)
    }
  })

  const stopPinging = keepAlive(socket, clock)
  socket.on('error', (error) => log('debug', 'window socket failed', { error }))
  socket.on('close', () => {
    stopPinging()
    for (const end of subscriptions.values()) end()
    subscriptions.clear()
  })
}

function parse(text: string): ClientMessage | undefined {
  try {
    const checked = v.safeParse(clientMessage, JSON.parse(text))
    return checked.success ? checked.output : undefined
  } catch {
    return undefined
  }
}

/** Ends a connection whose other side has not answered the last ping. */
function keepAlive(socket: WebSocket, clock: Clock): Dispose {
  let answered = true
  socket.on('pong', () => {
    answered = true
  })
  const beat = (): void => {
    if (!answered) return socket.terminate()
    answered = false
    socket.ping()
    stop = clock.after(limits.pingEveryMs, beat)
  }
  let stop = clock.after(limits.pingEveryMs, beat)
  return () => stop()
}

const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8')
