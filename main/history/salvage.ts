import { statSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { chainNames } from './chain.ts'
import { beginChain, headOf } from './chain-store.ts'
import { type Database, pageBytes } from './database.ts'

/** How much of a damaged file is in another one now. */
export interface Salvaged {
  rows: number
  /** Stretches of a table that could not be read. */
  unreadable: number
}

/** Tables that grow with every change; they are brought back in steps. The others are small, and something may hang on them from the start. */
const large: readonly string[] = ['moment', 'object', 'version', 'pack', 'span']

/** Their ids say nothing, and rows of today may have taken them. */
const renumbered: readonly string[] = ['moment', 'pack']

/** Rows in one step: a few milliseconds. */
const atOnce = 200

const lastKey = Number.MAX_SAFE_INTEGER

/**
 * Brings what can be read of a damaged file into a new one, table by table: a page that cannot be read costs its own rows. The damaged file is
 * only read. What is in the new one already stays, so that a salvage that was broken off can be begun again.
 */
export class Salvage {
  readonly done: Salvaged = { rows: 0, unreadable: 0 }
  readonly #source: DatabaseSync
  readonly #target: Database
  /** It ends in the middle of a page: what was on it reads as zeros. */
  readonly #isCut: boolean

  /** @throws what SQLite throws of a file in which not even the list of tables can be read. */
  constructor(path: string, target: Database) {
    // Truncated files are read only when the schema is called writable; the file is not written for all that.
    this.#source = new DatabaseSync(path, { readOnly: true, defensive: false })
    this.#target = target
    this.#isCut = statSync(path).size % pageBytes !== 0
    try {
      this.#source.exec('PRAGMA writable_schema = ON')
      this.#source.prepare('SELECT count(*) FROM sqlite_master').get()
    } catch (thrown) {
      this.#source.close()
      throw thrown
    }
  }

  close(): void {
    this.#source.close()
  }

  /** People's acts, plans, runs and the key of the secret prints: at once, before anything new is written. To be called inside a transaction. */
  takeSmall(): void {
    const names = this.#target
      .all(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`)
      .map(({ name }) => String(name))
    // A new file has begun chains of its own; those of the damaged one go on in their place, with their proof (W10).
    this.#target.run('DELETE FROM chain WHERE last < first')
    for (const table of names.filter((name) => !large.includes(name))) for (const _ of this.#table(table));
    for (const name of chainNames.filter((each) => headOf(this.#target, each) === undefined)) {
      this.#target.run('DELETE FROM link WHERE name = ?', name)
      beginChain(this.#target, name)
    }
  }

  /** One `next()` is one step, to be called inside a transaction. */
  *takeLarge(): Generator<void, void> {
    yield* this.#table('moment')
    const before = this.done.unreadable
    yield* this.#table('object')
    yield* this.#versions()
    yield* this.#table('pack')
    // Where versions are lost nothing is said to be complete: the past is told with gaps then, never as if nothing had happened.
    if (this.done.unreadable === before && !this.#isCut) yield* this.#table('span')
  }

  *#table(table: string): Generator<void, void> {
    const columns = this.#columns(table)
    if (columns.length === 0) return
    const insert = insertInto(table, columns)
    const list = columns.join(', ')
    if (!this.#hasRowId(table)) {
      const { rows, isBroken } = this.#read(`SELECT ${list} FROM ${table}`)
      this.#put(insert, rows)
      if (isBroken) this.#put(insert, this.#read(`SELECT ${list} FROM ${table} ORDER BY 1 DESC, 2 DESC`).rows)
      return yield
    }
    for (let key = -1; ; ) {
      const { rows, isBroken } = this.#after(table, list, key, atOnce)
      this.#put(insert, rows)
      yield
      const last = Number(rows.at(-1)?.['_key'] ?? key)
      // Damaged pages may lead back to where one was.
      const isStuck = isBroken || (rows.length > 0 && last <= key)
      const next = isStuck ? this.#readableFrom(table, Math.max(key, last)) : last
      if (next === undefined || (!isStuck && rows.length < atOnce)) return
      key = next
    }
  }

  #after(table: string, list: string, key: number, limit: number) {
    return this.#read(
      `SELECT rowid AS _key, ${list} FROM ${table} NOT INDEXED WHERE rowid > ? ORDER BY rowid LIMIT ?`,
      key,
      limit,
    )
  }

  /** The key after which a table can be read again; `undefined`: nowhere. */
  #readableFrom(table: string, key: number): number | undefined {
    const { unreadable } = this.done
    const isReadable = (after: number) => {
      const { isBroken } = this.#after(table, '1', after, 1)
      // All these tries are about one place.
      this.done.unreadable = unreadable
      return !isBroken
    }
    let low = key
    let high = key + 1
    for (let step = 1; !isReadable(high); step *= 2) {
      if (high >= lastKey) return undefined
      low = high
      high = Math.min(lastKey, high + step)
    }
    while (high - low > 1) {
      const middle = low + Math.floor((high - low) / 2)
      if (isReadable(middle)) high = middle
      else low = middle
    }
    return high
  }

  /** Versions have no number of their own: they are asked for by object. */
  *#versions(): Generator<void, void> {
    const columns = this.#columns('version')
    if (columns.length === 0) return
    const insert = insertInto('version', columns)
    for (let last = -1; ; ) {
      const ids = this.#target.all('SELECT id FROM object WHERE id > ? ORDER BY id LIMIT ?', last, atOnce / 4)
      for (const { id } of ids) {
        const sql = `SELECT ${columns.join(', ')} FROM version WHERE objectId = ? ORDER BY at`
        const { rows, isBroken } = this.#read(sql, Number(id))
        this.#put(insert, rows)
        if (isBroken) this.#put(insert, this.#read(`${sql} DESC`, Number(id)).rows)
      }
      yield
      if (ids.length < atOnce / 4) return
      last = Number(ids.at(-1)?.['id'])
    }
  }

  /** Those that the damaged file has as well: it may be of an earlier schema. */
  #columns(table: string): readonly string[] {
    const known = this.#read(`SELECT name FROM pragma_table_info('${table}')`).rows.map(({ name }) => String(name))
    return this.#target
      .all(`SELECT name FROM pragma_table_info('${table}')`)
      .map(({ name }) => String(name))
      .filter((name) => known.includes(name) && !(name === 'id' && renumbered.includes(table)))
  }

  #hasRowId(table: string): boolean {
    return this.#target.all(`SELECT wr FROM pragma_table_list WHERE name = '${table}'`)[0]?.['wr'] === 0
  }

  /** The rows up to where the file cannot be read. */
  #read(sql: string, ...values: SQLInputValue[]) {
    const rows: Record<string, unknown>[] = []
    try {
      for (const row of this.#source.prepare(sql).iterate(...values)) rows.push(row)
      return { rows, isBroken: false }
    } catch {
      // Whatever SQLite says of it: what comes next is tried on its own.
      this.done.unreadable += 1
      return { rows, isBroken: true }
    }
  }

  #put(insert: string, rows: readonly Record<string, unknown>[]): void {
    for (const { _key, ...row } of rows) {
      const values = Object.values(row).map(asColumn)
      if (values.some(hasZeros)) {
        this.done.unreadable += 1
        continue
      }
      try {
        this.#target.run(insert, ...values)
        this.done.rows += 1
      } catch (thrown) {
        if (!isUnfit(thrown)) throw thrown
        this.done.unreadable += 1
      }
    }
  }
}

/** No text of a history has any. */
const hasZeros = (value: SQLInputValue): boolean => typeof value === 'string' && value.includes('\0')

/** A row that does not fit the schema, or belongs to one that could not be read: it was damaged itself. */
const isUnfit = (thrown: unknown): boolean =>
  thrown instanceof Error && 'errcode' in thrown && [constraint, mismatch].includes(Number(thrown.errcode) & 0xff)

const [constraint, mismatch] = [19, 20]

function insertInto(table: string, columns: readonly string[]): string {
  const list = columns.join(', ')
  const places = columns.map((_, index) => `?${index + 1}`).join(', ')
  if (table !== 'moment') return `INSERT OR IGNORE INTO ${table} (${list}) VALUES (${places})`
  const same = ['runId', 'at', 'body'].map((name) => `${name} = ?${columns.indexOf(name) + 1}`).join(' AND ')
  return `INSERT OR IGNORE INTO moment (${list}) SELECT ${places}
    WHERE EXISTS (SELECT 1 FROM run WHERE id = ?${columns.indexOf('runId') + 1}) AND NOT EXISTS (SELECT 1 FROM moment WHERE ${same})`
}

const asColumn = (value: unknown): SQLInputValue =>
  typeof value === 'string' || typeof value === 'number' || value instanceof Uint8Array ? value : null
