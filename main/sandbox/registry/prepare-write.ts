import { isDeepStrictEqual } from 'node:util'
import type { KubeObject, ObjectMeta, Status } from '#api/meta.ts'
import { apiVersionOf } from '#api/resources.ts'
import type { EpochMs } from '#lib/clock.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { WriteBy } from '../store.ts'
import { acceptDefinition } from './custom-kinds.ts'
import { type Fields, fieldsOf, isFields, objectOf } from './fields.ts'
import { type Allocation, defaultObject, initialStatus } from './kind-defaults.ts'
import { schemaOf } from './kind-schemas.ts'
import { convertVersion } from './kind-versions.ts'
import { isDefinitions, type ServedKind } from './kinds.ts'
import { ownUpdate } from './own-update.ts'
import { invalid, refuse } from './status.ts'
import { pruneObject } from './structural-schema.ts'
import { validateObject } from './validate-object.ts'

/** The object as it will be stored for the first time; only the resourceVersion is still missing. */
export function prepareCreate(
  kind: ServedKind,
  object: KubeObject,
  place: { readonly name: string; readonly namespace: string | undefined },
  allocation: Allocation,
  { by, now }: { readonly by: WriteBy; readonly now: EpochMs },
): Outcome<KubeObject, Status> {
  const {
    deletionTimestamp: _t,
    deletionGracePeriodSeconds: _s,
    resourceVersion: _r,
    namespace: _n,
    ...kept
  } = object.metadata
  const metadata: ObjectMeta = {
    ...kept,
    name: place.name,
    ...(kind.namespaced && { namespace: place.namespace ?? '' }),
    uid: allocation.uid,
    creationTimestamp: formatSeconds(now),
    ...(hasGeneration(kind, object) && { generation: 1 }),
  }
  const shaped = shape(kind, { ...object, metadata })
  const started = kind.hasStatus ? withStatus(shaped, initialStatus(kind, shaped)) : shaped
  const finished = finish(kind, started, undefined, allocation, now)
  return finished.ok ? success(ownUpdate(kind, finished.value, undefined, by, formatSeconds(now))) : finished
}

/**
 * The object that replaces `previous`: what the server owns is kept, `/status` and the rest are separated, the
 * generation counts changes of what is wanted. Equal to `previous` by identity when nothing changed.
 */
export function prepareUpdate(
  kind: ServedKind,
  object: KubeObject,
  previous: KubeObject,
  by: WriteBy,
  now: EpochMs,
): Outcome<KubeObject, Status> {
  const allocation = { uid: previous.metadata.uid ?? '', ordinal: 0 }
  const merged =
    by.subresource === 'status' ? withStatus(previous, fieldsOf(object)['status']) : mergeMain(kind, object, previous)
  const finished = finish(kind, shape(kind, merged), previous, allocation, now)
  if (!finished.ok) return finished
  const owned = ownUpdate(kind, finished.value, previous, by, formatSeconds(now))
  if (isDeepStrictEqual(owned, previous)) return success(previous)
  const { generation } = previous.metadata
  if (generation === undefined || isDeepStrictEqual(wanted(kind, owned), wanted(kind, previous))) return success(owned)
  return success({ ...owned, metadata: { ...owned.metadata, generation: generation + 1 } })
}

function mergeMain(kind: ServedKind, object: KubeObject, previous: KubeObject): KubeObject {
  const owned = serverOwned(previous.metadata)
  const { deletionTimestamp: _t, deletionGracePeriodSeconds: _s, generation: _g, ...kept } = object.metadata
  const merged = { ...object, metadata: { ...kept, ...owned } }
  return kind.hasStatus ? withStatus(merged, fieldsOf(previous)['status']) : merged
}

const serverOwned = (metadata: ObjectMeta): Partial<ObjectMeta> & Pick<ObjectMeta, 'name'> => ({
  name: metadata.name,
  ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
  ...(metadata.uid !== undefined && { uid: metadata.uid }),
  ...(metadata.creationTimestamp !== undefined && { creationTimestamp: metadata.creationTimestamp }),
  ...(metadata.resourceVersion !== undefined && { resourceVersion: metadata.resourceVersion }),
  ...(metadata.generation !== undefined && { generation: metadata.generation }),
  ...(metadata.deletionTimestamp !== undefined && { deletionTimestamp: metadata.deletionTimestamp }),
  ...(metadata.deletionGracePeriodSeconds !== undefined && {
    deletionGracePeriodSeconds: metadata.deletionGracePeriodSeconds,
  }),
})

/** The wire form a kind is stored in: its own apiVersion and kind, without unknown fields; `null` is absent if built in. */
function shape(kind: ServedKind, object: KubeObject): KubeObject {
  const typed = { ...convertVersion({ ...object, kind: kind.kind }, apiVersionOf(kind)) }
  const schema = schemaOf(kind)
  if (schema === undefined) return typed
  const pruned = pruneObject(fieldsOf(typed), schema)
  return objectOf(kind.custom === undefined ? (withoutNulls(pruned) as Fields) : pruned)
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isFields(value)) return value
  const present = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(present.map(([name, member]) => [name, withoutNulls(member)]))
}

function finish(
  kind: ServedKind,
  object: KubeObject,
  previous: KubeObject | undefined,
  allocation: Allocation,
  now: EpochMs,
): Outcome<KubeObject, Status> {
  const defaulted = defaultObject(
    kind,
    previous === undefined ? object : keepAllocated(kind, object, previous),
    allocation,
  )
  const errors = validateObject(kind, defaulted, previous)
  if (errors.length > 0) return refuse(invalid(kind, object.metadata.name, errors))
  return success(withoutEmpty(isDefinitions(kind) ? acceptDefinition(defaulted, formatSeconds(now)) : defaulted))
}

/** A Service keeps its address when an update does not say one. */
function keepAllocated(kind: ServedKind, object: KubeObject, previous: KubeObject): KubeObject {
  if (kind.group !== '' || kind.plural !== 'services') return object
  const before = fieldsOf(previous)['spec'] as Fields | undefined
  const after = fieldsOf(object)['spec'] as Fields | undefined
  if (before === undefined || after === undefined || after['type'] === 'ExternalName') return object
  const { clusterIP, clusterIPs } = before
  return objectOf({ ...object, spec: { ...(clusterIP !== undefined && { clusterIP, clusterIPs }), ...after } })
}

/** `undefined` members and empty metadata collections do not survive the wire, so they are not stored. */
function withoutEmpty(object: KubeObject): KubeObject {
  const metadata = Object.fromEntries(
    Object.entries(object.metadata).filter(
      ([, value]) => value !== undefined && value !== null && !isEmptyCollection(value),
    ),
  )
  const fields = Object.entries({ ...object, metadata }).filter(([, value]) => value !== undefined)
  return objectOf(Object.fromEntries(fields))
}

const isEmptyCollection = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

function withStatus(object: KubeObject, status: unknown): KubeObject {
  const { status: _old, ...rest } = fieldsOf(object)
  return objectOf(status === undefined ? rest : { ...rest, status })
}

/** What the generation counts: everything but metadata and, where it is separate, status. */
function wanted(kind: ServedKind, object: KubeObject): Fields {
  const { metadata: _metadata, status, ...rest } = fieldsOf(object)
  return kind.hasStatus ? rest : { ...rest, status }
}

const hasGeneration = (kind: ServedKind, object: KubeObject): boolean =>
  kind.custom !== undefined ||
  (kind.hasStatus && 'spec' in object && kind.plural !== 'services' && kind.plural !== 'namespaces')
