import type { ConnectionState } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

/** A stretch of time in which a context was not seen. */
export interface ContextGap {
  readonly at: EpochMs
  readonly until: EpochMs
  readonly why: string
}

/** Shorter ones are a reconnect like any other. */
export const gapShortestMs = 30_000
/** So long after a gap what it changed may come to be seen. */
const catchUpMs = 60_000

/** When each context was out of sight (UI-HIST-4). Trying to connect in between ends nothing. */
export class ContextGaps {
  readonly #lastRecorded: (context: string) => EpochMs | undefined
  readonly #broken = new Map<string, { readonly since: EpochMs; readonly why: string }>()
  readonly #last = new Map<string, ContextGap>()
  readonly #first = new Map<string, ContextGap>()

  /** @param lastRecorded by an earlier session; `undefined`: never */
  constructor(lastRecorded: (context: string) => EpochMs | undefined) {
    this.#lastRecorded = lastRecorded
  }

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
    if (now - broken.since <= gapShortestMs) return undefined
    const gap = { at: broken.since, until: now, why: broken.why }
    this.#last.set(context, gap)
    return gap
  }

  /** Of every context that was seen until then. */
  slept(gap: ContextGap): void {
    for (const context of this.#first.keys()) if (!this.#broken.has(context)) this.#last.set(context, gap)
  }

  /** `undefined`: in sight. */
  brokenSince(context: string): EpochMs | undefined {
    return this.#broken.get(context)?.since
  }

  /**
   * What nobody saw before a view. To be called with the first view of each context, so that what comes later is not taken for
   * something of before.
   * @param isFirst of its rollout in this session
   */
  before(context: string, isFirst: boolean, now: EpochMs): ContextGap | undefined {
    const first = this.#beforeFirstSight(context, now)
    const last = this.#justOver(context, now)
    return isFirst && (last === undefined || last.at <= first.until) ? first : last
  }

  /** A context that was never recorded is unknown from the beginning of time on. */
  #beforeFirstSight(context: string, now: EpochMs): ContextGap {
    const known = this.#first.get(context)
    if (known !== undefined) return known
    const at = this.#lastRecorded(context)
    const gap =
      at === undefined ? { at: 0, until: now, why: 'not watched before' } : { at, until: now, why: 'Argosy was closed' }
    this.#first.set(context, gap)
    return gap
  }

  /** Data come back before the connection is said to, and for some time after that. */
  #justOver(context: string, now: EpochMs): ContextGap | undefined {
    const broken = this.#broken.get(context)
    if (broken !== undefined)
      return now - broken.since > gapShortestMs ? { at: broken.since, until: now, why: broken.why } : undefined
    const last = this.#last.get(context)
    return last !== undefined && now - last.until <= catchUpMs ? last : undefined
  }
}
