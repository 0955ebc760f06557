import { describe, expect, it } from 'vitest'
import type { Measurement, Metric, MetricResult } from '#api/analysis.ts'
import { recordMeasurement } from '#engine/analysis/record-measurement.ts'
import { nextDue, type Schedule, tasksDue } from '#engine/analysis/schedule.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const aMetric = (metric: Partial<Metric> = {}): Metric => ({ name: 'rate', provider: {}, ...metric })
const ended = (phase: Measurement['phase'], agoMs: number): Measurement => ({
  phase,
  finishedAt: formatSeconds(T0 - agoMs),
})
const aResult = (last: Measurement | undefined, result: Partial<MetricResult> = {}): MetricResult => ({
  name: 'rate',
  phase: 'Running',
  ...(last !== undefined && { measurements: [last] }),
  ...result,
})
const schedule = (metric: Metric, result: MetricResult | undefined, more: Partial<Schedule> = {}): Schedule => ({
  metrics: [metric],
  results: result === undefined ? [] : [result],
  startedAt: T0 - 60_000,
  terminating: false,
  now: T0,
  ...more,
})
const kinds = (...args: Parameters<typeof schedule>) => tasksDue(schedule(...args)).map(({ kind }) => kind)

describe('what is measured now', () => {
  it('ANA-606: at once, or after the delay from the start of the run', () => {
    expect(kinds(aMetric(), undefined)).toEqual(['new'])
    expect(kinds(aMetric({ initialDelay: '60s' }), undefined)).toEqual(['new'])
    expect(kinds(aMetric({ initialDelay: '61s' }), undefined)).toEqual([])
    expect(kinds(aMetric({ initialDelay: '1s' }), undefined, { startedAt: undefined })).toEqual([])
    expect(kinds(aMetric({ initialDelay: 'soon' }), undefined)).toEqual([])
  })

  it('ANA-606, ANA-904: strictly after the interval, and ten seconds after an error whatever it is', () => {
    const metric = aMetric({ interval: '5m', count: 9 })
    expect(kinds(metric, aResult(ended('Successful', 300_000)))).toEqual([])
    expect(kinds(metric, aResult(ended('Successful', 301_000)))).toEqual(['new'])
    expect(kinds(metric, aResult(ended('Error', 10_000)))).toEqual([])
    expect(kinds(metric, aResult(ended('Error', 11_000)))).toEqual(['new'])
    expect(kinds(aMetric({ count: 2 }), aResult(ended('Successful', 11_000), { count: 1 }))).toEqual(['new'])
  })

  it('ANA-606: nothing once it is done, counted out, or about to end', () => {
    expect(kinds(aMetric(), aResult(ended('Failed', 99_000), { phase: 'Failed' }))).toEqual([])
    expect(kinds(aMetric({ count: 1 }), aResult(ended('Successful', 99_000), { count: 1 }))).toEqual([])
    expect(kinds(aMetric({ interval: '1s' }), aResult(ended('Successful', 99_000)), { terminating: true })).toEqual([])
  })

  it('ANA-606: what is under way goes on when it is due, or at once when the run ends', () => {
    const later: Measurement = { phase: 'Running', resumeAt: formatSeconds(T0 + 5_000) }
    expect(kinds(aMetric(), aResult(later))).toEqual([])
    expect(kinds(aMetric(), aResult(later), { terminating: true })).toEqual(['continue'])
    expect(kinds(aMetric(), aResult({ phase: 'Running' }))).toEqual(['continue'])
  })
})

describe('when time asks again', () => {
  it.each<[string, Metric, MetricResult | undefined, number | undefined]>([
    ['a delay', aMetric({ initialDelay: '90s' }), undefined, 30_000],
    ['no delay', aMetric(), undefined, undefined],
    ['resumeAt', aMetric(), aResult({ phase: 'Running', resumeAt: formatSeconds(T0 + 5_000) }), 5_000],
    ['under way without it', aMetric(), aResult({ phase: 'Running' }), undefined],
    ['counted out', aMetric({ interval: '1m', count: 1 }), aResult(ended('Successful', 0), { count: 1 }), undefined],
    ['an error', aMetric({ interval: '1m' }), aResult(ended('Error', 4_000)), 6_001],
    ['an interval', aMetric({ interval: '1m' }), aResult(ended('Failed', 20_000)), 40_001],
    ['long overdue', aMetric({ interval: '1m' }), aResult(ended('Failed', 900_000)), 0],
    ['done', aMetric({ interval: '1m' }), aResult(ended('Failed', 0), { phase: 'Failed' }), undefined],
  ])('ANA-901: %s', (_title, metric, result, inMs) => {
    const due = nextDue(schedule(metric, result))
    expect(due === undefined ? undefined : due - T0).toBe(inMs)
  })

  it('ANA-902: the earliest of all', () => {
    const metrics = [aMetric({ initialDelay: '90s' }), aMetric({ name: 'b', initialDelay: '70s' })]
    expect(nextDue({ ...schedule(aMetric(), undefined), metrics })).toBe(T0 + 10_000)
  })
})

describe('what is kept of a measurement', () => {
  const first = { name: 'rate' }
  const taken = (phase: Measurement['phase'], kind: 'new' | 'continue' = 'new') => ({
    first,
    kind,
    measurement: { phase },
  })

  it.each<[Measurement['phase'], Partial<MetricResult>]>([
    ['Successful', { successful: 2, count: 4, consecutiveError: 0, consecutiveSuccess: 2 }],
    ['Failed', { failed: 2, count: 4, consecutiveError: 0, consecutiveSuccess: 0 }],
    ['Inconclusive', { inconclusive: 2, count: 4, consecutiveError: 0, consecutiveSuccess: 0 }],
    ['Error', { error: 2, count: 3, consecutiveError: 2, consecutiveSuccess: 0 }],
  ])('ANA-609: counts after %s', (phase, counts) => {
    const before = aResult(undefined, {
      ...{ successful: 1, failed: 1, inconclusive: 1, error: 1, count: 3 },
      ...{ consecutiveError: 1, consecutiveSuccess: 1 },
    })
    expect(recordMeasurement(before, taken(phase), T0)).toMatchObject({
      ...counts,
      measurements: [{ phase, finishedAt: formatSeconds(T0) }],
    })
  })

  it('ANA-610: one that goes on takes its own place, and is counted when it ends', () => {
    const running = recordMeasurement(undefined, taken('Running'), T0)
    expect(running).toEqual({ name: 'rate', phase: 'Running', measurements: [{ phase: 'Running' }] })
    const done = recordMeasurement(running, taken('Successful', 'continue'), T0)
    expect(done).toMatchObject({ count: 1, measurements: [{ phase: 'Successful' }] })
    expect(done.measurements).toHaveLength(1)
  })
})
