import type { KubeObject } from '#api/meta.ts'
import { type Resource, rbacName, resources } from '#api/resources.ts'
import type { PatchType, Precondition, Subresource } from '#engine/decision.ts'
import type { Failure } from '#lib/failure.ts'
import { applyJsonPatch, jsonEqual } from '#lib/json-patch.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { At } from '#main/cluster/client.ts'
import type { SimulatedTime } from './simulated-time.ts'

/** One change of one object; its version is the object's. */
export interface Change {
  readonly version: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly resource: Resource
  readonly before: KubeObject | undefined
  /** The last state of a deleted object, under the version of its deletion. */
  readonly object: KubeObject
  /** Who asked for it: a process, `operator`, or a part of the cluster. */
  readonly by: string
}

type Result = Outcome<KubeObject, Failure>

type Loose = KubeObject & { readonly spec?: unknown; readonly status?: unknown }

/**
 * The storage and the rules of one API server: uids, generations, versions, preconditions, status apart from the rest, and the
 * changes since any version that is not compacted yet. Nothing here takes time or fails by itself; that is the network's.
 */
export class SimulatedApi {
  readonly #time: SimulatedTime
  readonly #objects = new Map<string, Map<string, KubeObject>>()
  readonly #history = new Map<string, Change[]>()
  readonly #listeners = new Set<(change: Change) => void>()
  #version = 1000
  #compactedBelow = 0
  #created = 0

  constructor(time: SimulatedTime) {
    this.#time = time
  }

  get version(): string {
    return String(this.#version)
  }

  /** Called with each change after it is stored. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  read<T extends KubeObject>(resource: Resource, at: At): T | undefined {
    return this.#objects.get(rbacName(resource))?.get(keyOf(at)) as T | undefined
  }

  all<T extends KubeObject>(resource: Resource): readonly T[] {
    return [...(this.#objects.get(rbacName(resource))?.values() ?? [])] as T[]
  }

  /** `undefined` when that version is compacted: 410. */
  changesSince(resource: Resource, version: number): readonly Change[] | undefined {
    if (version < this.#compactedBelow) return undefined
    return (this.#history.get(rbacName(resource)) ?? []).filter((each) => each.version > version)
  }

  /** Forgets how it came to be as it is: every watch that is behind has to list anew. */
  compact(): void {
    this.#compactedBelow = this.#version
    this.#history.clear()
  }

  get(resource: Resource, at: At): Result {
    const found = this.read(resource, at)
    return found === undefined ? failure(notFound(resource, at)) : success(found)
  }

  create(resource: Resource, object: KubeObject, by: string): Result {
    const { metadata } = object
    if (this.read(resource, metadata) !== undefined)
      return failure({ kind: 'AlreadyExists', message: `${rbacName(resource)} "${metadata.name}" already exists` })
    const { status: _, ...rest } = object as Loose
    const created = {
      ...rest,
      metadata: {
        ...metadata,
        uid: `uid-${++this.#created}`,
        generation: 1,
        creationTimestamp: formatSeconds(this.#time.now()),
      },
    }
    return success(this.#store('ADDED', resource, undefined, created, by))
  }

  update(resource: Resource, object: KubeObject, by: string, subresource?: Subresource): Result {
    const current = this.read(resource, object.metadata)
    return current === undefined
      ? failure(notFound(resource, object.metadata))
      : this.#replace(resource, current, object, { by, subresource })
  }

  patch(
    resource: Resource,
    at: At,
    patch: { readonly type: PatchType; readonly body: unknown; readonly subresource?: Subresource },
    by: string,
  ): Result {
    const current = this.read(resource, at)
    if (current === undefined) return failure(notFound(resource, at))
    const { subresource } = patch
    if (patch.type !== 'json')
      return this.#replace(resource, current, applyMergePatch(current, patch.body) as KubeObject, { by, subresource })
    const patched = applyJsonPatch(current, patch.body)
    return patched.ok
      ? this.#replace(resource, current, patched.value as KubeObject, { by, subresource })
      : failure({ kind: 'Invalid', message: patched.error.message, causes: [] })
  }

  delete(resource: Resource, at: At, by: string, precondition: Precondition = {}): Outcome<void, Failure> {
    const current = this.read(resource, at)
    if (current === undefined) return failure(notFound(resource, at))
    const { uid, resourceVersion } = precondition
    const isOther =
      (uid !== undefined && uid !== current.metadata.uid) ||
      (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion)
    if (isOther) return failure(conflict(resource, current))
    this.#store('DELETED', resource, current, current, by)
    return success(undefined)
  }

  #replace(
    resource: Resource,
    current: Loose,
    wanted: Loose,
    { by, subresource }: { readonly by: string; readonly subresource: Subresource | undefined },
  ): Result {
    const { uid, resourceVersion } = wanted.metadata
    const isOther =
      (uid !== undefined && uid !== current.metadata.uid) ||
      (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion)
    if (isOther) return failure(conflict(resource, current))
    const { status: _, ...rest } = wanted
    const status = 'status' in current ? { status: current.status } : {}
    const isWhole = withoutStatusSubresource.includes(resource)
    const merged: Loose = isWhole
      ? wanted
      : subresource === 'status'
        ? { ...current, status: wanted.status }
        : { ...rest, ...status }
    if (jsonEqual(merged, current)) return success(current)
    const { generation = 1 } = current.metadata
    const isNewSpec = !jsonEqual(merged.spec, current.spec)
    const metadata = {
      ...merged.metadata,
      uid: current.metadata.uid ?? '',
      generation: generation + (isNewSpec ? 1 : 0),
    }
    return success(this.#store('MODIFIED', resource, current, { ...merged, metadata }, by))
  }

  #store(
    type: Change['type'],
    resource: Resource,
    before: KubeObject | undefined,
    object: KubeObject,
    by: string,
  ): KubeObject {
    const kind = rbacName(resource)
    const version = ++this.#version
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
    const objects = this.#objects.get(kind) ?? new Map<string, KubeObject>()
    this.#objects.set(kind, objects)
    if (type === 'DELETED') objects.delete(keyOf(stored.metadata))
    else objects.set(keyOf(stored.metadata), stored)
    const change: Change = { version, type, resource, before, object: stored, by }
    const history = this.#history.get(kind) ?? []
    this.#history.set(kind, history)
    history.push(change)
    for (const listener of this.#listeners) listener(change)
    return stored
  }
}

/** Whoever may write them writes their status too (ANA-101, EXP-101). */
const withoutStatusSubresource: readonly Resource[] = [resources.analysisRuns, resources.experiments]

const keyOf = ({ namespace, name }: At): string => `${namespace ?? ''}/${name}`

const notFound = (resource: Resource, { name }: At): Failure => ({
  kind: 'NotFound',
  message: `${rbacName(resource)} "${name}" not found`,
  resource: rbacName(resource),
  name,
})

const conflict = (resource: Resource, { metadata }: KubeObject): Failure => ({
  kind: 'Conflict',
  message: `Operation cannot be fulfilled on ${rbacName(resource)} "${metadata.name}": the object has been modified`,
})
