import type { AnalysisArgument, AnalysisPhase, DryRunRule, MeasurementRetentionRule } from './analysis.ts'
import type { PodTemplateSpec } from './core.ts'
import type { KubeObject, LabelSelector } from './meta.ts'
import type { PodTemplateMetadata, RolloutCondition } from './rollout.ts'

/** argoproj.io/v1alpha1 Experiment. It has no status subresource (EXP-101). */
export interface Experiment extends KubeObject {
  readonly kind: 'Experiment'
  readonly spec: ExperimentSpec
  readonly status?: ExperimentStatus
}

/** EXP-102. The duration in Go's notation, other times in seconds. */
export interface ExperimentSpec {
  readonly templates: readonly ExperimentTemplate[]
  readonly duration?: string
  readonly progressDeadlineSeconds?: number
  readonly terminate?: boolean
  readonly analyses?: readonly ExperimentAnalysis[]
  readonly scaleDownDelaySeconds?: number
  readonly dryRun?: readonly DryRunRule[]
  readonly measurementRetention?: readonly MeasurementRetentionRule[]
  readonly analysisRunMetadata?: PodTemplateMetadata
}

/** EXP-103. */
export interface ExperimentTemplate {
  readonly name: string
  readonly replicas?: number
  readonly minReadySeconds?: number
  readonly selector?: LabelSelector
  readonly template: PodTemplateSpec
  /** Asks for a Service by being there, even empty. */
  readonly service?: { readonly name?: string }
}

export interface ExperimentAnalysis {
  readonly name: string
  readonly templateName: string
  readonly clusterScope?: boolean
  readonly args?: readonly AnalysisArgument[]
  readonly requiredForCompletion?: boolean
}

/** EXP-104. */
export interface ExperimentStatus {
  readonly phase?: AnalysisPhase | ''
  readonly message?: string
  readonly templateStatuses?: readonly TemplateStatus[]
  /** When all templates had become available. */
  readonly availableAt?: string
  /** Only Progressing and InvalidSpec. */
  readonly conditions?: readonly RolloutCondition[]
  readonly analysisRuns?: readonly ExperimentAnalysisStatus[]
}

export type TemplatePhase = 'Progressing' | 'Running' | 'Successful' | 'Failed' | 'Error'

/** EXP-105. */
export interface TemplateStatus {
  readonly name: string
  readonly replicas: number
  readonly updatedReplicas: number
  readonly readyReplicas: number
  readonly availableReplicas: number
  readonly collisionCount?: number
  readonly status?: TemplatePhase
  readonly message?: string
  readonly lastTransitionTime?: string
  readonly serviceName?: string
  readonly podTemplateHash?: string
}

/** Members are there even while they are empty (EXP-501). */
export interface ExperimentAnalysisStatus {
  readonly name: string
  /** The name of the run; empty before there is one. */
  readonly analysisRun: string
  readonly phase: AnalysisPhase | ''
  readonly message?: string
}
