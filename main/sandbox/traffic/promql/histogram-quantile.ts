import { groupLabels, labelKey } from './grouping.ts'
import type { Sample } from './value.ts'

const withoutBound = { keep: false, labels: ['le'] }

/** The quantile of each histogram, interpolated inside the bucket it falls into, as Prometheus does. */
export function histogramQuantile(quantile: number, samples: readonly Sample[]): readonly Sample[] {
  const buckets = samples.filter((sample) => sample.labels['le'] !== undefined)
  return [...Map.groupBy(buckets, (sample) => labelKey(groupLabels(sample.labels, withoutBound))).values()].map(
    (group) => ({
      labels: groupLabels(group[0]?.labels ?? {}, withoutBound),
      value: quantileOfBuckets(
        quantile,
        group.map(({ labels, value }) => ({ bound: boundOf(labels['le']), count: value })),
      ),
    }),
  )
}

const boundOf = (text: string | undefined): number => (text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text))

interface Bucket {
  readonly bound: number
  readonly count: number
}

const origin: Bucket = { bound: 0, count: 0 }

function quantileOfBuckets(quantile: number, unordered: readonly Bucket[]): number {
  const buckets = unordered.toSorted((a, b) => a.bound - b.bound)
  const last = buckets.at(-1) ?? origin
  if (last.bound !== Number.POSITIVE_INFINITY || buckets.length < 2 || last.count === 0) return Number.NaN
  if (quantile < 0) return Number.NEGATIVE_INFINITY
  return quantile > 1 ? Number.POSITIVE_INFINITY : atRank(quantile * last.count, buckets)
}

/** What falls into the open bucket at the end counts as the greatest bound. */
function atRank(rank: number, buckets: readonly Bucket[]): number {
  const index = buckets.findIndex((bucket) => bucket.count >= rank)
  const { bound, count } = buckets[index] ?? origin
  if (bound === Number.POSITIVE_INFINITY) return buckets.at(-2)?.bound ?? Number.NaN
  const below = buckets[index - 1] ?? origin
  const inside = count - below.count
  return inside === 0 ? below.bound : below.bound + ((bound - below.bound) * (rank - below.count)) / inside
}

/** Of plain values, interpolated between neighbours. */
export function quantileOf(quantile: number, values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = quantile * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(rank)] ?? Number.NaN, sorted[Math.ceil(rank)] ?? Number.NaN]
  return low + (high - low) * (rank - Math.floor(rank))
}
