import { describe, expect, it } from 'vitest'
import type { AnalysisPhase, Measurement, Metric, MetricResult } from '#api/analysis.ts'
import { effectiveCount, isWorse, limitPassed, limitValue, metricPhase } from '#engine/analysis/metric-phase.ts'

const aMetric = (metric: Partial<Metric> = {}): Metric => ({ name: 'rate', provider: {}, ...metric })
const measured: Measurement = { phase: 'Successful' }
const aResult = (counts: Partial<MetricResult>): MetricResult => ({
  name: 'rate',
  phase: 'Running',
  measurements: [measured],
  ...counts,
})

describe('the phase of a metric', () => {
  it.each<[string, Partial<Metric>, Partial<MetricResult>, AnalysisPhase, AnalysisPhase]>([
    ['ANA-1481', { interval: '60s', failureLimit: 2 }, { failed: 3, count: 3 }, 'Failed', 'Failed'],
    ['ANA-1482', { interval: '60s', failureLimit: 3 }, { failed: 3, count: 3 }, 'Running', 'Successful'],
    ['ANA-1483', { interval: '60s' }, { consecutiveError: 5 }, 'Error', 'Error'],
    ['ANA-1484', { interval: '60s' }, { consecutiveError: 4 }, 'Running', 'Successful'],
    ['ANA-1485', { count: 10 }, { successful: 5, inconclusive: 5, count: 10 }, 'Inconclusive', 'Inconclusive'],
    [
      'ANA-1486',
      { interval: '60s', failureLimit: -1, consecutiveSuccessLimit: 3 },
      { consecutiveSuccess: 3, failed: 3 },
      'Successful',
      'Successful',
    ],
    [
      'ANA-1487',
      { failureLimit: -1, consecutiveSuccessLimit: 5, count: 7 },
      { consecutiveSuccess: 3, count: 7 },
      'Failed',
      'Failed',
    ],
    [
      'ANA-1488',
      { failureLimit: 4, consecutiveSuccessLimit: 4, count: 10 },
      { failed: 4, consecutiveSuccess: 3, count: 10 },
      'Inconclusive',
      'Inconclusive',
    ],
    [
      'ANA-1489',
      { failureLimit: 4, consecutiveSuccessLimit: 4, count: 10 },
      { failed: 5, consecutiveSuccess: 4, count: 10 },
      'Failed',
      'Failed',
    ],
    [
      'ANA-1490',
      { failureLimit: 4, consecutiveSuccessLimit: 4, count: 10 },
      { failed: 3, consecutiveSuccess: 3, count: 8 },
      'Running',
      'Successful',
    ],
    ['ANA-1491', { count: 1 }, { measurements: [{ phase: 'Running' }] }, 'Running', 'Running'],
    ['ANA-1492', { count: 1 }, { measurements: [] }, 'Pending', 'Successful'],
    ['ANA-802: a completed phase stays', { count: 1 }, { phase: 'Failed', failed: 0 }, 'Failed', 'Failed'],
    [
      'ANA-802: one measurement is enough without interval',
      {},
      { successful: 1, count: 1 },
      'Successful',
      'Successful',
    ],
  ])('%s', (_rule, metric, counts, running, terminating) => {
    expect(metricPhase(aMetric(metric), aResult(counts), false)).toBe(running)
    expect(metricPhase(aMetric(metric), aResult(counts), true)).toBe(terminating)
  })

  it('ANA-802: nothing measured yet', () => {
    expect(metricPhase(aMetric(), undefined, false)).toBe('Pending')
    expect(metricPhase(aMetric(), undefined, true)).toBe('Successful')
  })
})

it('ANA-801, API-246: of several limits that are passed the errors are told, then the inconclusive, then the failed', () => {
  const all = { failed: 1, inconclusive: 1, consecutiveError: 5 }
  expect(limitPassed(aMetric(), aResult(all))?.message).toBe('consecutiveErrors (5) > consecutiveErrorLimit (4)')
  expect(limitPassed(aMetric(), aResult({ ...all, consecutiveError: 4 }))).toEqual({
    phase: 'Inconclusive',
    message: 'inconclusive (1) > inconclusiveLimit (0)',
  })
  expect(limitPassed(aMetric({ failureLimit: '0' }), aResult({ failed: 1 }))).toEqual({
    phase: 'Failed',
    message: 'failed (1) > failureLimit (0)',
  })
  expect(limitPassed(aMetric({ failureLimit: -1 }), aResult({ failed: 9 }))).toBeUndefined()
})

it.each([
  ['', 0],
  ['1.5', 0],
  [' 5', 0],
  ['+5', 5],
  ['-1', -1],
  [7, 7],
])('ANA-105: the limit %j counts as %d', (limit, value) => {
  expect(limitValue(limit)).toBe(value)
})

it.each<[Partial<Metric>, number | undefined]>([
  [{}, 1],
  [{ count: 0 }, 1],
  [{ interval: '1m' }, undefined],
  [{ interval: '1m', count: '0' }, undefined],
  [{ interval: '1m', count: 5 }, 5],
  [{ count: '3' }, 3],
])('ANA-106: %j takes %j measurements', (metric, count) => {
  expect(effectiveCount(metric)).toBe(count)
})

it('ANA-111: phases from best to worst', () => {
  expect(isWorse('Error', 'Failed')).toBe(true)
  expect(isWorse('Failed', 'Failed')).toBe(false)
  expect(isWorse('Pending', 'Running')).toBe(false)
  expect(isWorse('Successful', 'Running')).toBe(true)
})
