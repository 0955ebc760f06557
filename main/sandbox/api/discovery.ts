import type { MemoryStore } from '../memory-store.ts'
import { type ServedKind, storageKey } from '../registry/kinds.ts'
import { reviews } from './access-review.ts'

/** What clients ask before they ask anything else. */

export const version = {
  major: '1',
  minor: '34',
  gitVersion: 'v1.34.0',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2025-08-27T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: 'argosy/sandbox',
}

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

interface Subresource {
  readonly name: string
  readonly kind: string
  readonly group: string
  readonly version: string
  readonly verbs: readonly string[]
}

/** What is served below an object of the kind, in discovery's order. */
export function subresourcesOf(kind: ServedKind): readonly Subresource[] {
  const changed = ['get', 'patch', 'update']
  const status = { name: 'status', kind: kind.kind, group: kind.group, version: kind.version, verbs: changed }
  const scale = { name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: changed }
  const pods = [
    { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
    { name: 'log', kind: 'Pod', group: '', version: 'v1', verbs: ['get'] },
  ]
  return [
    ...(storageKey(kind) === '/pods' ? pods : []),
    ...(kind.scale === undefined ? [] : [scale]),
    ...(kind.hasStatus ? [status] : []),
  ]
}

/** `/api` */
export const coreVersions = (address: string) => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
})

interface GroupVersion {
  readonly group: string
  readonly version: string
}

/** Groups in order of their first kind, each with its versions; reviews are served without being stored. */
function groupsOf(store: MemoryStore): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, readonly string[]>()
  const add = ({ group, version: each }: GroupVersion) => {
    const known = groups.get(group) ?? []
    if (!known.includes(each)) groups.set(group, [...known, each])
  }
  for (const kind of store.served()) add(kind)
  for (const key of Object.keys(reviews)) add({ group: key.split('/')[0] ?? '', version: 'v1' })
  return groups
}

const groupOf = (name: string, versions: readonly string[]) => {
  const all = versions.map((each) => ({ groupVersion: `${name}/${each}`, version: each }))
  return { name, versions: all, preferredVersion: all[0] }
}

/** `/apis` */
export const groupList = (store: MemoryStore) => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...groupsOf(store)].filter(([name]) => name !== '').map(([name, versions]) => groupOf(name, versions)),
})

/** `/apis/GROUP`; `undefined` when the group is not served. */
export function oneGroup(store: MemoryStore, name: string): unknown {
  const versions = groupsOf(store).get(name)
  return versions === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(name, versions) }
}

/** `/api/v1` and `/apis/GROUP/VERSION`; `undefined` when it is not served. */
export function resourceList(store: MemoryStore, at: GroupVersion): unknown {
  if (groupsOf(store).get(at.group)?.includes(at.version) !== true) return undefined
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: at.group === '' ? at.version : `${at.group}/${at.version}`,
    resources: [...kindsIn(store, at).flatMap(entriesOf), ...reviewsIn(at).map(reviewEntry)],
  }
}

const kindsIn = (store: MemoryStore, at: GroupVersion) =>
  store.served().filter((kind) => kind.group === at.group && kind.version === at.version)

const reviewsIn = (at: GroupVersion) =>
  Object.entries(reviews)
    .filter(([key]) => at.version === 'v1' && key.startsWith(`${at.group}/`))
    .map(([key, { kind }]) => ({ plural: key.slice(at.group.length + 1), kind }))

const reviewEntry = ({ plural, kind }: { readonly plural: string; readonly kind: string }) => ({
  name: plural,
  singularName: kind.toLowerCase(),
  namespaced: false,
  kind,
  verbs: ['create'],
})

function entriesOf(kind: ServedKind): readonly unknown[] {
  const { plural, singular, namespaced, shortNames, categories } = kind
  const main = {
    name: plural,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
  }
  const below = subresourcesOf(kind).map((each) => ({
    name: `${plural}/${each.name}`,
    singularName: '',
    namespaced,
    ...((each.group !== kind.group || each.version !== kind.version) && { group: each.group, version: each.version }),
    kind: each.kind,
    verbs: each.verbs,
  }))
  return [main, ...below]
}

export const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** True when the client can read all of discovery in one document. */
export const wantsAggregated = (accept: string | undefined): boolean =>
  (accept ?? '').split(',').some((type) => {
    const parts = type.replaceAll(' ', '').split(';')
    return parts.includes('as=APIGroupDiscoveryList') && parts.includes('v=v2')
  })

/** `/api` (the core group) or `/apis` (all others) as one document. */
export function aggregated(store: MemoryStore, core: boolean): unknown {
  const items = [...groupsOf(store)]
    .filter(([name]) => (name === '') === core)
    .map(([name, versions]) => ({
      metadata: { name, creationTimestamp: null },
      versions: versions.map((each) => ({
        version: each,
        freshness: 'Current',
        resources: [
          ...kindsIn(store, { group: name, version: each }).map(aggregatedEntry),
          ...reviewsIn({ group: name, version: each }).map(({ plural, kind }) => ({
            resource: plural,
            responseKind: { group: name, version: each, kind },
            scope: 'Cluster',
            singularResource: kind.toLowerCase(),
            verbs: ['create'],
          })),
        ],
      })),
    }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items }
}

function aggregatedEntry(kind: ServedKind): unknown {
  const { group, version: of, plural, singular, shortNames, categories } = kind
  const below = subresourcesOf(kind).map((each) => ({
    subresource: each.name,
    responseKind: { group: each.group, version: each.version, kind: each.kind },
    verbs: each.verbs,
  }))
  return {
    resource: plural,
    responseKind: { group, version: of, kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(below.length > 0 && { subresources: below }),
  }
}
