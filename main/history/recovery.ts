import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { assert } from '#lib/assert.ts'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { isDamage } from './damage.ts'
import type { Database, DatabaseFailure } from './database.ts'
import { Salvage, type Salvaged } from './salvage.ts'

/** A damaged history that is out of the way, and what it is brought back from it. */
export interface Recovery {
  readonly aside: string
  /** Absent: not even its list of tables can be read. */
  readonly salvaged: Salvaged | undefined
  /** Brings back the rest, step by step; `onEnd` when there is no more. */
  goOn(clock: Clock, onEnd: () => void): Dispose
}

const stepEveryMs = 50

/** Renames the file and its companions; they are never deleted, and never written again. */
export function moveAside(path: string, now: EpochMs): Outcome<string, DatabaseFailure> {
  const stamp = new Date(now).toISOString().replaceAll(/[:.]/g, '-')
  const wanted = `${path}.damaged-${stamp}`
  const aside = existsSync(wanted) ? `${wanted}-${process.pid}` : wanted
  try {
    for (const companion of ['-wal', '-shm', '']) {
      if (existsSync(path + companion)) renameSync(path + companion, aside + companion)
    }
    writeFileSync(unfinished(aside), '', { mode: 0o600 })
    return success(aside)
  } catch (thrown) {
    return failure({ kind: 'NotWritable', message: String(thrown) })
  }
}

/** Beside a damaged file of which not all is brought back yet. */
const unfinished = (aside: string): string => `${aside}.unfinished`

/** A damaged file of which an earlier session did not bring all back. */
export function leftUnfinished(path: string): string | undefined {
  const [begin, end] = [`${basename(path)}.damaged-`, '.unfinished']
  try {
    const name = readdirSync(dirname(path)).find((each) => each.startsWith(begin) && each.endsWith(end))
    return name === undefined ? undefined : join(dirname(path), name.slice(0, -end.length))
  } catch {
    // A folder that cannot be read has nothing to go on with.
    return undefined
  }
}

/** Brings back the small tables at once; of a new file before anything else is in it. */
export function recoverInto(db: Database, aside: string): Outcome<Recovery, DatabaseFailure> {
  const salvage = openSalvage(aside, db)
  const taken = salvage === undefined ? success(undefined) : db.transaction(() => salvage.takeSmall())
  if (!taken.ok) salvage?.close()
  if (!taken.ok) return taken
  if (salvage === undefined) finish(aside)
  return success({ aside, salvaged: salvage?.done, goOn: (clock, onEnd) => goOn({ db, aside, salvage, clock }, onEnd) })
}

function openSalvage(aside: string, db: Database): Salvage | undefined {
  try {
    return new Salvage(aside, db)
  } catch (thrown) {
    assert(isDamage(thrown) || !existsSync(aside), 'a damaged file can be opened')
    return undefined
  }
}

interface Going {
  readonly db: Database
  readonly aside: string
  readonly salvage: Salvage | undefined
  readonly clock: Clock
}

function goOn({ db, aside, salvage, clock }: Going, onEnd: () => void): Dispose {
  if (salvage === undefined) return () => undefined
  const steps = salvage.takeLarge()
  let alarm: Dispose | undefined
  const end = (isDone: boolean): void => {
    alarm?.()
    alarm = undefined
    salvage.close()
    if (isDone) finish(aside)
  }
  const step = (): void => {
    let isDone: boolean | undefined
    const stored = db.transaction(() => void (isDone = steps.next().done))
    // Where the new file cannot be written, the next start goes on.
    if (!stored.ok) return end(false)
    if (isDone !== true) return void (alarm = clock.after(stepEveryMs, step))
    end(true)
    return onEnd()
  }
  alarm = clock.after(stepEveryMs, step)
  return () => {
    if (alarm !== undefined) end(false)
  }
}

function finish(aside: string): void {
  rmSync(unfinished(aside), { force: true })
}
