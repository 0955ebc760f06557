import type { Outcome } from '#lib/outcome.ts'

/** One request on its way, redirects left to whoever asked. */
export interface Exchange {
  readonly method: string
  readonly url: URL
  /** Names in lower case, each once. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string | undefined
  readonly insecure: boolean
  /** Aborted when there is no more time. */
  readonly signal: AbortSignal
}

export interface ExchangeAnswer {
  readonly status: number
  readonly statusText: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

/** Sends one request, and reads the whole answer. Failure: its cause, without method and URL. */
export type Send = (exchange: Exchange) => Promise<Outcome<ExchangeAnswer, string>>

/** Of a body, decoded. More than any query that a condition can look at gives. */
export const bodyMax = 8 * 2 ** 20

export const tooLarge = `the answer is larger than ${bodyMax / 2 ** 20} MiB`

export const headerOf = ({ headers }: ExchangeAnswer, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.join(', ')
}
