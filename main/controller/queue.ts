import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'

/** What a round says about its key's next one. */
export type Round =
  /** Nothing failed. The next round is at `requeueAt`, or when the key is added again. */
  | { readonly kind: 'settled'; readonly requeueAt: EpochMs | undefined }
  /** Too early to look; not a failure (OPS-70). */
  | { readonly kind: 'later'; readonly delayMs: number }
  /** Failed: again after back-off (OPS-61). */
  | { readonly kind: 'failed'; readonly notBeforeMs?: number }
  /** The object is gone. */
  | { readonly kind: 'forget' }

export const backoffMsMax = 10_000

/** 1 ms × 2^(failures − 1), at most ten seconds (OPS-61). `failures` ≥ 1. */
export const backoffMs = (failures: number): number => Math.min(backoffMsMax, 2 ** Math.min(failures - 1, 30))

interface Entry {
  state: 'waiting' | 'ready' | 'running'
  /** Added while running: once more afterwards (OPS-60). */
  dirty: boolean
  failures: number
  cancelWake: Dispose
}

/**
 * One de-duplicating queue of keys (OPS-60): a key is never in two rounds at once, events that come during its round
 * lead to one more round, and failures back off per key. Nothing happens inside `add`: rounds begin on a later turn.
 */
export class KeyQueue {
  readonly #clock: Clock
  readonly #concurrency: number
  readonly #round: (key: string) => Promise<Round>
  readonly #entries = new Map<string, Entry>()
  readonly #ready: string[] = []
  #running = 0
  #stopped = false
  #dispatch: Dispose | undefined
  #idle: (() => void)[] = []

  /** `round` must not reject: a rejection counts as a failed round. */
  constructor(options: {
    readonly clock: Clock
    readonly concurrency: number
    readonly round: (key: string) => Promise<Round>
  }) {
    this.#clock = options.clock
    this.#concurrency = options.concurrency
    this.#round = options.round
  }

  /** Keys ready or in a round. */
  get depth(): number {
    return this.#ready.length + this.#running
  }

  /** Keys known, waiting ones included. */
  get size(): number {
    return this.#entries.size
  }

  /** Asks for a round soon. An event never shortens a back-off (REC-2): failing keys wait their turn. */
  add(key: string): void {
    if (this.#stopped) return
    const entry = this.#entries.get(key)
    if (entry === undefined) {
      this.#entries.set(key, { state: 'waiting', dirty: false, failures: 0, cancelWake: () => undefined })
      this.#makeReady(key)
    } else if (entry.state === 'running') entry.dirty = true
    else if (entry.state === 'waiting' && entry.failures === 0) this.#makeReady(key)
  }

  /** Ends every wait at once: back-offs and wake-ups. For a cluster that came back. */
  wakeAll(): void {
    for (const [key, entry] of this.#entries) if (entry.state === 'waiting') this.#makeReady(key)
  }

  /** No round begins any more; resolves when those under way have ended. */
  stop(): Promise<void> {
    this.#stopped = true
    this.#dispatch?.()
    for (const entry of this.#entries.values()) entry.cancelWake()
    if (this.#running === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  #makeReady(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined || this.#stopped) return
    entry.cancelWake()
    entry.state = 'ready'
    this.#ready.push(key)
    this.#dispatch ??= this.#clock.after(0, () => this.#startRounds())
  }

  #startRounds(): void {
    this.#dispatch = undefined
    while (!this.#stopped && this.#running < this.#concurrency) {
      const key = this.#ready.shift()
      if (key === undefined) return
      void this.#runRound(key)
    }
  }

  async #runRound(key: string): Promise<void> {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    entry.state = 'running'
    entry.dirty = false
    this.#running++
    const round = await this.#round(key).catch((): Round => ({ kind: 'failed' }))
    this.#running--
    entry.state = 'waiting'
    this.#schedule(key, entry, round)
    if (this.#running === 0 && this.#stopped) for (const resolve of this.#idle.splice(0)) resolve()
    if (this.#ready.length > 0) this.#dispatch ??= this.#clock.after(0, () => this.#startRounds())
  }

  #schedule(key: string, entry: Entry, round: Round): void {
    if (round.kind === 'forget' && !entry.dirty) {
      this.#entries.delete(key)
      return
    }
    if (round.kind === 'failed') {
      entry.failures++
      this.#wake(key, entry, Math.max(backoffMs(entry.failures), round.notBeforeMs ?? 0))
      return
    }
    if (round.kind === 'later') {
      this.#wake(key, entry, round.delayMs)
      return
    }
    entry.failures = 0
    if (entry.dirty) this.#makeReady(key)
    else if (round.kind === 'settled' && round.requeueAt !== undefined)
      this.#wake(key, entry, Math.max(0, round.requeueAt - this.#clock.now()))
  }

  #wake(key: string, entry: Entry, delayMs: number): void {
    if (this.#stopped) return
    entry.cancelWake = this.#clock.after(delayMs, () => this.#makeReady(key))
  }
}
