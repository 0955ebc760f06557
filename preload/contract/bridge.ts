import type { Outcome } from '#lib/outcome.ts'
import type { Channel, Input, Output } from './requests.ts'
import type { Message, StreamName, Topic } from './streams.ts'

/**
 * All the window has: two verbs. Electron's preload, the browser's WebSocket client and the in-memory one of the tests
 * implement it; the same contract tests run over all three.
 */
export interface Bridge {
  /** Rejects with `BridgeError` when the input is not of the channel's shape, main has a bug, or the connection is gone. */
  call<K extends Channel>(channel: K, input: Input<K>): Promise<Output<K>>
  subscribe<S extends StreamName>(stream: S, topic: Topic<S>, listener: (message: Message<S>) => void): () => void
  /** Connection to main itself. Always `connected` in Electron. */
  onConnection(listener: (state: BridgeState) => void): () => void
}

export type BridgeState = 'connected' | 'reconnecting' | 'ended'

/** What crosses when a call fails before or beside its own `Outcome`. `id` finds the log line of a bug. */
export interface BridgeFailure {
  readonly kind: 'InvalidInput' | 'UnknownChannel' | 'NotAllowed' | 'Bug' | 'Disconnected'
  readonly message: string
  readonly id?: string
}

export class BridgeError extends Error {
  readonly failure: BridgeFailure
  constructor(failure: BridgeFailure) {
    super(failure.message)
    this.name = 'BridgeError'
    this.failure = failure
  }
}

/**
 * What the preload script puts on `window.argosy`. A context bridge carries plain data and functions but strips errors of
 * all but their text, so failures cross as values here and `createElectronBridge` (renderer/store) turns them back.
 */
export interface ElectronTransport {
  call(channel: string, input: unknown): Promise<Outcome<unknown, BridgeFailure>>
  subscribe(stream: string, topic: unknown, listener: (message: unknown) => void): () => void
}

/** Names of the four IPC messages that carry the whole contract. */
export const ipcNames = {
  call: 'argosy.call',
  subscribe: 'argosy.subscribe',
  unsubscribe: 'argosy.unsubscribe',
  message: 'argosy.message',
} as const

declare global {
  interface Window {
    /** Set by the preload script inside Electron; absent in a browser. */
    readonly argosy?: ElectronTransport
  }
}
