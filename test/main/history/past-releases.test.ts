import { expect, it } from 'vitest'
import type { HistoryEntryView } from '#contract/views.ts'
import { runRow } from '#main/history/open-run.ts'
import { pastReleases } from '#main/history/past-releases.ts'
import type { History } from '#main/history/store.ts'
import { aHistory } from '#test/support/builders/history.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const key = 'prod/shop/checkout'

function addRelease(
  history: History,
  number: number,
  { uid = 'u', podHash = `v${number}`, ...change }: Partial<HistoryEntryView> & { uid?: string; podHash?: string } = {},
): void {
  const startedAt = T0 + number * 60_000
  const entry: HistoryEntryView = {
    id: `r${number}`,
    key,
    context: 'prod',
    namespace: 'shop',
    name: 'checkout',
    strategy: 'canary',
    fromVersion: undefined,
    toVersion: `1.${number}`,
    revision: number,
    outcome: 'Completed',
    startedAt,
    endedAt: startedAt + 30_000,
    reason: undefined,
    actor: undefined,
    ...change,
  }
  history.add([runRow({ entry, uid, podHash, fromRevision: undefined, seenAt: T0, words: '' })])
}

const told = (history: History, limit = 9) =>
  pastReleases(history, key, limit).map(({ version, podHash, stableHash }) => `${version} ${stableHash}→${podHash}`)

it('W6: past releases go from what was stable then, newest first; the first deploy had nothing beside it', () => {
  const history = aHistory()
  addRelease(history, 1)
  addRelease(history, 2, { outcome: 'Aborted' })
  addRelease(history, 3)
  addRelease(history, 4)
  expect(told(history)).toEqual(['1.4 v3→v4', '1.3 v1→v3', '1.2 v1→v2'])
  expect(told(history, 1)).toEqual(['1.4 v3→v4'])
  expect(pastReleases(history, key, 1)[0]).toMatchObject({ from: T0 + 240_000, to: T0 + 270_000, outcome: 'Completed' })
})

it('W6: one that still runs, one back to stable, and one of another Rollout of the name are none', () => {
  const history = aHistory()
  addRelease(history, 1)
  addRelease(history, 2, { outcome: 'Running', endedAt: undefined })
  addRelease(history, 3, { podHash: 'v1' })
  addRelease(history, 4, { uid: 'later' })
  expect(told(history)).toEqual([])
})
