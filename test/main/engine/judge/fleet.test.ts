import { describe, expect, it } from 'vitest'
import { poolClusters } from '#engine/judge/fleet.ts'
import type { Effect, JudgeVerdict } from '#engine/judge/verdict.ts'

const found = (estimate: number, standardError: number, more: Partial<JudgeVerdict> = {}): JudgeVerdict => {
  const reach = 2.326 * standardError
  const [low, high] = [Math.exp(Math.log(estimate) - reach), Math.exp(Math.log(estimate) + reach)]
  const effect: Effect = { measure: 'ratio', estimate, low, high, standardError }
  return {
    verdict: low > 1 ? 'Fail' : 'Pass',
    change: low > 1 ? 'High' : 'None',
    critical: false,
    direction: 'increase',
    kind: 'duration',
    test: 'all pairs of values',
    n: { canary: 30, baseline: 30 },
    effect,
    threshold: { high: 1 },
    spentAlpha: 0.01,
    reason: '',
    warnings: [],
    ...more,
  }
}

const clusters = (...effects: readonly (readonly [number, number])[]) =>
  effects.map(([estimate, error], at) => ({ cluster: `eu-${at + 1}`, verdict: found(estimate, error) }))

describe('all clusters together', () => {
  it('find what no cluster finds alone', () => {
    const each = clusters([1.1, 0.05], [1.09, 0.05], [1.11, 0.05], [1.1, 0.05])
    expect(each.map(({ verdict }) => verdict.verdict)).toEqual(['Pass', 'Pass', 'Pass', 'Pass'])
    const pooled = poolClusters(each)
    expect(pooled).toMatchObject({ verdict: 'Fail', change: 'High', heterogeneity: 0, outlying: [], leftOut: [] })
    expect(pooled.effect?.estimate).toBeCloseTo(1.1, 2)
    expect(pooled.effect?.standardError).toBeCloseTo(0.025, 4)
  })

  it('weigh each cluster by how sure it is', () => {
    expect(poolClusters(clusters([2, 1], [1, 0.01])).effect?.estimate).toBeCloseTo(1, 2)
  })

  it('are as DerSimonian and Laird have it', () => {
    // log effects 0, 0.2, 0.4 with variance 0.01 each: Q = 8, I² = 0.75, τ² = 0.03.
    const pooled = poolClusters(clusters([1, 0.1], [Math.exp(0.2), 0.1], [Math.exp(0.4), 0.1]))
    expect(pooled.heterogeneity).toBeCloseTo(0.75, 10)
    expect(pooled.effect?.estimate).toBeCloseTo(Math.exp(0.2), 10)
    expect(pooled.effect?.standardError).toBeCloseTo(Math.sqrt(0.04 / 3), 10)
  })

  it('name a cluster that is not like the others, and do not pass over it', () => {
    const pooled = poolClusters(clusters([1, 0.05], [1.01, 0.05], [0.99, 0.05], [1, 0.05], [1.9, 0.05]))
    expect(pooled).toMatchObject({ verdict: 'Inconclusive', outlying: ['eu-5'] })
    expect(pooled.heterogeneity).toBeGreaterThan(0.9)
    expect(pooled.reason).toBe(
      'Over 5 clusters the canary is no worse than allowed, but eu-5 failed and is not like the others.',
    )
  })

  it('leave out clusters that know nothing', () => {
    const unknown = { cluster: 'us-1', verdict: found(1, Infinity) }
    const { effect: _, ...none } = found(1, 1)
    const pooled = poolClusters([...clusters([1, 0.1]), unknown, { cluster: 'us-2', verdict: none }])
    expect(pooled).toMatchObject({ verdict: 'Pass', leftOut: ['us-1', 'us-2'] })
    expect(poolClusters([unknown])).toMatchObject({ verdict: 'Pass', leftOut: ['us-1'] })
    expect(poolClusters([])).toMatchObject({ verdict: 'NotEnoughData' })
  })
})
