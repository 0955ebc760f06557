import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import type { Database } from './database.ts'
import { prune } from './retention.ts'
import { makeRoom, returnPages, usedBytes } from './room.ts'

const everyMs = 3_600_000
/** Between two steps whoever waits for the file has it. */
const stepEveryMs = 100
/** Once too much is there, so much of the bound is made free that it does not begin again at once. */
const roomShare = 0.05

interface UpkeepOptions {
  readonly clock: Clock
  /** What the rows may take. */
  readonly keepBytes: number
}

/**
 * Keeps a history within its bounds of age, number and size: every hour, and as soon as it is too large. In small steps of one transaction
 * each, so that neither the recording nor another process waits.
 */
export class Upkeep {
  readonly #db: Database
  readonly #clock: Clock
  readonly #keepBytes: number
  #lastPassAt: EpochMs | undefined
  #isMakingRoom = false
  #alarm: Dispose | undefined

  constructor(db: Database, { clock, keepBytes }: UpkeepOptions) {
    this.#db = db
    this.#clock = clock
    this.#keepBytes = keepBytes
  }

  /** To be called after something was stored. */
  stored(): void {
    if (this.#isPassDue() || this.#isTooLarge()) this.#arm()
  }

  /** What is due is begun at least: a process that lives for a moment keeps up as well. */
  end(): void {
    if (this.#alarm !== undefined) this.#step()
    this.stop()
  }

  stop(): void {
    this.#alarm?.()
    this.#alarm = undefined
  }

  #arm(): void {
    this.#alarm ??= this.#clock.after(stepEveryMs, () => this.#step())
  }

  #isPassDue(): boolean {
    return this.#lastPassAt === undefined || this.#clock.now() - this.#lastPassAt >= everyMs
  }

  #isTooLarge(): boolean {
    const max = this.#isMakingRoom ? this.#keepBytes * (1 - roomShare) : this.#keepBytes
    return usedBytes(this.#db) > max
  }

  #step(): void {
    this.stop()
    let isMore = false
    const done = this.#db.transaction(() => {
      isMore = this.#work(this.#clock.now())
    })
    // Where the file refuses it, it is tried again when something could be stored.
    if (done.ok && isMore) this.#arm()
  }

  #work(now: EpochMs): boolean {
    if (this.#isPassDue()) {
      if (!prune(this.#db, now)) this.#lastPassAt = now
      return true
    }
    this.#isMakingRoom = this.#isTooLarge()
    return (this.#isMakingRoom && makeRoom(this.#db)) || returnPages(this.#db)
  }
}
