import type { KubeObject, ManagedFields } from '#api/meta.ts'
import { shareEqual } from '#lib/share-equal.ts'

type Writer = Pick<ManagedFields, 'manager' | 'subresource' | 'time'>

/** By the cached object: an update sends the object back, and must not send half of `managedFields`. */
const writers = new WeakMap<KubeObject, readonly Writer[]>()

/** Nobody reads the fields in `managedFields`, and they are a third of an object. Everything else stays, last-applied-configuration too. */
export function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields, ...metadata } = object.metadata
  return managedFields === undefined ? object : { ...object, metadata }
}

/** What a cache keeps of an object: of what it kept before, all that is still so; and beside it, who wrote it. */
export function keptCopy(previous: KubeObject | undefined, arrived: KubeObject): KubeObject {
  const kept = shareEqual(previous, withoutManagedFields(arrived))
  const told = arrived.metadata.managedFields?.map(({ manager, subresource, time }) => ({
    ...(manager !== undefined && { manager }),
    ...(subresource !== undefined && { subresource }),
    ...(time !== undefined && { time }),
  }))
  if (told !== undefined) writers.set(kept, told)
  return kept
}

/** Who wrote a cached object, and when, in no order. */
export const writersOf = (cached: KubeObject): readonly Writer[] => writers.get(cached) ?? []
