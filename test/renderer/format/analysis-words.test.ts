import { describe, expect, it } from 'vitest'
import type { AnalysisPhaseView, AnalysisRunView, MetricView } from '#contract/analysis-views.ts'
import { nextWords, requirements, runTitle, runWarning, whyNot } from '#renderer/format/analysis-words.ts'
import { createTexts, textOf } from '#renderer/format/text.ts'
import { aMetricView, aRunView, measured } from '#test/support/fixture-analysis.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const text = textOf(await createTexts('en'))

const runWith = (phase: AnalysisPhaseView, counts: Partial<MetricView['counts']> = {}): AnalysisRunView => {
  const metric = aMetricView({ name: 'm' })
  return aRunView({ name: 'r', phase, metrics: [{ ...metric, counts: { ...metric.counts, ...counts } }] })
}

describe('the title of a run', () => {
  it.each<[AnalysisPhaseView, Partial<MetricView['counts']>, string]>([
    ['Unknown', {}, 'Analysis status unknown'],
    ['Pending', {}, 'Analysis pending'],
    ['Running', { failed: 1 }, 'Analysis in progress'],
    ['Failed', { failed: 1 }, 'Analysis failed'],
    ['Inconclusive', {}, 'Analysis inconclusive'],
    ['Error', {}, 'Analysis errored'],
    ['Successful', {}, 'Analysis passed'],
    ['Successful', { failed: 1 }, 'Analysis passed with measurement failures'],
    ['Successful', { error: 1 }, 'Analysis passed with measurement errors'],
    ['Successful', { inconclusive: 2 }, 'Analysis passed with inconclusive measurements'],
    ['Successful', { inconclusive: 2, error: 1 }, 'Analysis passed with multiple issues'],
  ])('VIEW-192: %s with %j', (phase, counts, title) => {
    expect(runTitle(text, runWith(phase, counts))).toBe(title)
  })

  it.each<[AnalysisPhaseView, Partial<MetricView['counts']>, string | undefined]>([
    ['Running', { failed: 1, error: 2 }, 'degraded'],
    ['Successful', { error: 1 }, 'paused'],
    ['Running', { inconclusive: 1 }, 'paused'],
    ['Running', {}, undefined],
    ['Failed', { failed: 3 }, undefined],
  ])('VIEW-191: the sub-status of %s with %j is %s', (phase, counts, tone) => {
    expect(runWarning(text, runWith(phase, counts))?.tone).toBe(tone)
  })
})

describe('VIEW-199: pass requirements', () => {
  const metric = aMetricView({
    name: 'm',
    limits: { failure: 2, inconclusive: -1, consecutiveError: 0, consecutiveSuccess: 3 },
  })
  const states = (change: Partial<MetricView>) => requirements(text, { ...metric, ...change }).map(({ state }) => state)

  it('in words; none for a limit that is off', () => {
    expect(requirements(text, metric).map(({ words }) => words)).toEqual([
      'Exactly 3 consecutive successes.',
      'Fewer than 3 failures.',
      'No consecutive errors.',
    ])
  })

  it('open while it runs, missed as soon as a limit is passed, met or missed at the end', () => {
    const counts = { ...metric.counts, failed: 3, consecutiveSuccess: 3 }
    const measurements = measured([1], T0)
    expect(states({})).toEqual(['notBegun', 'notBegun', 'notBegun'])
    expect(states({ measurements })).toEqual(['open', 'open', 'open'])
    expect(states({ measurements, counts })).toEqual(['open', 'missed', 'open'])
    expect(states({ measurements, counts, phase: 'Failed' })).toEqual(['met', 'missed', 'met'])
  })
})

describe('UI-COPY-4: why a measurement did not pass', () => {
  const line = { value: 0.95, good: 'above', inclusive: true, from: 'success', key: '0' } as const
  const metric = aMetricView({ name: 'm', thresholds: [line] })
  const why = (value: number | string, phase: AnalysisPhaseView, change: Partial<MetricView> = {}) => {
    const [measurement] = measured([value], T0, { 0: phase })
    return measurement && whyNot(text, { ...metric, ...change }, measurement)
  }

  it('the value with its limit', () => {
    expect(why(0.93, 'Failed')).toBe('0.93, has to be ≥ 0.95')
    expect(why(0.93, 'Inconclusive')).toBe('0.93, to pass it has to be ≥ 0.95')
    expect(why(0.97, 'Successful')).toBeUndefined()
    expect(why(0.93, 'Failed', { thresholds: [] })).toBe('0.93 does not meet the condition')
    expect(why('no such host', 'Error')).toBe('Error: no such host')
  })

  it('in full where both would look the same', () => {
    const thresholds = [{ ...line, value: 100_000.5 }]
    expect(why(100_000, 'Failed', { thresholds })).toBe('100000, has to be ≥ 100000.5')
  })
})

it('says when it is measured next', () => {
  const metric = aMetricView({ name: 'm', nextAt: T0 + 42_000 })
  const measurements = measured([1], T0)
  expect(nextWords(text, metric, T0)).toBe('first in 0:42')
  expect(nextWords(text, { ...metric, measurements }, T0)).toBe('next in 0:42')
  expect(nextWords(text, metric, T0 + 50_000)).toBe('due now')
  expect(nextWords(text, { ...metric, nextAt: undefined }, T0)).toBe('none ahead')
  expect(nextWords(text, { ...metric, phase: 'Failed' }, T0)).toBe('ended')
})
