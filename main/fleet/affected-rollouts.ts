import type { Event } from '#api/core.ts'
import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import type { Rollout } from '#api/rollout.ts'
import type { ReadState } from '#contract/views.ts'
import { controllerOf } from '#engine/ownership.ts'
import { serviceNames } from '#engine/rollout/service-names.ts'
import type { RouteQuery, RouteRef } from '#engine/traffic/routes.ts'
import type { Dispose } from '#lib/clock.ts'
import type { ReflectorState } from '#main/cluster/client.ts'
import type { CachedKinds, Cluster } from '#main/cluster/cluster.ts'
import { keyOf } from '#main/controller/dirty-rollouts.ts'
import { RouteWatch } from '#main/controller/route-watch.ts'
import { referredDeployment } from './rollout-parts.ts'

/** What is only watched once someone looks closely. */
type LookedAt = 'events' | 'analysisRuns' | 'experiments'

/**
 * Tells which Rollouts of a cluster may look different after a change of any object (VIEW-133): by ownership for ReplicaSets
 * and pods, by reference for Services and Deployments. No change costs more than the Rollouts it concerns.
 *
 * Unlike `DirtyRollouts` of the controller this also follows pods and events, and Rollouts of whatever owner.
 */
export class AffectedRollouts {
  readonly #cluster: Cluster
  readonly #mark: (key: string) => void
  readonly #disposals: Dispose[] = []
  readonly #followed = new Set<keyof CachedKinds>()
  readonly #byService = new ReferenceIndex()
  readonly #byDeployment = new ReferenceIndex()
  readonly #readStates = new Map<LookedAt, ReadState>()
  readonly #routes: RouteWatch

  /** @param mark called with `namespace/name` from within watch callbacks, so it must only mark */
  constructor(cluster: Cluster, mark: (key: string) => void) {
    this.#cluster = cluster
    this.#mark = mark
    this.#routes = new RouteWatch(cluster, mark)
  }

  start(): void {
    this.#follow('rollouts', (rollout, gone) => this.#onRollout(rollout as Rollout, gone))
    this.#follow('replicaSets', (replicaSet) => this.#onOwned(replicaSet))
    this.#follow('services', (service) => this.#markAll(this.#byService.of(keyOf(service))))
    for (const rollout of this.#cluster.cache('rollouts').values()) this.#onRollout(rollout, false)
  }

  get followsPods(): boolean {
    return this.#followed.has('pods')
  }

  /** What holds a rollout up its pods tell best; all else of the board is told by its ReplicaSets. */
  followPods(): void {
    if (this.#followed.has('pods')) return
    for (const pod of this.#cluster.cache('pods').values()) this.#onPod(pod)
    this.#follow('pods', (pod) => this.#onPod(pod))
  }

  /**
   * Only once someone looks at a Rollout closely, or records. All Rollouts are marked once the first list is in or refused: from
   * then on having no events means something.
   * @param see called with each event, and again when it repeats
   */
  followEvents(see: (event: Event) => void): void {
    if (this.#followed.has('events')) return
    for (const event of this.#cluster.cache('events').values()) see(event)
    this.#follow('events', (object, gone) => {
      const event = object as Event
      if (!gone) see(event)
      this.#onEvent(event)
    })
    this.#followState('events')
  }

  /** Only once someone looks at a Rollout closely; the engine watches them anyway where it drives. */
  followAnalysisRuns(): void {
    if (this.#followed.has('analysisRuns')) return
    this.#follow('analysisRuns', (run) => this.#onAnalysisRun(run))
    this.#followState('analysisRuns')
  }

  /** As AnalysisRuns, and only where a Rollout that someone looks at may have some. */
  followExperiments(): void {
    if (this.#followed.has('experiments')) return
    this.#follow('experiments', (experiment) => this.#onOwned(experiment))
    this.#followState('experiments')
  }

  /** What somebody who looks at a Rollout has read of its routes. */
  followRoutes(key: string, reads: readonly (RouteRef | RouteQuery)[]): void {
    this.#routes.read(key, reads)
  }

  readState(kind: LookedAt): ReadState {
    return this.#readStates.get(kind) ?? 'loading'
  }

  #followState(kind: LookedAt): void {
    const cache = this.#cluster.cache(kind)
    if (cache.synced) this.#readStates.set(kind, 'read')
    const dispose = cache.onChange((change) => {
      if (change.kind === 'state') this.#onState(kind, change.state)
    })
    this.#disposals.push(dispose)
  }

  #onState(kind: LookedAt, state: ReflectorState): void {
    const isForbidden = state.state === 'stale' && state.failure.kind === 'Forbidden'
    const now = this.#cluster.cache(kind).synced ? 'read' : isForbidden ? 'forbidden' : 'loading'
    if (now === this.readState(kind)) return
    this.#readStates.set(kind, now)
    for (const rollout of this.#cluster.cache('rollouts').values()) this.#mark(keyOf(rollout))
  }

  stop(): void {
    for (const dispose of this.#disposals.splice(0)) dispose()
    this.#routes.stop()
  }

  /** Objects in the caches that are followed. */
  get objectCount(): number {
    return [...this.#followed].reduce((sum, kind) => sum + this.#cluster.cache(kind).size, 0)
  }

  #follow(kind: keyof CachedKinds, concern: (object: KubeObject, gone: boolean) => void): void {
    if (this.#followed.has(kind)) return
    this.#followed.add(kind)
    const dispose = this.#cluster.cache(kind).onChange((change) => {
      if (change.kind === 'state') return
      // What lost its owner concerns the former one.
      if (change.kind === 'upserted' && change.previous !== undefined && kind !== 'rollouts')
        if (ownersOf(change.previous) !== ownersOf(change.object)) concern(change.previous, false)
      concern(change.object, change.kind === 'removed')
    })
    this.#disposals.push(dispose)
  }

  #onRollout(rollout: Rollout, gone: boolean): void {
    const key = keyOf(rollout)
    const namespace = rollout.metadata.namespace ?? ''
    if (gone) this.#routes.forget(key)
    this.#byService.set(key, gone ? [] : serviceNames(rollout).map((name) => `${namespace}/${name}`))
    const deployment = gone ? undefined : referredDeployment(rollout)
    this.#byDeployment.set(key, deployment === undefined ? [] : [deployment])
    // Most clusters never need that watch.
    if (deployment !== undefined)
      this.#follow('deployments', (object) => this.#markAll(this.#byDeployment.of(keyOf(object))))
    this.#mark(key)
  }

  #onOwned(object: KubeObject): void {
    for (const { kind, name, uid } of object.metadata.ownerReferences ?? []) {
      const key = `${object.metadata.namespace ?? ''}/${name}`
      if (kind === 'Rollout' && this.#cluster.cache('rollouts').get(key)?.metadata.uid === uid) this.#mark(key)
    }
  }

  /** One that repeats another has no owner, but a label; one of an Experiment has that for an owner. */
  #onAnalysisRun(run: KubeObject): void {
    const namespace = run.metadata.namespace ?? ''
    const owner = controllerOf(run)
    if (owner?.kind === 'Experiment' && this.#followed.has('experiments')) {
      const experiment = this.#cluster.cache('experiments').get(`${namespace}/${owner.name}`)
      if (experiment?.metadata.uid === owner.uid) this.#onOwned(experiment)
      return
    }
    const rollout = run.metadata.labels?.[labels.rerunFor]
    if (rollout === undefined) return this.#onOwned(run)
    for (const each of this.#cluster.cache('rollouts').inNamespace(namespace))
      if (each.metadata.uid === rollout) this.#mark(keyOf(each))
  }

  #onPod(pod: KubeObject): void {
    for (const { kind, name, uid } of pod.metadata.ownerReferences ?? []) {
      if (kind !== 'ReplicaSet') continue
      const replicaSet = this.#cluster.cache('replicaSets').get(`${pod.metadata.namespace ?? ''}/${name}`)
      if (replicaSet?.metadata.uid === uid) this.#onOwned(replicaSet)
    }
  }

  #onEvent({ involvedObject }: Event): void {
    const key = `${involvedObject.namespace ?? ''}/${involvedObject.name ?? ''}`
    if (this.#cluster.cache('rollouts').get(key) !== undefined) this.#mark(key)
  }

  #markAll(keys: Iterable<string>): void {
    for (const key of keys) this.#mark(key)
  }
}

const ownersOf = ({ metadata }: KubeObject): string => (metadata.ownerReferences ?? []).map(({ uid }) => uid).join()

/** Which keys refer to a name, and back. */
class ReferenceIndex {
  readonly #names = new Map<string, readonly string[]>()
  readonly #keys = new Map<string, Set<string>>()

  of(name: string): Iterable<string> {
    return this.#keys.get(name) ?? []
  }

  set(key: string, names: readonly string[]): void {
    for (const name of this.#names.get(key) ?? []) {
      const keys = this.#keys.get(name)
      keys?.delete(key)
      if (keys?.size === 0) this.#keys.delete(name)
    }
    if (names.length === 0) this.#names.delete(key)
    else this.#names.set(key, names)
    for (const name of names) this.#keys.set(name, (this.#keys.get(name) ?? new Set()).add(key))
  }
}
