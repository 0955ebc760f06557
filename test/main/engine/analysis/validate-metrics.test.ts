import { describe, expect, it } from 'vitest'
import type { Metric } from '#api/analysis.ts'
import { metricsError } from '#engine/analysis/validate-metrics.ts'
import { aMetric } from '#test/support/builders/analysis.ts'

const errorOf = (metric: Partial<Metric>) => metricsError([aMetric(metric)])?.replace('metrics[0]: ', '')

describe('what is wrong with metrics', () => {
  it('ANA-501: none at all, or two of one name', () => {
    expect(metricsError([])).toBe('no metrics specified')
    expect(metricsError([aMetric(), aMetric()])).toBe("metrics[1]: duplicate name 'rate'")
    expect(metricsError([aMetric(), aMetric({ name: 'b', failureLimit: -2 })])).toBe(
      'metrics[1]: failureLimit must be >= 0, or -1 to be disabled',
    )
  })

  it.each<[string, Partial<Metric>]>([
    ['consecutiveSuccessLimit must be >= 0', { consecutiveSuccessLimit: -1, failureLimit: -9 }],
    ['failureLimit must be >= 0, or -1 to be disabled', { failureLimit: '-2', inconclusiveLimit: -1 }],
    ['failureLimit and consecutiveSuccessLimit cannot both be disabled', { failureLimit: -1, inconclusiveLimit: -1 }],
    ['inconclusiveLimit must be >= 0', { inconclusiveLimit: -1, consecutiveErrorLimit: -1 }],
    ['consecutiveErrorLimit must be >= 0', { consecutiveErrorLimit: -1, count: 1, failureLimit: 2 }],
    [
      'count (3) must be >= failureLimit + consecutiveSuccessLimit (2 + 2) if both >= 0',
      { count: 3, failureLimit: 2, consecutiveSuccessLimit: '2', inconclusiveLimit: 9 },
    ],
    ['count must be >= consecutiveSuccessLimit', { count: 3, failureLimit: -1, consecutiveSuccessLimit: 4 }],
    ['count must be >= inconclusiveLimit', { count: 3, inconclusiveLimit: 4 }],
    ['interval must be specified when count > 1', { count: 2, initialDelay: 'soon' }],
    ['invalid interval string: time: unknown unit "d" in duration "1d"', { interval: '1d', initialDelay: 'soon' }],
    ['invalid startDelay string: time: missing unit in duration "30"', { initialDelay: '30', provider: {} }],
  ])('ANA-502: %s', (message, metric) => {
    expect(errorOf(metric)).toBe(message)
  })

  it('ANA-502: limits may add up to all measurements', () => {
    expect(errorOf({ count: 4, interval: '1m', failureLimit: 2, consecutiveSuccessLimit: 2 })).toBeUndefined()
  })

  it('ANA-502, ANA-504: exactly one provider, and each plugin counts', () => {
    expect(errorOf({ provider: {} })).toBe('no provider specified')
    expect(errorOf({ provider: { web: {}, job: {} } })).toBe('multiple providers specified')
    expect(errorOf({ provider: { plugin: { 'a/b': {}, 'c/d': {} } } })).toBe('multiple providers specified')
    expect(errorOf({ provider: { plugin: { 'a/b': {} } } })).toBeUndefined()
  })

  it('ANA-503: conditions are not looked at', () => {
    expect(errorOf({ successCondition: '((' })).toBeUndefined()
  })
})
