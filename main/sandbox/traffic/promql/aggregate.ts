import type { Grouping } from './expression.ts'
import { groupLabels, labelKey } from './grouping.ts'
import { quantileOf } from './histogram-quantile.ts'
import type { Sample } from './value.ts'

const folds: Readonly<Record<string, (values: readonly number[], parameter: number) => number>> = {
  sum: (values) => values.reduce((sum, each) => sum + each, 0),
  avg: (values) => values.reduce((sum, each) => sum + each, 0) / values.length,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  count: (values) => values.length,
  quantile: (values, parameter) => quantileOf(parameter, values),
}

export function aggregate(
  name: string,
  parameter: number,
  samples: readonly Sample[],
  grouping: Grouping,
): readonly Sample[] {
  const groups = [...Map.groupBy(samples, (sample) => labelKey(groupLabels(sample.labels, grouping))).values()]
  const fold = folds[name]
  if (fold === undefined) return groups.flatMap((group) => extremes(group, parameter, name === 'topk'))
  return groups.map((group) => ({
    labels: groupLabels(group[0]?.labels ?? {}, grouping),
    value: fold(
      group.map((each) => each.value),
      parameter,
    ),
  }))
}

const extremes = (group: readonly Sample[], count: number, largest: boolean): readonly Sample[] =>
  group.toSorted((a, b) => (largest ? b.value - a.value : a.value - b.value)).slice(0, Math.max(0, count))
