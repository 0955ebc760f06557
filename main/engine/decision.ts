import type { Measurement } from '#api/analysis.ts'
import type { KubeObject } from '#api/meta.ts'
import type { Resource } from '#api/resources.ts'
import type { AwsQuestions } from '#engine/traffic/alb/aws-answers.ts'
import type { EpochMs } from '#lib/clock.ts'

/**
 * What the engine wants done, as data: it can be shown before it is done, logged with its reason, replayed, and
 * compared in a test. The shell carries out `writes` in order and stops at the first that fails; whatever was not
 * done is decided anew from the next world (rules E3, E4 of docs/engine.md).
 */
export interface Decision {
  readonly writes: readonly Write[]
  /** Metrics to measure; results come back as observations, and until they do nothing is written. */
  readonly probes: readonly Probe[]
  /** What AWS has to say before the round can go on; the decision is made anew with the answers (ALB-20, SVC-21). */
  readonly asks?: AwsQuestions
  /** When time alone could change the answer; `undefined` when only a watch event can. */
  readonly requeueAt: EpochMs | undefined
}

/**
 * What the shell does with the provider of a metric on behalf of an AnalysisRun. The decision is made anew once the outcome is
 * part of the world.
 */
export type Probe = ProbedMetric &
  (
    | { readonly kind: 'run' }
    | { readonly kind: 'resume' | 'terminate'; readonly measurement: Measurement }
    /** Clears up outside the run before measurements beyond `limit` are dropped (ANA-1005). */
    | { readonly kind: 'garbageCollect'; readonly limit: number }
  )

interface ProbedMetric {
  /** Where the metric stands in the spec; its arguments, secrets above all, are filled in by the shell (ANA-406). */
  readonly at: number
  readonly name: string
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
  /** What to tell when the API server refuses it, besides backing off. */
  readonly ifRefused?: readonly RefusedWrite[]
  /** The round goes on although it was refused; it comes again in the next one. */
  readonly mayFail?: true
}

/** An Event about `regarding`; its message is `before` and what the API server said. */
export interface RefusedWrite {
  readonly regarding: KubeObject
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly before: string
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
