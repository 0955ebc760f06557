import { describe, expect, it } from 'vitest'
import { rulesByMetric } from '#engine/analysis/metric-rules.ts'
import { aMetric } from '#test/support/builders/analysis.ts'

const metrics = ['my-foo-2', 'bar'].map((name) => aMetric({ name }))
const limits = (...rules: readonly (readonly [string, number])[]) => {
  const found = rulesByMetric(
    'measurementRetention',
    rules.map(([metricName, limit]) => ({ metricName, limit })),
    metrics,
  )
  return found.ok ? Object.fromEntries([...found.value].map(([name, { limit }]) => [name, limit])) : found.error
}

describe('which rule holds for a metric', () => {
  it('ANA-605, ANA-1007: one that matches anywhere in the name, the last of several', () => {
    expect(limits(['foo', 1])).toEqual({ 'my-foo-2': 1 })
    expect(limits(['.*', 1], ['^bar$', 2])).toEqual({ 'my-foo-2': 1, bar: 2 })
  })

  it('ANA-605, ANA-1503: one that finds nothing is an error; `*` is no regular expression', () => {
    expect(limits(['foo', 1], ['*', 2])).toBe("measurementRetention[1]: Rule didn't match any metric name(s)")
  })
})
