import { compareCounts, compareValues } from './compare.ts'
import { judgeAsKayenta } from './kayenta-verdict.ts'
import type { JudgeConfig, Look, MetricValues } from './metric.ts'
import { prepared } from './prepare.ts'
import type { JudgeVerdict } from './verdict.ts'

/**
 * Whether a canary is worse than its baseline, by one metric. Pure: the same values always have the same verdict.
 *
 * Shape   one value per interval and side, in order of time; the sides may have different numbers of them.
 * Errors  none: values that cannot be compared are a verdict, with its reason.
 * Source  JUDGE-*, MW-* in mode `kayenta`; docs/judge.md in mode `argosy`, the default.
 */
export function judge(values: MetricValues, config: JudgeConfig = {}, look: Look = { n: 1, planned: 1 }): JudgeVerdict {
  if (config.mode === 'kayenta') return judgeAsKayenta(values, config)
  const metric = prepared(values, config, look)
  if ('verdict' in metric) return metric
  return metric.counts === undefined ? compareValues(metric) : compareCounts(metric)
}
