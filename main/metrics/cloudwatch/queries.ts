import type { MetricDataQuery, MetricStat } from '@aws-sdk/client-cloudwatch'
import * as v from 'valibot'
import { parseInteger } from '#lib/int-or-string.ts'
import { optionalText } from '../read-shape.ts'

/** Text that is no whole number counts as 0, which AWS refuses (ANA-105). */
const seconds = v.pipe(
  v.union([v.number(), v.string()]),
  v.transform((period) => (typeof period === 'number' ? period : (parseInteger(period) ?? 0))),
)
const dimension = v.looseObject({ name: optionalText, value: optionalText })
const metricStat = v.looseObject({
  metric: v.looseObject({
    namespace: v.nullish(v.string()),
    metricName: optionalText,
    dimensions: v.nullish(v.array(dimension)),
  }),
  period: v.nullish(seconds, 0),
  stat: optionalText,
  unit: optionalText,
})
const query = v.looseObject({
  id: optionalText,
  expression: v.nullish(v.string()),
  label: v.nullish(v.string()),
  metricStat: v.nullish(metricStat),
  period: v.nullish(seconds),
  returnData: v.nullish(v.boolean()),
})

/** PRV-901. */
export const cloudWatchBlock = v.looseObject({
  interval: optionalText,
  metricDataQueries: v.nullish(v.array(query), []),
})
type Query = v.InferOutput<typeof query>

/** As AWS wants it; what is absent is not sent (PRV-902). */
export const queryFor = ({ id, expression, label, metricStat: stat, period, returnData }: Query): MetricDataQuery => ({
  Id: id,
  Expression: expression ?? undefined,
  Label: label ?? undefined,
  MetricStat: stat ? statFor(stat) : undefined,
  Period: period ?? undefined,
  ReturnData: returnData ?? undefined,
})

const statFor = ({ metric, period, stat, unit }: v.InferOutput<typeof metricStat>): MetricStat => ({
  Metric: {
    Namespace: metric.namespace ?? undefined,
    MetricName: metric.metricName,
    Dimensions: metric.dimensions?.map(({ name, value }) => ({ Name: name, Value: value })),
  },
  Period: period,
  Stat: stat,
  // AWS refuses what is none.
  Unit: unit === '' ? undefined : (unit as MetricStat['Unit']),
})
