import { existsSync, renameSync } from 'node:fs'
import type { Notice } from '#contract/views.ts'
import { assert } from '#lib/assert.ts'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type Database, type DatabaseFailure, openDatabase } from './database.ts'
import { prune } from './retention.ts'

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
  | { readonly table: 'moment'; readonly runId: string; readonly at: EpochMs; readonly body: string }
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
  | { readonly table: 'meta'; readonly name: string; readonly value: string }

/** The archive. Readers see whatever was added before; while the disk refuses it, what was stored until then. */
export interface History {
  /** `memory`: this session is kept until Argosy ends, because the file cannot be used; `notices` says why. */
  readonly mode: 'file' | 'memory'
  readonly notices: readonly Notice[]
  onNotice(listener: (notice: Notice) => void): Dispose
  /** Queued, and stored with others in one transaction within a second. */
  add(rows: readonly HistoryRow[]): void
  all(sql: string, ...values: (string | number | null)[]): readonly Record<string, unknown>[]
  close(): void
}

export interface HistoryOptions {
  readonly path: string
  readonly clock: Clock
  readonly log: Log
  /** Default 2 GiB (W9). */
  readonly maxBytes?: number
}

const flushDelayMs = 500
const retryDelaysMs = [5_000, 15_000, 60_000, 300_000]
const queueMax = 20_000
const defaultMaxBytes = 2 * 1024 ** 3

/**
 * Opens the archive for writing, and always answers with one that works: a damaged file is moved aside, whole; a file of a later
 * Argosy, or one that cannot be written, is left as it is, and this session is kept in memory. `notices` says so.
 */
export function openHistory(options: HistoryOptions): History {
  const first = open(options)
  if (first.ok) return new StoredHistory(first.value, 'file', options, [])
  if (first.error.kind === 'Corrupt') {
    const aside = moveAside(options)
    const fresh = aside.ok ? open(options) : aside
    if (aside.ok && fresh.ok)
      return new StoredHistory(fresh.value, 'file', options, [movedAside(options.path, aside.value)])
  }
  options.log('warn', 'history kept in memory', { kind: first.error.kind, reason: first.error.message })
  const inMemory = openDatabase(':memory:', { mode: 'write', maxBytes: 64 * 1024 ** 2 })
  assert(inMemory.ok, 'a database in memory opens')
  return new StoredHistory(inMemory.value, 'memory', options, [notUsable(options.path, first.error)])
}

/** For the command line: reads what is there, writes nothing. Fails when there is no file, or no history in it. */
export function readHistory(options: HistoryOptions): Outcome<History, DatabaseFailure> {
  const opened = openDatabase(options.path, { mode: 'read', maxBytes: defaultMaxBytes })
  return opened.ok ? success(new StoredHistory(opened.value, 'file', options, [])) : opened
}

const open = ({ path, maxBytes }: HistoryOptions): Outcome<Database, DatabaseFailure> =>
  openDatabase(path, { mode: 'write', maxBytes: maxBytes ?? defaultMaxBytes })

class StoredHistory implements History {
  readonly mode: 'file' | 'memory'
  readonly #db: Database
  readonly #options: HistoryOptions
  readonly #listeners = new Set<(notice: Notice) => void>()
  #notices: readonly Notice[]
  #queue: HistoryRow[] = []
  #dropped = 0
  #failures = 0
  #alarm: Dispose | undefined
  #closed = false

  constructor(db: Database, mode: 'file' | 'memory', options: HistoryOptions, notices: readonly Notice[]) {
    this.#db = db
    this.mode = mode
    this.#options = options
    this.#notices = notices
  }

  get notices(): readonly Notice[] {
    return this.#notices
  }

  onNotice(listener: (notice: Notice) => void): Dispose {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  add(rows: readonly HistoryRow[]): void {
    if (this.#closed || rows.length === 0) return
    this.#queue.push(...rows)
    const over = this.#queue.length - queueMax
    if (over > 0) {
      this.#queue.splice(0, over)
      this.#dropped += over
    }
    this.#alarm ??= this.#options.clock.after(flushDelayMs, () => this.#flush())
  }

  all(sql: string, ...values: (string | number | null)[]): readonly Record<string, unknown>[] {
    if (this.#failures === 0) this.#flush()
    return this.#db.all(sql, ...values)
  }

  close(): void {
    if (this.#closed) return
    this.#flush()
    this.#alarm?.()
    this.#closed = true
    this.#db.close()
  }

  #flush(): void {
    this.#alarm?.()
    this.#alarm = undefined
    if (this.#queue.length === 0 || this.#closed) return
    const rows = this.#queue
    const done = this.#db.transaction(() => {
      for (const row of rows) store(this.#db, row)
      prune(this.#db, this.#options.clock.now())
    })
    if (done.ok) this.#taken()
    else this.#refused(done.error)
  }

  #taken(): void {
    this.#queue = []
    if (this.#failures === 0) return
    const lost = this.#dropped === 0 ? 'Nothing was lost.' : `${this.#dropped} entries did not fit and are lost.`
    this.#failures = 0
    this.#dropped = 0
    this.#notices = this.#notices.filter((notice) => notice.id !== 'history.unwritten')
    this.#tell({ id: 'history.written', severity: 'info', title: 'History is being written again', detail: lost })
  }

  #refused(problem: DatabaseFailure): void {
    const delayMs = retryDelaysMs[Math.min(this.#failures, retryDelaysMs.length - 1)] ?? 0
    this.#failures += 1
    this.#alarm = this.#options.clock.after(delayMs, () => this.#flush())
    this.#options.log('warn', 'history not written', { reason: problem.message, retryInMs: delayMs })
    if (this.#failures > 1) return
    const notice: Notice = {
      id: 'history.unwritten',
      severity: 'warning',
      title: 'History cannot be written',
      detail: `${this.#options.path}: ${problem.message}. Up to ${queueMax} entries wait in memory and are written once that works again; what was stored before can be read.`,
    }
    this.#notices = [...this.#notices, notice]
    this.#tell(notice)
  }

  #tell(notice: Notice): void {
    for (const listener of this.#listeners) listener(notice)
  }
}

function store(db: Database, row: HistoryRow): void {
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
        'INSERT INTO moment (runId, at, body) SELECT id, ?, ? FROM run WHERE id = ?',
        row.at,
        row.body,
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
      return db.run('INSERT INTO journal (at, key, body) VALUES (?, ?, ?)', row.at, row.key, row.body)
    case 'meta':
      return db.run('INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)', row.name, row.value)
  }
}

/** Renames the file and its companions; they are never deleted. */
function moveAside({ path, clock }: HistoryOptions): Outcome<string, DatabaseFailure> {
  const stamp = new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-')
  const aside = `${path}.damaged-${stamp}`
  try {
    for (const companion of ['-wal', '-shm', '']) {
      if (existsSync(path + companion)) renameSync(path + companion, aside + companion)
    }
    return success(aside)
  } catch (thrown) {
    return failure({ kind: 'NotWritable', message: String(thrown) })
  }
}

const movedAside = (path: string, aside: string): Notice => ({
  id: 'history.damaged',
  severity: 'warning',
  title: 'The history file was damaged',
  detail: `${path} could not be read as a history. It was moved, unchanged, to ${aside}, and a new one was begun.`,
})

function notUsable(path: string, problem: DatabaseFailure): Notice {
  const why = problem.kind === 'Newer' ? `It was written by a later Argosy. ${problem.message}` : problem.message
  return {
    id: 'history.memory',
    severity: 'warning',
    title: 'History is kept in memory only',
    detail: `${path} cannot be used: ${why}. It was left as it is. What happens now can be read until Argosy ends.`,
  }
}
