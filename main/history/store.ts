import { existsSync, renameSync } from 'node:fs'
import type { Notice } from '#contract/views.ts'
import { assert } from '#lib/assert.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type Database, type DatabaseFailure, openDatabase } from './database.ts'
import { copyRows, type HistoryRow, storeRow } from './history-row.ts'
import { packIdle } from './objects/object-retention.ts'
import { movedAside, movedToFile, notUsable, notWritten, writtenAgain } from './store-notices.ts'
import { Upkeep } from './upkeep.ts'

/** The archive. Readers see whatever was added before; while the disk refuses it, what was stored until then. */
export interface History {
  /** `memory`: the file cannot be used, or not yet; `notices` says why. */
  readonly mode: 'file' | 'memory'
  readonly notices: readonly Notice[]
  onNotice(listener: (notice: Notice) => void): Dispose
  /** How many rows were handed over and never stored, for the disk refused them for too long. */
  readonly lost: number
  /** Queued, and stored with others in one transaction within a second. */
  add(rows: readonly HistoryRow[]): void
  all(sql: string, ...values: (string | number | null)[]): readonly Record<string, unknown>[]
  /** As `all`, without what waits to be stored. */
  readonly stored: (sql: string, ...values: (string | number | null)[]) => readonly Record<string, unknown>[]
  close(): void
}

export interface HistoryOptions {
  readonly path: string
  readonly clock: Clock
  readonly log: Log
  /** Default 2 GiB (W9). */
  readonly maxBytes?: number
  /** From this on the oldest makes room for the newest. Default: nine tenths of `maxBytes`, so that the file is never full. */
  readonly keepBytes?: number
}

const flushDelayMs = 500
const retryDelaysMs = [5_000, 15_000, 60_000, 300_000]
const delayAfter = (failures: number): number => retryDelaysMs[Math.min(failures, retryDelaysMs.length - 1)] ?? 0

const queueMax = 20_000
export const defaultMaxBytes = 2 * 1024 ** 3
const memoryMaxBytes = 64 * 1024 ** 2
const keepShare = 0.9

/**
 * Opens the archive for writing, and always answers with one that works: a damaged file is moved aside, whole; a file of a later
 * Argosy is left as it is, and this session is kept in memory; so it is while the file cannot be written, until it can.
 * `notices` says so.
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
  const inMemory = openDatabase(':memory:', { mode: 'write', maxBytes: memoryMaxBytes })
  assert(inMemory.ok, 'a database in memory opens')
  takeMeta(options, inMemory.value)
  const history = new StoredHistory(inMemory.value, 'memory', options, [notUsable(options.path, first.error)])
  if (first.error.kind === 'NotWritable') history.reopenLater()
  return history
}

/** The secret prints of a session in memory are those of the file, where that can be read at least. */
function takeMeta({ path }: HistoryOptions, memory: Database): void {
  const readable = existsSync(path) ? openDatabase(path, { mode: 'read', maxBytes: defaultMaxBytes }) : undefined
  if (readable?.ok !== true) return
  for (const { name, value } of readable.value.all('SELECT name, value FROM meta'))
    storeRow(memory, { table: 'meta', name: String(name), value: String(value) })
  readable.value.close()
}

/** For the command line: reads what is there, writes nothing. Fails when there is no file, or no history in it. */
export function readHistory(options: HistoryOptions): Outcome<History, DatabaseFailure> {
  const opened = openDatabase(options.path, { mode: 'read', maxBytes: defaultMaxBytes })
  return opened.ok ? success(new StoredHistory(opened.value, 'file', options, [])) : opened
}

/** For the command line: adds to what a window may have open as well. A file that cannot be used is left as it is. */
export function appendHistory(options: HistoryOptions): Outcome<History, DatabaseFailure> {
  const opened = openDatabase(options.path, { mode: 'append', maxBytes: defaultMaxBytes })
  return opened.ok ? success(new StoredHistory(opened.value, 'file', options, [])) : opened
}

const open = ({ path, maxBytes }: HistoryOptions): Outcome<Database, DatabaseFailure> =>
  openDatabase(path, { mode: 'write', maxBytes: maxBytes ?? defaultMaxBytes })

class StoredHistory implements History {
  readonly #options: HistoryOptions
  readonly #listeners = new Set<(notice: Notice) => void>()
  #db: Database
  #mode: 'file' | 'memory'
  #notices: readonly Notice[]
  #queue: HistoryRow[] = []
  #dropped = 0
  #lost = 0
  #failures = 0
  #alarm: Dispose | undefined
  #reopening: Dispose | undefined
  #reopenFailures = 0
  #closed = false
  #upkeep: Upkeep

  constructor(db: Database, mode: 'file' | 'memory', options: HistoryOptions, notices: readonly Notice[]) {
    this.#db = db
    this.#mode = mode
    this.#options = options
    this.#notices = notices
    this.#upkeep = this.#upkeepOf(db)
  }

  #upkeepOf(db: Database): Upkeep {
    const { clock, maxBytes = defaultMaxBytes } = this.#options
    const keepBytes = keepShare * (this.#mode === 'memory' ? memoryMaxBytes : maxBytes)
    return new Upkeep(db, { clock, keepBytes: this.#options.keepBytes ?? keepBytes })
  }

  get mode(): 'file' | 'memory' {
    return this.#mode
  }

  get lost(): number {
    return this.#lost
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
      this.#lost += over
    }
    this.#alarm ??= this.#options.clock.after(flushDelayMs, () => this.#flush())
  }

  all(sql: string, ...values: (string | number | null)[]): readonly Record<string, unknown>[] {
    if (this.#failures === 0) this.#flush()
    return this.#db.all(sql, ...values)
  }

  readonly stored = (sql: string, ...values: (string | number | null)[]): readonly Record<string, unknown>[] =>
    this.#db.all(sql, ...values)

  close(): void {
    if (this.#closed) return
    this.#flush()
    if (this.#reopening !== undefined) this.#reopen()
    this.#reopening?.()
    this.#alarm?.()
    this.#upkeep.end()
    this.#closed = true
    this.#db.close()
  }

  /** Of a session in memory: tries the file again, ever more seldom. */
  reopenLater(): void {
    const delayMs = delayAfter(this.#reopenFailures)
    this.#reopening = this.#options.clock.after(delayMs, () => this.#reopen())
  }

  /** What is in memory goes to the file, all of it or nothing. */
  #reopen(): void {
    this.#reopening?.()
    this.#reopening = undefined
    this.#flush()
    const opened = open(this.#options)
    const moved = opened.ok ? opened.value.transaction(() => copyRows(this.#db, opened.value)) : opened
    if (opened.ok && moved.ok) return this.#useFile(opened.value)
    if (opened.ok) opened.value.close()
    this.#reopenFailures += 1
    const isPassing = moved.ok || moved.error.kind === 'NotWritable'
    if (isPassing) this.reopenLater()
    else this.#options.log('warn', 'history stays in memory', { reason: moved.error.message })
  }

  #useFile(db: Database): void {
    this.#upkeep.end()
    this.#db.close()
    this.#db = db
    this.#mode = 'file'
    this.#upkeep = this.#upkeepOf(db)
    this.#notices = this.#notices.filter(({ id }) => id !== 'history.memory')
    this.#tell(movedToFile(this.#options.path))
    this.#flush()
  }

  #flush(): void {
    this.#alarm?.()
    this.#alarm = undefined
    if (this.#queue.length === 0 || this.#closed) return
    const rows = this.#queue
    const done = this.#db.transaction(() => {
      for (const row of rows) storeRow(this.#db, row)
      packIdle(this.#db, this.#options.clock.now())
    })
    if (done.ok) this.#taken()
    else this.#refused(done.error)
  }

  #taken(): void {
    this.#queue = []
    this.#upkeep.stored()
    if (this.#failures === 0) return
    const notice = writtenAgain(this.#dropped)
    this.#failures = 0
    this.#dropped = 0
    this.#notices = this.#notices.filter(({ id }) => id !== notice.id)
    this.#tell(notice)
  }

  #refused(problem: DatabaseFailure): void {
    const delayMs = delayAfter(this.#failures)
    this.#failures += 1
    this.#alarm = this.#options.clock.after(delayMs, () => this.#flush())
    this.#options.log('warn', 'history not written', { reason: problem.message, retryInMs: delayMs })
    if (this.#failures > 1) return
    const notice = notWritten(this.#options.path, problem, queueMax)
    this.#notices = [...this.#notices, notice]
    this.#tell(notice)
  }

  #tell(notice: Notice): void {
    for (const listener of this.#listeners) listener(notice)
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
