import { randomBytes } from 'node:crypto'
import type { EpochMs } from '#lib/clock.ts'
import { type ChainEntry, type ChainHead, type ChainName, type ChainPlace, contentHash, linkHash } from './chain.ts'
import type { Database } from './database.ts'

type Reader = Pick<Database, 'all'>

/** How a chain lies in the file: its head, and since when it is kept. */
export interface StoredHead extends ChainHead {
  readonly beganAt: EpochMs
  /** So many entries were there before: what they say is proven from then on only. */
  readonly takenOver: number
}

const subjectColumn = { journal: 'key', written: 'context' } as const
const saltBytes = 16
const pageSize = 500

/** `undefined`: the file is older than its chains. */
export function headOf(db: Reader, name: ChainName): StoredHead | undefined {
  if (db.all("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'chain'").length === 0) return undefined
  const [row] = db.all('SELECT first, anchor, last, head, beganAt, takenOver FROM chain WHERE name = ?', name)
  return (
    row && {
      first: Number(row['first']),
      anchor: String(row['anchor']),
      last: Number(row['last']),
      head: String(row['head']),
      beganAt: Number(row['beganAt']),
      takenOver: Number(row['takenOver']),
    }
  )
}

/** Begins a chain where there is none; what is there already becomes its beginning. To be called inside a transaction. */
export function beginChain(db: Database, name: ChainName): void {
  if (headOf(db, name) !== undefined) return
  const [range] = db.all(`SELECT min(id) AS first, count(*) AS count FROM ${name}`)
  const first = Number(range?.['first'] ?? 1)
  const genesis = randomBytes(32).toString('hex')
  db.run(
    `INSERT INTO chain (name, first, anchor, last, head, beganAt, takenOver)
     VALUES (?, ?, ?, ?, ?, CAST(unixepoch('subsec') * 1000 AS INTEGER), ?)`,
    name,
    first,
    genesis,
    first - 1,
    genesis,
    Number(range?.['count'] ?? 0),
  )
  for (const { id, entry } of placesOf(db, name)) if (entry !== undefined) addLink(db, name, id, entry)
}

/** Adds an entry and its link. To be called inside a transaction, so that of two processes one comes after the other. */
export function appendEntry(db: Database, name: ChainName, { at, subject, body }: ChainEntry): void {
  // What is stored is what was hashed: SQLite has no place for half a character.
  const entry = { at, subject: subject.toWellFormed(), body: body.toWellFormed() }
  const [top] = db.all(`SELECT max(id) AS id FROM ${name}`)
  const id = Math.max(Number(top?.['id'] ?? 0), headOf(db, name)?.last ?? 0) + 1
  db.run(
    `INSERT INTO ${name} (id, at, ${subjectColumn[name]}, body) VALUES (?, ?, ?, ?)`,
    id,
    entry.at,
    entry.subject,
    entry.body,
  )
  addLink(db, name, id, entry)
}

function addLink(db: Database, name: ChainName, id: number, entry: ChainEntry): void {
  const [chain] = db.all('SELECT head FROM chain WHERE name = ?', name)
  const salt = randomBytes(saltBytes).toString('hex')
  const hash = linkHash(String(chain?.['head']), contentHash(name, id, entry, salt))
  db.run('INSERT INTO link (name, id, salt, hash) VALUES (?, ?, ?, ?)', name, id, salt, hash)
  db.run('UPDATE chain SET last = ?, head = ? WHERE name = ?', id, hash, name)
}

/**
 * Removes the oldest entries of more than `max`, so many at once; the hash of their last link stays as the anchor. To be called inside a
 * transaction.
 *
 * @returns whether more are left
 */
export function pruneChain(db: Database, name: ChainName, max: number, atOnce = 500): boolean {
  const [top] = db.all(`SELECT max(id) AS id FROM ${name}`)
  const end = Number(top?.['id'] ?? 0) - max
  const [last] = db.all(`SELECT id FROM ${name} WHERE id <= ? ORDER BY id LIMIT 1 OFFSET ?`, end, atOnce - 1)
  const until = Number(last?.['id'] ?? end)
  const head = headOf(db, name)
  const [link] = db.all('SELECT hash FROM link WHERE name = ? AND id = ?', name, until)
  db.run(`DELETE FROM ${name} WHERE id <= ?`, until)
  // A link that is missing is one that somebody removed: that stays to be seen.
  if (head !== undefined && until >= head.first && link !== undefined) {
    db.run('DELETE FROM link WHERE name = ? AND id <= ?', name, until)
    db.run('UPDATE chain SET first = ?, anchor = ? WHERE name = ?', until + 1, String(link['hash']), name)
  }
  return last !== undefined
}

/** All that is stored of a chain, by id: entries, links, or both. @param after an id */
export function* placesOf(
  db: Reader,
  name: ChainName,
  after: number = Number.MIN_SAFE_INTEGER,
): Generator<ChainPlace, undefined> {
  let last = after
  for (let isMore = true; isMore; ) {
    const rows = db.all(
      `SELECT id, at, ${subjectColumn[name]} AS subject, body FROM ${name} WHERE id > ? ORDER BY id LIMIT ${pageSize}`,
      last,
    )
    isMore = rows.length === pageSize
    const until = isMore ? Number(rows.at(-1)?.['id']) : Number.MAX_SAFE_INTEGER
    const links = db.all('SELECT id, salt, hash FROM link WHERE name = ? AND id > ? AND id <= ?', name, last, until)
    yield* merge(rows, links)
    last = until
  }
  return undefined
}

type Row = Record<string, unknown>

function merge(rows: readonly Row[], links: readonly Row[]): readonly ChainPlace[] {
  const entryOf = new Map(rows.map((row) => [Number(row['id']), row]))
  const linkOf = new Map(links.map((row) => [Number(row['id']), row]))
  const ids = [...new Set([...entryOf.keys(), ...linkOf.keys()])].toSorted((a, b) => a - b)
  return ids.map((id) => {
    const [row, link] = [entryOf.get(id), linkOf.get(id)]
    return {
      id,
      entry: row && { at: Number(row['at']), subject: String(row['subject']), body: String(row['body']) },
      link: link && { salt: String(link['salt']), hash: String(link['hash']) },
    }
  })
}
