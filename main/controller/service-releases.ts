import type { Service } from '#api/core.ts'
import { labels } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { applyWrite } from './apply-writes.ts'
import { keyOf } from './dirty-rollouts.ts'
import type { Driving } from './driven-queue.ts'
import { KeyQueue, type Round } from './queue.ts'
import { type ServiceFate, serviceFate } from './release-service.ts'
import { roundAfter } from './runner.ts'

/** While a cache is not filled yet, or the lease is ours by name but too old to act on. */
const notYetMs = 1_000

export interface ServiceReleasePorts extends Driving {
  /** A Rollout names the Service and should look at it. */
  readonly reconcile: (rollout: Rollout) => void
}

/**
 * Lets go of Services whose Rollout went or names them no more (REC-14). It looks at every Service that selects by hash, so that
 * what happened while nobody drove is made good.
 */
export class ServiceReleases {
  readonly #ports: ServiceReleasePorts
  readonly #dropped = new Set<string>()
  #queue: KeyQueue

  constructor(ports: ServiceReleasePorts) {
    this.#ports = ports
    this.#queue = this.#newQueue()
  }

  /** A Rollout that named `namespace/name` is gone, or names it no more. */
  dropped(key: string): void {
    this.#dropped.add(key)
    this.#queue.add(key)
  }

  /** Looks at a Service that changed. */
  look(service: Service): void {
    if (selectsByHash(service)) this.#queue.add(keyOf(service))
  }

  lookAtAll(): void {
    for (const service of this.#ports.cluster.cache('services').values()) this.look(service)
  }

  /** Resolves when the requests under way are done; what comes afterwards is for the next who drives. */
  async stop(): Promise<void> {
    await this.#queue.stop()
    this.#dropped.clear()
    this.#queue = this.#newQueue()
  }

  #newQueue(): KeyQueue {
    return new KeyQueue({ clock: this.#ports.clock, concurrency: 1, round: (key) => this.#round(key) })
  }

  async #round(key: string): Promise<Round> {
    const { cluster, isDriving, mayWrite } = this.#ports
    if (!isDriving()) return this.#done(key)
    const [services, rollouts] = [cluster.cache('services'), cluster.cache('rollouts')]
    const service = services.get(key)
    if (!mayWrite() || !services.synced || !rollouts.synced) return { kind: 'later', delayMs: notYetMs }
    if (service === undefined) return this.#done(key)
    const namespace = service.metadata.namespace ?? ''
    const fate = this.#fate(service, rollouts.inNamespace(namespace))
    if (fate.kind !== 'release') return this.#follow(key, fate)
    // The cache may not know the newest Rollout yet, and letting go would cut off its pods.
    const listed = await cluster.client.list(resources.rollouts, { namespace })
    if (!listed.ok) return roundAfter(listed.error)
    const confirmed = this.#fate(service, listed.value.items as readonly Rollout[])
    return confirmed.kind === 'release' ? this.#release(key, confirmed) : this.#follow(key, confirmed)
  }

  #fate(service: Service, rollouts: readonly Rollout[]): ServiceFate {
    return serviceFate(service, { rollouts, dropped: this.#dropped.has(keyOf(service)) })
  }

  #follow(key: string, fate: ServiceFate): Round {
    if (fate.kind === 'reconcile') for (const rollout of fate.rollouts) this.#ports.reconcile(rollout)
    return this.#done(key)
  }

  async #release(key: string, { write }: Extract<ServiceFate, { kind: 'release' }>): Promise<Round> {
    const { cluster, log, mayWrite } = this.#ports
    if (!mayWrite()) return { kind: 'later', delayMs: notYetMs }
    const applied = await applyWrite(cluster.client, write)
    const { namespace, name } = write.ref
    if (!applied.ok) {
      log('warn', 'service not released', { namespace, service: name, failure: applied.error })
      return roundAfter(applied.error)
    }
    log('info', write.summary, { namespace, service: name, rule: write.because })
    return this.#done(key)
  }

  #done(key: string): Round {
    this.#dropped.delete(key)
    return { kind: 'forget' }
  }
}

const selectsByHash = (service: Service): boolean => service.spec?.selector?.[labels.podTemplateHash] !== undefined
