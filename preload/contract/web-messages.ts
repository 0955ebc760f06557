import * as v from 'valibot'
import type { BridgeFailure } from './bridge.ts'

/*
 * How the contract crosses a WebSocket: one JSON text per message. `id` is the client's; answers and stream messages carry it back.
 * JSON leaves out what is `undefined`, which reads the same on the other side.
 */

const id = v.pipe(v.number(), v.integer(), v.minValue(0))
const name = v.pipe(v.string(), v.maxLength(100))

export const clientMessage = v.variant('kind', [
  v.object({ kind: v.literal('call'), id, channel: name, input: v.optional(v.unknown()) }),
  v.object({ kind: v.literal('subscribe'), id, stream: name, topic: v.optional(v.unknown()) }),
  v.object({ kind: v.literal('unsubscribe'), id }),
])
export type ClientMessage = v.InferOutput<typeof clientMessage>

export type ServerMessage =
  /** Ends a call. */
  | { readonly kind: 'result'; readonly id: number; readonly value?: unknown }
  /** Ends a call, or refuses a subscription. */
  | { readonly kind: 'failure'; readonly id: number; readonly failure: BridgeFailure }
  | { readonly kind: 'message'; readonly id: number; readonly message?: unknown }

/** Path of the WebSocket. */
export const webSocketPath = '/contract'

/** Close codes of the application range. */
export const closeCodes = {
  /** The client did not read fast enough; it connects again and takes a snapshot. */
  tooSlow: 4008,
  /** What it sent is not this protocol. */
  protocol: 4002,
  /** Argosy ends; connecting again will not help. */
  ended: 4001,
} as const
