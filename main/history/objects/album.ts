import type { KubeObject } from '#api/meta.ts'
import { below, jsonPatch } from '#lib/json-diff.ts'
import type { JsonPatchOperation } from '#lib/json-patch.ts'

/**
 * Small objects of one owner that come and go together: the pods of a ReplicaSet, the events about a Rollout. They are recorded as one object,
 * whose versions shrink to a fraction when they are packed, for one pod is like the next.
 */
export interface Album extends KubeObject {
  readonly kind: 'Album'
  readonly items: Readonly<Record<string, KubeObject>>
}

const albumKinds: readonly string[] = ['pods', 'events']

export const isInAlbum = (kind: string): boolean => albumKinds.includes(kind)

/** Its name among the others; one of the same name may follow it. */
const itemName = ({ metadata: { name, uid = '' } }: KubeObject): string => `${name} ${uid}`

/** What an album is recorded as. @param owner uid */
export const albumMetadata = (owner: string, { metadata }: Pick<KubeObject, 'metadata'>): KubeObject['metadata'] => ({
  ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
  name: '',
  uid: owner,
})

/** As it is being recorded. It changes in place: of the thousand pods of a ReplicaSet one changes at a time. */
export interface OpenAlbum extends Album {
  readonly items: Record<string, KubeObject>
}

export const anAlbum = (metadata: KubeObject['metadata']): OpenAlbum => ({
  apiVersion: 'argosy.dev',
  kind: 'Album',
  metadata,
  items: {},
})

/** @returns what that changes of the album */
export function putItem({ items }: OpenAlbum, item: KubeObject): readonly JsonPatchOperation[] {
  const name = itemName(item)
  const before = items[name]
  items[name] = item
  const path = below('/items', name)
  return before === undefined ? [{ op: 'add', path, value: item }] : jsonPatch(before, item, path)
}

/** @returns what that changes of the album */
export function takeItem({ items }: OpenAlbum, item: KubeObject): readonly JsonPatchOperation[] {
  const name = itemName(item)
  Reflect.deleteProperty(items, name)
  return [{ op: 'remove', path: below('/items', name) }]
}

export const itemOf = (album: Album, like: KubeObject): KubeObject | undefined => album.items[itemName(like)]

export const isAlbum = (object: KubeObject | undefined): object is Album =>
  object?.kind === 'Album' && 'items' in object
