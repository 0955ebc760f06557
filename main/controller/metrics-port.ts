import type { AnalysisRun, Metric } from '#api/analysis.ts'
import type { Measured } from '#engine/analysis/reconcile.ts'
import type { Scoring } from '#engine/analysis/run-score.ts'
import type { Probe } from '#engine/decision.ts'
import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'

/** How the metrics of AnalysisRuns are measured. Secrets stay behind this port: nothing that comes through it holds one. */
export interface MetricsPort {
  /** Reads what the arguments of a run need (ANA-305). */
  readonly prepare: (run: AnalysisRun) => Promise<Outcome<PreparedRun, NotPrepared>>
  /** How judged metrics make one score, by what annotations of a run or of its templates say. Failure: what is wrong with them. */
  readonly scoring: (declared: Judgeable) => Outcome<Scoring | undefined, string>
  /** Metric plugins that these need and nobody can run here (PRV-1305). */
  readonly unlistedPlugins: (metrics: readonly Metric[]) => readonly string[]
}

export interface Judgeable {
  readonly annotations: AnalysisRun['metadata']['annotations']
  readonly metrics: readonly Metric[]
}

export type NotPrepared =
  /** A Secret or a key of one is not there, in the API server's words: the run ends. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Nobody answered: to be tried again. */
  | { readonly kind: 'unanswered'; readonly failure: Failure }

/** One pass of a run. Nothing here rejects. */
export interface PreparedRun {
  readonly measure: (probe: Exclude<Probe, { readonly kind: 'garbageCollect' }>) => Promise<Measured>
  /** Failure: why measurements must stay listed. */
  readonly garbageCollect: (probe: Probe & { readonly kind: 'garbageCollect' }) => Promise<Outcome<void, string>>
}
