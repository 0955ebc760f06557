import type { HistoryOutcome, RolloutKey } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { readRun } from './record-body.ts'
import type { History } from './store.ts'

/** An update of a Rollout that is over, and the ReplicaSets it went between. */
export interface PastRelease {
  readonly id: string
  readonly version: string | undefined
  readonly outcome: HistoryOutcome
  readonly from: EpochMs
  readonly to: EpochMs
  readonly podHash: string
  /** Of what was stable then: the update that was completed last before it. */
  readonly stableHash: string
}

/** The last updates of a Rollout that came to an end and had something stable beside them, newest first. */
export function pastReleases(history: History, key: RolloutKey, limit: number): readonly PastRelease[] {
  const rows = history.all('SELECT body FROM run WHERE key = ? ORDER BY startedAt', key)
  const releases: PastRelease[] = []
  let stable: { readonly uid: string; readonly podHash: string } | undefined
  for (const { body } of rows) {
    const run = readRun(body)
    if (run === undefined) continue
    const { uid, podHash, entry } = run
    const { id, toVersion: version, outcome, startedAt: from, endedAt: to } = entry
    if (stable?.uid === uid && to !== undefined && outcome !== 'Running' && podHash !== stable.podHash)
      releases.push({ id, version, outcome, from, to, podHash, stableHash: stable.podHash })
    if (outcome === 'Completed') stable = { uid, podHash }
  }
  return releases.toReversed().slice(0, limit)
}
