import type { BundleView } from '#contract/bundle-views.ts'
import type { Dispose } from '#lib/clock.ts'
import type { OpenBundle } from '#main/bundle/open-bundle.ts'
import type { History } from '#main/history/store.ts'

/** Which history the window shows: that of this machine, or a bundle that somebody opened (UI-HIST-1). Recorded is only ever into the first. */
export class HistorySource {
  readonly #own: History
  readonly #listeners = new Set<(bundle: BundleView | null) => void>()
  #open: { readonly bundle: OpenBundle; readonly view: BundleView } | undefined

  constructor(own: History) {
    this.#own = own
  }

  get shown(): History {
    return this.#open?.bundle.history ?? this.#own
  }

  get bundle(): BundleView | null {
    return this.#open?.view ?? null
  }

  /** What is known of the proof of a bundle. */
  get chains(): OpenBundle['chains'] | undefined {
    return this.#open?.bundle.chains
  }

  show(open: { readonly bundle: OpenBundle; readonly view: BundleView } | undefined): void {
    const before = this.#open
    this.#open = open
    if (before !== undefined && before.bundle !== open?.bundle) before.bundle.history.close()
    for (const listener of this.#listeners) listener(this.bundle)
  }

  /** At once, and whenever it changes. */
  onChange(listener: (bundle: BundleView | null) => void): Dispose {
    this.#listeners.add(listener)
    listener(this.bundle)
    return () => void this.#listeners.delete(listener)
  }

  stop(): void {
    this.#listeners.clear()
    this.show(undefined)
  }
}
