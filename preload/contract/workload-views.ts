import type { Availability, ConditionView, EventView, PodView, ReadState, RolloutView } from './views.ts'

/** Workloads that Kubernetes itself rolls out, and that the board shows beside Rollouts. */
export const workloadKinds = ['Deployment', 'StatefulSet'] as const
export type WorkloadKind = (typeof workloadKinds)[number]

/**
 * Whether the native workloads of a cluster are on the board. `hidden`: somebody said so; `forbidden`: RBAC does not let one of the two
 * kinds be read, and the other is shown.
 */
export type NativesState = 'hidden' | 'loading' | 'shown' | 'forbidden'

/** What there is to see of a Deployment or StatefulSet, as of one moment. */
export interface WorkloadDetailView {
  readonly view: RolloutView
  /** `RollingUpdate`, `Recreate`, `OnDelete`, with what it is limited by. */
  readonly updateStrategy: string
  /** Newest first. */
  readonly revisions: readonly WorkloadRevisionView[]
  readonly revisionsState: ReadState
  readonly pods: readonly PodView[]
  /** Newest first. */
  readonly events: readonly EventView[]
  readonly eventsState: ReadState
  readonly conditions: readonly ConditionView[]
  readonly containers: readonly { readonly name: string; readonly image: string; readonly init: boolean }[]
}

export interface WorkloadRevisionView {
  readonly revision: number
  /** Of the ReplicaSet or ControllerRevision. */
  readonly name: string
  readonly isCurrent: boolean
  readonly images: readonly string[]
  readonly version: string | undefined
  readonly createdAt: number
  /** Pods of it now; `undefined` where the cluster does not tell. */
  readonly ready: number | undefined
  readonly desired: number | undefined
  /** `kubernetes.io/change-cause`. */
  readonly cause: string | undefined
  readonly undo: Availability
}
