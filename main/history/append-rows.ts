import { existsSync } from 'node:fs'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type Database, type DatabaseFailure, openDatabase } from './database.ts'
import { type HistoryRow, storeRow } from './history-row.ts'
import { defaultMaxBytes } from './store.ts'

/**
 * The archive for the command line, which keeps no file open: beside a window that may have it open as well. Waits up to 2 s for a lock.
 * Nothing is moved or mended here: a file that cannot be used is left as it is.
 */
export function appendRows(path: string, rows: readonly HistoryRow[]): Outcome<void, DatabaseFailure> {
  return within(path, 'append', (db) => db.transaction(() => rows.forEach((row) => storeRow(db, row))))
}

/** Nothing where there is no file yet, or none that can be read. */
export function readRows(
  path: string,
  sql: string,
  ...values: (string | number | null)[]
): readonly Record<string, unknown>[] {
  if (!existsSync(path)) return []
  const read = within(path, 'read', (db) => success(db.all(sql, ...values)))
  return read.ok ? read.value : []
}

function within<T>(
  path: string,
  mode: 'append' | 'read',
  task: (db: Database) => Outcome<T, DatabaseFailure>,
): Outcome<T, DatabaseFailure> {
  const opened = openDatabase(path, { mode, maxBytes: defaultMaxBytes })
  if (!opened.ok) return failure(opened.error)
  const done = task(opened.value)
  opened.value.close()
  return done
}
