import type { RolloutKey } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { OpenRun } from './open-run.ts'
import { aftermathMs, aheadMs } from './run-events.ts'

/** Runs that ended while nobody watched. Events of that time come after the first view, and are told of them. */
export class UnseenRuns {
  readonly #runs = new Map<RolloutKey, { readonly runs: readonly OpenRun[]; readonly until: EpochMs }>()

  keep(key: RolloutKey, runs: readonly OpenRun[], now: EpochMs): void {
    if (runs.length === 0) return
    const before = this.#runs.get(key)?.runs ?? []
    this.#runs.set(key, { runs: [...before, ...runs], until: now + aftermathMs })
  }

  /** Oldest first. */
  of(key: RolloutKey, now: EpochMs): readonly OpenRun[] {
    const kept = this.#runs.get(key)
    if (kept === undefined) return []
    if (now <= kept.until) return kept.runs
    this.#runs.delete(key)
    return []
  }

  delete(key: RolloutKey): void {
    this.#runs.delete(key)
  }
}

/** In whose time something was, that what leads to it and follows from it included. `runs` are oldest first. */
export const runAt = (runs: readonly OpenRun[], at: EpochMs): OpenRun | undefined =>
  runs.findLast(({ stored: { entry } }) => entry.startedAt - aheadMs <= at && at <= (entry.endedAt ?? at) + aftermathMs)
