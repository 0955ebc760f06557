import type { EventWrite } from '#engine/decision.ts'
import { isSubscribed, sendsOfEvent } from '#engine/notifications/plan.ts'
import { variablesOf } from '#engine/notifications/variables.ts'
import type { Clock } from '#lib/clock.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { keyOf } from './dirty-rollouts.ts'
import { NotificationCounts, type NotifiedCount } from './notification-counts.ts'
import type { NotificationSettings } from './notification-settings.ts'
import { type SayPorts, say, withWorkload } from './say.ts'
import { SendQueue } from './send-queue.ts'

/** Objects about which something is said at once, and Events that wait: in all, and of one object. */
const bounds = { concurrency: 8, waitingMax: 1_000, perKeyMax: 50 }
/** What is under way when the engine stops is not waited for longer. */
const stopMs = 1_500

export interface EventNoticesOptions extends SayPorts {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly settings: NotificationSettings
}

/**
 * What Events of the engine say to those who subscribed (OPS-151…153): in order per object, behind the round that the Event came from.
 * Nothing is remembered.
 */
export class EventNotices {
  readonly #options: EventNoticesOptions
  readonly #queue = new SendQueue(bounds)
  readonly #counts = new NotificationCounts()

  constructor(options: EventNoticesOptions) {
    this.#options = options
  }

  get counts(): readonly NotifiedCount[] {
    return this.#counts.all
  }

  /** Never throws, and takes no time. */
  record({ regarding, type, reason }: EventWrite): void {
    const { settings, cluster, clock, log } = this.#options
    if (settings.isKnown && settings.configuration === undefined) return
    const { namespace = '', name } = regarding.metadata
    const now = clock.now()
    // As they are with the event, whenever it is told.
    const runs = cluster.cache('analysisRuns').inNamespace(namespace)
    const isTaken = this.#queue.add(`${regarding.kind} ${keyOf(regarding)}`, async () => {
      try {
        await settings.known()
        const { configuration } = settings
        if (configuration === undefined || !isSubscribed(configuration, { regarding, reason })) return
        const object = await withWorkload(regarding, cluster)
        const variables = variablesOf(object, runs, configuration.secrets)
        for (const send of sendsOfEvent(configuration, { regarding: object, reason }, variables, now))
          this.#counts.add(
            { regarding, type, reason },
            await say(send, { object, configuration, variables, now }, this.#options),
          )
      } catch (error) {
        log('error', 'bug in a notification', { namespace, name, event_reason: reason, error })
      }
    })
    if (!isTaken) log('warn', 'notification dropped: too many wait', { namespace, name, event_reason: reason })
  }

  /** Gives what is under way some time. */
  async stop(): Promise<void> {
    const { clock, log } = this.#options
    let dispose = (): void => undefined
    await Promise.race([
      this.#queue.drained(),
      new Promise<void>((resolve) => {
        dispose = clock.after(stopMs, resolve)
      }),
    ])
    dispose()
    const dropped = this.#queue.clear()
    if (dropped > 0) log('warn', 'notifications dropped: the engine stops', { count: dropped })
  }
}
