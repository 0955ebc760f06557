import type { Clock } from '#lib/clock.ts'
import type { MemoryStore } from '../memory-store.ts'
import type { ServedKind } from '../registry/kinds.ts'
import type { ApiToken } from './access.ts'
import type { Representation } from './representation.ts'
import type { Verb } from './request-path.ts'
import type { WatchHistory } from './watch-history.ts'

/** An authorised request for a resource, with all that is needed to answer it. */
export interface Call {
  readonly store: MemoryStore
  readonly clock: Clock
  readonly history: WatchHistory
  readonly kind: ServedKind
  readonly verb: Verb
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
  readonly query: URLSearchParams
  readonly representation: Representation
  readonly token: ApiToken
  /** Its program, without a version: who manages the fields it writes when it does not say. */
  readonly userAgent: string
  /** Media type of the body, without parameters. */
  readonly contentType: string
  /** Parsed, `undefined` when there is none. */
  readonly body: unknown
}
