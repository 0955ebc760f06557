import { type Counts, exactRatio, type RateRatio, scoreRatio } from './counts.ts'
import { decided } from './decide.ts'
import { shiftBetween } from './hodges-lehmann.ts'
import { median } from './percentile.ts'
import type { Prepared } from './prepare.ts'
import type { Effect, JudgeVerdict } from './verdict.ts'

/** From this share of intervals without an event on, events are rare. */
const rareFrom = 0.5
/** Less than this is what series of independent values show by chance. */
const correlationFrom = 0.2

/** Durations and gauges: what is typical on each side, whatever the tails. Rare whole numbers are counted instead. */
export function compareValues(metric: Prepared): JudgeVerdict {
  const { canary, baseline, z } = metric
  const all = [...canary, ...baseline]
  if (new Set(all).size === 1) return decided(metric, { test: 'none, as all values are equal' })
  const isRare = areRare(all)
  if (isRare && all.every((value) => Number.isInteger(value) && value >= 0)) return compareCounts(counted(metric))
  const { correlation, ...shift } = shiftBetween(canary, baseline, z)
  const warnings = isRare ? [`${metric.name} is mostly zero: give its events and requests, which can be compared.`] : []
  const because =
    metric.kind === 'duration' ? 'durations have long tails' : 'nothing is known of how the values are spread'
  const test = `all pairs of values, because ${because}${correlatedWords(correlation)}`
  return decided(metric, { test, effect: relative({ measure: 'shift', ...shift }, median(baseline)), warnings })
}

const areRare = (values: readonly number[]): boolean =>
  values.filter((value) => value === 0).length >= rareFrom * values.length

const counted = (metric: Prepared) => {
  const of = (events: readonly number[]): Counts => ({ events, exposure: events.map(() => 1) })
  return { ...metric, counts: { canary: of(metric.canary), baseline: of(metric.baseline) } }
}

/** A shift as times as much, where the baseline has a size to hold it against. */
function relative(shift: Effect, typical: number): Effect {
  if (typical <= 0) return shift
  const times = (difference: number): number => Math.max(1 + difference / typical, 0)
  const estimate = times(shift.estimate)
  return {
    measure: 'ratio',
    estimate,
    low: times(shift.low),
    high: times(shift.high),
    standardError: shift.standardError / (typical * estimate),
  }
}

/** Events: which share of them fell to the canary, and which share would have by its requests. */
export function compareCounts(metric: Prepared): JudgeVerdict {
  const { counts, z } = metric
  const events = [...(counts?.canary.events ?? []), ...(counts?.baseline.events ?? [])]
  if (counts === undefined || events.every((each) => each === 0))
    return decided(metric, { test: 'none, as nothing was counted on either side' })
  const isRare = areRare(events)
  const found = (isRare ? exactRatio : scoreRatio)(counts.canary, counts.baseline, z)
  const { estimate, low, high, standardError } = found
  return decided(metric, {
    test: isRare
      ? `exact, because most intervals have no event${burstWords(found)}`
      : `totals of events${burstWords(found)}`,
    effect: { measure: 'ratio', estimate, low, high, standardError },
    isRare,
  })
}

const correlatedWords = (correlation: number): string =>
  correlation < correlationFrom ? '' : `; they count for less, because neighbours are alike (${correlation.toFixed(2)})`

const burstWords = ({ dispersion }: RateRatio): string =>
  dispersion < 1.5 ? '' : `; they count for less, because they come in bursts (${dispersion.toFixed(1)})`
