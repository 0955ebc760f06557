import type { IntOrString, KubeObject } from './meta.ts'

/** Best to worst, the completed ones last but for Successful (ANA-111). */
export type AnalysisPhase = 'Pending' | 'Running' | 'Successful' | 'Inconclusive' | 'Error' | 'Failed'

/** ANA-107. A value that is absent is another thing than an empty one. */
export interface AnalysisArgument {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string }
    readonly fieldRef?: { readonly fieldPath: string }
  }
}

/** ANA-104. Durations in Go's notation. */
export interface Metric {
  readonly name: string
  readonly interval?: string
  readonly initialDelay?: string
  readonly count?: IntOrString
  readonly successCondition?: string
  readonly failureCondition?: string
  readonly failureLimit?: IntOrString
  readonly inconclusiveLimit?: IntOrString
  readonly consecutiveErrorLimit?: IntOrString
  readonly consecutiveSuccessLimit?: IntOrString
  /** One member, named after the provider. */
  readonly provider: Readonly<Record<string, unknown>>
}

/** ANA-110. Times in whole seconds. */
export interface Measurement {
  readonly phase: AnalysisPhase
  readonly message?: string
  readonly startedAt?: string
  readonly finishedAt?: string
  readonly value?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly resumeAt?: string
}

/** ANA-109. Counts of 0 are absent; `count` leaves errors out. */
export interface MetricResult {
  readonly name: string
  readonly phase: AnalysisPhase
  readonly measurements?: readonly Measurement[]
  readonly message?: string
  readonly count?: number
  readonly successful?: number
  readonly failed?: number
  readonly inconclusive?: number
  readonly error?: number
  readonly consecutiveError?: number
  readonly consecutiveSuccess?: number
  readonly dryRun?: boolean
  readonly metadata?: Readonly<Record<string, string>>
}

/** Metrics by what became of them; counts of 0 are absent (ANA-108). */
export interface RunSummary {
  readonly count?: number
  readonly successful?: number
  readonly failed?: number
  readonly inconclusive?: number
  readonly error?: number
}

/** Rules are regular expressions that find names of metrics (ANA-605). */
export interface DryRunRule {
  readonly metricName: string
}

export interface MeasurementRetentionRule {
  readonly metricName: string
  readonly limit: number
}

export interface AnalysisTemplateRef {
  readonly templateName?: string
  readonly clusterScope?: boolean
}

/** ANA-102; the same for both scopes. */
export interface AnalysisTemplateSpec {
  readonly metrics?: readonly Metric[]
  readonly args?: readonly AnalysisArgument[]
  readonly dryRun?: readonly DryRunRule[]
  readonly measurementRetention?: readonly MeasurementRetentionRule[]
  readonly templates?: readonly AnalysisTemplateRef[]
}

export interface AnalysisTemplate extends KubeObject {
  readonly spec: AnalysisTemplateSpec
}

/** Cluster-scoped. */
export interface ClusterAnalysisTemplate extends KubeObject {
  readonly spec: AnalysisTemplateSpec
}

/** ANA-103. */
export interface AnalysisRunSpec {
  readonly metrics: readonly Metric[]
  readonly args?: readonly AnalysisArgument[]
  readonly dryRun?: readonly DryRunRule[]
  readonly measurementRetention?: readonly MeasurementRetentionRule[]
  readonly terminate?: boolean
  readonly ttlStrategy?: {
    readonly secondsAfterCompletion?: number
    readonly secondsAfterSuccess?: number
    readonly secondsAfterFailure?: number
  }
}

/** ANA-108. Absent as a whole before the first pass. */
export interface AnalysisRunStatus {
  readonly phase?: AnalysisPhase | ''
  readonly message?: string
  readonly metricResults?: readonly MetricResult[]
  readonly startedAt?: string
  readonly completedAt?: string
  readonly runSummary?: RunSummary
  readonly dryRunSummary?: RunSummary
}

export interface AnalysisRun extends KubeObject {
  readonly spec: AnalysisRunSpec
  readonly status?: AnalysisRunStatus
}
