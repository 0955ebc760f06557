import type { KubeObject, Status } from '#api/meta.ts'
import type { Resource } from '#api/resources.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { Outcome } from '#lib/outcome.ts'

/** How long an event is kept after it was written last, as upstream. */
export const eventLifeMs = 3_600_000

/**
 * The storage of one sandbox cluster: what etcd and the generic registry are to a real API server. HTTP handlers and
 * the sandbox's own controllers meet here, and only here. Every rule of the API machinery that does not need HTTP lives behind it:
 * uid, generation, resourceVersion, conflicts, finalizers, propagation policies, subresource separation.
 */
export interface SandboxStore {
  readonly clock: Clock
  /** Built-in and custom resources served now. */
  served(): readonly Resource[]
  get(resource: Resource, at: SandboxAt): KubeObject | undefined
  /** In key order (namespace, then name). */
  list(resource: Resource, namespace?: string): readonly KubeObject[]
  create(resource: Resource, object: KubeObject, by?: WriteBy): Outcome<KubeObject, Status>
  /** PUT. A `metadata.resourceVersion` in the object is a precondition. */
  replace(resource: Resource, object: KubeObject, by?: WriteBy): Outcome<KubeObject, Status>
  /**
   * Read, change, write, as one step: `change` gets a private deep copy and returns the wanted object, or `undefined` to
   * leave it. An unchanged object is not written and makes no event.
   */
  mutate(
    resource: Resource,
    at: SandboxAt,
    change: (draft: never) => KubeObject | undefined,
    by?: WriteBy,
  ): Outcome<KubeObject, Status>
  delete(resource: Resource, at: SandboxAt, options?: DeleteOptions): Outcome<KubeObject, Status>
  /** Called synchronously after each change is stored. Listeners must not write; they mark and return. */
  onChange(listener: (change: StoreChange) => void): Dispose
}

export interface SandboxAt {
  readonly namespace?: string | undefined
  readonly name: string
}

export interface WriteBy {
  /** `status` writes only the status, `scale` is handled by the HTTP layer; absent writes all but the status. */
  readonly subresource?: 'status'
  /** Whose the changed fields are; absent when the object says itself who manages what. */
  readonly fieldManager?: string
  readonly dryRun?: boolean
}

export interface DeleteOptions {
  readonly uid?: string
  readonly resourceVersion?: string
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly gracePeriodSeconds?: number
  readonly dryRun?: boolean
}

export interface StoreChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly resource: Resource
  readonly object: KubeObject
  readonly previous: KubeObject | undefined
}
