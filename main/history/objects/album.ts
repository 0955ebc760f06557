import type { KubeObject } from '#api/meta.ts'

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

export const anAlbum = (metadata: KubeObject['metadata'], items: Album['items'] = {}): Album => ({
  apiVersion: 'argosy.dev',
  kind: 'Album',
  metadata,
  items,
})

/** The same album when the item is as it was. */
export const withItem = (album: Album, item: KubeObject): Album =>
  album.items[itemName(item)] === item ? album : { ...album, items: { ...album.items, [itemName(item)]: item } }

export function withoutItem(album: Album, item: KubeObject): Album {
  const { [itemName(item)]: gone, ...items } = album.items
  return gone === undefined ? album : { ...album, items }
}

export const itemOf = (album: Album, like: KubeObject): KubeObject | undefined => album.items[itemName(like)]

export const isAlbum = (object: KubeObject | undefined): object is Album =>
  object?.kind === 'Album' && 'items' in object
