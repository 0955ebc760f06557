import { DatabaseSync } from 'node:sqlite'

/** Held by the one process that records what it sees. */
export interface RecordingLock {
  release(): void
}

/** SQLite's code of a lock that another process has. */
const busy = 5

/**
 * Of several Argosys with one history file one records the versions of objects: two would tell everything twice. The operating system gives
 * the lock back when its process ends, however that ends. `undefined`: another has it. Where no lock can be made there is no file to share.
 *
 * @param path of the history file; the lock is a file beside it
 */
export function takeRecordingLock(path: string): RecordingLock | undefined {
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(`${path}.recording`, { timeout: 0 })
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    const held = lock
    return { release: () => held.close() }
  } catch (thrown) {
    lock?.close()
    return isBusy(thrown) ? undefined : { release: () => undefined }
  }
}

const isBusy = (thrown: unknown): boolean =>
  thrown instanceof Error && 'errcode' in thrown && (Number(thrown.errcode) & 0xff) === busy
