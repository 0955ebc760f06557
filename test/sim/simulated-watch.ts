import type { KubeObject } from '#api/meta.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { WatchEvent } from '#main/cluster/client.ts'
import type { Network } from './network.ts'
import type { Change } from './simulated-api.ts'
import type { ProcessClock, SimulatedTime } from './simulated-time.ts'

type Item = Outcome<WatchEvent, Failure>

/**
 * One open watch: changes go in as they happen and come out when the network lets them, always in order. It ends with a
 * failure, or quietly when told to.
 */
export class SimulatedWatch implements AsyncIterable<Item> {
  readonly process: string
  readonly #time: SimulatedTime
  readonly #clock: ProcessClock
  readonly #network: Network
  readonly #matches: (object: KubeObject) => boolean
  readonly #travelling: Item[] = []
  readonly #arrived: Item[] = []
  #lastArrival = 0
  #isOver = false
  #isDropping = false
  #wake: (() => void) | undefined

  constructor(link: {
    readonly process: string
    readonly time: SimulatedTime
    readonly clock: ProcessClock
    readonly network: Network
    readonly matches: (object: KubeObject) => boolean
  }) {
    this.process = link.process
    this.#time = link.time
    this.#clock = link.clock
    this.#network = link.network
    this.#matches = link.matches
  }

  /** A change of the watched resource. One that leaves the selection is a deletion to this watch. */
  push(change: Change): void {
    const event = this.#eventOf(change)
    if (event === undefined || this.#isDropping || this.#isOver) return
    if (this.#network.isDropped(this.process)) {
      this.#isDropping = true
      this.#arrive(failure({ kind: 'Gone', message: 'too old resource version' }))
      return
    }
    this.#arrive(success(event))
    if (this.#network.isDuplicated(this.process)) this.#arrive(success(event))
  }

  /** The connection breaks, or the server refuses to go on. */
  fail(cause: Failure): void {
    this.#deliver(failure(cause))
  }

  /** Ends without error. */
  end(): void {
    this.#isOver = true
    this.#wake?.()
  }

  get isOver(): boolean {
    return this.#isOver
  }

  [Symbol.asyncIterator](): AsyncIterator<Item> {
    return {
      next: async () => {
        while (this.#arrived.length === 0 && !this.#isOver)
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
        const value = this.#arrived.shift()
        return value === undefined ? { done: true, value: undefined } : { done: false, value }
      },
      return: async () => {
        this.#isOver = true
        return { done: true, value: undefined }
      },
    }
  }

  #eventOf({ type, object, before }: Change): WatchEvent | undefined {
    const matched = before !== undefined && this.#matches(before)
    if (type === 'DELETED') return matched ? { type, object } : undefined
    if (this.#matches(object)) return { type: matched ? 'MODIFIED' : 'ADDED', object }
    return matched ? { type: 'DELETED', object } : undefined
  }

  /** Waits out lag, cuts and the process's own sleep. Whatever arrives first is what left first. */
  #arrive(item: Item): void {
    this.#travelling.push(item)
    const at = Math.max(this.#lastArrival, this.#time.now() + this.#network.delayOf(this.process))
    this.#lastArrival = at
    const deliver = () => {
      const until = this.#network.cutUntil(this.process)
      const next = until === undefined ? this.#travelling.shift() : undefined
      if (next !== undefined) this.#deliver(next)
      else if (until !== undefined) this.#clock.after(until - this.#time.now(), deliver)
    }
    this.#clock.after(at - this.#time.now(), deliver)
  }

  #deliver(item: Item): void {
    if (this.#isOver) return
    this.#arrived.push(item)
    if (!item.ok) this.#isOver = true
    this.#wake?.()
  }
}
