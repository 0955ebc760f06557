/**
 * Work in order per key, several keys at once. Bounded: what does not fit any more is refused, and whoever adds is told. Nothing
 * happens inside `add`.
 */
export class SendQueue {
  readonly #options: { readonly concurrency: number; readonly waitingMax: number; readonly perKeyMax: number }
  readonly #waiting = new Map<string, (() => Promise<void>)[]>()
  readonly #busy = new Set<string>()
  readonly #idle: (() => void)[] = []
  #count = 0

  constructor(options: { readonly concurrency: number; readonly waitingMax: number; readonly perKeyMax: number }) {
    this.#options = options
  }

  /** False: there is too much already. `work` must not reject. */
  add(key: string, work: () => Promise<void>): boolean {
    const { waitingMax, perKeyMax } = this.#options
    const known = this.#waiting.get(key) ?? []
    if (this.#count >= waitingMax || known.length >= perKeyMax) return false
    known.push(work)
    this.#waiting.set(key, known)
    this.#count++
    queueMicrotask(() => this.#startMore())
    return true
  }

  /** Resolves once nothing waits and nothing is under way. */
  drained(): Promise<void> {
    if (this.#count === 0 && this.#busy.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  /** What waits is dropped; how much that was. */
  clear(): number {
    const dropped = this.#count
    this.#waiting.clear()
    this.#count = 0
    return dropped
  }

  #startMore(): void {
    for (const [key, works] of this.#waiting) {
      if (this.#busy.size >= this.#options.concurrency) return
      if (this.#busy.has(key)) continue
      const work = works.shift()
      if (works.length === 0) this.#waiting.delete(key)
      if (work === undefined) continue
      this.#count--
      this.#busy.add(key)
      void this.#run(key, work)
    }
    if (this.#count === 0 && this.#busy.size === 0) for (const resolve of this.#idle.splice(0)) resolve()
  }

  async #run(key: string, work: () => Promise<void>): Promise<void> {
    await work()
    this.#busy.delete(key)
    this.#startMore()
  }
}
