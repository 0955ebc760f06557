import type { EpochMs } from '#lib/clock.ts'
import type { Database } from '../database.ts'
import { packGroup } from './object-row.ts'

/** After this without a new version a group is packed as it is. */
export const idleMs = 3_600_000
/** In one transaction: a few milliseconds. */
const packedAtOnce = 50
const removedAtOnce = 2000

/** Packs some of what has not changed for an hour. To be called inside a transaction. */
export function packIdle(db: Database, now: EpochMs): void {
  const idle = db.all(
    "SELECT objectId, at FROM version WHERE form = 'whole' AND at < ? ORDER BY at LIMIT ?",
    now - idleMs,
    packedAtOnce,
  )
  for (const { objectId, at } of idle) packGroup(db, Number(objectId), Number(at))
}

const scanned = new WeakMap<Database, EpochMs>()

/**
 * Removes what ended before a time: objects that were gone by then, and versions that others had followed. What an object was at that time
 * stays. So many at once; the rest follows next time. To be called inside a transaction.
 */
export function pruneObjects(db: Database, before: EpochMs): void {
  db.run(
    'DELETE FROM object WHERE id IN (SELECT id FROM object WHERE goneAt < ? ORDER BY goneAt LIMIT ?)',
    before,
    removedAtOnce,
  )
  db.run('DELETE FROM span WHERE until < ?', before)
  const from = scanned.get(db) ?? 0
  const packs = db.all(
    `SELECT id, since, EXISTS (SELECT 1 FROM pack AS next
       WHERE next.objectId = pack.objectId AND next.since > pack.since AND next.since <= ?1) AS isFollowed
     FROM pack WHERE since >= ?2 AND since < ?1 ORDER BY since LIMIT ?3`,
    before,
    from,
    removedAtOnce,
  )
  for (const { id, isFollowed } of packs) if (isFollowed === 1) db.run('DELETE FROM pack WHERE id = ?', Number(id))
  scanned.set(db, packs.length < removedAtOnce ? 0 : Number(packs.at(-1)?.['since'] ?? 0))
}
