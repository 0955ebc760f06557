import type { KubeObject, Status } from '#api/meta.ts'
import { apiVersionOf, type Resource, resources } from '#api/resources.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'
import { refuseAccount, refuseOverQuota } from './registry/admission.ts'
import { servedBy } from './registry/custom-kinds.ts'
import { mayGo, planDeletion, refuseDeletion } from './registry/deletion.ts'
import { fieldAt, fieldsOf, objectOf, withField } from './registry/fields.ts'
import { convertVersion } from './registry/kind-versions.ts'
import {
  builtInKinds,
  isContainer,
  isDefinitions,
  isNamespaces,
  type ServedKind,
  storageKey,
} from './registry/kinds.ts'
import { prepareCreate, prepareUpdate } from './registry/prepare-write.ts'
import {
  alreadyExists,
  conflict,
  forbidden,
  invalid,
  modifiedMeanwhile,
  noSuchPath,
  notFound,
  refuse,
  requiredValue,
} from './registry/status.ts'
import { hashText, nameSuffix } from './seeded.ts'
import {
  type DeleteOptions,
  eventLifeMs,
  type SandboxAt,
  type SandboxStore,
  type StoreChange,
  type WriteBy,
} from './store.ts'

/** One sandbox cluster in memory. Objects handed out are frozen; `seed` decides uids and generated names. */
export function createMemoryStore(options: { readonly clock: Clock; readonly seed?: number }): MemoryStore {
  const store = new MemoryStore(options.clock, options.seed ?? 1)
  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system'])
    store.create(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  return store
}

const firstRevision = 1000
const suffixAttempts = 8

export class MemoryStore implements SandboxStore {
  readonly clock: Clock
  readonly #seed: number
  /** By storage key; versions of one resource together, the stored one first. */
  readonly #kinds = new Map<string, readonly ServedKind[]>()
  readonly #objects = new Map<string, Map<string, KubeObject>>()
  readonly #listeners = new Set<(change: StoreChange) => void>()
  #revision = firstRevision
  #created = 0

  constructor(clock: Clock, seed: number) {
    this.clock = clock
    this.#seed = seed
    for (const [key, kinds] of Map.groupBy(builtInKinds, storageKey)) this.#kinds.set(key, kinds)
  }

  /** The resourceVersion of the newest change; every change has its own, one higher than the one before. */
  get revision(): number {
    return this.#revision
  }

  served(): readonly ServedKind[] {
    return [...this.#kinds.values()].flat()
  }

  /** What is served under a group, version and plural. */
  kindOf(resource: Pick<Resource, 'group' | 'version' | 'plural'>): ServedKind | undefined {
    return this.#kinds.get(storageKey(resource))?.find((kind) => kind.version === resource.version)
  }

  get(resource: Resource, at: SandboxAt): KubeObject | undefined {
    const stored = this.#objects.get(storageKey(resource))?.get(keyAt(resource, at))
    return stored === undefined ? undefined : inVersion(stored, resource)
  }

  list(resource: Resource, namespace?: string): readonly KubeObject[] {
    const prefix = namespace === undefined ? '' : `${namespace}/`
    return [...(this.#objects.get(storageKey(resource)) ?? [])]
      .filter(([key]) => key.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => inVersion(object, resource))
  }

  create(resource: Resource, object: KubeObject, by: WriteBy = {}): Outcome<KubeObject, Status> {
    const kind = this.#storedKind(resource)
    if (kind === undefined) return refuse(noSuchPath())
    const { namespace } = object.metadata
    const misplaced = kind.namespaced ? this.#refuseNamespace(kind, object) : undefined
    const refusal = misplaced ?? refuseAccount(this, kind, object)
    if (refusal !== undefined) return refuse(refusal)
    const name = this.#nameFor(kind, object)
    if (name === '')
      return refuse(invalid(kind, '', [requiredValue('metadata.name', 'name or generateName is required')]))
    if (this.get(kind, { namespace, name }) !== undefined) return refuse(alreadyExists(kind, name))
    const ordinal = by.dryRun === true ? this.#created : this.#created++
    const allocation = { uid: uidOf(this.#seed, ordinal), ordinal }
    const prepared = prepareCreate(kind, structuredClone(object), { name, namespace }, allocation, {
      by,
      now: this.clock.now(),
    })
    if (!prepared.ok) return prepared
    const overQuota = refuseOverQuota(this, kind, prepared.value)
    if (overQuota !== undefined) return refuse(overQuota)
    if (by.dryRun === true) return success(inVersion(prepared.value, resource))
    if (kind.plural === 'events') this.#expireEvents(kind)
    return success(inVersion(this.#store(kind, prepared.value, undefined), resource))
  }

  replace(resource: Resource, object: KubeObject, by: WriteBy = {}): Outcome<KubeObject, Status> {
    const { name, namespace, resourceVersion, uid } = object.metadata
    const previous = this.get(resource, { namespace, name })
    const kind = this.#storedKind(resource)
    if (kind === undefined || previous === undefined) return refuse(kind ? notFound(resource, name) : noSuchPath())
    const refusal = this.#refusePreconditions(kind, previous, { uid, resourceVersion })
    return refusal === undefined ? this.#update(resource, object, previous, by) : refuse(refusal)
  }

  mutate(
    resource: Resource,
    at: SandboxAt,
    change: (draft: never) => KubeObject | undefined,
    by: WriteBy = {},
  ): Outcome<KubeObject, Status> {
    const previous = this.get(resource, at)
    if (this.#storedKind(resource) === undefined) return refuse(noSuchPath())
    if (previous === undefined) return refuse(notFound(resource, at.name))
    const wanted = change(structuredClone(previous) as never)
    return wanted === undefined ? success(previous) : this.#update(resource, wanted, previous, by)
  }

  delete(resource: Resource, at: SandboxAt, options: DeleteOptions = {}): Outcome<KubeObject, Status> {
    const kind = this.#storedKind(resource)
    const object = this.get(resource, at)
    if (kind === undefined || object === undefined) return refuse(kind ? notFound(resource, at.name) : noSuchPath())
    const refusal = refuseDeletion(kind, object, options)
    if (refusal !== undefined) return refuse(refusal)
    const plan = planDeletion(kind, object, options, this.clock.now())
    if (options.dryRun === true || plan.outcome === 'unchanged') return success(object)
    if (plan.outcome === 'removed') return success(this.#remove(kind, object))
    const marked = isNamespaces(kind)
      ? withField(fieldsOf(plan.object), ['status', 'phase'], 'Terminating')
      : plan.object
    const stored = this.#store(kind, objectOf(fieldsOf(marked as KubeObject)), object)
    if (isContainer(kind)) this.#empty(kind, stored)
    return success(this.get(resource, at) ?? stored)
  }

  onChange(listener: (change: StoreChange) => void): Dispose {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #update(resource: Resource, object: KubeObject, previous: KubeObject, by: WriteBy): Outcome<KubeObject, Status> {
    const kind = this.#storedKind(resource)
    if (kind === undefined) return refuse(noSuchPath())
    const stored = inVersion(previous, kind)
    const prepared = prepareUpdate(kind, structuredClone(object), stored, by, this.clock.now())
    if (!prepared.ok) return prepared
    if (by.dryRun === true || prepared.value === stored) return success(inVersion(prepared.value, resource))
    if (mayGo(prepared.value) && !isContainer(kind)) return success(this.#remove(kind, prepared.value))
    const written = this.#store(kind, prepared.value, stored)
    if (isContainer(kind)) this.#removeIfEmpty(kind, written)
    return success(inVersion(written, resource))
  }

  #refuseNamespace(kind: ServedKind, object: KubeObject): Status | undefined {
    const name = object.metadata.namespace ?? ''
    if (name === '') return invalid(kind, object.metadata.name, [requiredValue('metadata.namespace')])
    const namespace = this.get(resources.namespaces, { name })
    if (namespace === undefined) return notFound(resources.namespaces, name)
    if (namespace.metadata.deletionTimestamp === undefined) return undefined
    const message = `namespace ${name} is being terminated`
    return forbidden(
      kind,
      object.metadata.name,
      `unable to create new content in namespace ${name} because it is being terminated`,
      [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }],
    )
  }

  #refusePreconditions(
    kind: ServedKind,
    object: KubeObject,
    wanted: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined },
  ): Status | undefined {
    const { name, uid = '', resourceVersion = '' } = object.metadata
    if (wanted.uid !== undefined && wanted.uid !== uid)
      return conflict(kind, name, `Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${uid}`)
    if (wanted.resourceVersion !== undefined && !['', '0', resourceVersion].includes(wanted.resourceVersion))
      return conflict(kind, name, modifiedMeanwhile)
    return undefined
  }

  /** Empty when the object has neither a name nor the beginning of one. */
  #nameFor(kind: ServedKind, { metadata }: KubeObject): string {
    const { name, generateName = '', namespace } = metadata
    if (name !== '' || generateName === '') return name
    const candidates = Array.from(
      { length: suffixAttempts },
      (_, attempt) => `${generateName}${nameSuffix(this.#seed, generateName, this.#created, attempt)}`,
    )
    return candidates.find((each) => this.get(kind, { namespace, name: each }) === undefined) ?? candidates[0] ?? ''
  }

  #store(kind: ServedKind, object: KubeObject, previous: KubeObject | undefined): KubeObject {
    const stored = this.#atNextRevision(object)
    const key = storageKey(kind)
    const all = this.#objects.get(key) ?? new Map<string, KubeObject>()
    this.#objects.set(key, all)
    const at = keyAt(kind, object.metadata)
    // Kept in order of the last write, so that the oldest event is always the first.
    all.delete(at)
    all.set(at, stored)
    if (isDefinitions(kind)) this.#serve(stored)
    this.#announce({ type: previous === undefined ? 'ADDED' : 'MODIFIED', resource: kind, object: stored, previous })
    return stored
  }

  #remove(kind: ServedKind, object: KubeObject): KubeObject {
    const key = storageKey(kind)
    const previous = this.get(kind, object.metadata)
    const removed = this.#atNextRevision(object)
    this.#objects.get(key)?.delete(keyAt(kind, object.metadata))
    if (isDefinitions(kind)) this.#unserve(object)
    this.#announce({ type: 'DELETED', resource: kind, object: removed, previous })
    this.#removeEmptied(kind, object)
    return removed
  }

  #atNextRevision(object: KubeObject): KubeObject {
    this.#revision++
    return freeze({ ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } })
  }

  #announce(change: StoreChange): void {
    for (const listener of this.#listeners) listener(change)
  }

  #storedKind(resource: Resource): ServedKind | undefined {
    return this.kindOf(resource) === undefined ? undefined : this.#kinds.get(storageKey(resource))?.[0]
  }

  #serve(definition: KubeObject): void {
    const kinds = servedBy(definition)
    const [first] = kinds
    if (first !== undefined) this.#kinds.set(storageKey(first), kinds)
  }

  #unserve(definition: KubeObject): void {
    const [first] = servedBy(definition)
    if (first === undefined) return
    this.#kinds.delete(storageKey(first))
    this.#objects.delete(storageKey(first))
  }

  /** Deletes everything in a namespace or of a definition; the container itself follows its last object. */
  #empty(kind: ServedKind, container: KubeObject): void {
    for (const each of this.#contents(kind, container))
      this.delete(each.kind, each.object.metadata, { propagationPolicy: 'Background' })
    this.#removeIfEmpty(kind, container)
  }

  #contents(kind: ServedKind, container: KubeObject) {
    const kinds = isNamespaces(kind)
      ? [...this.#kinds.values()].flatMap(([stored]) => (stored?.namespaced === true ? [stored] : []))
      : servedBy(container).slice(0, 1)
    const namespace = isNamespaces(kind) ? container.metadata.name : undefined
    return kinds.flatMap((each) => this.list(each, namespace).map((object) => ({ kind: each, object })))
  }

  #removeIfEmpty(kind: ServedKind, container: KubeObject): void {
    const present = this.get(kind, container.metadata)
    if (present !== undefined && mayGo(present) && this.#contents(kind, present).length === 0)
      this.#remove(kind, present)
  }

  /** An object has gone: were its namespace or its definition only waiting for it? */
  #removeEmptied(kind: ServedKind, { metadata }: KubeObject): void {
    const definition = `${kind.plural}.${kind.group}`
    for (const [plural, name] of [
      ['/namespaces', metadata.namespace],
      ['apiextensions.k8s.io/customresourcedefinitions', definition],
    ] as const) {
      const [container] = this.#kinds.get(plural) ?? []
      const object = name === undefined ? undefined : this.#objects.get(plural)?.get(name)
      if (container !== undefined && object !== undefined) this.#removeIfEmpty(container, object)
    }
  }

  #expireEvents(kind: ServedKind): void {
    const now = this.clock.now()
    for (const event of this.#objects.get(storageKey(kind))?.values() ?? []) {
      const last = fieldAt(event, ['lastTimestamp']) ?? event.metadata.creationTimestamp
      const at = parseTime(typeof last === 'string' ? last : formatSeconds(now)) ?? now
      if (now - at < eventLifeMs) return
      this.#remove(kind, event)
    }
  }
}

const keyAt = (resource: Resource, { namespace = '', name }: SandboxAt): string =>
  resource.namespaced ? `${namespace}/${name}` : name

function inVersion(object: KubeObject, resource: Resource): KubeObject {
  const converted = convertVersion(object, apiVersionOf(resource))
  return converted === object ? object : freeze(converted)
}

/** Unique by construction: the last eight digits are a bijection of the ordinal. */
function uidOf(seed: number, ordinal: number): string {
  const words = [0, 1, 2].map((part) => hashText(`${seed}/uid/${part}/${ordinal}`).toString(16).padStart(8, '0'))
  const [a = '', b = '', c = ''] = words
  const own = (Math.imul(ordinal + seed, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')
  return `${a}-${b.slice(0, 4)}-4${b.slice(4, 7)}-a${c.slice(0, 3)}-${c.slice(3, 7)}${own}`
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const member of Object.values(value)) freeze(member)
  return value
}
