import type { MeasurementView, MetricView } from '#contract/analysis-views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatMinute, formatTime } from './clock-time.ts'

export interface ChartScale {
  readonly from: EpochMs
  readonly until: EpochMs
  readonly low: number
  readonly high: number
}

/** Above and below data and limits (UI-CH-5). */
const air = 0.15

/**
 * The axes of a metric: all that was measured, its limits, and 15% of air (UI-CH-5). What is not negative and reaches near 0 starts
 * there. `undefined` when there is no number.
 */
export function scaleOf(metric: MetricView, stable?: MetricView): ChartScale | undefined {
  const measurements = [...metric.measurements, ...(stable?.measurements ?? [])]
  const values = measurements.flatMap(({ numbers }) => numbers.filter((each) => each !== null))
  if (values.length === 0) return undefined
  const all = [...values, ...metric.thresholds.map(({ value }) => value)]
  const times = measurements.map(({ at }) => at)
  const [from, until] = [Math.min(...times), Math.max(...times)]
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const room = (most - least || Math.abs(most) || 1) * air
  const low = least >= 0 && least - room < most * 0.35 ? 0 : least - room
  return { from, until: until === from ? from + 60_000 : until, low, high: most + room }
}

/** Round values on the axis, three at most, lowest first (UI-CH-5). */
export function valueTicks({ low, high }: Pick<ChartScale, 'low' | 'high'>): readonly number[] {
  const unit = 10 ** Math.floor(Math.log10((high - low) / 3))
  const ticks = [1, 2, 2.5, 5, 10, 20].map((factor) => multiples(low, high, unit * factor))
  return ticks.find(({ length }) => length <= 3) ?? []
}

function multiples(low: number, high: number, step: number): readonly number[] {
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)]
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step)
}

/** Three times in words: at the start, in the middle and at the end (UI-CH-5); to the second where minutes would repeat. */
export function timeTicks({ from, until }: Pick<ChartScale, 'from' | 'until'>): readonly string[] {
  const format = until - from < 120_000 ? formatTime : formatMinute
  return [from, (from + until) / 2, until].map(format)
}

/** Percent from the start. */
export const timeAt = ({ from, until }: ChartScale, at: EpochMs): number => ((at - from) / (until - from)) * 100

/** The time at a place, percent from the start; beyond the ends that of the end. */
export const timeFrom = ({ from, until }: ChartScale, percent: number): EpochMs =>
  Math.round(from + ((until - from) * Math.min(100, Math.max(0, percent))) / 100)

/** The measurement nearest to a time; `undefined` without any. */
export const nearest = (measurements: readonly MeasurementView[], at: EpochMs): MeasurementView | undefined =>
  measurements.toSorted((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at))[0]

/** A place in a style. */
export const placeOf = (percent: number): string => `${Math.round(percent * 100) / 100}%`

/** Percent from the top. */
export const heightAt = ({ low, high }: Pick<ChartScale, 'low' | 'high'>, value: number): number =>
  ((high - value) / (high - low)) * 100

/** The numbers of one series as unbroken stretches: what could not be measured is a gap (UI-ERR-8). */
export function stretchesOf(
  measurements: readonly MeasurementView[],
  series: number,
): readonly (readonly { readonly at: EpochMs; readonly value: number }[])[] {
  const stretches: { at: EpochMs; value: number }[][] = [[]]
  for (const { at, numbers } of measurements) {
    const value = numbers[series] ?? null
    if (value === null) stretches.push([])
    else stretches.at(-1)?.push({ at, value })
  }
  return stretches.filter(({ length }) => length > 0)
}

/** Where numbers are bad for sure, and where they are neither good nor bad, as values (UI-CH-2). */
export interface Band {
  readonly kind: 'failing' | 'inconclusive'
  readonly from: number
  readonly to: number
}

/** A success condition beside a failure condition leaves a gap between both, which is inconclusive; alone it decides. */
export function bandsOf({ thresholds, failureCondition }: MetricView, scale: ChartScale): readonly Band[] {
  const hasFailure = failureCondition !== undefined && thresholds.some(({ from }) => from === 'failure')
  const beyond = thresholds.map(({ good, value, from }): Band & { readonly good: string } => ({
    kind: from === 'failure' || failureCondition === undefined ? 'failing' : 'inconclusive',
    good,
    ...(good === 'above' ? { from: scale.low, to: value } : { from: value, to: scale.high }),
  }))
  const failing = beyond.filter(({ kind }) => kind === 'failing')
  return beyond.map(({ kind, good, from, to }) => {
    const inner = kind === 'inconclusive' && hasFailure ? failing.filter((each) => each.good === good) : []
    const band = { kind, from, to }
    return inner.reduce(
      (rest, each) =>
        good === 'above'
          ? { ...rest, from: Math.max(rest.from, each.to) }
          : { ...rest, to: Math.min(rest.to, each.from) },
      band,
    )
  })
}
