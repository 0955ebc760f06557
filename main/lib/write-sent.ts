import type { EpochMs } from './clock.ts'

/** Why something was written, as whoever wrote it knows it. */
export interface WriteCause {
  /** What a person asked for, and why. */
  readonly action?: string | undefined
  readonly reason?: string | undefined
  /** The rule by which a controller decided it. */
  readonly rule?: string | undefined
  readonly summary?: string | undefined
}

export type WriteVerb = 'create' | 'update' | 'patch' | 'delete'

/** What a request changes, in RBAC's words: `rollouts.argoproj.io`, subresource `status`. */
export interface WriteTarget {
  readonly verb: WriteVerb
  readonly resource: string
  readonly subresource: string | undefined
  readonly namespace: string | undefined
  readonly name: string
  readonly cause: WriteCause | undefined
}

/** One request that asked an API server to change something, and what it answered. */
export interface WriteSent extends WriteTarget {
  /** When it was sent. */
  readonly at: EpochMs
  readonly body: { readonly type: string; readonly text: string } | undefined
  /** HTTP status; `undefined`: no answer came, so nobody knows whether it was done. */
  readonly code: number | undefined
  /** What the API server said, where it refused. */
  readonly problem: string | undefined
  /** Of the object as answered. */
  readonly resourceVersion: string | undefined
}
