import type { RolloutKey } from '#contract/views.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { ReadableRoutes, Unread } from './readable-routes.ts'

/** A first list is in after moments; a refusal lasts. */
const lookAgainMs = { loading: 500, failed: 5_000 }

/** Looks again at rollouts whose route objects could not be read, for nothing tells when they can. */
export class LaterLooks {
  readonly #clock: Clock
  readonly #again: (key: RolloutKey) => void
  readonly #alarms = new Map<RolloutKey, Dispose>()

  constructor(clock: Clock, again: (key: RolloutKey) => void) {
    this.#clock = clock
    this.#again = again
  }

  /** @param routes what was read of this rollout's just now */
  after(key: RolloutKey, routes: ReadableRoutes | undefined): void {
    const unread = [...(routes?.unread.values() ?? [])]
    if (unread.length === 0 || this.#alarms.has(key)) return
    const isLoading = unread.some(({ kind }: Unread) => kind === 'NotSynced')
    const cancel = this.#clock.after(isLoading ? lookAgainMs.loading : lookAgainMs.failed, () => {
      this.#alarms.delete(key)
      this.#again(key)
    })
    this.#alarms.set(key, cancel)
  }

  stop(): void {
    for (const cancel of this.#alarms.values()) cancel()
    this.#alarms.clear()
  }
}
