import { chmodSync, closeSync, constants, copyFileSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { assert } from '#lib/assert.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { chainNames } from './chain.ts'
import { beginChain, headOf } from './chain-store.ts'
import { isDamage } from './damage.ts'
import { migrations } from './migrations.ts'

/** Why the file cannot be used, named for what to do about it. */
export type DatabaseFailure =
  /** Not a database, or a damaged one: move it aside. */
  | { readonly kind: 'Corrupt'; readonly message: string }
  /** Written by a later Argosy: leave it alone. */
  | { readonly kind: 'Newer'; readonly message: string }
  /** Disk full, no permission, locked: try again later. */
  | { readonly kind: 'NotWritable'; readonly message: string }

export interface Database {
  all(sql: string, ...values: SQLInputValue[]): readonly Record<string, unknown>[]
  run(sql: string, ...values: SQLInputValue[]): void
  /** All of `task`'s writes or none of them. */
  transaction(task: () => void): Outcome<void, DatabaseFailure>
  close(): void
}

export interface DatabaseOptions {
  /** `append`: as `write`, for a few rows: the whole file is not read first to find damage. */
  readonly mode: 'write' | 'append' | 'read'
  /** Past this size writes fail as on a full disk. */
  readonly maxBytes: number
  /** Files up to this size are read whole to find damage (default 32 MiB); larger ones are looked at while they are used (integrity.ts). */
  readonly wholeCheckMax?: number | undefined
}

export const pageBytes = 4096
/** What quick_check reads in some fifty milliseconds. */
export const wholeCheckMaxDefault = 32 * 1024 ** 2

/** Opens, checks and migrates. `:memory:` never fails. Nothing that is in the file is changed before it has passed the check. */
export function openDatabase(path: string, options: DatabaseOptions): Outcome<Database, DatabaseFailure> {
  let db: DatabaseSync | undefined
  try {
    const isFile = path !== ':memory:'
    if (isFile && options.mode !== 'read') prepareFile(path)
    // Closing after a write would bring the log of writes into the file: a damaged one is only ever opened to be read.
    if (isFile) db = new DatabaseSync(path, { readOnly: true, timeout: 2000 })
    const damage = db && check(db, path, options)
    if (damage !== undefined) {
      db?.close()
      return failure(damage)
    }
    if (options.mode !== 'read') {
      db?.close()
      db = new DatabaseSync(path, { timeout: 2000 })
    }
    assert(db !== undefined, 'what is only read is a file')
    const problem = prepare(db, path, options)
    if (problem === undefined) return withChains(wrap(db), options)
    db.close()
    return failure(problem)
  } catch (thrown) {
    if (db?.isOpen === true) db.close()
    return failure(classify(thrown))
  }
}

/** The records of a file that was written before they had chains are proven from now on (W10). */
function withChains(db: Database, { mode }: DatabaseOptions): Outcome<Database, DatabaseFailure> {
  const missing = mode === 'read' ? [] : chainNames.filter((name) => headOf(db, name) === undefined)
  if (missing.length === 0) return success(db)
  const begun = db.transaction(() => missing.forEach((name) => beginChain(db, name)))
  if (begun.ok) return success(db)
  db.close()
  return begun
}

/** A new file is for its owner only; SQLite gives its companions the same mode. */
function prepareFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
}

function check(db: DatabaseSync, path: string, options: DatabaseOptions): DatabaseFailure | undefined {
  const version = schemaVersion(db)
  if (version > migrations.length)
    return { kind: 'Newer', message: `It has schema ${version}; this Argosy knows ${migrations.length}.` }
  const max = options.wholeCheckMax ?? wholeCheckMaxDefault
  const isChanged = options.mode !== 'read' && version > 0 && version < migrations.length
  const isWhole = options.mode !== 'append' && (statSync(path).size <= max || isChanged)
  const answer = isWhole ? db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] : tablesOf(db, version)
  return answer === 'ok' ? undefined : { kind: 'Corrupt', message: String(answer) }
}

/** A file of a version has the tables that it began with; the list of them is on the first page. */
function tablesOf(db: DatabaseSync, version: number): string {
  const found = db
    .prepare(`SELECT count(*) AS count FROM sqlite_master WHERE name IN ('run', 'moment', 'journal')`)
    .get()
  return version === 0 || found?.['count'] === 3 ? 'ok' : 'its list of tables is damaged'
}

function prepare(db: DatabaseSync, path: string, { mode, maxBytes }: DatabaseOptions): DatabaseFailure | undefined {
  if (mode === 'read') {
    if (schemaVersion(db) > 0) return undefined
    return { kind: 'Corrupt', message: 'It holds no history.' }
  }
  // Takes effect in a new file only.
  db.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
    PRAGMA max_page_count = ${Math.ceil(maxBytes / pageBytes)}`)
  if (schemaVersion(db) > 0 && schemaVersion(db) < migrations.length) backUp(db, path)
  for (let step = schemaVersion(db); step < migrations.length; step = schemaVersion(db)) migrate(db, step)
  return undefined
}

/** The file as it is before its schema changes, beside it: an older Argosy can go on with it. The one before is replaced. */
export const backupOf = (path: string): string => `${path}.before-migration`

/** Nobody writes meanwhile; what is in the log of writes is brought into the file first. */
function backUp(db: DatabaseSync, path: string): void {
  db.exec('PRAGMA wal_checkpoint(TRUNCATE); BEGIN IMMEDIATE')
  try {
    const part = `${backupOf(path)}.part`
    copyFileSync(path, part, constants.COPYFILE_FICLONE)
    chmodSync(part, 0o600)
    renameSync(part, backupOf(path))
  } finally {
    db.exec('ROLLBACK')
  }
}

/** Another process may have taken the same step in the meantime: then there is nothing to do. */
function migrate(db: DatabaseSync, step: number): void {
  db.exec('BEGIN IMMEDIATE')
  if (schemaVersion(db) === step) db.exec(`${migrations[step]}; PRAGMA user_version = ${step + 1}`)
  db.exec('COMMIT')
}

const schemaVersion = (db: DatabaseSync): number => Number(db.prepare('PRAGMA user_version').get()?.['user_version'])

function wrap(db: DatabaseSync): Database {
  const statements = new Map<string, StatementSync>()
  const statement = (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const made = db.prepare(sql)
    statements.set(sql, made)
    return made
  }
  return {
    all: (sql, ...values) => statement(sql).all(...values),
    run: (sql, ...values) => void statement(sql).run(...values),
    transaction(task) {
      try {
        db.exec('BEGIN IMMEDIATE')
        task()
        db.exec('COMMIT')
        return success(undefined)
      } catch (thrown) {
        // SQLite has already rolled back after some failures (disk full), and then says that there is nothing to roll back.
        if (db.isTransaction) db.exec('ROLLBACK')
        return failure(classify(thrown))
      }
    },
    close: () => db.close(),
  }
}

/** SQLite's primary result codes (the low byte of `errcode`). */
const resultCodes = {
  permission: 3,
  readOnly: 8,
  ioError: 10,
  full: 13,
  cannotOpen: 14,
  busy: 5,
  locked: 6,
  protocol: 15,
}
const passing: readonly number[] = [
  resultCodes.permission,
  resultCodes.protocol,
  resultCodes.readOnly,
  resultCodes.ioError,
  resultCodes.full,
  resultCodes.cannotOpen,
  resultCodes.busy,
  resultCodes.locked,
]

/** Rethrows what is a bug (wrong SQL, wrong parameter). */
function classify(thrown: unknown): DatabaseFailure {
  if (!(thrown instanceof Error)) throw thrown
  if (isDamage(thrown)) return { kind: 'Corrupt', message: thrown.message }
  const code = 'errcode' in thrown ? Number(thrown.errcode) & 0xff : undefined
  const fromFileSystem = 'syscall' in thrown
  if (fromFileSystem || (code !== undefined && passing.includes(code))) {
    return { kind: 'NotWritable', message: thrown.message }
  }
  throw thrown
}
