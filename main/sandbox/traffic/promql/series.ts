import type { EpochMs } from '#lib/clock.ts'

export type Labels = Readonly<Record<string, string>>

/** A counter known at every moment, not only where it was scraped. */
export interface Series {
  /** With `__name__`. */
  readonly labels: Labels
  /** Its value; `undefined` when it does not exist then. */
  at(moment: EpochMs): number | undefined
  /** How much it grew; `undefined` when it did not exist at any moment in between. */
  increase(from: EpochMs, to: EpochMs): number | undefined
}

/** Where a query finds its series. Everything of a metric, or of all metrics. */
export type SeriesSource = (name: string | undefined) => readonly Series[]
