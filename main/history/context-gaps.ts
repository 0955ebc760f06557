import type { ConnectionState } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

/** A stretch of time in which a context was not seen. */
export interface ContextGap {
  readonly at: EpochMs
  readonly until: EpochMs
  readonly why: string
}

/** Shorter ones are a reconnect like any other. */
const gapShortestMs = 30_000

/** Since when each context is out of sight (UI-HIST-4). Trying to connect in between ends nothing. */
export class ContextGaps {
  readonly #broken = new Map<string, { readonly since: EpochMs; readonly why: string }>()

  /** The gap that this state ends, if it ends one worth telling. */
  note(context: string, { state, since }: ConnectionState, now: EpochMs): ContextGap | undefined {
    const broken = this.#broken.get(context)
    if (state === 'unreachable' || state === 'signInNeeded') {
      const why = state === 'unreachable' ? 'context unreachable' : 'sign-in needed'
      if (broken === undefined) this.#broken.set(context, { since, why })
      return undefined
    }
    if (state !== 'connected' || broken === undefined) return undefined
    this.#broken.delete(context)
    return now - broken.since > gapShortestMs ? { at: broken.since, until: now, why: broken.why } : undefined
  }

  /** `undefined`: in sight. */
  brokenSince(context: string): EpochMs | undefined {
    return this.#broken.get(context)?.since
  }
}
