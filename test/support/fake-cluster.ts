import type { KubeObject } from '#api/meta.ts'
import type { Resource } from '#api/resources.ts'
import { routeKinds } from '#api/route-kinds.ts'
import type { Dispose } from '#lib/clock.ts'
import type { ClusterClient, ReflectorChange, ReflectorState } from '#main/cluster/client.ts'
import type { Cache, CachedKinds, Cluster, Connection } from '#main/cluster/cluster.ts'
import { watchedKind } from '#main/cluster/watched-kinds.ts'
import { storageKey } from '#main/sandbox/registry/kinds.ts'
import { T0 } from '#test/support/virtual-clock.ts'
import type { FakeApi } from './fake-api.ts'

/**
 * A `Cluster` over a `FakeApi` whose caches show each change at once, or, between `freeze` and `thaw`, not yet: how a
 * watch that lags is put into a test.
 */
export class FakeCluster implements Cluster {
  readonly client: ClusterClient
  readonly namespaces = undefined
  readonly served: Cluster['served'] = {
    of: (kind) => ({ state: 'served', resource: routeKinds[kind] }),
  }
  connection: Connection = { state: 'connected', since: T0 }
  synced = true
  readonly #api: FakeApi
  readonly #caches = new Map<string, FakeCache<KubeObject>>()
  readonly #connectionListeners = new Set<(connection: Connection) => void>()
  #late: (() => void)[] | undefined

  constructor(api: FakeApi, client: ClusterClient = api.client()) {
    this.#api = api
    this.client = client
    api.onChange((resource, object, previous, gone) => {
      const deliver = () => this.#caches.get(storageKey(resource))?.deliver(object, previous, gone)
      if (this.#late === undefined) deliver()
      else this.#late.push(deliver)
    })
  }

  get context(): string {
    return this.client.context
  }

  freeze(): void {
    this.#late ??= []
  }

  thaw(): void {
    const late = this.#late ?? []
    this.#late = undefined
    for (const deliver of late) deliver()
  }

  setConnection(connection: Connection): void {
    this.connection = connection
    for (const listener of this.#connectionListeners) listener(connection)
  }

  /** Tells whoever follows a kind how its watch fares. */
  tellState(resource: Resource, state: ReflectorState): void {
    this.#caches.get(storageKey(resource))?.tell({ kind: 'state', state })
  }

  onConnection(listener: (connection: Connection) => void): Dispose {
    this.#connectionListeners.add(listener)
    return () => this.#connectionListeners.delete(listener)
  }

  cache<K extends keyof CachedKinds>(kind: K): Cache<CachedKinds[K]> {
    const resource: Resource = watchedKind(kind, undefined).resource
    const known = this.#caches.get(storageKey(resource))
    const cache = known ?? new FakeCache<KubeObject>(() => this.synced, this.#api.all(resource))
    this.#caches.set(storageKey(resource), cache)
    return cache as unknown as Cache<CachedKinds[K]>
  }

  start(): void {
    return
  }

  async stop(): Promise<void> {
    return
  }

  retryNow(): void {
    return
  }
}

const keyOf = (object: KubeObject) => `${object.metadata.namespace ?? ''}/${object.metadata.name}`

class FakeCache<T extends KubeObject> implements Cache<T> {
  readonly failure = undefined
  readonly #synced: () => boolean
  readonly #objects: Map<string, T>
  readonly #listeners = new Set<(change: ReflectorChange) => void>()

  constructor(synced: () => boolean, objects: readonly T[]) {
    this.#synced = synced
    this.#objects = new Map(objects.map((each) => [keyOf(each), each]))
  }

  deliver(object: T, previous: T | undefined, gone: boolean): void {
    if (gone) this.#objects.delete(keyOf(object))
    else this.#objects.set(keyOf(object), object)
    this.tell(gone ? { kind: 'removed', object } : { kind: 'upserted', object, previous })
  }

  tell(change: ReflectorChange): void {
    for (const listener of this.#listeners) listener(change)
  }

  get synced(): boolean {
    return this.#synced()
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: string): T | undefined {
    return this.#objects.get(key)
  }

  values(): Iterable<T> {
    return this.#objects.values()
  }

  inNamespace(namespace: string): readonly T[] {
    return [...this.#objects.values()].filter((each) => each.metadata.namespace === namespace)
  }

  ownedBy(uid: string): readonly T[] {
    return [...this.#objects.values()].filter((each) => each.metadata.ownerReferences?.some((ref) => ref.uid === uid))
  }

  onChange(listener: (change: ReflectorChange) => void): Dispose {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
