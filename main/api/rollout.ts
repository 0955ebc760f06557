import type { AnalysisTemplateRef, DryRunRule, MeasurementRetentionRule } from './analysis.ts'
import type { PodTemplateSpec } from './core.ts'
import type { IntOrString, KubeObject, LabelSelector } from './meta.ts'
import type { TrafficRouting } from './traffic-routing.ts'

/** argoproj.io/v1alpha1 Rollout (spec/rollout-api: API-1 and following). */

export interface Rollout extends KubeObject {
  readonly kind: 'Rollout'
  readonly spec: RolloutSpec
  readonly status?: RolloutStatus
}

export interface RolloutSpec {
  readonly replicas?: number
  readonly selector?: LabelSelector
  readonly template?: PodTemplateSpec
  readonly workloadRef?: WorkloadRef
  readonly minReadySeconds?: number
  readonly rollbackWindow?: { readonly revisions?: number }
  readonly strategy?: RolloutStrategy
  readonly revisionHistoryLimit?: number
  readonly paused?: boolean
  readonly progressDeadlineSeconds?: number
  readonly progressDeadlineAbort?: boolean
  readonly restartAt?: string
  readonly analysis?: { readonly successfulRunHistoryLimit?: number; readonly unsuccessfulRunHistoryLimit?: number }
}

export interface WorkloadRef {
  readonly apiVersion?: string
  readonly kind?: string
  readonly name?: string
  readonly scaleDown?: string
}

export interface RolloutStrategy {
  readonly blueGreen?: BlueGreenStrategy
  readonly canary?: CanaryStrategy
}

export interface BlueGreenStrategy {
  readonly activeService?: string
  readonly previewService?: string
  readonly previewReplicaCount?: number
  readonly autoPromotionEnabled?: boolean
  readonly autoPromotionSeconds?: number
  readonly maxUnavailable?: IntOrString
  readonly scaleDownDelaySeconds?: number
  readonly scaleDownDelayRevisionLimit?: number
  readonly abortScaleDownDelaySeconds?: number
  readonly prePromotionAnalysis?: RolloutAnalysis
  readonly postPromotionAnalysis?: RolloutAnalysis
  readonly antiAffinity?: AntiAffinity
  readonly previewMetadata?: PodTemplateMetadata
  readonly activeMetadata?: PodTemplateMetadata
}

export interface CanaryStrategy {
  readonly canaryService?: string
  readonly stableService?: string
  readonly steps?: readonly CanaryStep[]
  readonly trafficRouting?: TrafficRouting
  readonly maxUnavailable?: IntOrString
  readonly maxSurge?: IntOrString
  readonly analysis?: RolloutAnalysis & { readonly startingStep?: number }
  readonly antiAffinity?: AntiAffinity
  readonly canaryMetadata?: PodTemplateMetadata
  readonly stableMetadata?: PodTemplateMetadata
  readonly scaleDownDelaySeconds?: number
  readonly scaleDownDelayRevisionLimit?: number
  readonly abortScaleDownDelaySeconds?: number
  readonly dynamicStableScale?: boolean
  readonly pingPong?: { readonly pingService?: string; readonly pongService?: string }
  readonly minPodsPerReplicaSet?: number
  readonly replicaProgressThreshold?: { readonly type?: string; readonly value?: number }
}

/** Exactly one field is set. */
export interface CanaryStep {
  readonly setWeight?: number
  readonly pause?: { readonly duration?: IntOrString }
  readonly experiment?: ExperimentStep
  readonly analysis?: RolloutAnalysis
  readonly setCanaryScale?: SetCanaryScale
  readonly setHeaderRoute?: HeaderRoute
  readonly setMirrorRoute?: MirrorRoute
  readonly plugin?: { readonly name?: string; readonly config?: unknown }
}

/** EXP-801: what a canary step says of its Experiment. */
export interface ExperimentStep {
  readonly templates?: readonly ExperimentStepTemplate[]
  readonly duration?: string
  readonly analyses?: readonly ExperimentStepAnalysis[]
  readonly dryRun?: readonly DryRunRule[]
  readonly analysisRunMetadata?: PodTemplateMetadata
  readonly scaleDownDelaySeconds?: number
}

export interface ExperimentStepTemplate {
  readonly name: string
  /** `stable` or `canary`: whose pod template is taken. */
  readonly specRef?: string
  readonly replicas?: number
  readonly metadata?: PodTemplateMetadata
  readonly selector?: LabelSelector
  readonly weight?: number
  readonly service?: { readonly name?: string }
}

export interface ExperimentStepAnalysis {
  readonly name?: string
  readonly templateName?: string
  readonly clusterScope?: boolean
  readonly args?: readonly AnalysisRunArgument[]
  readonly requiredForCompletion?: boolean
}

/** One of the three. */
export interface StringMatch {
  readonly exact?: string
  readonly prefix?: string
  readonly regex?: string
}

export interface HeaderRoute {
  readonly name?: string
  readonly match?: readonly { readonly headerName?: string; readonly headerValue?: StringMatch }[]
}

export interface MirrorRoute {
  readonly name?: string
  readonly match?: readonly {
    readonly method?: StringMatch
    readonly path?: StringMatch
    readonly headers?: Readonly<Record<string, StringMatch>>
  }[]
  /** All when absent. */
  readonly percentage?: number
}

export interface SetCanaryScale {
  readonly weight?: number
  readonly replicas?: number
  readonly matchTrafficWeight?: boolean
}

/** How a Rollout asks for an AnalysisRun. */
export interface RolloutAnalysis {
  readonly templates?: readonly AnalysisTemplateRef[]
  readonly args?: readonly AnalysisRunArgument[]
  readonly dryRun?: readonly DryRunRule[]
  readonly measurementRetention?: readonly MeasurementRetentionRule[]
  readonly analysisRunMetadata?: PodTemplateMetadata
}

/** ANA-107: an argument as a Rollout gives it; its type in the API has this name. */
export interface AnalysisRunArgument {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: { readonly podTemplateHashValue?: string; readonly fieldRef?: { readonly fieldPath: string } }
}

export interface AntiAffinity {
  readonly preferredDuringSchedulingIgnoredDuringExecution?: { readonly weight: number }
  readonly requiredDuringSchedulingIgnoredDuringExecution?: Readonly<Record<string, never>>
}

export interface PodTemplateMetadata {
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export type RolloutPhase = 'Healthy' | 'Degraded' | 'Progressing' | 'Paused'

export type PauseReason = 'CanaryPauseStep' | 'BlueGreenPause' | 'InconclusiveAnalysisRun' | 'InconclusiveExperiment'

export interface PauseCondition {
  readonly reason: PauseReason
  readonly startTime: string
}

export interface RolloutCondition {
  readonly type: 'Progressing' | 'Available' | 'Healthy' | 'Completed' | 'Paused' | 'InvalidSpec' | 'ReplicaFailure'
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly lastUpdateTime: string
  readonly lastTransitionTime: string
}

export interface TrafficWeight {
  readonly weight: number
  readonly serviceName?: string
  readonly podTemplateHash?: string
}

export interface AnalysisRunRef {
  readonly name: string
  readonly status: string
  readonly message?: string
}

export interface RolloutStatus {
  readonly abort?: boolean
  readonly abortedAt?: string
  readonly pauseConditions?: readonly PauseCondition[]
  readonly controllerPause?: boolean
  readonly currentPodHash?: string
  readonly currentStepHash?: string
  readonly currentStepIndex?: number
  readonly replicas?: number
  readonly updatedReplicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly collisionCount?: number
  /** A string on the wire. */
  readonly observedGeneration?: string
  readonly conditions?: readonly RolloutCondition[]
  readonly canary?: {
    readonly weights?: {
      readonly canary: TrafficWeight
      readonly stable: TrafficWeight
      readonly additional?: readonly TrafficWeight[]
      readonly verified?: boolean
    }
    readonly currentStepAnalysisRunStatus?: AnalysisRunRef
    readonly currentBackgroundAnalysisRunStatus?: AnalysisRunRef
    readonly currentExperiment?: string
    readonly stablePingPong?: string
    readonly [field: string]: unknown
  }
  readonly blueGreen?: {
    readonly activeSelector?: string
    readonly previewSelector?: string
    readonly scaleUpPreviewCheckPoint?: boolean
    readonly prePromotionAnalysisRunStatus?: AnalysisRunRef
    readonly postPromotionAnalysisRunStatus?: AnalysisRunRef
  }
  /** Capitals as on the wire: what `/scale` reports. */
  readonly HPAReplicas?: number
  readonly selector?: string
  readonly stableRS?: string
  readonly restartedAt?: string
  readonly promoteFull?: boolean
  readonly phase?: RolloutPhase
  readonly message?: string
  readonly workloadObservedGeneration?: string
  readonly duration?: RolloutDuration
  /** Written by the ALB router; carried over untouched by everything else. */
  readonly alb?: unknown
  readonly albs?: unknown
}

/** Timing of one attempt to roll out (REC-130). */
export interface RolloutDuration {
  readonly rolloutStartedAt?: string
  readonly manualPauseStartedAt?: string
  readonly totalManualPauseDurationSeconds?: number
  readonly finishedAt?: string
  readonly completionStatus?: string
}
