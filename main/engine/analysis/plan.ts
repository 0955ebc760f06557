import type { AnalysisRun, DryRunRule, MeasurementRetentionRule, Metric } from '#api/analysis.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { rulesByMetric } from './metric-rules.ts'
import type { Scoring } from './run-score.ts'
import { substituteMetric, withoutSecrets } from './substitute.ts'
import { metricsError } from './validate-metrics.ts'

/** What a run means to do, with its arguments in place and no secret among them. */
export interface AnalysisPlan {
  /** In the order of the spec. */
  readonly metrics: readonly Metric[]
  /** Metrics that are only tried, by name. */
  readonly dryRun: ReadonlyMap<string, DryRunRule>
  readonly retention: ReadonlyMap<string, MeasurementRetentionRule>
  readonly scoring: Scoring | undefined
}

/** The failure is the message the run ends with; steps a to d of ANA-603, in that order, and then the score. */
export function planOf(
  { spec }: AnalysisRun,
  scoring: Outcome<Scoring | undefined, string> = success(undefined),
): Outcome<AnalysisPlan, string> {
  const metrics = substituted(spec.metrics, withoutSecrets(spec.args ?? []))
  if (!metrics.ok) return failure(`Unable to resolve metric arguments: ${metrics.error}`)
  const invalid = metricsError(metrics.value)
  if (invalid !== undefined) return failure(`Analysis spec invalid: ${invalid}`)
  const dryRun = rulesByMetric('dryRun', spec.dryRun ?? [], metrics.value)
  if (!dryRun.ok) return failure(`Analysis spec invalid: ${dryRun.error}`)
  const retention = rulesByMetric('measurementRetention', spec.measurementRetention ?? [], metrics.value)
  if (!retention.ok) return failure(`Analysis spec invalid: ${retention.error}`)
  if (!scoring.ok) return failure(`Analysis spec invalid: ${scoring.error}`)
  return success({
    metrics: metrics.value,
    dryRun: dryRun.value,
    retention: retention.value,
    scoring: scoring.value && withoutDryRuns(scoring.value, dryRun.value),
  })
}

const withoutDryRuns = ({ config, groups }: Scoring, dryRun: AnalysisPlan['dryRun']): Scoring => ({
  config,
  groups: new Map([...groups].filter(([name]) => !dryRun.has(name))),
})

/** First failure wins. */
export function substituted(
  metrics: readonly Metric[],
  args: Parameters<typeof substituteMetric>[1],
): Outcome<readonly Metric[], string> {
  const done: Metric[] = []
  for (const metric of metrics) {
    const filled = substituteMetric(metric, args)
    if (!filled.ok) return filled
    done.push(filled.value)
  }
  return success(done)
}
