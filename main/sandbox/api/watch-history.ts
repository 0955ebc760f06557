import type { Dispose } from '#lib/clock.ts'
import type { MemoryStore } from '../memory-store.ts'
import { storageKey } from '../registry/kinds.ts'
import type { StoreChange } from '../store.ts'

export interface Recorded {
  readonly revision: number
  readonly change: StoreChange
}

/** Changes kept per resource; a watch that begins before them is answered with 410. */
const capacity = 2048

/** The recent changes of a store, so that a watch can begin in the past. */
export class WatchHistory {
  readonly #store: MemoryStore
  readonly #rings = new Map<string, Ring>()
  readonly #listeners = new Map<string, Set<(recorded: Recorded) => void>>()
  readonly stop: Dispose
  #floor: number

  constructor(store: MemoryStore) {
    this.#store = store
    this.#floor = store.revision
    this.stop = store.onChange((change) => this.#record(change))
  }

  /** True when changes after this revision may have been forgotten. */
  isTooOld(resource: { readonly group: string; readonly plural: string }, revision: number): boolean {
    return revision < Math.max(this.#floor, this.#rings.get(storageKey(resource))?.forgotten ?? 0)
  }

  /** The revision before which nothing is known of any resource. */
  get floor(): number {
    return this.#floor
  }

  /** Oldest first. */
  since(resource: { readonly group: string; readonly plural: string }, revision: number): readonly Recorded[] {
    return this.#rings.get(storageKey(resource))?.after(revision) ?? []
  }

  /** Called synchronously with each new change of the resource. */
  follow(
    resource: { readonly group: string; readonly plural: string },
    listener: (recorded: Recorded) => void,
  ): Dispose {
    const key = storageKey(resource)
    const listeners = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, listeners.add(listener))
    return () => listeners.delete(listener)
  }

  compact(): void {
    this.#floor = this.#store.revision
    this.#rings.clear()
  }

  #record(change: StoreChange): void {
    const key = storageKey(change.resource)
    const recorded = { revision: Number(change.object.metadata.resourceVersion), change }
    const ring = this.#rings.get(key) ?? new Ring()
    this.#rings.set(key, ring)
    ring.add(recorded)
    for (const listener of this.#listeners.get(key) ?? []) listener(recorded)
  }
}

class Ring {
  #recorded: Recorded[] = []
  #start = 0
  /** Revision of the newest change no longer held. */
  forgotten = 0

  add(recorded: Recorded): void {
    if (this.#recorded.length < capacity) {
      this.#recorded.push(recorded)
      return
    }
    this.forgotten = this.#recorded[this.#start]?.revision ?? this.forgotten
    this.#recorded[this.#start] = recorded
    this.#start = (this.#start + 1) % capacity
  }

  after(revision: number): readonly Recorded[] {
    const ordered = [...this.#recorded.slice(this.#start), ...this.#recorded.slice(0, this.#start)]
    return ordered.filter((each) => each.revision > revision)
  }
}
