import type { KubeObject, ObjectMeta } from './meta.ts'

/** Core v1 kinds, as far as Argosy reads or writes them. */

export interface PodTemplateSpec {
  readonly metadata?: Partial<ObjectMeta>
  readonly spec?: PodSpec
}

/** The engine reads few fields and keeps the rest as they are. */
export interface PodSpec {
  readonly containers: readonly Container[]
  readonly initContainers?: readonly Container[]
  readonly ephemeralContainers?: readonly Container[]
  readonly affinity?: Readonly<Record<string, unknown>>
  readonly nodeName?: string
  readonly restartPolicy?: string
  readonly [field: string]: unknown
}

export interface Container {
  readonly name: string
  readonly image?: string
  readonly restartPolicy?: string
  readonly [field: string]: unknown
}

export interface ContainerStateDetail {
  readonly reason?: string
  readonly message?: string
  readonly exitCode?: number
  readonly signal?: number
  readonly startedAt?: string
  readonly finishedAt?: string
}

export interface ContainerStatus {
  readonly name: string
  readonly image?: string
  readonly ready: boolean
  readonly started?: boolean
  readonly restartCount: number
  readonly state?: ContainerState
  readonly lastState?: ContainerState
}

export interface ContainerState {
  readonly waiting?: ContainerStateDetail
  readonly running?: ContainerStateDetail
  readonly terminated?: ContainerStateDetail
}

export interface PodCondition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: string
}

export interface Pod extends KubeObject {
  readonly kind: 'Pod'
  readonly spec: PodSpec
  readonly status?: {
    readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'
    readonly reason?: string
    readonly message?: string
    readonly podIP?: string
    readonly startTime?: string
    readonly conditions?: readonly PodCondition[]
    readonly initContainerStatuses?: readonly ContainerStatus[]
    readonly containerStatuses?: readonly ContainerStatus[]
  }
}

export interface PodTemplate extends KubeObject {
  readonly kind: 'PodTemplate'
  readonly template: PodTemplateSpec
}

export interface Service extends KubeObject {
  readonly kind: 'Service'
  readonly spec?: {
    readonly selector?: Readonly<Record<string, string>>
    readonly ports?: readonly {
      readonly name?: string
      readonly port: number
      readonly targetPort?: number | string
      readonly protocol?: string
    }[]
    readonly type?: string
    readonly clusterIP?: string
  }
}

/** `v1` Event, the kind controllers and kubectl use. */
export interface Event extends KubeObject {
  readonly kind: 'Event'
  readonly involvedObject: {
    readonly apiVersion?: string
    readonly kind?: string
    readonly namespace?: string
    readonly name?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly fieldPath?: string
  }
  readonly type?: string
  readonly reason?: string
  readonly message?: string
  readonly count?: number
  readonly firstTimestamp?: string
  readonly lastTimestamp?: string
  readonly eventTime?: string | null
  readonly source?: { readonly component?: string; readonly host?: string }
  readonly reportingComponent?: string
}

export interface Lease extends KubeObject {
  readonly kind: 'Lease'
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly acquireTime?: string
    readonly renewTime?: string
    readonly leaseTransitions?: number
  }
}
