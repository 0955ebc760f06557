import type { EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { AnalysisKind, AnalysisPhaseView } from './analysis-views.ts'
import type { HistoryOutcome } from './views.ts'

/*
 * What the analyses of a rollout would have said of its past releases, before they may block one (W6). The value of no secret crosses, and
 * texts that a cluster or a store of metrics has chosen are cut at a length.
 */

export type BackTestView =
  | { readonly state: 'impossible'; readonly because: 'gone' | 'noAnalysis' | 'noRelease' }
  | { readonly state: 'failed'; readonly failure: Failure }
  | TriedView

/** As far as it has come. `outOfTime`: the rest was not tried. */
export interface TriedView {
  readonly state: 'running' | 'done' | 'outOfTime'
  /** Those that the rollout names, in its order. */
  readonly analyses: readonly TriedAnalysisView[]
  /** Newest first, and tried in this order. */
  readonly releases: readonly TriedReleaseView[]
  readonly sum: BackTestSum
}

export interface TriedAnalysisView {
  readonly kind: AnalysisKind
  /** 0-based; of a `Step`. */
  readonly stepIndex: number | undefined
  readonly templates: readonly string[]
  /** Why it can be told of no release. */
  readonly problem: string | undefined
}

export interface TriedReleaseView {
  readonly id: string
  readonly version: string | undefined
  readonly from: EpochMs
  readonly to: EpochMs
  /** How it ended then. */
  readonly outcome: HistoryOutcome
  /** What would have come of it; `undefined`: not tried yet. */
  readonly would: 'pass' | 'abort' | 'pause' | 'unknown' | undefined
  /** Of the analyses that did not pass. */
  readonly verdicts: readonly BackTestVerdictView[]
}

export interface BackTestVerdictView {
  /** Its place in `analyses`. */
  readonly analysis: number
  /** `Unknown`: it cannot be told. */
  readonly phase: AnalysisPhaseView
  /** Why. */
  readonly message: string
}

/** Of the releases of which something can be told. */
export interface BackTestSum {
  readonly releases: number
  readonly aborts: number
  /** Aborts among those that were completed all the same. */
  readonly abortsOfGood: number
  /** Aborts because measurements ended in errors, not because they failed. */
  readonly abortsByError: number
  readonly pauses: number
  /** Tried in vain. */
  readonly unknown: number
}
