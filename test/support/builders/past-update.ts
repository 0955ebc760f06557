import { rolloutKey } from '#contract/keys.ts'
import type { HistoryEntryView } from '#contract/views.ts'
import { runRow } from '#main/history/open-run.ts'
import type { PastUpdate } from '#main/history/statistics/past-update.ts'
import type { History } from '#main/history/store.ts'
import { T0 } from '#test/support/virtual-clock.ts'

export const minute = 60_000

export interface UpdateSketch extends Partial<Omit<PastUpdate, 'entry'>> {
  /** Minutes after T0. */
  readonly from: number
  /** Absent: under way. */
  readonly to?: number
  /** From version to version, `1.0 2.0`. */
  readonly versions?: string
  readonly entry?: Partial<HistoryEntryView>
}

/** An update of `checkout` in `prod-eu` from 1.0 to 2.0 that was completed, to the template `t-2.0`. */
export function aPastUpdate({ from, to, versions = '1.0 2.0', entry = {}, ...more }: UpdateSketch): PastUpdate {
  const [fromVersion, toVersion] = versions.split(' ')
  const at = { context: 'prod-eu', namespace: 'shop', name: 'checkout', ...entry }
  return {
    uid: 'u',
    podHash: `t-${toVersion}`,
    degradedAt: undefined,
    isUnseen: false,
    ...more,
    entry: {
      id: `${at.context} ${at.name} ${from}`,
      key: rolloutKey(at),
      ...at,
      strategy: 'canary',
      fromVersion,
      toVersion,
      revision: 2,
      outcome: to === undefined ? 'Running' : 'Completed',
      startedAt: T0 + from * minute,
      endedAt: to === undefined ? undefined : T0 + to * minute,
      reason: undefined,
      actor: undefined,
      ...entry,
    },
  }
}

/** As it is recorded; of its timeline nothing. */
export const record = (history: History, { entry, uid, podHash }: PastUpdate): void =>
  history.add([runRow({ entry, uid, podHash, fromRevision: 1, seenAt: entry.startedAt, words: '' })])
