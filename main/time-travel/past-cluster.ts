import type { KubeObject } from '#api/meta.ts'
import { type RouteKind, routeKinds } from '#api/route-kinds.ts'
import { createCache } from '#main/cluster/cache.ts'
import type { Reflector, ReflectorChange } from '#main/cluster/client.ts'
import type { Cache, CachedKinds } from '#main/cluster/cluster.ts'
import { keyOf } from '#main/cluster/reflector.ts'
import type { ReadCluster } from '#main/fleet/readable-routes.ts'

type Kind = keyof CachedKinds

/**
 * A cluster as it was: the caches that the projections of the fleet read, filled from the record. What is shown of the past is made by the
 * very functions that show the present.
 */
export class PastCluster implements ReadCluster {
  readonly context: string
  readonly client = { istioCluster: undefined }
  /** What was not recorded was not there; which group served a kind makes no difference to what is read. */
  readonly served = { of: (kind: RouteKind) => ({ state: 'served', resource: routeKinds[kind] }) as const }
  readonly #kinds = new Map<Kind, { readonly source: RecordedSource; readonly cache: unknown }>()

  constructor(context: string) {
    this.context = context
  }

  put(kind: Kind, object: KubeObject): void {
    this.#of(kind).source.put(object)
  }

  remove(kind: Kind, object: KubeObject): void {
    this.#of(kind).source.remove(object)
  }

  cache<K extends Kind>(kind: K): Cache<CachedKinds[K]> {
    return this.#of(kind).cache as Cache<CachedKinds[K]>
  }

  #of(kind: Kind) {
    const known = this.#kinds.get(kind)
    if (known !== undefined) return known
    const source = new RecordedSource()
    const made = { source, cache: createCache([source]) }
    source.begin()
    this.#kinds.set(kind, made)
    return made
  }
}

/** Where the live caches have a reflector, this has what was recorded. */
class RecordedSource implements Pick<Reflector, 'state' | 'objects' | 'onChange'> {
  readonly state = { state: 'live', since: 0 } as const
  readonly #objects = new Map<string, KubeObject>()
  readonly #listeners = new Set<(change: ReflectorChange) => void>()

  get objects(): ReadonlyMap<string, KubeObject> {
    return this.#objects
  }

  onChange(listener: (change: ReflectorChange) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  begin(): void {
    this.#tell({ kind: 'state', state: this.state })
  }

  put(object: KubeObject): void {
    const key = keyOf(object)
    const previous = this.#objects.get(key)
    this.#objects.set(key, object)
    this.#tell({ kind: 'upserted', object, previous })
  }

  /** One of the same name may have come since. */
  remove(object: KubeObject): void {
    const key = keyOf(object)
    const there = this.#objects.get(key)
    if (there === undefined || there.metadata.uid !== object.metadata.uid) return
    this.#objects.delete(key)
    this.#tell({ kind: 'removed', object: there })
  }

  #tell(change: ReflectorChange): void {
    for (const listener of this.#listeners) listener(change)
  }
}
