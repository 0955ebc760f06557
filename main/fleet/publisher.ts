import type { FleetPatch, FleetSnapshot, RolloutKey } from '#contract/views.ts'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import type { FleetIndex, Member } from './fleet-index.ts'
import { isEmpty } from './patch.ts'

export interface PublisherOptions {
  readonly clock: Clock
  readonly index: FleetIndex
  /** What the rollout looks like now; `undefined` once it is gone, `unchanged` to keep what is known. */
  readonly project: (key: RolloutKey) => Member | undefined | 'unchanged'
}

/** Between two patches; ten a second at most (UI-VIRT-3). */
const patchIntervalMs = 100
/** Changes come in bursts (a rollout and its ReplicaSet): the first of a burst waits this long for the rest. */
const burstMs = 15
/** Rollouts in one patch. Thousands come at once when clusters connect; the rest waits, and main stays awake. */
const patchSizeMax = 500

/**
 * Sends what changed to all windows, numbered. A window that misses a number (because it was too slow, or not there) takes a
 * snapshot, which says the number it is as of.
 */
export class FleetPublisher {
  readonly #options: PublisherOptions
  readonly #dirty = new Set<RolloutKey>()
  readonly #listeners = new Set<(patch: FleetPatch) => void>()
  #seq = 0
  #sentAt: EpochMs = Number.NEGATIVE_INFINITY
  #alarm: Dispose | undefined

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  /** Says that this rollout may look different. Cheap; nothing is projected before the next patch is due. */
  mark(key: RolloutKey): void {
    this.#dirty.add(key)
    this.#arm()
  }

  snapshot(): FleetSnapshot {
    return { seq: this.#seq, rollouts: this.#options.index.fleet }
  }

  onPatch(listener: (patch: FleetPatch) => void): Dispose {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  stop(): void {
    this.#alarm?.()
    this.#listeners.clear()
  }

  #arm(): void {
    if (this.#alarm !== undefined || this.#dirty.size === 0) return
    const { clock } = this.#options
    const delayMs = Math.max(burstMs, this.#sentAt + patchIntervalMs - clock.now())
    this.#alarm = clock.after(delayMs, () => this.#send())
  }

  #send(): void {
    const { clock, index, project } = this.#options
    this.#alarm = undefined
    this.#sentAt = clock.now()
    const keys = [...this.#dirty].slice(0, patchSizeMax)
    for (const key of keys) {
      this.#dirty.delete(key)
      const member = project(key)
      if (member === undefined) index.remove(key)
      else if (member !== 'unchanged') index.put(key, member)
    }
    this.#arm()
    const change = index.settle()
    if (isEmpty(change)) return
    this.#seq += 1
    const patch: FleetPatch = { seq: this.#seq, ...change }
    for (const listener of this.#listeners) listener(patch)
  }
}
