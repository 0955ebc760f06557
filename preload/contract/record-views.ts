import * as v from 'valibot'
import type { EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'
import { request } from './channel.ts'

/** One row of the record of writes, as it is listed (ACT-15). Without a code no answer came. */
export interface WrittenView {
  readonly id: number
  readonly at: EpochMs
  readonly context: string
  readonly verb: string
  /** In RBAC's words: `rollouts.argoproj.io`. */
  readonly resource: string
  readonly subresource?: string | undefined
  readonly namespace?: string | undefined
  readonly name: string
  readonly code?: number | undefined
  readonly by: 'person' | 'engine'
  /** What the cluster calls them. */
  readonly user?: string | undefined
  /** The account on this machine. */
  readonly account: string
  readonly host: string
  readonly action?: string | undefined
  readonly rule?: string | undefined
  readonly summary?: string | undefined
  readonly reason?: string | undefined
  /** More than one only for renewals of a lease. */
  readonly count: number
}

/** All that is kept of one write. */
export interface WrittenDetailView extends WrittenView {
  readonly via?: 'window' | 'cli' | undefined
  /** What the API server said, where it refused. */
  readonly problem?: string | undefined
  readonly resourceVersion?: string | undefined
  readonly body: WrittenBodyView | undefined
  /** Of renewals that were counted together. */
  readonly since: EpochMs | undefined
}

export interface WrittenBodyView {
  readonly type: string
  /** Laid out for reading, secrets replaced by prints; `undefined` where only its print is kept. */
  readonly text: string | undefined
  readonly sha256?: string | undefined
  readonly bytes?: number | undefined
}

export interface WrittenPage {
  readonly rows: readonly WrittenView[]
  /** Ask on from there; `undefined`: nothing older is left. A page may be empty, and more to come. */
  readonly next: number | undefined
}

export type ExportedView =
  | { readonly how: 'saved'; readonly path: string; readonly lines: number }
  | { readonly how: 'cancelled' }
  /** For a browser: where it is got from. */
  | { readonly how: 'download'; readonly address: string }

/** Where `argosy serve` has the record for download. */
export const recordPath = '/record.jsonl'

const context = v.pipe(v.string(), v.minLength(1), v.maxLength(1024))

export const recordChannels = {
  /** What this machine wrote to clusters, newest first, a page at a time. */
  'history.writes': request<WrittenPage>().of(
    v.object({
      /** Words that all have to be found; `who:`, `object:` and `cluster:` before one look there alone. */
      filter: v.optional(v.pipe(v.string(), v.maxLength(500))),
      context: v.optional(context),
      by: v.optional(v.picklist(['person', 'engine'])),
      /** An id. */
      before: v.optional(v.pipe(v.number(), v.integer())),
      limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
    }),
  ),
  'history.write': request<Outcome<WrittenDetailView, Failure>>().of(v.object({ id: v.pipe(v.number(), v.integer()) })),
  /** The clusters that the record is about, by name. */
  'history.writes.contexts': request<readonly string[]>().of(v.undefined()),
  /** The whole record of actions and writes, or that of one cluster, to a file that the person chooses. */
  'history.export': request<Outcome<ExportedView, Failure>>().of(v.object({ context: v.optional(context) })),
} as const
