import { type Database, pageBytes } from './database.ts'
import { pruneObjects } from './objects/object-retention.ts'
import { removeOldestRuns } from './retention.ts'

/**
 * What the rows take. Pages that became free are not counted: they are written again before the file grows. A file that was begun without
 * `auto_vacuum` keeps them for good, for writing it anew would hold everybody up for as long as that takes.
 */
export function usedBytes(db: Database): number {
  const { pages, free } = pagesOf(db)
  return (pages - free) * pageBytes
}

const pagesOf = (db: Database) => ({
  pages: Number(db.all('PRAGMA page_count')[0]?.['page_count']),
  free: Number(db.all('PRAGMA freelist_count')[0]?.['freelist_count']),
})

/**
 * Removes some of the oldest: versions of objects first, then runs. The records of acts and writes, templates and plans stay, and so does
 * what each object is now. To be called inside a transaction. @returns whether there was anything to remove
 */
export const makeRoom = (db: Database): boolean => pruneObjects(db) || removeOldestRuns(db)

/** More than this share of the file is free for nothing: what was removed will not be needed again soon. */
const freeShareMax = 1 / 4
const freeMin = 1024
const returnedAtOnce = 64

/** Gives some of the free pages back to the disk. To be called inside a transaction. @returns whether there are more of them */
export function returnPages(db: Database): boolean {
  const { pages, free } = pagesOf(db)
  if (free < Math.max(freeMin, pages * freeShareMax)) return false
  if (db.all('PRAGMA auto_vacuum')[0]?.['auto_vacuum'] !== incremental) return false
  db.all(`PRAGMA incremental_vacuum(${returnedAtOnce})`)
  return pagesOf(db).free < free
}

const incremental = 2
