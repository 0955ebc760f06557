import type { Counts } from './counts.ts'
import type { Direction, JudgeConfig, Look, MetricKind, MetricValues } from './metric.ts'
import { allowance } from './spending.ts'
import type { JudgeVerdict } from './verdict.ts'

/** A metric that can be compared. */
export interface Prepared {
  readonly name: string
  readonly kind: MetricKind
  readonly direction: Direction
  readonly canary: readonly number[]
  readonly baseline: readonly number[]
  /** Events and what they are events of, where the values are counts. */
  readonly counts: { readonly canary: Counts; readonly baseline: Counts } | undefined
  readonly config: JudgeConfig
  readonly isLastLook: boolean
  readonly z: number
  readonly spentAlpha: number
  readonly warnings: readonly string[]
}

const defaultAlpha = 0.01
const defaultIntervals = 8
const defaultRequests = 50
/** Squares of values, and sums of them, must be numbers too. */
const valueMax = 1e100

/** Leaves out intervals without a value, and looks whether what is left can be compared; else there is a verdict already. */
export function prepared(values: MetricValues, config: JudgeConfig, look: Look): Prepared | JudgeVerdict {
  const kind = values.kind ?? (values.requests === undefined ? 'gauge' : 'ratio')
  const direction = config.direction ?? (kind === 'gauge' ? 'either' : 'increase')
  const { z, spentAlpha } = allowance(config.alpha ?? defaultAlpha, look)
  const [canary, baseline] = [sideOf(values, 'canary', kind), sideOf(values, 'baseline', kind)]
  const undecided = (verdict: JudgeVerdict['verdict'], reason: string): JudgeVerdict => ({
    ...{ verdict, change: 'None', critical: false, direction, kind, test: 'none', threshold: {}, spentAlpha, reason },
    n: { canary: canary.values.length, baseline: baseline.values.length },
    warnings: warningsOf(config, canary, baseline),
  })
  const unusable = whyUnusable(values.name, kind, canary, baseline)
  if (unusable !== undefined) return undecided('Inconclusive', unusable)
  const missing = whatIsMissing(values.name, config, canary, baseline)
  if (missing !== undefined) return undecided('NotEnoughData', missing)
  return {
    ...{ name: values.name, kind, direction, config, z, spentAlpha },
    canary: canary.values,
    baseline: baseline.values,
    counts: countsOf(kind, canary, baseline),
    isLastLook: look.n >= look.planned,
    warnings: warningsOf(config, canary, baseline),
  }
}

interface Side {
  readonly values: readonly number[]
  /** As many; absent when the metric does not tell. */
  readonly requests: readonly number[] | undefined
  /** Intervals that had no value. */
  readonly gaps: number
}

/** An interval without requests says nothing of a ratio. */
function sideOf(metric: MetricValues, side: 'canary' | 'baseline', kind: MetricKind): Side {
  const [values, requests] = [metric[side], metric.requests?.[side]]
  const kept = [...values.keys()].filter((at) => {
    const asked = requests?.[at] ?? (requests === undefined ? 1 : Number.NaN)
    return !Number.isNaN(values[at]) && !Number.isNaN(asked) && (kind !== 'ratio' || asked !== 0)
  })
  return {
    values: kept.map((at) => values[at] ?? 0),
    requests: requests && kept.map((at) => requests[at] ?? 0),
    gaps: values.length - kept.length,
  }
}

function whyUnusable(name: string, kind: MetricKind, canary: Side, baseline: Side): string | undefined {
  const all = [...canary.values, ...baseline.values]
  if (!all.every((value) => Math.abs(value) <= valueMax))
    return `${name} has infinite values, or all but infinite ones, which cannot be compared.`
  if (kind === 'ratio' && canary.requests === undefined)
    return `${name} is a ratio, and the number of requests of each interval is not known.`
  if ((kind === 'ratio' || kind === 'count') && all.some((value) => value < 0))
    return `${name} counts something, and has values below zero.`
  const requests = [...(canary.requests ?? []), ...(baseline.requests ?? [])]
  return requests.every((each) => each >= 0 && each <= valueMax)
    ? undefined
    : `${name} has numbers of requests that are below zero or infinite.`
}

function whatIsMissing(name: string, config: JudgeConfig, canary: Side, baseline: Side): string | undefined {
  const { minIntervals = defaultIntervals, minRequests = defaultRequests } = config
  for (const [side, words] of [
    [canary, 'the canary'],
    [baseline, 'the baseline'],
  ] as const) {
    if (side.values.length < minIntervals)
      return `${name} has ${side.values.length} values for ${words} so far, and at least ${minIntervals} are needed.`
    const total = side.requests?.reduce((sum, each) => sum + each, 0) ?? minRequests
    if (total < minRequests)
      return `${name}: ${words} had ${Math.round(total)} requests so far, and at least ${minRequests} are needed.`
  }
  return undefined
}

/** Of a plain count each interval is one chance for it to happen. */
function countsOf(kind: MetricKind, canary: Side, baseline: Side): Prepared['counts'] {
  if (kind !== 'ratio' && kind !== 'count') return undefined
  const counts = ({ values, requests }: Side): Counts => ({
    events: values,
    exposure: kind === 'ratio' && requests !== undefined ? requests : values.map(() => 1),
  })
  return { canary: counts(canary), baseline: counts(baseline) }
}

function warningsOf({ stepSeconds, windowSeconds }: JudgeConfig, canary: Side, baseline: Side): readonly string[] {
  const warnings: string[] = []
  if (stepSeconds !== undefined && windowSeconds !== undefined && windowSeconds > stepSeconds)
    warnings.push(
      `Each value is a rate over ${windowSeconds} s, and there is one every ${stepSeconds} s: neighbours share most of their data and ` +
        'count for less. Use a window no longer than the step.',
    )
  const gaps = canary.gaps + baseline.gaps
  if (gaps > 0) warnings.push(`${gaps} intervals had no value and were left out.`)
  const [a, b] = [canary.values.length, baseline.values.length]
  if (Math.min(a, b) > 0 && Math.max(a, b) > 2 * Math.min(a, b))
    warnings.push(`One side has more than twice as many values as the other (${a} and ${b}).`)
  return warnings
}
