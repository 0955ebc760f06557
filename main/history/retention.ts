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

/** Rows that one transaction removes: a few milliseconds, so that nobody waits for it. */
const removedAtOnce = 250

/**
 * Removes some of what is past its time. To be called inside a transaction, and again until nothing is left.
 *
 * @returns whether more may be left
 */
export function prune(db: Database, now: EpochMs): boolean {
  const left = [
    pruneRuns(db, now - keep.ageMs),
    pruneTemplates(db),
    // Ids begin with the time at which the plan was made.
    pruneOver(db, 'plan', keep.plans),
    pruneOver(db, 'planEvent', keep.planEvents),
    pruneObjects(db, now - keep.ageMs),
    pruneChain(db, 'journal', journalMax, removedAtOnce),
    pruneChain(db, 'written', writtenMax, removedAtOnce),
  ]
  return left.includes(true)
}

function pruneRuns(db: Database, before: EpochMs): boolean {
  const [counted] = db.all('SELECT count(*) AS count FROM run')
  const over = Number(counted?.['count']) - keep.runs
  const oldest = db.all('SELECT id, startedAt FROM run ORDER BY startedAt LIMIT ?', runsAtOnce)
  return removeRuns(
    db,
    oldest.filter(({ startedAt }, index) => Number(startedAt) < before || index < over),
  )
}

/** The oldest runs that have ended, where room is needed. To be called inside a transaction. @returns whether there were any */
export const removeOldestRuns = (db: Database): boolean =>
  removeRuns(
    db,
    db.all(
      `SELECT id FROM run WHERE json_extract(body, '$.entry.outcome') IS NOT 'Running' ORDER BY startedAt LIMIT ?`,
      runsAtOnce,
    ),
  )

const runsAtOnce = 100

/** The first of `runs`, each with all its moments. */
function removeRuns(db: Database, runs: readonly Record<string, unknown>[]): boolean {
  let removed = 0
  for (const { id } of runs) {
    const [counted] = db.all('SELECT count(*) AS count FROM moment WHERE runId = ?', String(id))
    const rows = 1 + Number(counted?.['count'])
    if (removed > 0 && removed + rows > removedAtOnce) break
    db.run('DELETE FROM run WHERE id = ?', String(id))
    removed += rows
  }
  return removed > 0
}

function pruneTemplates(db: Database): boolean {
  const old = db.all(
    `SELECT id FROM (
       SELECT rowid AS id, row_number() OVER (PARTITION BY key ORDER BY capturedAt DESC) AS place FROM template
     ) WHERE place > ? LIMIT ?`,
    keep.templatesPerRollout,
    removedAtOnce,
  )
  for (const { id } of old) db.run('DELETE FROM template WHERE rowid = ?', Number(id))
  return old.length === removedAtOnce
}

function pruneOver(db: Database, table: 'plan' | 'planEvent', max: number): boolean {
  const old = db.all(`SELECT id FROM ${table} ORDER BY id DESC LIMIT ? OFFSET ?`, removedAtOnce, max)
  for (const { id } of old) db.run(`DELETE FROM ${table} WHERE id = ?`, id as string | number)
  return old.length === removedAtOnce
}
