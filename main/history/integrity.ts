import { statSync, utimesSync, writeFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import { isDamage } from './damage.ts'

/** Reads a whole file to find damage; answers `ok` or what is wrong with it. */
export type CheckWhole = (path: string) => Promise<string>

/** After the start: the board comes first. */
const afterStartMs = 60_000
const everyMs = 24 * 3_600_000

/** A text and no module: as that it would be one more entry of each bundle. */
const program = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { DatabaseSync } = require('node:sqlite')
  const db = new DatabaseSync(workerData, { readOnly: true, timeout: 2000 })
  parentPort.postMessage(String(db.prepare('PRAGMA quick_check(1)').get().quick_check))
  db.close()`

/** In a thread of its own: of two gigabytes that takes seconds. */
export const checkInThread: CheckWhole = (path) =>
  new Promise((resolve) => {
    const worker = new Worker(program, { eval: true, workerData: path })
    worker.unref()
    worker.once('message', resolve)
    // Anything but damage says nothing about the file.
    worker.once('error', (error) => resolve(isDamage(error) ? error.message : 'ok'))
  })

export interface IntegrityWatch {
  readonly path: string
  readonly clock: Clock
  readonly check: CheckWhole
  readonly onDamage: (problem: string) => void
}

/** Looks at a file that is too large to be checked at every start: once a day, while it is used. When it last was is told by a file beside it. */
export function watchIntegrity({ path, clock, check, onDamage }: IntegrityWatch): Dispose {
  let isOver = false
  const look = async (): Promise<void> => {
    const answer = await check(path)
    if (isOver) return
    if (answer !== 'ok') return onDamage(answer)
    noteChecked(path, clock.now())
    alarm = clock.after(everyMs, () => void look())
  }
  const dueInMs = Math.max(afterStartMs, everyMs - (clock.now() - lastChecked(path)))
  let alarm = clock.after(dueInMs, () => void look())
  return () => {
    isOver = true
    alarm()
  }
}

const noteOf = (path: string): string => `${path}.checked`

function lastChecked(path: string): number {
  try {
    return statSync(noteOf(path)).mtimeMs
  } catch {
    // Never.
    return 0
  }
}

function noteChecked(path: string, at: EpochMs): void {
  try {
    writeFileSync(noteOf(path), '', { mode: 0o600 })
    utimesSync(noteOf(path), at / 1000, at / 1000)
  } catch {
    // Then it is checked again after the next start.
  }
}
