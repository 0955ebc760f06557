import type { EventView, RolloutKey, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { HistoryRow } from './history-row.ts'
import { searchText } from './reader.ts'
import { readRun, type StoredRun, writeBody } from './record-body.ts'
import type { History } from './store.ts'

/** A run that is being recorded: under way, or ended so short a time ago that what follows from it still belongs to it. */
export interface OpenRun {
  stored: StoredRun
  /** Moments written in this session. */
  moments: number
  /** The last told of each event, by id. */
  readonly events: Map<string, EventView>
  /** The last row of the journal that its timeline has taken from. */
  journalSeen: number
  /** Events and actions up to here were recorded by an earlier session. */
  readonly eventsAfter: EpochMs
  /** Read back from the file, not seen in this session yet. */
  resumed: boolean
}

export const isUnderWay = (run: OpenRun): boolean => run.stored.entry.outcome === 'Running'

const openRunsMax = 5000

/**
 * The run of an update that is seen for the first time. Its id names the context: a cluster restored from a backup of another
 * one has Rollouts of the same uids. Ids of earlier files lack it, and are as good.
 */
export function beginRun(view: RolloutView, now: EpochMs): OpenRun {
  const { key, uid, context, namespace, name, strategy, revision, currentPodHash: podHash = '' } = view
  const entry = {
    id: [encodeURIComponent(context), uid, podHash, now].join(':'),
    key,
    context,
    namespace,
    name,
    strategy,
    fromVersion: view.stableVersion,
    toVersion: view.version,
    revision,
    outcome: 'Running' as const,
    startedAt: now,
    endedAt: undefined,
    reason: undefined,
    actor: undefined,
  }
  const stored = { entry, uid, podHash, fromRevision: view.stableRevision, seenAt: now, words: '' }
  return { stored, moments: 0, events: new Map(), journalSeen: 0, eventsAfter: 0, resumed: false }
}

/** Runs that were under way when Argosy ended, oldest first. */
export function readOpenRuns(history: History): readonly OpenRun[] {
  const rows = history.all(
    `SELECT body, (SELECT max(at) FROM moment WHERE runId = run.id) AS lastAt FROM run
     WHERE json_extract(body, '$.entry.outcome') = 'Running' ORDER BY startedAt LIMIT ?`,
    openRunsMax,
  )
  return rows.flatMap(({ body, lastAt }): readonly OpenRun[] => {
    const stored = readRun(body)
    if (stored === undefined) return []
    const seenAt = Math.max(stored.seenAt, Number(lastAt ?? 0))
    const run = { stored: { ...stored, seenAt }, moments: 0, events: new Map(), journalSeen: 0 }
    return [{ ...run, eventsAfter: seenAt, resumed: true }]
  })
}

/** When a context was last recorded; `undefined`: never. */
export function lastRecordedOf(history: Pick<History, 'stored'>, context: string): EpochMs | undefined {
  const [row] = history.stored('SELECT max(until) AS until FROM span WHERE context = ?', context)
  return typeof row?.['until'] === 'number' ? row['until'] : undefined
}

/** Updates of a rollout that began until then are recorded, if there were any; 0 without one. */
export function recordedUntil(history: Pick<History, 'all'>, key: RolloutKey): EpochMs {
  const [row] = history.all(
    `SELECT max(max(startedAt, coalesce(json_extract(body, '$.entry.endedAt'), 0))) AS until FROM run WHERE key = ?`,
    key,
  )
  return Number(row?.['until'] ?? 0)
}

export const runRow = (stored: StoredRun): HistoryRow => ({
  table: 'run',
  id: stored.entry.id,
  key: stored.entry.key,
  startedAt: stored.entry.startedAt,
  search: `${searchText(stored.entry)}\n${stored.words}`,
  body: writeBody(stored),
})
