import type { IntOrString } from './meta.ts'

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
