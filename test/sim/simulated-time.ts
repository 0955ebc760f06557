import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import { T0 } from '#test/support/virtual-clock.ts'

interface Alarm {
  readonly at: number
  readonly order: number
  /** `undefined` once disposed or run. */
  task: (() => void) | undefined
}

const momentTasksMax = 2_000

/** The time of the simulated world: moves only when told to, one alarm after another, promises settling in between. */
export class SimulatedTime {
  #now: EpochMs = T0
  #order = 0
  readonly #heap: Alarm[] = []
  /** Tasks that have run without any time going by. */
  #atThisMoment = 0

  now(): EpochMs {
    return this.#now
  }

  /** Somebody asks to be woken at once, again and again. */
  get isStuck(): boolean {
    return this.#atThisMoment > momentTasksMax
  }

  after(delayMs: number, task: () => void): Dispose {
    const alarm: Alarm = { at: this.#now + Math.max(0, Math.ceil(delayMs)), order: this.#order++, task }
    this.#push(alarm)
    return () => {
      alarm.task = undefined
    }
  }

  /** Runs everything due within `ms`, unless `stopped` says that it is enough. */
  async advance(ms: number, stopped: () => boolean = () => false): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let next = this.#heap[0]; next !== undefined && next.at <= end && !stopped(); next = this.#heap[0]) {
      this.#pop()
      const { task } = next
      if (task === undefined) continue
      next.task = undefined
      this.#atThisMoment = next.at === this.#now ? this.#atThisMoment + 1 : 0
      this.#now = next.at
      if (this.isStuck) return
      task()
      await settle()
    }
    if (!stopped()) this.#now = end
  }

  #push(alarm: Alarm): void {
    const heap = this.#heap
    let index = heap.push(alarm) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (above === undefined || isBefore(above, alarm)) break
      heap[index] = above
      index = parent
    }
    heap[index] = alarm
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let index = 0
    for (;;) {
      const [left, right] = [heap[2 * index + 1], heap[2 * index + 2]]
      const isRight = left !== undefined && right !== undefined && isBefore(right, left)
      const child = isRight ? right : left
      if (child === undefined || isBefore(last, child)) break
      heap[index] = child
      index = 2 * index + (isRight ? 2 : 1)
    }
    heap[index] = last
  }
}

const isBefore = (a: Alarm, b: Alarm): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/** All pending promise reactions have run when the next immediate does; nothing here waits for anything else. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

/**
 * The clock of one process on that world's time: its wall clock may be set, it may sleep or be frozen, and it may die. In a sleep
 * `elapsed` stands still and alarms wait; afterwards they still have as much left as before. A process that is frozen does nothing
 * either, but its clock goes on, and alarms that fell due ring as it goes on.
 */
export class ProcessClock implements Clock {
  readonly #time: SimulatedTime
  #wallOffsetMs = 0
  #sleptMs = 0
  #wakesAt = 0
  #isDead = false

  constructor(time: SimulatedTime) {
    this.#time = time
  }

  now(): EpochMs {
    return this.#time.now() + this.#wallOffsetMs
  }

  elapsed(): number {
    return Math.max(this.#time.now(), this.#wakesAt) - T0 - this.#sleptMs
  }

  after(delayMs: number, task: () => void): Dispose {
    const dueAt = this.elapsed() + Math.max(0, delayMs)
    let cancel: Dispose = () => undefined
    const wait = (ms: number) => {
      cancel = this.#time.after(ms, () => {
        if (this.#isDead) return
        const leftMs = Math.max(0, dueAt - this.elapsed()) + this.asleepForMs
        if (leftMs > 0) wait(leftMs)
        else task()
      })
    }
    wait(delayMs)
    return () => cancel()
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** How long it sleeps yet. */
  get asleepForMs(): number {
    return Math.max(0, this.#wakesAt - this.#time.now())
  }

  /** The lid closes for that long. */
  sleep(ms: number): void {
    this.#sleptMs += ms
    this.#wakesAt = Math.max(this.#wakesAt, this.#time.now()) + ms
  }

  /** It is stopped for that long (SIGSTOP), and then goes on (SIGCONT). */
  freeze(ms: number): void {
    this.#wakesAt = Math.max(this.#wakesAt, this.#time.now() + ms)
  }

  /** Somebody sets the wall clock. */
  shiftWall(ms: number): void {
    this.#wallOffsetMs += ms
  }

  /** Nothing of this process runs any more. */
  die(): void {
    this.#isDead = true
  }
}
