import type { EpochMs } from '#lib/clock.ts'
import type { JsonPatchOperation } from '#lib/json-patch.ts'
import type { AnalysisPhaseView } from './analysis-views.ts'
import type { HistoryMomentView, RolloutDetailView, RolloutKey, RolloutView } from './views.ts'

/** The page of a Rollout through a stretch of time (W9). */
export interface FilmView {
  readonly key: RolloutKey
  readonly from: EpochMs
  /** The last moment that is told; earlier than asked for where there was too much to tell. */
  readonly until: EpochMs
  /** As it was at `from`; null: not there, or not recorded yet. */
  readonly first: RolloutDetailView | null
  /** What changed on the page, oldest first, each as a patch of the one before (RFC 6902). */
  readonly changes: readonly { readonly at: EpochMs; readonly patch: readonly JsonPatchOperation[] }[]
  /** What is worth a mark on the axis, oldest first; how it stood at `from` comes first. */
  readonly timeline: readonly HistoryMomentView[]
  /** Every measurement that was completed, also those that the AnalysisRuns no longer hold; `at` is when it began. */
  readonly measurements: readonly {
    readonly at: EpochMs
    readonly run: string
    readonly metric: string
    readonly phase: AnalysisPhaseView
    readonly value: string
  }[]
  /** Where nothing was recorded (UI-HIST-4). */
  readonly gaps: readonly { readonly from: EpochMs; readonly until: EpochMs }[]
}

/** The fleet board as it was. */
export interface PastBoardView {
  readonly at: EpochMs
  readonly rollouts: Readonly<Record<RolloutKey, RolloutView>>
  /** Contexts whose record has a gap at that time: what is shown of them is what was known before. */
  readonly unrecorded: readonly string[]
}
