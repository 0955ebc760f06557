import type { EpochMs } from '#lib/clock.ts'
import type { History } from '../store.ts'
import { storedVersion } from './object-row.ts'
import { groupMax, type ObjectAt, replay, type StoredVersion } from './versions.ts'

type Reader = Pick<History, 'all'>

/** An object of which versions are recorded. */
export interface RecordedObject {
  readonly id: number
  readonly context: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/** Those of one name, one after the other, or side by side for events. Without a name all of the kind. */
export const recordedObjects = (
  history: Reader,
  { context, kind, namespace, name }: Pick<RecordedObject, 'context' | 'kind'> & Partial<RecordedObject>,
): readonly RecordedObject[] =>
  history
    .all(
      `SELECT id, context, kind, namespace, name, uid FROM object
       WHERE context = ? AND kind = ? AND (?3 IS NULL OR namespace = ?3) AND (?4 IS NULL OR name = ?4) ORDER BY id`,
      context,
      kind,
      namespace ?? null,
      name ?? null,
    )
    .map(recordedObject)

/** Those that belong to the object of a uid. */
export const recordedChildren = (history: Reader, context: string, uid: string): readonly RecordedObject[] =>
  history
    .all(
      'SELECT id, context, kind, namespace, name, uid FROM object WHERE parent = ? AND context = ? ORDER BY id',
      uid,
      context,
    )
    .map(recordedObject)

export const recordedObject = (row: Record<string, unknown>): RecordedObject => ({
  id: Number(row['id']),
  context: String(row['context']),
  kind: String(row['kind']),
  namespace: String(row['namespace']),
  name: String(row['name']),
  uid: String(row['uid']),
})

/** What an object was at a time; `undefined`: it was not there, or not seen yet. */
export const objectAt = (history: Reader, id: number, at: EpochMs): ObjectAt['object'] =>
  replay(groupBefore(history, id, at))
    .filter((each) => each.at <= at)
    .at(-1)?.object

/** What it was at `from`, and each change after that until `until`. */
export function objectBetween(history: Reader, id: number, from: EpochMs, until: EpochMs): readonly ObjectAt[] {
  const later = [
    ...history.all(`SELECT ${packAsRow} FROM pack WHERE objectId = ? AND since > ? AND since <= ?`, id, from, until),
    ...history.all(`SELECT ${rowFields} FROM version WHERE objectId = ? AND at > ? AND at <= ?`, id, from, until),
  ]
  const rows = [...groupBefore(history, id, from), ...inOrder(later)]
  const states = replay(rows).filter(({ at }) => at <= until)
  const first = states.findLastIndex(({ at }) => at <= from)
  return states.slice(Math.max(0, first))
}

const rowFields = 'at, place, form, body'
const packAsRow = "since AS at, 0 AS place, 'pack' AS form, body"

/** Groups do not overlap, so that the order of time is that of the groups as well. */
const inOrder = (rows: readonly Record<string, unknown>[]): readonly StoredVersion[] =>
  rows.map(storedVersion).toSorted((a, b) => a.at - b.at || a.place - b.place)

/** The rows that tell what it was at a time: from the last whole one, or the last pack, on. */
function groupBefore(history: Reader, id: number, at: EpochMs): readonly StoredVersion[] {
  const rows = inOrder([
    ...history.all(
      `SELECT ${packAsRow} FROM pack WHERE objectId = ? AND since <= ? ORDER BY since DESC LIMIT 1`,
      id,
      at,
    ),
    ...history.all(
      `SELECT ${rowFields} FROM version WHERE objectId = ? AND at <= ? ORDER BY at DESC, place DESC LIMIT ?`,
      id,
      at,
      groupMax + 2,
    ),
  ])
  const begin = rows.findLastIndex(({ form }) => form === 'whole' || form === 'pack')
  return rows.slice(Math.max(0, begin))
}

/** A stretch of time in which a context was not recorded. */
export interface RecordGap {
  readonly from: EpochMs
  readonly until: EpochMs
}

/** Where the record of a context has gaps (UI-HIST-4), oldest first. */
export function recordGaps(history: Reader, context: string, from: EpochMs, until: EpochMs): readonly RecordGap[] {
  const spans = history.all(
    'SELECT since, until FROM span WHERE context = ? AND until >= ? AND since <= ? ORDER BY since',
    context,
    from,
    until,
  )
  const gaps: RecordGap[] = []
  let known = from
  for (const span of spans) {
    if (Number(span['since']) > known) gaps.push({ from: known, until: Number(span['since']) })
    known = Math.max(known, Number(span['until']))
  }
  if (known < until) gaps.push({ from: known, until })
  return gaps
}

/** Contexts of which something was recorded. */
export const recordedContexts = (history: Reader): readonly string[] =>
  history.all('SELECT DISTINCT context FROM object ORDER BY context').map(({ context }) => String(context))

/** Ids of the objects of a kind that may have been there at a time. */
export const objectsThere = (
  history: Reader,
  { context, kind, at }: { readonly context: string; readonly kind: string; readonly at: EpochMs },
): readonly number[] =>
  history
    .all(
      'SELECT id FROM object WHERE context = ? AND kind = ? AND (goneAt IS NULL OR goneAt > ?) ORDER BY namespace, name, id',
      context,
      kind,
      at,
    )
    .map(({ id }) => Number(id))
