import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import type { EventWrite } from '#engine/decision.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { KeyQueue, type Round } from './queue.ts'
import { EventRecorder } from './record-event.ts'

/** What the rounds of every kind need of the engine. */
export interface Driving {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly log: Log
  /** Ours to drive, by the lease and by how new the caches are. */
  readonly isDriving: () => boolean
  readonly mayWrite: () => boolean
  /** Told of every Event that is recorded; takes note at most. */
  readonly onEvent?: (event: EventWrite) => void
}

/** The lease is ours by name, but its last renewal is too old to act on. */
export const leaseInDoubt: Round = { kind: 'later', delayMs: 1_000 }

/** Only objects with the engine's id; of an engine without one, only those without any (OPS-50). */
export const isInScope = ({ metadata }: KubeObject, instanceID: string | undefined): boolean =>
  (metadata.labels?.[labels.instanceID] ?? '') === (instanceID ?? '')

/** A queue whose rounds begin only while the engine drives, and the Events that they record. It begins anew after each stop. */
export class DrivenQueue {
  readonly #driving: Driving
  readonly #concurrency: number
  readonly #round: (key: string) => Promise<Round>
  #queue: KeyQueue
  #events: EventRecorder

  constructor(driving: Driving, concurrency: number, round: (key: string) => Promise<Round>) {
    this.#driving = driving
    this.#concurrency = concurrency
    this.#round = round
    this.#queue = this.#newQueue()
    this.#events = this.#newEvents()
  }

  /** Keys ready or in a round. */
  get depth(): number {
    return this.#queue.depth
  }

  /** Another one after each stop. */
  get term(): object {
    return this.#queue
  }

  add(key: string): void {
    if (this.#driving.isDriving()) this.#queue.add(key)
  }

  record(event: EventWrite): void {
    this.#events.record(event)
    this.#driving.onEvent?.(event)
  }

  /** No round begins any more; resolves when those under way have ended, or after `atMostMs`, and their Events are sent. */
  async stop(atMostMs?: number): Promise<void> {
    const ended = this.#queue.stop()
    await (atMostMs === undefined ? ended : Promise.race([ended, this.#elapsed(atMostMs)]))
    await this.#events.stop()
  }

  /** After `stop`: takes keys again. */
  renew(): void {
    this.#queue = this.#newQueue()
    this.#events = this.#newEvents()
  }

  #newQueue(): KeyQueue {
    const { clock, isDriving, mayWrite } = this.#driving
    const round = async (key: string): Promise<Round> => {
      if (!isDriving()) return { kind: 'settled', requeueAt: undefined }
      return mayWrite() ? this.#round(key) : leaseInDoubt
    }
    return new KeyQueue({ clock, concurrency: this.#concurrency, round })
  }

  #newEvents(): EventRecorder {
    const { cluster, clock, log } = this.#driving
    return new EventRecorder({ client: cluster.client, clock, log })
  }

  #elapsed(ms: number): Promise<void> {
    return new Promise((resolve) => this.#driving.clock.after(ms, resolve))
  }
}
