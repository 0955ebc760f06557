import type { EpochMs } from '#lib/clock.ts'

/*
 * Analyses as the window may see them. The value of no secret crosses: where one belongs stands `•••`. Texts that a cluster or a metric
 * provider has chosen are cut at a length.
 */

/** `Unknown`: the object says nothing yet (VIEW-191). */
export type AnalysisPhaseView = 'Pending' | 'Running' | 'Successful' | 'Inconclusive' | 'Error' | 'Failed' | 'Unknown'

/** What a run is for; `Experiment`: for one of its Rollout; `none`: not for its Rollout, as one that a person has made. */
export type AnalysisKind = 'Step' | 'Background' | 'PrePromotion' | 'PostPromotion' | 'Experiment' | 'none'

export interface AnalysisRunView {
  readonly name: string
  readonly kind: AnalysisKind
  /** 0-based; of a `Step`. */
  readonly stepIndex: number | undefined
  readonly revision: number | undefined
  /** The Rollout waits for it, or did last (ANA-1106). */
  readonly current: boolean
  /** The run that this one repeats as a dry run. */
  readonly rerunOf: string | undefined
  readonly phase: AnalysisPhaseView
  readonly message: string
  /** What its judged metrics score together, 0…100; `undefined` when none is asked for, or not yet made (SCORE-4). */
  readonly score: number | undefined
  /** It was asked to end (ANA-1120). */
  readonly terminating: boolean
  /** Why it cannot be asked to end; `undefined`: it can be (UI-ACT-4). */
  readonly terminateOff: string | undefined
  readonly createdAt: EpochMs
  readonly startedAt: EpochMs | undefined
  readonly completedAt: EpochMs | undefined
  readonly args: readonly AnalysisArgumentView[]
  readonly metrics: readonly MetricView[]
}

export interface AnalysisArgumentView {
  readonly name: string
  /** `undefined`: it has none yet. */
  readonly value: string | undefined
  /** `secret tokens/api`, where it is from a Secret. */
  readonly source: string | undefined
}

export interface MetricView {
  readonly name: string
  readonly phase: AnalysisPhaseView
  readonly message: string
  /** As the member of the spec is called; empty when there is none. */
  readonly provider: string
  /** As it is sent, arguments in place; `undefined` for providers without one (VIEW-200). */
  readonly query: string | undefined
  readonly successCondition: string | undefined
  readonly failureCondition: string | undefined
  readonly intervalMs: number | undefined
  readonly initialDelayMs: number | undefined
  /** How many measurements it takes; `undefined`: until it is stopped (ANA-106). */
  readonly count: number | undefined
  readonly limits: MetricLimits
  readonly counts: MetricCounts
  /** Only tried: its outcome decides nothing. */
  readonly dryRun: boolean
  /** What its numbers are called; as many as the longest of its measurements has, at least one. */
  readonly series: readonly SeriesView[]
  /** Those of both conditions, as far as they can be told. */
  readonly thresholds: readonly ThresholdView[]
  /** The metric of the same run that measures the stable version by the same measure. */
  readonly stableMetric: string | undefined
  /** When it is measured next, at the earliest; `undefined` when nothing is to come. */
  readonly nextAt: EpochMs | undefined
  /** Oldest first, the newest that are kept. */
  readonly measurements: readonly MeasurementView[]
}

/** A negative one is off. */
export interface MetricLimits {
  readonly failure: number
  readonly inconclusive: number
  readonly consecutiveError: number
  /** 0: off. */
  readonly consecutiveSuccess: number
}

export interface MetricCounts {
  readonly successful: number
  readonly failed: number
  readonly inconclusive: number
  readonly error: number
  readonly consecutiveError: number
  readonly consecutiveSuccess: number
}

export interface SeriesView {
  /** `0`, `p99`; empty for a value that is one number. */
  readonly key: string
  readonly role: 'canary' | 'stable' | undefined
}

/** A line that parts good numbers from bad ones. */
export interface ThresholdView {
  readonly value: number
  /** The side on which numbers are good, as far as this condition goes. */
  readonly good: 'above' | 'below'
  /** A number on the line is good. */
  readonly inclusive: boolean
  readonly from: 'success' | 'failure'
  /** The series it is about; `undefined`: each. */
  readonly key: string | undefined
}

export interface MeasurementView {
  /** When it began. */
  readonly at: EpochMs
  readonly finishedAt: EpochMs | undefined
  readonly phase: AnalysisPhaseView
  readonly value: string
  /** One for each series; `null` where it is no number. */
  readonly numbers: readonly (number | null)[]
  readonly message: string
}

/** The run that an update waits for, as its Rollout tells. */
export interface RunUnderWay {
  readonly name: string
  readonly kind: AnalysisKind
  readonly phase: AnalysisPhaseView
}

/** What a condition says of what was measured (ANA-1301…1316). */
export interface ConditionVerdicts {
  /** Why it cannot be read at all. */
  readonly problem: string | undefined
  /** Of the measurements that are kept, oldest first; one without a value has none. */
  readonly verdicts: readonly ConditionVerdict[]
}

export interface ConditionVerdict {
  /** When the measurement began. */
  readonly at: EpochMs
  readonly says: 'true' | 'false' | 'error'
  /** Go's name of the type of what came out: `bool`, `float64`; empty when nothing did. */
  readonly type: string
  /** What came out, or why it is no answer. */
  readonly text: string
}
