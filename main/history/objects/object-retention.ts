import type { EpochMs } from '#lib/clock.ts'
import type { Database } from '../database.ts'
import { packGroup, raiseFloor, recordFloor } from './object-row.ts'

/** After this without a new version a group is packed as it is. */
export const idleMs = 3_600_000
/** In one transaction: a few milliseconds. */
const packedAtOnce = 50
const removedAtOnce = 100

/** Packs some of what has not changed for an hour. To be called inside a transaction. */
export function packIdle(db: Database, now: EpochMs): void {
  const idle = db.all(
    "SELECT objectId, at FROM version WHERE form = 'whole' AND at < ? ORDER BY at LIMIT ?",
    now - idleMs,
    packedAtOnce,
  )
  for (const { objectId, at } of idle) packGroup(db, Number(objectId), Number(at))
}

/** How far the packs of a file have been gone through, in order of time. */
interface Place {
  readonly since: EpochMs
  readonly id: number
}

const places = new WeakMap<Database, Place>()

/**
 * Removes some of what ended before a time: objects that were gone by then, and groups of versions that others had followed. What an object
 * was at that time stays. From the floor on the record is whole; it rises with what is removed. To be called inside a transaction.
 *
 * @param before absent: of any age, the oldest first
 * @returns whether more of it may be left
 */
export function pruneObjects(db: Database, before?: EpochMs): boolean {
  const floor = recordFloor(db)
  const begin = beginOf(db, floor)
  // A group that begins ends the one before it.
  const packs = db.all(
    'SELECT id, objectId, since FROM pack WHERE (since, id) > (?, ?) AND since <= ? ORDER BY since, id LIMIT ?',
    begin.since,
    begin.id,
    before ?? Number.MAX_SAFE_INTEGER,
    removedAtOnce,
  )
  for (const { objectId, since } of packs)
    db.run('DELETE FROM pack WHERE objectId = ? AND since < ?', Number(objectId), Number(since))
  const last = packs.at(-1)
  const reached = last === undefined ? begin : { since: Number(last['since']), id: Number(last['id']) }
  const isThrough = packs.length < removedAtOnce && before !== undefined && before > reached.since
  const end = isThrough ? { since: before, id: Number.MAX_SAFE_INTEGER } : reached
  const gone = db.all('SELECT id FROM object WHERE goneAt <= ? ORDER BY goneAt LIMIT ?', end.since, removedAtOnce)
  for (const { id } of gone) db.run('DELETE FROM object WHERE id = ?', Number(id))
  if (end.since > floor) raiseFloor(db, end.since)
  places.set(db, end)
  return packs.length > 0 || gone.length > 0
}

/** Another process may have gone further. */
function beginOf(db: Database, floor: EpochMs): Place {
  const place = places.get(db)
  return place === undefined || place.since < floor ? { since: floor, id: 0 } : place
}
