import type { EpochMs } from '#lib/clock.ts'

/** Moments at which keys want to be looked at. One moment per key: the earliest wished. A binary heap with lazy removal. */
export class WakeSchedule {
  readonly #at = new Map<string, EpochMs>()
  readonly #heap: { readonly at: EpochMs; readonly key: string }[] = []

  /** The moment of the next wake-up. */
  get next(): EpochMs | undefined {
    this.#dropStale()
    return this.#heap[0]?.at
  }

  /** Replaces what was wished for the key; `undefined` cancels it. */
  set(key: string, at: EpochMs | undefined): void {
    if (at === undefined) {
      this.#at.delete(key)
      return
    }
    if (this.#at.get(key) === at) return
    this.#at.set(key, at)
    this.#push({ at, key })
  }

  /** Removes and returns the keys that are due. */
  takeDue(now: EpochMs): readonly string[] {
    const due: string[] = []
    for (let next = this.next; next !== undefined && next <= now; next = this.next) {
      const key = this.#pop()
      this.#at.delete(key)
      due.push(key)
    }
    return due
  }

  #dropStale(): void {
    for (let top = this.#heap[0]; top !== undefined && this.#at.get(top.key) !== top.at; top = this.#heap[0])
      this.#pop()
  }

  #push(entry: { readonly at: EpochMs; readonly key: string }): void {
    const heap = this.#heap
    let index = heap.push(entry) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (above === undefined || above.at <= entry.at) break
      heap[index] = above
      index = parent
    }
    heap[index] = entry
  }

  #pop(): string {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (top === undefined || last === undefined) return ''
    if (heap.length === 0) return top.key
    let index = 0
    for (;;) {
      const left = heap[2 * index + 1]
      const right = heap[2 * index + 2]
      const child = right !== undefined && left !== undefined && right.at < left.at ? 2 * index + 2 : 2 * index + 1
      const below = heap[child]
      if (below === undefined || below.at >= last.at) break
      heap[index] = below
      index = child
    }
    heap[index] = last
    return top.key
  }
}
