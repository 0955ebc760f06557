import * as v from 'valibot'
import type { EpochMs } from '#lib/clock.ts'
import type { Outcome } from '#lib/outcome.ts'
import { request } from './channel.ts'
import type { SearchProblem } from './search-terms.ts'

/** How long something took: of how many, and as much as so many can tell. */
export interface SpanView {
  readonly count: number
  /** `undefined`: too few. */
  readonly medianMs: number | undefined
  readonly p90Ms: number | undefined
}

/** What made an update a failure. `returned`: it was completed, and the version before it was brought back. */
export const failureKinds = ['aborted', 'rolledBack', 'returned', 'degraded'] as const
export type FailureKind = (typeof failureKinds)[number]

/** docs/statistics.md says what each of these means. */
export interface FiguresView {
  /** Updates that ended: completed, aborted, rolled back or superseded. */
  readonly ended: number
  readonly completed: number
  readonly failed: number
  readonly failures: Readonly<Record<FailureKind, number>>
  /** Updates back to a version that was there before; none of the above. */
  readonly returns: number
  /** Their rollout was deleted; none of the above. */
  readonly deleted: number
  readonly underWay: number
  /** Ended while nobody watched, or told by the cluster afterwards: counted, but in no time. */
  readonly unseen: number
  readonly lead: SpanView
  readonly leadEverywhere: SpanView
  readonly restore: SpanView
  /** Failures after which nothing was completed yet. */
  readonly notRestored: number
  readonly durations: Readonly<Record<DurationOutcome, SpanView>>
}

export const durationOutcomes = ['Completed', 'Aborted', 'RolledBack', 'Superseded'] as const
export type DurationOutcome = (typeof durationOutcomes)[number]

export interface BucketView extends FiguresView {
  readonly from: EpochMs
  readonly until: EpochMs
}

export interface AppFiguresView extends FiguresView {
  readonly namespace: string
  readonly name: string
}

export interface ClusterFiguresView extends FiguresView {
  readonly context: string
}

/** An update that failed, and why. */
export interface TroubleView {
  /** Of its record. */
  readonly id: string
  readonly kind: FailureKind
  readonly context: string
  readonly namespace: string
  readonly name: string
  readonly fromVersion: string | undefined
  readonly toVersion: string | undefined
  readonly failedAt: EpochMs
  /** When the next update was completed there. */
  readonly restoredAt: EpochMs | undefined
  /** Of the person who ended it or brought the other version back, else what the cluster said. */
  readonly reason: string | undefined
  readonly actor: string | undefined
  /** Metrics that were assessed as failed, in error or inconclusive. */
  readonly metrics: readonly string[]
  readonly isUnseen: boolean
}

export interface StatisticsView {
  readonly since: EpochMs
  readonly until: EpochMs
  readonly bucket: Bucket
  readonly all: FiguresView
  /** Oldest first, without holes. */
  readonly buckets: readonly BucketView[]
  /** Those with most failures first, then those with most updates. */
  readonly apps: readonly AppFiguresView[]
  readonly clusters: readonly ClusterFiguresView[]
  /** Newest first. */
  readonly troubles: readonly TroubleView[]
}

export const bucketNames = ['day', 'week'] as const
export type Bucket = (typeof bucketNames)[number]

const moment = v.pipe(v.number(), v.integer(), v.minValue(0))

export const statisticsChannels = {
  /** Of the updates that a search finds, in the days up to now. */
  'history.statistics': request<Outcome<StatisticsView, SearchProblem>>().of(
    v.object({
      filter: v.optional(v.pipe(v.string(), v.maxLength(500))),
      since: moment,
      bucket: v.picklist(bucketNames),
      /** How many failures at most. */
      troubles: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
    }),
  ),
} as const
