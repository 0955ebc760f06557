import type { EpochMs } from './clock.ts'

/**
 * What can go wrong when talking to an API server, named for what the caller does about it.
 * `message` is the server's own text where it gave one, with secrets already removed.
 */
export type Failure =
  /** 409 on an update: observe again, decide again. */
  | { readonly kind: 'Conflict'; readonly message: string }
  /** 409 on a create: read what is there. */
  | { readonly kind: 'AlreadyExists'; readonly message: string }
  /** 404 for the object or for the whole resource (`CRDs not installed`). */
  | {
      readonly kind: 'NotFound'
      readonly message: string
      readonly resource: string
      readonly name: string | undefined
    }
  /** 410: the resourceVersion or continue token is too old; list again. */
  | { readonly kind: 'Gone'; readonly message: string }
  /** 429 or 503 with Retry-After. */
  | { readonly kind: 'Throttled'; readonly message: string; readonly retryAfterMs: number }
  /** No answer: DNS, refused, reset, TLS, time-out. */
  | { readonly kind: 'Unreachable'; readonly message: string; readonly since: EpochMs }
  /** 401, or the credential plugin failed. */
  | { readonly kind: 'Unauthorized'; readonly message: string }
  /** 403: the missing right, in RBAC's words. `resource` is `rollouts.argoproj.io/status` style. */
  | {
      readonly kind: 'Forbidden'
      readonly message: string
      readonly verb: string
      readonly resource: string
      readonly namespace: string | undefined
      /** Whom the server takes us for, where it says so. */
      readonly user?: string | undefined
    }
  /** 400, 413, 415, 422: the request itself is wrong; sending it again will not help. */
  | { readonly kind: 'Invalid'; readonly message: string; readonly causes: readonly FieldCause[] }
  /** Any other 5xx, or an answer that is not what the API promises. */
  | { readonly kind: 'ServerError'; readonly message: string; readonly status: number }

export interface FieldCause {
  readonly field: string
  readonly reason: string
}
