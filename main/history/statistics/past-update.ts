import type { HistoryEntryView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

/** One recorded update, as far as statistics go by it. */
export interface PastUpdate {
  readonly entry: HistoryEntryView
  readonly uid: string
  readonly podHash: string
  /** When it was first seen degraded, after it began. */
  readonly degradedAt: EpochMs | undefined
  /** It ended while nobody watched, or the cluster told of it afterwards: when it ended is not known to the second. */
  readonly isUnseen: boolean
}

/** What recording missed. */
export interface Gap {
  readonly at: EpochMs
  readonly until: EpochMs
}

/** So long after a gap the first views of rollouts may come. */
const catchUpMs = 60_000

/** Whether an update was found ended when somebody looked again. */
export const endsInGap = (endedAt: EpochMs | undefined, gaps: readonly Gap[]): boolean =>
  endedAt !== undefined && gaps.some(({ at, until }) => at <= endedAt && endedAt <= until + catchUpMs)
