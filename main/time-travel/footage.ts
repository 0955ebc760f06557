import type { KubeObject } from '#api/meta.ts'
import type { Rollout } from '#api/rollout.ts'
import { parseRolloutKey } from '#contract/keys.ts'
import type { RolloutKey } from '#contract/views.ts'
import { serviceNames } from '#engine/rollout/service-names.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { CachedKinds } from '#main/cluster/cluster.ts'
import { readableRoutes } from '#main/fleet/readable-routes.ts'
import { referredDeployment } from '#main/fleet/rollout-parts.ts'
import { isAlbum } from '#main/history/objects/album.ts'
import {
  objectBetween,
  type RecordedObject,
  recordedChildren,
  recordedObjects,
} from '#main/history/objects/object-reader.ts'
import type { ObjectAt } from '#main/history/objects/versions.ts'
import type { History } from '#main/history/store.ts'
import { PastCluster } from './past-cluster.ts'

type Reader = Pick<History, 'all'>

/** One recorded change of one object. */
interface Change {
  readonly at: EpochMs
  readonly kind: keyof CachedKinds
  /** As it became, or as it was when it went. */
  readonly object: KubeObject
  readonly isGone: boolean
}

/** A Rollout and all that is shown of it, through a stretch of time. */
export interface Footage {
  readonly context: string
  /** `namespace/name`. */
  readonly key: string
  /** Whose changes those are. */
  readonly objects: readonly RecordedObject[]
  /** Oldest first; those at or before the beginning make up how it stood then. */
  readonly changes: readonly Change[]
}

/** So many generations of owners: a Rollout, its Experiment, the Experiment's AnalysisRun; or its ReplicaSet's pods. */
const generations = 3

/** What was recorded of a Rollout and of all that belongs to it or that it names; `undefined` for a key that is none. */
export function footageOf(history: Reader, key: RolloutKey, from: EpochMs, until: EpochMs): Footage | undefined {
  const address = parseRolloutKey(key)
  if (address === undefined) return undefined
  const { context, namespace, name } = address
  const read = (found: readonly RecordedObject[]) =>
    found.flatMap(({ id, kind }) => changesOf(kind as keyof CachedKinds, objectBetween(history, id, from, until)))
  const rollouts = recordedObjects(history, { context, kind: 'rollouts', namespace, name })
  const own = read(rollouts)
  const family = descendants(history, context, rollouts)
  const named = namesOf(own).flatMap(({ kind, name: of }) =>
    recordedObjects(history, { context, kind, namespace, name: of }),
  )
  const changes = [...own, ...read(family), ...read(named)]
  const routes = routesOf(history, context, changes, read)
  return {
    context,
    key: `${namespace}/${name}`,
    objects: [...rollouts, ...family, ...named, ...routes.map(({ object }) => object)],
    changes: [...changes, ...routes.flatMap((each) => each.changes)].toSorted((a, b) => a.at - b.at),
  }
}

function descendants(history: Reader, context: string, parents: readonly RecordedObject[]): readonly RecordedObject[] {
  const found = new Map<number, RecordedObject>()
  let generation = parents
  for (let depth = 1; depth < generations && generation.length > 0; depth++) {
    generation = generation.flatMap(({ uid }) => recordedChildren(history, context, uid))
    for (const each of generation) found.set(each.id, each)
  }
  return [...found.values()]
}

/** Services and Deployments that it named in any of its versions. */
function namesOf(
  own: readonly Change[],
): readonly { readonly kind: 'services' | 'deployments'; readonly name: string }[] {
  const rollouts = own.map(({ object }) => object as Rollout)
  const services = new Set(rollouts.flatMap(serviceNames))
  const deployments = new Set(rollouts.flatMap((each) => referredDeployment(each)?.split('/')[1] ?? []))
  return [
    ...[...services].map((name) => ({ kind: 'services' as const, name })),
    ...[...deployments].map((name) => ({ kind: 'deployments' as const, name })),
  ]
}

/** Route objects: which those are is told by the Rollout and by the route objects before. */
function routesOf(
  history: Reader,
  context: string,
  changes: readonly Change[],
  read: (found: readonly RecordedObject[]) => readonly Change[],
): readonly { readonly object: RecordedObject; readonly changes: readonly Change[] }[] {
  const rollouts = changes.flatMap(({ kind, object }) => (kind === 'rollouts' ? [object as Rollout] : []))
  const found = new Map<number, { readonly object: RecordedObject; readonly changes: readonly Change[] }>()
  for (let isMore = true; isMore; ) {
    const past = new PastCluster(context)
    const known = [...changes, ...[...found.values()].flatMap((each) => each.changes)]
    for (const { kind, object } of known) past.put(kind, object)
    const wanted = rollouts.flatMap((rollout) => readableRoutes(past, rollout)?.reads ?? [])
    const objects = wanted
      .filter(({ kind }) => kind !== 'services')
      .flatMap(({ kind, namespace, ...rest }) =>
        recordedObjects(history, { context, kind, namespace, ...('name' in rest && { name: rest.name }) }),
      )
      .filter(({ id }) => !found.has(id))
    for (const object of objects) found.set(object.id, { object, changes: read([object]) })
    isMore = objects.length > 0
  }
  return [...found.values()]
}

function changesOf(kind: keyof CachedKinds, states: readonly ObjectAt[]): readonly Change[] {
  return states.flatMap(({ at, object }, index): readonly Change[] => {
    const before = states[index - 1]?.object
    if (isAlbum(object) || isAlbum(before)) return changesOfItems(kind, at, itemsOf(before), itemsOf(object))
    if (object !== undefined) return [{ at, kind, object, isGone: false }]
    return before === undefined ? [] : [{ at, kind, object: before, isGone: true }]
  })
}

type Items = Readonly<Record<string, KubeObject>>

const itemsOf = (object: KubeObject | undefined): Items => (isAlbum(object) ? object.items : {})

function changesOfItems(kind: keyof CachedKinds, at: EpochMs, before: Items, after: Items): readonly Change[] {
  const gone = Object.entries(before).filter(([name]) => !Object.hasOwn(after, name))
  const changed = Object.entries(after).filter(([name, object]) => before[name] !== object)
  return [
    ...gone.map(([, object]) => ({ at, kind, object, isGone: true })),
    ...changed.map(([, object]) => ({ at, kind, object, isGone: false })),
  ]
}
