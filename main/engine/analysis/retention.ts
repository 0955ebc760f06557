import type { MeasurementRetentionRule, Metric, MetricResult } from '#api/analysis.ts'

const defaultLimit = 10

/** How many measurements of a metric are kept (ANA-1005). */
export const retentionLimit = (rule: MeasurementRetentionRule | undefined): number =>
  rule !== undefined && rule.limit > 0 ? rule.limit : defaultLimit

/** The newest ones; the counts of the result tell of them all. */
export function keptMeasurements(result: MetricResult, limit: number): MetricResult {
  const { measurements = [] } = result
  return measurements.length <= limit ? result : { ...result, measurements: measurements.slice(-limit) }
}

/** Its provider leaves objects behind, Jobs for instance, that go when a measurement is dropped. */
export const hasOutside = ({ provider }: Metric): boolean =>
  provider['job'] !== undefined || provider['plugin'] !== undefined
