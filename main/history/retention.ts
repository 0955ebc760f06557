import type { EpochMs } from '#lib/clock.ts'
import { pruneChain } from './chain-store.ts'
import type { Database } from './database.ts'
import { journalMax, writtenMax } from './migrations.ts'
import { pruneObjects } from './objects/object-retention.ts'

/** What the archive keeps at most. Templates of a rollout outlive its runs by count, so that old revisions can still be compared. */
const keep = {
  ageMs: 90 * 24 * 3_600_000,
  runs: 10_000,
  templatesPerRollout: 25,
  plans: 1_000,
  planEvents: 50_000,
} as const

const pruneEveryMs = 3_600_000
const lastPrunedAt = new WeakMap<Database, EpochMs>()

/** Removes what is past its time, at most once an hour. To be called inside a transaction. */
export function prune(db: Database, now: EpochMs): void {
  const last = lastPrunedAt.get(db)
  if (last !== undefined && now - last < pruneEveryMs) return
  lastPrunedAt.set(db, now)
  db.run(
    `DELETE FROM run WHERE startedAt < ?
     OR id IN (SELECT id FROM run ORDER BY startedAt DESC LIMIT -1 OFFSET ?)`,
    now - keep.ageMs,
    keep.runs,
  )
  db.run(
    `DELETE FROM template WHERE rowid IN (
       SELECT id FROM (
         SELECT rowid AS id, row_number() OVER (PARTITION BY key ORDER BY capturedAt DESC) AS place FROM template
       ) WHERE place > ?)`,
    keep.templatesPerRollout,
  )
  // Ids begin with the time at which the plan was made.
  db.run('DELETE FROM plan WHERE id IN (SELECT id FROM plan ORDER BY id DESC LIMIT -1 OFFSET ?)', keep.plans)
  db.run(
    'DELETE FROM planEvent WHERE id IN (SELECT id FROM planEvent ORDER BY id DESC LIMIT -1 OFFSET ?)',
    keep.planEvents,
  )
  pruneObjects(db, now - keep.ageMs)
  pruneChain(db, 'journal', journalMax)
  pruneChain(db, 'written', writtenMax)
}
