import type { ActionName, RolloutKey } from '#contract/views.ts'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import type { RecordedAction } from './journal-entry.ts'

/** What becomes of a Deployment is no part of an update. */
export type RunAction = RecordedAction & { readonly action: ActionName }

export interface SentAction {
  readonly at: EpochMs
  readonly action: RunAction
}

/** A run begins within this after the action that starts it, even on a slow cluster. */
export const beginsWithinMs = 60_000

/** Sent actions whose run has not begun. One that never begins one is given up. */
export class WaitingActions {
  readonly #clock: Clock
  readonly #onGivenUp: (key: RolloutKey, sent: SentAction) => void
  readonly #waiting = new Map<RolloutKey, SentAction & { readonly forget: Dispose }>()

  constructor(clock: Clock, onGivenUp: (key: RolloutKey, sent: SentAction) => void) {
    this.#clock = clock
    this.#onGivenUp = onGivenUp
  }

  wait(key: RolloutKey, sent: SentAction): void {
    this.take(key)
    const forget = this.#clock.after(beginsWithinMs, () => this.#giveUp(key))
    this.#waiting.set(key, { ...sent, forget })
  }

  take(key: RolloutKey): SentAction | undefined {
    const sent = this.#waiting.get(key)
    sent?.forget()
    this.#waiting.delete(key)
    return sent
  }

  stop(): void {
    for (const key of [...this.#waiting.keys()]) this.#giveUp(key)
  }

  #giveUp(key: RolloutKey): void {
    const sent = this.take(key)
    if (sent !== undefined) this.#onGivenUp(key, sent)
  }
}
