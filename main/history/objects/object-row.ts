import type { EpochMs } from '#lib/clock.ts'
import type { Database } from '../database.ts'
import { packVersions, type StoredVersion, type VersionForm } from './versions.ts'

/** What is stored of objects and their versions. */
export type ObjectRow =
  | {
      readonly table: 'object'
      readonly id: number
      readonly context: string
      readonly kind: string
      readonly namespace: string
      readonly name: string
      readonly uid: string
      /** The uid of what it belongs to; empty: nothing. */
      readonly parent: string
      readonly goneAt: EpochMs | undefined
    }
  | {
      readonly table: 'version'
      readonly objectId: number
      readonly at: EpochMs
      readonly place: number
      readonly form: Exclude<VersionForm, 'pack'>
      /** The API server's number of what was seen: the same one need not be compared. */
      readonly resourceVersion: string
      readonly body: string
    }
  /** The group of this object that begins at a time is complete. */
  | { readonly table: 'pack'; readonly objectId: number; readonly since: EpochMs }
  /** The record of a context is complete from `since` to `until`; told again when it goes on. */
  | { readonly table: 'span'; readonly context: string; readonly since: EpochMs; readonly until: EpochMs }

/** To be called inside a transaction. */
export function storeObjectRow(db: Database, row: ObjectRow): void {
  switch (row.table) {
    case 'object':
      return db.run(
        `INSERT INTO object (id, context, kind, namespace, name, uid, parent, goneAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, goneAt = excluded.goneAt`,
        row.id,
        row.context,
        row.kind,
        row.namespace,
        row.name,
        row.uid,
        row.parent,
        row.goneAt ?? null,
      )
    case 'version':
      // An object that retention has removed takes no more versions until it is told of again.
      return db.run(
        `INSERT INTO version (objectId, at, place, form, resourceVersion, body)
         SELECT id, ?, ?, ?, ?, ? FROM object WHERE id = ? ON CONFLICT DO NOTHING`,
        row.at,
        row.place,
        row.form,
        row.resourceVersion,
        row.body,
        row.objectId,
      )
    case 'pack':
      return packGroup(db, row.objectId, row.since)
    case 'span':
      return storeSpan(db, row)
  }
}

/** Of a span that began before the floor, what is after it. */
function storeSpan(db: Database, { context, since, until }: Extract<ObjectRow, { readonly table: 'span' }>): void {
  const floor = recordFloor(db)
  if (until < floor) return
  db.run(
    `INSERT INTO span (context, since, until) VALUES (?, ?, ?)
     ON CONFLICT (context, since) DO UPDATE SET until = max(until, excluded.until)`,
    context,
    Math.max(since, floor),
    until,
  )
}

/** The fact that holds the floor. */
export const floorName = 'recordFloor'

/** Before this versions of objects were removed, so that no span may tell that the record is complete there (UI-HIST-4). */
export function recordFloor(db: Pick<Database, 'all'>): EpochMs {
  const [row] = db.all('SELECT value FROM meta WHERE name = ?', floorName)
  return Number(row?.['value'] ?? 0)
}

/** Spans that cross it are cut; the past before it is a gap from now on. To be called inside a transaction. */
export function raiseFloor(db: Database, floor: EpochMs): void {
  db.run(
    `INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    floorName,
    String(floor),
  )
  db.run(
    `INSERT INTO span (context, since, until)
       SELECT context, ?1, max(until) FROM span WHERE since < ?1 AND until >= ?1 GROUP BY context
     ON CONFLICT (context, since) DO UPDATE SET until = max(until, excluded.until)`,
    floor,
  )
  db.run('DELETE FROM span WHERE since < ?', floor)
}

/** The versions from a whole one, or those of a pack and what followed it, until the next whole one become one pack. */
export function packGroup(db: Database, objectId: number, since: EpochMs): void {
  const [next] = db.all(
    `SELECT min(at) AS at FROM (
       SELECT min(at) AS at FROM version WHERE objectId = ?1 AND at > ?2 AND form = 'whole'
       UNION ALL SELECT min(since) FROM pack WHERE objectId = ?1 AND since > ?2)`,
    objectId,
    since,
  )
  const until = typeof next?.['at'] === 'number' ? next['at'] : Number.MAX_SAFE_INTEGER
  const packed = db.all(
    `SELECT since AS at, 0 AS place, 'pack' AS form, body FROM pack WHERE objectId = ? AND since = ?`,
    objectId,
    since,
  )
  const loose = db.all(
    `SELECT at, place, form, resourceVersion, body FROM version WHERE objectId = ? AND at >= ? AND at < ? ORDER BY at, place`,
    objectId,
    since,
    until,
  )
  const versions = [...packed, ...loose].map(storedVersion)
  const resourceVersion = loose.at(-1)?.['resourceVersion']
  if (typeof resourceVersion !== 'string' || versions[0]?.form === 'patch') return
  db.run('DELETE FROM version WHERE objectId = ? AND at >= ? AND at < ?', objectId, since, until)
  db.run(
    `INSERT INTO pack (objectId, since, resourceVersion, body) VALUES (?, ?, ?, ?)
     ON CONFLICT (objectId, since) DO UPDATE SET resourceVersion = excluded.resourceVersion, body = excluded.body`,
    objectId,
    since,
    resourceVersion,
    packVersions(versions),
  )
}

/** A row of `version`, or one of `pack` under its names. */
export function storedVersion(row: Record<string, unknown>): StoredVersion {
  const { at, place, form, body } = row
  return {
    at: Number(at),
    place: Number(place),
    form: form as VersionForm,
    body: body instanceof Uint8Array ? body : String(body),
  }
}

/** For `copyRows`. */
export const objectCopies = [
  {
    query: 'SELECT id, context, kind, namespace, name, uid, parent, goneAt FROM object',
    into: `INSERT INTO object (id, context, kind, namespace, name, uid, parent, goneAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, goneAt = excluded.goneAt`,
  },
  {
    query: 'SELECT objectId, at, place, form, resourceVersion, body FROM version ORDER BY objectId, at, place',
    into: `INSERT INTO version (objectId, at, place, form, resourceVersion, body) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT DO NOTHING`,
  },
  {
    query: 'SELECT objectId, since, resourceVersion, body FROM pack ORDER BY id',
    into: 'INSERT INTO pack (objectId, since, resourceVersion, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  },
  { query: 'SELECT context, since, until FROM span', into: 'INSERT OR IGNORE INTO span VALUES (?, ?, ?)' },
]
