import type { KubeObject } from '#api/meta.ts'
import type { Dispose } from '#lib/clock.ts'
import type { Reflector, ReflectorChange } from './client.ts'
import type { Cache } from './cluster.ts'
import { keyOf } from './reflector.ts'

/**
 * One kind of one cluster over one reflector, or over one per namespace. Indexed by namespace and by uid of every owner.
 * `T` is what the API server promises for the kind; nothing here checks it.
 */
export function createCache<T extends KubeObject>(
  reflectors: readonly Pick<Reflector, 'state' | 'objects' | 'onChange'>[],
): Cache<T> {
  const listeners = new Set<(change: ReflectorChange) => void>()
  const byOwner = createIndex<T>((object) => (object.metadata.ownerReferences ?? []).map(({ uid }) => uid))
  const byNamespace = createIndex<T>((object) => [object.metadata.namespace ?? ''])
  const listed = new Set<unknown>()

  const update = (reflector: unknown, change: ReflectorChange): void => {
    if (change.kind === 'upserted') {
      if (change.previous !== undefined) for (const index of [byOwner, byNamespace]) index.remove(change.previous as T)
      for (const index of [byOwner, byNamespace]) index.add(change.object as T)
    }
    if (change.kind === 'removed') for (const index of [byOwner, byNamespace]) index.remove(change.object as T)
    if (change.kind === 'state' && change.state.state === 'live') listed.add(reflector)
    for (const listener of listeners) listener(change)
  }
  for (const reflector of reflectors) reflector.onChange((change) => update(reflector, change))

  return {
    get synced() {
      return listed.size === reflectors.length
    },
    get failure() {
      const broken = reflectors.find((each) => !listed.has(each) && each.state.state === 'stale')
      return broken?.state.state === 'stale' ? broken.state.failure : undefined
    },
    get size() {
      return reflectors.reduce((sum, { objects }) => sum + objects.size, 0)
    },
    get: (key) => reflectors.find(({ objects }) => objects.has(key))?.objects.get(key) as T | undefined,
    *values() {
      for (const { objects } of reflectors) yield* objects.values() as Iterable<T>
    },
    inNamespace: (namespace) => byNamespace.find(namespace),
    ownedBy: (uid) => byOwner.find(uid),
    onChange(listener): Dispose {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function createIndex<T extends KubeObject>(termsOf: (object: T) => readonly string[]) {
  const found = new Map<string, Map<string, T>>()
  return {
    add(object: T): void {
      for (const term of termsOf(object)) {
        const objects = found.get(term) ?? new Map<string, T>()
        found.set(term, objects.set(keyOf(object), object))
      }
    },
    remove(object: T): void {
      for (const term of termsOf(object)) {
        const objects = found.get(term)
        objects?.delete(keyOf(object))
        if (objects?.size === 0) found.delete(term)
      }
    },
    find: (term: string): readonly T[] => [...(found.get(term)?.values() ?? [])],
  }
}
