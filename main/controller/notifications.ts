import type { KubeObject } from '#api/meta.ts'
import type { EventWrite } from '#engine/decision.ts'
import type { Driving } from './driven-queue.ts'
import { EventNotices } from './event-notices.ts'
import type { NotifiedCount } from './notification-counts.ts'
import { NotificationRounds } from './notification-rounds.ts'
import { NotificationSettings } from './notification-settings.ts'
import type { NotificationsPort } from './notifications-port.ts'

export interface NotificationsOptions extends Driving {
  readonly port: NotificationsPort
  readonly random: () => number
  /** Where the configuration is. */
  readonly namespace: string
  readonly instanceID: string | undefined
}

/** The notifications of one cluster (OPS-174): nothing is read and nothing is said unless this engine drives. */
export class Notifications {
  readonly #isDriving: () => boolean
  readonly #settings: NotificationSettings
  readonly #events: EventNotices
  readonly #conditions: NotificationRounds

  constructor(options: NotificationsOptions) {
    this.#isDriving = options.isDriving
    this.#settings = new NotificationSettings({
      ...options,
      client: options.cluster.client,
      onChange: () => this.#conditions.lookAtAll(),
    })
    this.#events = new EventNotices({ ...options, settings: this.#settings })
    this.#conditions = new NotificationRounds({ ...options, settings: this.#settings })
  }

  /** By Events (OPS-127). */
  get counts(): readonly NotifiedCount[] {
    return this.#events.counts
  }

  start(): void {
    this.#conditions.start()
  }

  /** The configuration is followed from the first time on that the engine drives. */
  lookAtAll(): void {
    if (this.#isDriving()) this.#settings.follow()
    this.#conditions.lookAtAll()
  }

  mustSee(rollout: KubeObject): void {
    this.#conditions.mustSee(rollout)
  }

  onEvent(event: EventWrite): void {
    this.#events.record(event)
  }

  /** It does not drive any more. */
  leave(): void {
    this.#settings.leave()
  }

  async stop(): Promise<void> {
    await Promise.all([this.#events.stop(), this.#conditions.stop()])
    this.#settings.leave()
  }

  renew(): void {
    this.#conditions.renew()
  }
}
