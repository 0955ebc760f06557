import type { PodTemplateSpec } from './core.ts'
import type { IntOrString, KubeObject, LabelSelector } from './meta.ts'

/** apps/v1 kinds, as far as Argosy reads or writes them. */

export interface WorkloadCondition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: string
  readonly lastUpdateTime?: string
}

export interface ReplicaSet extends KubeObject {
  readonly kind: 'ReplicaSet'
  readonly spec: {
    readonly replicas?: number
    readonly minReadySeconds?: number
    readonly selector: LabelSelector
    readonly template: PodTemplateSpec
  }
  readonly status?: {
    readonly replicas?: number
    readonly fullyLabeledReplicas?: number
    readonly readyReplicas?: number
    readonly availableReplicas?: number
    readonly observedGeneration?: number
    readonly conditions?: readonly WorkloadCondition[]
  }
}

export interface Deployment extends KubeObject {
  readonly kind: 'Deployment'
  readonly spec: {
    readonly replicas?: number
    readonly minReadySeconds?: number
    readonly paused?: boolean
    readonly revisionHistoryLimit?: number
    readonly progressDeadlineSeconds?: number
    readonly selector: LabelSelector
    readonly template: PodTemplateSpec
    readonly strategy?: {
      readonly type?: 'RollingUpdate' | 'Recreate'
      readonly rollingUpdate?: { readonly maxSurge?: IntOrString; readonly maxUnavailable?: IntOrString }
    }
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly replicas?: number
    readonly updatedReplicas?: number
    readonly readyReplicas?: number
    readonly availableReplicas?: number
    readonly unavailableReplicas?: number
    readonly conditions?: readonly WorkloadCondition[]
  }
}

export interface StatefulSet extends KubeObject {
  readonly kind: 'StatefulSet'
  readonly spec: {
    readonly replicas?: number
    readonly selector: LabelSelector
    readonly template: PodTemplateSpec
    readonly updateStrategy?: {
      readonly type?: 'RollingUpdate' | 'OnDelete'
      readonly rollingUpdate?: { readonly partition?: number }
    }
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly replicas?: number
    readonly readyReplicas?: number
    readonly availableReplicas?: number
    readonly currentReplicas?: number
    readonly updatedReplicas?: number
    /** Names of ControllerRevisions: of the pods before an update, and of those after it. */
    readonly currentRevision?: string
    readonly updateRevision?: string
  }
}

/** What a StatefulSet keeps of an earlier template: the patch that restores it. */
export interface ControllerRevision extends KubeObject {
  readonly kind: 'ControllerRevision'
  readonly data?: { readonly spec?: { readonly template?: PodTemplateSpec } }
  readonly revision: number
}
