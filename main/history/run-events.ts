import type { EventView, HistoryMomentView, RolloutKey } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { redactText } from '#lib/redact-text.ts'
import type { OpenRun } from './open-run.ts'

/** The watch may be faster than the answer to an action, and events faster than the view of the update. */
export const aheadMs = 10_000
/** After its end a run still takes what follows from it: pods going down, the reason of an abort. */
export const aftermathMs = 120_000
const eventsPerRunMax = 1000
const earlyEventsMax = 20
const rolloutsMax = 20_000

export interface SeenEvent {
  readonly event: EventView
  /** Of the Rollout it is about. */
  readonly uid: string | undefined
}

/** Events of rollouts without a run, for the one that may just be about to begin. */
export class EarlyEvents {
  readonly #events = new Map<RolloutKey, readonly SeenEvent[]>()

  keep(key: RolloutKey, seen: SeenEvent, now: EpochMs): void {
    if (seen.event.at < now - aheadMs) return
    const others = (this.#events.get(key) ?? []).filter(({ event }) => event.id !== seen.event.id)
    if (this.#events.size < rolloutsMax) this.#events.set(key, [...others, seen].slice(-earlyEventsMax))
  }

  take(key: RolloutKey): readonly SeenEvent[] {
    const events = this.#events.get(key) ?? []
    this.#events.delete(key)
    return events
  }
}

/**
 * Whether a run tells an event, and if so as a new moment or as a repeat of one that it has told: then the moment moves to the last
 * time, with the count. A run takes 1000 of them and goes on to count those. Notes what was told.
 */
export function noteEvent(run: OpenRun, { event, uid }: SeenEvent): 'new' | 'again' | undefined {
  if (uid !== undefined && uid !== run.stored.uid) return undefined
  if (event.at < run.stored.entry.startedAt - aheadMs || event.at <= run.eventsAfter) return undefined
  const before = run.events.get(event.id)
  if (before === undefined ? run.events.size >= eventsPerRunMax : !isRepeat(before, event)) return undefined
  run.events.set(event.id, event)
  return before === undefined ? 'new' : 'again'
}

/** Told again, and more often or later than before. */
const isRepeat = (before: EventView, event: EventView): boolean => event.count > before.count || event.at > before.at

export const eventMoment = ({ at, source: who, type, reason, message, count }: EventView): HistoryMomentView => ({
  at,
  who,
  kind: 'event',
  type,
  reason,
  message: redactText(message),
  count,
})
