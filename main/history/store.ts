import { existsSync, statSync } from 'node:fs'
import type { Notice } from '#contract/views.ts'
import { assert } from '#lib/assert.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { isDamage } from './damage.ts'
import { type Database, type DatabaseFailure, openDatabase, wholeCheckMaxDefault } from './database.ts'
import { copyRows, type HistoryRow, storeRow } from './history-row.ts'
import { type CheckWhole, checkInThread, watchIntegrity } from './integrity.ts'
import { packIdle } from './objects/object-retention.ts'
import { leftUnfinished, moveAside, type Recovery, recoverInto } from './recovery.ts'
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
  /** Larger files are checked while they are used. */
  readonly wholeCheckMax?: number
  readonly checkWhole?: CheckWhole
}

const flushDelayMs = 500
const retryDelaysMs = [5_000, 15_000, 60_000, 300_000]
const delayAfter = (failures: number): number => retryDelaysMs[Math.min(failures, retryDelaysMs.length - 1)] ?? 0

const queueMax = 20_000
export const defaultMaxBytes = 2 * 1024 ** 3
const memoryMaxBytes = 64 * 1024 ** 2
const keepShare = 0.9

/**
 * Opens the archive for writing, and always answers with one that works: a damaged file is moved aside, whole, and what can be read of it is
 * brought back; a file of a later Argosy is left as it is, and this session is kept in memory; so it is while the file cannot be written, until it can.
 * `notices` says so.
 */
export function openHistory(options: HistoryOptions): History {
  const opened = openAnyhow(options)
  if (opened.ok) {
    const history = new StoredHistory(opened.value.db, 'file', options, [])
    history.goOnWith(opened.value)
    return history
  }
  options.log('warn', 'history kept in memory', { kind: opened.error.kind, reason: opened.error.message })
  const inMemory = openMemory()
  takeMeta(options, inMemory)
  const history = new StoredHistory(inMemory, 'memory', options, [notUsable(options.path, opened.error)])
  if (opened.error.kind === 'NotWritable') history.reopenLater()
  return history
}

function openMemory(): Database {
  const inMemory = openDatabase(':memory:', { mode: 'write', maxBytes: memoryMaxBytes })
  assert(inMemory.ok, 'a database in memory opens')
  return inMemory.value
}

/** A file that can be written, and what is being brought back into it. */
interface Opened {
  readonly db: Database
  readonly damage: { readonly recovery: Recovery; readonly why: string } | undefined
}

/** The file, or a new one in place of a damaged one. */
function openAnyhow(options: HistoryOptions): Outcome<Opened, DatabaseFailure> {
  const first = open(options)
  if (first.ok) return success({ db: first.value, damage: unfinishedIn(first.value, options) })
  return first.error.kind === 'Corrupt' ? beginAnew(options, first.error.message) : first
}

/** What an earlier session could not bring back to its end. */
function unfinishedIn(db: Database, { path }: HistoryOptions): Opened['damage'] {
  const aside = leftUnfinished(path)
  const recovery = aside === undefined ? undefined : recoverInto(db, aside)
  return recovery?.ok === true ? { recovery: recovery.value, why: 'it was found damaged before' } : undefined
}

/** A new file in place of a damaged one, with what is needed at once. */
function beginAnew(options: HistoryOptions, why: string): Outcome<Opened, DatabaseFailure> {
  const aside = moveAside(options.path, options.clock.now())
  if (!aside.ok) return aside
  options.log('warn', 'history damaged', { movedTo: aside.value })
  const fresh = open(options)
  if (!fresh.ok) return fresh
  const recovery = recoverInto(fresh.value, aside.value)
  if (recovery.ok) return success({ db: fresh.value, damage: { recovery: recovery.value, why } })
  fresh.value.close()
  return recovery
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
  return opened.ok ? success(new StoredHistory(opened.value, 'file', options, [], 'shared')) : opened
}

/** For the command line: adds to what a window may have open as well. A file that cannot be used is left as it is. */
export function appendHistory(options: HistoryOptions): Outcome<History, DatabaseFailure> {
  const opened = openDatabase(options.path, { mode: 'append', maxBytes: defaultMaxBytes })
  return opened.ok ? success(new StoredHistory(opened.value, 'file', options, [], 'shared')) : opened
}

const open = ({ path, maxBytes, wholeCheckMax }: HistoryOptions): Outcome<Database, DatabaseFailure> =>
  openDatabase(path, { mode: 'write', maxBytes: maxBytes ?? defaultMaxBytes, wholeCheckMax })

/** Which file it is: another process may have put a new one in place of a damaged one. */
const inodeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino

/** A disk that damages every file is not given new ones for ever. */
const healsMax = 3

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
  #inode: number | undefined
  #heals = 0
  #endRecovery: Dispose = () => {}
  #endWatch: Dispose = () => {}
  readonly #isShared: boolean

  /** @param use `shared`: a window is in charge of the file. */
  constructor(
    db: Database,
    mode: 'file' | 'memory',
    options: HistoryOptions,
    notices: readonly Notice[],
    use?: 'shared',
  ) {
    this.#db = db
    this.#mode = mode
    this.#options = options
    this.#notices = notices
    this.#isShared = use === 'shared'
    if (mode === 'file') this.#inode = inodeOf(options.path)
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
    return this.stored(sql, ...values)
  }

  /** Where the file turns out to be damaged, what is asked for is answered from what could be brought back. */
  readonly stored = (sql: string, ...values: (string | number | null)[]): readonly Record<string, unknown>[] => {
    try {
      return this.#db.all(sql, ...values)
    } catch (thrown) {
      if (!isDamage(thrown) || !this.#heal(thrown.message)) throw thrown
      return this.#db.all(sql, ...values)
    }
  }

  /** Tells of a file that was damaged; one that is too large to be checked when it is opened is looked at later. */
  goOnWith({ damage }: Opened): void {
    if (damage !== undefined) this.#recovered(damage.recovery, damage.why)
    const { path, clock, wholeCheckMax = wholeCheckMaxDefault, checkWhole: check = checkInThread } = this.#options
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= wholeCheckMax) return
    this.#endWatch = watchIntegrity({ path, clock, check, onDamage: (problem) => this.#heal(problem) })
  }

  /** Tells of a damaged file, and goes on bringing back what is in it. */
  #recovered(recovery: Recovery, why: string): void {
    const { aside, salvaged } = recovery
    const tell = (isGoingOn: boolean): void => {
      const notice = movedAside(this.#options.path, { why, aside, salvaged, isGoingOn })
      this.#notices = [...this.#notices.filter(({ id }) => id !== notice.id), notice]
      this.#tell(notice)
    }
    tell(salvaged !== undefined)
    this.#endRecovery = recovery.goOn(this.#options.clock, () => tell(false))
  }

  /** The file was found damaged while it is in use: false when nothing can be done about it. */
  #heal(why: string): boolean {
    if (this.#isShared || this.#closed || this.#mode !== 'file' || this.#heals >= healsMax) return false
    this.#heals += 1
    this.#endWatch()
    this.#endRecovery()
    this.#upkeep.stop()
    this.#db.close()
    // What was told of as stored may be lost: nothing may be a patch of it.
    this.#lost += 1
    const again = this.#replaced()
    const opened = again === undefined ? beginAnew(this.#options, why) : success({ db: again, damage: undefined })
    if (!opened.ok) return this.#fallBack(opened.error)
    this.#use(opened.value.db, 'file')
    this.goOnWith(opened.value)
    return true
  }

  #use(db: Database, mode: 'file' | 'memory'): void {
    this.#db = db
    this.#mode = mode
    this.#inode = mode === 'file' ? inodeOf(this.#options.path) : undefined
    this.#upkeep = this.#upkeepOf(db)
  }

  /** The file that another process has put in the place of the damaged one. */
  #replaced(): Database | undefined {
    const inode = inodeOf(this.#options.path)
    const again = inode === undefined || inode === this.#inode ? undefined : open(this.#options)
    return again?.ok === true ? again.value : undefined
  }

  /** Not even a new file can be begun. */
  #fallBack(problem: DatabaseFailure): boolean {
    this.#use(openMemory(), 'memory')
    const notice = notUsable(this.#options.path, problem)
    this.#notices = [...this.#notices, notice]
    this.#tell(notice)
    this.reopenLater()
    return true
  }

  close(): void {
    if (this.#closed) return
    this.#endWatch()
    this.#flush()
    if (this.#reopening !== undefined) this.#reopen()
    this.#reopening?.()
    this.#alarm?.()
    this.#upkeep.end()
    this.#endRecovery()
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
    const opened = openAnyhow(this.#options)
    const moved = opened.ok ? opened.value.db.transaction(() => copyRows(this.#db, opened.value.db)) : opened
    if (opened.ok && moved.ok) return this.#useFile(opened.value)
    if (opened.ok) opened.value.db.close()
    this.#reopenFailures += 1
    const isPassing = moved.ok || moved.error.kind === 'NotWritable'
    if (isPassing) this.reopenLater()
    else this.#options.log('warn', 'history stays in memory', { reason: moved.error.message })
  }

  #useFile(opened: Opened): void {
    this.#upkeep.stop()
    this.#db.close()
    this.#use(opened.db, 'file')
    this.goOnWith(opened)
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
    else if (done.error.kind === 'Corrupt' && this.#heal(done.error.message)) this.#flush()
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
