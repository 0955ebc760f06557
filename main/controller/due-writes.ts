import type { Write } from '#engine/decision.ts'
import type { Clock } from '#lib/clock.ts'

/** How long what may wait does wait, at most (ADR 14). */
export const holdMs = 1_000

export interface Due {
  /** To be written now, in order. */
  readonly due: readonly Write[]
  /** In so many ms what is missing from `due` is due as well; 0 when nothing is missing. */
  readonly waitMs: number
}

/**
 * Leaves out what may wait, so that the next change, which often comes at once, is told by the same request. The time runs from
 * the first round that left something behind: nothing waits longer for being followed by more of its kind.
 */
export class DueWrites {
  readonly #clock: Clock
  /** By key: when, on the clock that goes on evenly, something was first left out. */
  readonly #since = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The writes of a round of `key` that are due. Whatever is left out is decided anew by the next round. */
  of(key: string, writes: readonly Write[]): Due {
    const due = writes.filter((write) => !mayWait(write))
    const now = this.#clock.elapsed()
    const since = this.#since.get(key) ?? now
    const waitMs = due.length === writes.length ? 0 : Math.max(0, since + holdMs - now)
    if (waitMs > 0) this.#since.set(key, since)
    else this.#since.delete(key)
    return waitMs > 0 ? { due, waitMs } : { due: writes, waitMs }
  }

  /** The Rollout is gone. */
  forget(key: string): void {
    this.#since.delete(key)
  }
}

const mayWait = (write: Write): boolean => write.kind === 'patch' && write.mayWait === true
