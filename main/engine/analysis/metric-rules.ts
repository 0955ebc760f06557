import type { Metric } from '#api/analysis.ts'
import { matcher } from '#engine/expr/regex.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'

interface MetricRule {
  readonly metricName: string
}

/**
 * Which rule holds for a metric, by its name: rules are regular expressions that may match anywhere in a name, and of several the
 * last one holds (ANA-605). A rule that finds no metric is an error; one that is no regular expression finds none.
 * @param list what the rules are called in the spec, for the message
 */
export function rulesByMetric<R extends MetricRule>(
  list: 'dryRun' | 'measurementRetention',
  rules: readonly R[],
  metrics: readonly Metric[],
): Outcome<ReadonlyMap<string, R>, string> {
  const found = new Map<string, R>()
  for (const [at, rule] of rules.entries()) {
    const matches = matcher(rule.metricName)
    const names = matches.ok ? metrics.map(({ name }) => name).filter(matches.value) : []
    if (names.length === 0) return failure(`${list}[${at}]: Rule didn't match any metric name(s)`)
    for (const name of names) found.set(name, rule)
  }
  return success(found)
}
