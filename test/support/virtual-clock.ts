import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'

/** 2026-01-15T10:00:00Z: the moment at which tests begin. */
export const T0: EpochMs = Date.UTC(2026, 0, 15, 10)

interface Alarm {
  readonly at: EpochMs
  readonly order: number
  readonly task: () => void
}

/** A clock that moves only when told to. Tasks due at the same moment run in the order they were set. */
export class VirtualClock implements Clock {
  #now: EpochMs
  #order = 0
  #alarms: Alarm[] = []

  constructor(start: EpochMs = T0) {
    this.#now = start
  }

  now(): EpochMs {
    return this.#now
  }

  elapsed(): number {
    return this.#now - T0
  }

  after(delayMs: number, task: () => void): Dispose {
    const alarm = { at: this.#now + Math.max(0, delayMs), order: this.#order++, task }
    this.#alarms.push(alarm)
    return () => {
      this.#alarms = this.#alarms.filter((each) => each !== alarm)
    }
  }

  /** Alarms not yet due. */
  get pending(): number {
    return this.#alarms.length
  }

  /** Moves on, running each task at its own moment and letting promises settle after every one. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#alarms = this.#alarms.filter((each) => each !== next)
      this.#now = next.at
      next.task()
      await settle()
    }
    this.#now = end
  }

  #next(end: EpochMs): Alarm | undefined {
    return this.#alarms.filter((each) => each.at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0]
  }
}

/** Lets pending promise reactions and immediates run. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
