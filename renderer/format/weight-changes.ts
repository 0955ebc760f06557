import type { AnalysisRunView } from '#contract/analysis-views.ts'
import type { RolloutDetailView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatPercent } from './weight.ts'

export interface WeightChange {
  readonly at: EpochMs
  /** `40%`. */
  readonly words: string
}

/** When the share of the canary changed while this run measured, as far as it is known; oldest first (UI-CH-4). */
export function weightChanges(
  { steps, view }: Pick<RolloutDetailView, 'steps' | 'view'>,
  { revision }: Pick<AnalysisRunView, 'revision'>,
): readonly WeightChange[] {
  if (revision !== view.revision) return []
  return steps.flatMap(({ step, endedAt }) =>
    step.kind === 'setWeight' && endedAt !== undefined
      ? [{ at: endedAt, words: formatPercent(step.weight, view.maxWeight) }]
      : [],
  )
}
