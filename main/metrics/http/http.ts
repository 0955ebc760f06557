import type { Outcome } from '#lib/outcome.ts'

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Absolute. */
  readonly url: string
  /** Set in this order; a later one of the same name replaces an earlier one, whatever its case. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: string
  /** For the whole exchange, redirects and the body included. */
  readonly timeoutMs: number
  /** The server's certificate is not checked. */
  readonly insecure?: boolean
}

export interface HttpAnswer {
  readonly status: number
  /** `Not Found`; empty when the server gave none. */
  readonly statusText: string
  /** Of a header, by its name in lower case. */
  readonly header: (name: string) => string | undefined
  readonly body: string
}

/**
 * One exchange. Redirects are followed, a few of them; proxies of the environment are used; an answer that is too large is a
 * failure. Any status is a success.
 *
 * Failure  the text Go's client would give: `Post "http://prom:9090/api/v1/query": context deadline exceeded`. It holds the URL
 * and no header.
 */
export type Http = (call: HttpCall) => Promise<Outcome<HttpAnswer, string>>
