import type { EventWrite } from '#engine/decision.ts'

/** How often Events with one reason about an object of that name were told, and could not be (OPS-127). */
export interface NotifiedCount {
  readonly namespace: string
  readonly name: string
  readonly type: EventWrite['type']
  readonly reason: string
  readonly sent: number
  readonly failed: number
}

/** Those that were not counted for longest go first. */
const countsMax = 5_000

/** Counts of one cluster since the engine was made. */
export class NotificationCounts {
  readonly #counts = new Map<string, NotifiedCount>()

  get all(): readonly NotifiedCount[] {
    return [...this.#counts.values()]
  }

  add({ regarding, type, reason }: Pick<EventWrite, 'regarding' | 'type' | 'reason'>, isSent: boolean): void {
    const { namespace = '', name } = regarding.metadata
    const key = JSON.stringify([namespace, name, type, reason])
    const { sent = 0, failed = 0 } = this.#counts.get(key) ?? {}
    this.#counts.delete(key)
    this.#counts.set(key, {
      ...{ namespace, name, type, reason },
      sent: sent + (isSent ? 1 : 0),
      failed: failed + (isSent ? 0 : 1),
    })
    const [oldest] = this.#counts.keys()
    if (this.#counts.size > countsMax && oldest !== undefined) this.#counts.delete(oldest)
  }
}
