import type { Status } from '#api/meta.ts'
import type { Dispose } from '#lib/clock.ts'
import { status } from '../registry/status.ts'
import type { Verb } from './request-path.ts'

/** A request as faults see it. */
export interface ObservedRequest {
  readonly verb: Verb | 'other'
  /** `rollouts.argoproj.io`, or the path when it is no resource. */
  readonly resource: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
  readonly user: string
}

export type Misfortune =
  /** Refused as an admission webhook of that name refuses, without being carried out. */
  | { readonly kind: 'deny'; readonly webhook: string; readonly why: string }
  /** Answered without being carried out. */
  | { readonly kind: 'answer'; readonly code: 429 | 500 | 503 | 504; readonly retryAfterSeconds?: number }
  /** Carried out after a while. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The connection is cut before anything happens. */
  | { readonly kind: 'cut' }
  /** Carried out, then the connection is cut instead of answering: the client cannot know. */
  | { readonly kind: 'cutAfter' }

export interface Fault {
  /** Absent: every request. */
  readonly match?: (request: ObservedRequest) => boolean
  /** How often; absent: until disposed. */
  readonly times?: number
  readonly then: Misfortune
}

/** What tests break on purpose. */
export interface Faults {
  inject(fault: Fault): Dispose
  /** Ends every open watch without a word; returns how many. */
  dropWatches(): number
  /** Forgets the past: older resourceVersions and continue tokens are answered with 410 from now on. */
  compact(): void
}

export class FaultList {
  #faults: { readonly fault: Fault; left: number }[] = []

  inject(fault: Fault): Dispose {
    const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY }
    this.#faults.push(entry)
    return () => {
      this.#faults = this.#faults.filter((each) => each !== entry)
    }
  }

  /** The first that fits this request, used up by one. */
  next(request: ObservedRequest): Misfortune | undefined {
    const entry = this.#faults.find(({ fault, left }) => left > 0 && (fault.match?.(request) ?? true))
    if (entry === undefined) return undefined
    entry.left--
    if (entry.left === 0) this.#faults = this.#faults.filter((each) => each !== entry)
    return entry.fault.then
  }
}

const misfortuneTexts = {
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  500: ['InternalError', 'Internal error occurred: injected by a test'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: ['Timeout', 'the server was unable to return a response in the time allotted'],
} as const

/** The answer to a request that is not carried out; `undefined` when it is, or gets no answer. */
export function refusalOf(misfortune: Misfortune): Status | undefined {
  if (misfortune.kind === 'deny')
    return status(403, 'Forbidden', `admission webhook "${misfortune.webhook}" denied the request: ${misfortune.why}`)
  if (misfortune.kind !== 'answer') return undefined
  const { code, retryAfterSeconds } = misfortune
  const [reason, message] = misfortuneTexts[code]
  return status(code, reason, message, retryAfterSeconds === undefined ? undefined : { retryAfterSeconds })
}
