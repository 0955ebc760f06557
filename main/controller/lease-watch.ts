import type { Lease } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import type { Clock } from '#lib/clock.ts'
import type { ClusterClient } from '#main/cluster/client.ts'

/** After that the API server ends it, and it is opened anew. */
const timeoutSeconds = 300
/** One that ended sooner, or with a failure, is not opened again for as long: reading goes on without it. */
const goodWatchMs = 5_000
const restMs = 10_000
/** Where reading the one Lease is allowed and watching it is not. */
const forbiddenRestMs = 300_000

interface LeaseWatchOptions {
  readonly client: ClusterClient
  readonly clock: Clock
  readonly namespace: string
  readonly name: string
  readonly onLease: (lease: Lease) => void
  /** It lived, and is over: whoever needs it reads and opens it again. */
  readonly onEnd: () => void
}

/**
 * Tells of every change of one Lease while it is open. It is a help and no more: nothing is taken for granted because it is silent,
 * and whoever acts on what it tells sends the version along (OPS-32).
 */
export class LeaseWatch {
  readonly #options: LeaseWatchOptions
  #open: AbortController | undefined
  #notBefore = 0

  constructor(options: LeaseWatchOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#open !== undefined
  }

  /** Does nothing while it is open, or rests after a failure. */
  open(resourceVersion: string): void {
    if (this.isOpen || this.#options.clock.elapsed() < this.#notBefore) return
    const controller = new AbortController()
    this.#open = controller
    void this.#follow(resourceVersion, controller)
  }

  close(): void {
    this.#open?.abort()
    this.#open = undefined
  }

  async #follow(resourceVersion: string, controller: AbortController): Promise<void> {
    const { client, clock, namespace, name, onLease, onEnd } = this.#options
    const openedAt = clock.elapsed()
    const scope = { namespace, fieldSelector: `metadata.name=${name}`, resourceVersion, timeoutSeconds }
    let failed: string | undefined
    for await (const event of client.watch(resources.leases, scope, controller.signal)) {
      if (controller.signal.aborted) return
      if (!event.ok) failed = event.error.kind
      else if (event.value.type !== 'BOOKMARK' && event.value.type !== 'DELETED') onLease(event.value.object as Lease)
    }
    if (controller.signal.aborted) return
    this.#open = undefined
    const wasGood = clock.elapsed() - openedAt >= goodWatchMs
    if (failed === 'Forbidden') this.#notBefore = clock.elapsed() + forbiddenRestMs
    else if (!wasGood) this.#notBefore = clock.elapsed() + restMs
    if (wasGood) onEnd()
  }
}
