import type { Bucket, StatisticsView } from '#contract/statistics-views.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Change } from './changes.ts'
import { figuresOf } from './figures.ts'

const dayMs = 86_400_000
const spans: Readonly<Record<Bucket, number>> = { day: dayMs, week: 7 * dayMs }
/** Weeks begin on Mondays; the epoch was a Thursday. */
const mondays = 4 * dayMs

interface Stretch {
  readonly since: EpochMs
  readonly until: EpochMs
  readonly bucket: Bucket
}

/** Changes as figures: of all, by day or week, by application and by cluster. */
export const figuresBy = (changes: readonly Change[], stretch: Stretch): Omit<StatisticsView, 'troubles'> => ({
  ...stretch,
  all: figuresOf(changes),
  buckets: bucketsOf(changes, stretch),
  apps: groups(changes, ({ namespace, name }) => ({ namespace, name })),
  clusters: groups(changes, ({ context }) => ({ context })),
})

function bucketsOf(changes: readonly Change[], { since, until, bucket }: Stretch): StatisticsView['buckets'] {
  const offset = bucket === 'week' ? mondays : 0
  const startOf = (at: EpochMs) => Math.floor((at - offset) / spans[bucket]) * spans[bucket] + offset
  const own = Map.groupBy(
    changes.filter(({ entry }) => entry.endedAt !== undefined),
    ({ entry }) => startOf(entry.endedAt ?? 0),
  )
  const first = startOf(since)
  const count = Math.floor((startOf(until) - first) / spans[bucket]) + 1
  return Array.from({ length: count }, (_, index) => {
    const from = first + index * spans[bucket]
    return { from, until: from + spans[bucket], ...figuresOf(own.get(from) ?? []) }
  })
}

function groups<T extends object>(changes: readonly Change[], partOf: (entry: Change['entry']) => T) {
  const own = Map.groupBy(changes, ({ entry }) => JSON.stringify(partOf(entry)))
  return [...own.values()]
    .flatMap((each) => (each[0] === undefined ? [] : [{ ...partOf(each[0].entry), ...figuresOf(each) }]))
    .toSorted((a, b) => b.failed - a.failed || b.ended - a.ended)
}
