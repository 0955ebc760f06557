import type { EpochMs } from '#lib/clock.ts'
import { chainNames } from './chain.ts'
import { appendEntry, placesOf } from './chain-store.ts'
import type { Database } from './database.ts'
import { floorName, type ObjectRow, objectCopies, storeObjectRow } from './objects/object-row.ts'

/** One row to be stored. Values are JSON texts or plain columns of migrations.ts. */
export type HistoryRow =
  | {
      readonly table: 'run'
      readonly id: string
      readonly key: string
      readonly startedAt: EpochMs
      readonly search: string
      readonly body: string
    }
  | {
      readonly table: 'moment'
      readonly runId: string
      readonly at: EpochMs
      readonly body: string
      /** A moment of the same run and mark is replaced. */
      readonly mark?: string | undefined
    }
  | {
      readonly table: 'template'
      readonly key: string
      readonly uid: string
      readonly revision: number
      readonly capturedAt: EpochMs
      readonly version: string | undefined
      readonly body: string
    }
  | { readonly table: 'journal'; readonly at: EpochMs; readonly key: string; readonly body: string }
  /** A request that changed something in a cluster, or was refused (ACT-15). */
  | { readonly table: 'written'; readonly at: EpochMs; readonly context: string; readonly body: string }
  | { readonly table: 'meta'; readonly name: string; readonly value: string }
  | {
      readonly table: 'plan'
      readonly id: string
      readonly context: string
      readonly namespace: string
      readonly isDriven: boolean
      readonly body: string
    }
  | { readonly table: 'planEvent'; readonly planId: string; readonly at: EpochMs; readonly body: string }
  | ObjectRow

/** Inserts, or updates what stands for the same thing. To be called inside a transaction. */
export function storeRow(db: Database, row: HistoryRow): void {
  switch (row.table) {
    case 'run':
      return db.run(
        `INSERT INTO run (id, key, startedAt, search, body) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET search = excluded.search, body = excluded.body`,
        row.id,
        row.key,
        row.startedAt,
        row.search,
        row.body,
      )
    case 'moment':
      // A run that retention has removed takes no more moments.
      return db.run(
        `INSERT INTO moment (runId, at, body, mark) SELECT id, ?, ?, ? FROM run WHERE id = ?
         ON CONFLICT (runId, mark) WHERE mark IS NOT NULL DO UPDATE SET at = excluded.at, body = excluded.body`,
        row.at,
        row.body,
        row.mark ?? null,
        row.runId,
      )
    case 'template':
      // The template of a revision never changes, so the first capture stands.
      return db.run(
        'INSERT OR IGNORE INTO template (key, uid, revision, capturedAt, version, body) VALUES (?, ?, ?, ?, ?, ?)',
        row.key,
        row.uid,
        row.revision,
        row.capturedAt,
        row.version ?? null,
        row.body,
      )
    case 'journal':
      return appendEntry(db, 'journal', { at: row.at, subject: row.key, body: row.body })
    case 'written':
      return appendEntry(db, 'written', { at: row.at, subject: row.context, body: row.body })
    case 'meta':
      return db.run('INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)', row.name, row.value)
    case 'plan':
      return db.run(
        `INSERT INTO plan (id, context, namespace, driven, body) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET context = excluded.context, namespace = excluded.namespace,
           driven = excluded.driven, body = excluded.body`,
        row.id,
        row.context,
        row.namespace,
        row.isDriven ? 1 : 0,
        row.body,
      )
    case 'planEvent':
      return db.run('INSERT INTO planEvent (planId, at, body) VALUES (?, ?, ?)', row.planId, row.at, row.body)
    default:
      return storeObjectRow(db, row)
  }
}

/** Everything that is in one history, into another; what the other knows stays. To be called inside a transaction of `to`. */
export function copyRows(from: Database, to: Database): void {
  for (const { query, into } of copies)
    for (const row of from.all(query)) to.run(into, ...Object.values(row).map(asColumn))
  for (const name of chainNames)
    for (const { entry } of placesOf(from, name)) if (entry !== undefined) appendEntry(to, name, entry)
}

const copies: readonly { readonly query: string; readonly into: string }[] = [
  {
    query: 'SELECT id, key, startedAt, search, body FROM run',
    into: 'INSERT OR IGNORE INTO run (id, key, startedAt, search, body) VALUES (?, ?, ?, ?, ?)',
  },
  {
    query: 'SELECT runId, at, body, mark FROM moment ORDER BY id',
    into: 'INSERT OR IGNORE INTO moment (runId, at, body, mark) VALUES (?, ?, ?, ?)',
  },
  {
    query: 'SELECT key, uid, revision, capturedAt, version, body FROM template',
    into: 'INSERT OR IGNORE INTO template (key, uid, revision, capturedAt, version, body) VALUES (?, ?, ?, ?, ?, ?)',
  },
  {
    query: 'SELECT id, context, namespace, driven, body FROM plan',
    into: 'INSERT OR IGNORE INTO plan (id, context, namespace, driven, body) VALUES (?, ?, ?, ?, ?)',
  },
  {
    query: 'SELECT planId, at, body FROM planEvent ORDER BY id',
    into: 'INSERT INTO planEvent (planId, at, body) VALUES (?, ?, ?)',
  },
  {
    // How far the one was pruned says nothing about the other.
    query: `SELECT name, value FROM meta WHERE name <> '${floorName}'`,
    into: 'INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)',
  },
  ...objectCopies,
]

const asColumn = (value: unknown): string | number | Uint8Array | null =>
  typeof value === 'string' || typeof value === 'number' || value instanceof Uint8Array ? value : null
