import { type Classification, type Classified, classify } from './kayenta.ts'
import type { JudgeConfig, MetricValues } from './metric.ts'
import type { JudgeVerdict } from './verdict.ts'

const verdictOf: Readonly<Record<Classification, JudgeVerdict['verdict']>> = {
  Pass: 'Pass',
  High: 'Fail',
  Low: 'Fail',
  Nodata: 'NotEnoughData',
  NodataFailMetric: 'Fail',
  Error: 'Inconclusive',
}

/** A metric as Kayenta's judge classifies it, as a verdict. A ratio is that of its numerators to its denominators. */
export function judgeAsKayenta(values: MetricValues, config: JudgeConfig): JudgeVerdict {
  const direction = config.direction ?? 'either'
  const { canary, baseline } = quotients(values)
  const found = classify({
    name: values.name,
    canary,
    baseline,
    direction,
    critical: config.critical === true,
    config: effectConfig(config),
  })
  const { classification } = found
  return {
    verdict: verdictOf[classification],
    change: classification === 'High' || classification === 'Low' ? classification : 'None',
    critical: found.critical,
    direction,
    kind: values.kind ?? (values.requests === undefined ? 'gauge' : 'ratio'),
    test: "rank sums, by Kayenta's rules",
    n: { canary: found.statistics.canary.count, baseline: found.statistics.baseline.count },
    ...(found.shift && { effect: { measure: 'shift', ...found.shift, standardError: standardError(found) } as const }),
    threshold: found.shift === undefined ? {} : boundsOf(found.shift.estimate),
    spentAlpha: 0.01,
    reason: reasonOf(values.name, found),
    warnings: [],
  }
}

function quotients({ canary, baseline, requests }: MetricValues): Pick<MetricValues, 'canary' | 'baseline'> {
  if (requests === undefined) return { canary, baseline }
  return {
    canary: canary.map((value, at) => value / (requests.canary[at] ?? Number.NaN)),
    baseline: baseline.map((value, at) => value / (requests.baseline[at] ?? Number.NaN)),
  }
}

/** Limits that are given for both modes hold here too. */
function effectConfig({
  allowedIncrease,
  allowedDecrease,
  kayenta = {},
}: JudgeConfig): NonNullable<JudgeConfig['kayenta']> {
  const given = {
    ...(allowedIncrease !== undefined && { allowedIncrease }),
    ...(allowedDecrease !== undefined && { allowedDecrease }),
  }
  return { ...kayenta, effectSize: { ...given, ...kayenta.effectSize } }
}

/** JUDGE-10. */
const boundsOf = (estimate: number): JudgeVerdict['threshold'] => ({
  high: 0.25 * Math.abs(estimate),
  low: -0.25 * Math.abs(estimate),
})

/** The interval is 2 × 2.326 of them wide. */
const standardError = ({ shift }: Classified): number =>
  shift === undefined ? Infinity : (shift.high - shift.low) / (2 * 2.326)

function reasonOf(name: string, { classification, reason, ratio }: Classified): string {
  if (classification !== 'High' && classification !== 'Low')
    return reason === '' ? `${name} is as on the baseline.` : `${reason}.`
  const times = Number.isNaN(ratio) ? '' : `: ${ratio.toPrecision(3)} times the baseline on average`
  return `${name} is ${classification === 'High' ? 'higher' : 'lower'} on the canary${times}.`
}
