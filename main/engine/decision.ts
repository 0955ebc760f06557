import type { KubeObject } from '#api/meta.ts'
import type { Resource } from '#api/resources.ts'
import type { EpochMs } from '#lib/clock.ts'

/**
 * What the engine wants done, as data: it can be shown before it is done, logged with its reason, replayed, and
 * compared in a test. The shell carries out `writes` in order and stops at the first that fails; whatever was not
 * done is decided anew from the next world (rules E3, E4 of docs/engine.md).
 */
export interface Decision {
  readonly writes: readonly Write[]
  /** Metric queries to run; results come back as observations. Empty until analysis exists. */
  readonly probes: readonly Probe[]
  /** When time alone could change the answer; `undefined` when only a watch event can. */
  readonly requeueAt: EpochMs | undefined
}

/** A metric query the shell runs on behalf of an AnalysisRun. */
export interface Probe {
  readonly id: string
  readonly provider: string
  readonly because: RuleId
}

/** The id of the rule that asked for this: `CAN-12`, `REC-46`. Log line, tooltip, test and spec share it. */
export type RuleId = string

export interface ObjectRef {
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly name: string
}

/** The write is refused by the API server (409) or the shell unless the object is still this one. */
export interface Precondition {
  readonly uid?: string
  readonly resourceVersion?: string
}

interface WriteReason {
  readonly because: RuleId
  /** One line for logs, previews and the audit record: `Scale up ReplicaSet web-5ffb from 0 to 2`. */
  readonly summary: string
}

export type PatchType = 'merge' | 'json' | 'strategic' | 'apply'
export type Subresource = 'status' | 'scale'

export interface CreateWrite extends WriteReason {
  readonly kind: 'create'
  readonly ref: ObjectRef
  readonly object: KubeObject
}

/** A full replacement (PUT); `object.metadata.resourceVersion` is its precondition. */
export interface UpdateWrite extends WriteReason {
  readonly kind: 'update'
  readonly ref: ObjectRef
  readonly subresource?: Subresource
  readonly object: KubeObject
}

/** The shell puts `precondition` into the body of a merge patch (`metadata.uid`, `metadata.resourceVersion`). */
export interface PatchWrite extends WriteReason {
  readonly kind: 'patch'
  readonly ref: ObjectRef
  readonly subresource?: Subresource
  readonly patchType: PatchType
  readonly body: unknown
  readonly precondition: Precondition
  /** Nobody waits for it: it may be left out for a moment, and decided anew (ADR 14). Nothing later in the round builds on it. */
  readonly mayWait?: true
}

export interface DeleteWrite extends WriteReason {
  readonly kind: 'delete'
  readonly ref: ObjectRef
  readonly precondition: Precondition
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
}

/** POST to the `eviction` subresource of a pod (restart). */
export interface EvictWrite extends WriteReason {
  readonly kind: 'evict'
  readonly ref: ObjectRef
  readonly precondition: Precondition
}

/** A Kubernetes Event about `regarding`; the shell merges repeats (OPS-141). Its failure never stops the round. */
export interface EventWrite extends WriteReason {
  readonly kind: 'event'
  readonly regarding: KubeObject
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export type Write = CreateWrite | UpdateWrite | PatchWrite | DeleteWrite | EvictWrite | EventWrite

export const nothingToDo: Decision = { writes: [], probes: [], requeueAt: undefined }
