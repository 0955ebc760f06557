import { type RolloutAddress, rolloutKey } from '#contract/keys.ts'
import type { HistoryOutcome } from '#contract/views.ts'
import { runRow } from '#main/history/open-run.ts'
import type { History } from '#main/history/store.ts'
import { T0 } from './virtual-clock.ts'

/** Records updates of a Rollout, ten minutes apart and of five, the last an hour ago; `v1` is the first, of version 1.0. */
export function recordReleases(history: History, address: RolloutAddress, outcomes: readonly HistoryOutcome[]): void {
  const key = rolloutKey(address)
  for (const [at, outcome] of outcomes.entries()) {
    const podHash = `v${at + 1}`
    const startedAt = T0 - (outcomes.length + 5 - at) * 600_000
    const entry = {
      ...{ id: podHash, key, ...address, strategy: 'canary' as const },
      ...{ fromVersion: undefined, toVersion: `1.${at}`, revision: at + 1, outcome },
      ...{ startedAt, endedAt: startedAt + 300_000, reason: undefined, actor: undefined },
    }
    history.add([runRow({ entry, uid: 'u', podHash, fromRevision: undefined, seenAt: T0, words: '' })])
  }
}
