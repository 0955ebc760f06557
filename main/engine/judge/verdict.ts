import type { Direction, MetricKind } from './metric.ts'

/** How much more the canary has than the baseline: times as much, a difference, or how often it has more (0.5: equal). */
export interface Effect {
  readonly measure: 'ratio' | 'shift' | 'cles'
  readonly estimate: number
  /** The true effect lies between these, as surely as the metric is configured; infinite where there are too few values. */
  readonly low: number
  readonly high: number
  /** Of the estimate; of a ratio: of its logarithm. Infinite where unknown. */
  readonly standardError: number
}

/** What a metric says of a canary. */
export interface JudgeVerdict {
  readonly verdict: 'Pass' | 'Fail' | 'NotEnoughData' | 'Inconclusive'
  /** Where the canary is worse than allowed. */
  readonly change: 'High' | 'Low' | 'None'
  /** It decides alone, whatever other metrics say. */
  readonly critical: boolean
  readonly direction: Direction
  readonly kind: MetricKind
  /** The comparison that was made, in words. */
  readonly test: string
  /** Intervals that were compared. */
  readonly n: { readonly canary: number; readonly baseline: number }
  /** Absent when nothing could be compared. */
  readonly effect?: Effect
  /** What the effect is held against, in its measure. */
  readonly threshold: { readonly high?: number; readonly low?: number }
  /** How much of the false alarms that are allowed was used by this look and those before, in each direction. */
  readonly spentAlpha: number
  /** One sentence. */
  readonly reason: string
  readonly warnings: readonly string[]
}

/** Where a measurement keeps of its verdict what a score needs. */
export const verdictKeys = { verdict: 'judgeVerdict', change: 'judgeChange', critical: 'judgeCritical' } as const
