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

function quantileOfBuckets(
  quantile: number,
  unordered: readonly { readonly bound: number; readonly count: number }[],
): number {
  const buckets = unordered.toSorted((a, b) => a.bound - b.bound)
  const total = buckets.at(-1)?.count ?? 0
  if (buckets.at(-1)?.bound !== Number.POSITIVE_INFINITY || buckets.length < 2 || total === 0) return Number.NaN
  if (quantile < 0) return Number.NEGATIVE_INFINITY
  if (quantile > 1) return Number.POSITIVE_INFINITY
  const rank = quantile * total
  const index = buckets.findIndex((bucket) => bucket.count >= rank)
  const [bucket, below] = [buckets[index], buckets[index - 1]]
  if (bucket === undefined || bucket.bound === Number.POSITIVE_INFINITY) return buckets.at(-2)?.bound ?? Number.NaN
  const start = below?.bound ?? 0
  const inside = bucket.count - (below?.count ?? 0)
  return inside === 0 ? start : start + ((bucket.bound - start) * (rank - (below?.count ?? 0))) / inside
}

/** Of plain values, interpolated between neighbours. */
export function quantileOf(quantile: number, values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = quantile * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(rank)] ?? Number.NaN, sorted[Math.ceil(rank)] ?? Number.NaN]
  return low + (high - low) * (rank - Math.floor(rank))
}
