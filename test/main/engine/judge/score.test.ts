import { describe, expect, it } from 'vitest'
import type { Classification } from '#engine/judge/kayenta.ts'
import { classificationOf, type ScoredMetric, score } from '#engine/judge/score.ts'

const metric = (classification: Classification, more: Partial<ScoredMetric> = {}): ScoredMetric => ({
  name: 'latency',
  classification,
  reason: `it was ${classification}`,
  critical: false,
  groups: ['all'],
  ...more,
})
const limits = { groupWeights: {}, pass: 95, marginal: 75 }

describe('the score of a canary', () => {
  it.each([
    [{ verdict: 'Pass', change: 'None' }, 'Pass'],
    [{ verdict: 'Fail', change: 'High' }, 'High'],
    [{ verdict: 'Fail', change: 'Low' }, 'Low'],
    [{ verdict: 'Fail', change: 'None' }, 'NodataFailMetric'],
    [{ verdict: 'NotEnoughData', change: 'None' }, 'Nodata'],
    [{ verdict: 'Inconclusive', change: 'None' }, 'Error'],
  ] as const)('SCORE-2: a verdict of %j counts as %s', (verdict, classification) => {
    expect(classificationOf(verdict)).toBe(classification)
  })

  it('SCORE-1: muted metrics are left out', () => {
    expect(score([metric('Pass'), metric('High', { muted: true, critical: true })], limits).summary).toBe(100)
  })

  it('SCORE-2: a group is the share of its metrics that pass; those without data or with errors do not count', () => {
    const metrics = (['Pass', 'Pass', 'High', 'Low', 'NodataFailMetric', 'Nodata', 'Error'] as const).map((each) =>
      metric(each),
    )
    expect(score(metrics, limits).groups).toEqual([{ name: 'all', weight: 100, score: 40 }])
  })

  it('SCORE-3: groups without a weight share the rest; a metric may be in several', () => {
    const metrics = [metric('Pass', { groups: ['a', 'b'] }), metric('High', { groups: ['b', 'c'] })]
    const { groups, summary } = score(metrics, { ...limits, groupWeights: { a: 60 } })
    expect(groups).toEqual([
      { name: 'a', weight: 60, score: 100 },
      { name: 'b', weight: 20, score: 50 },
      { name: 'c', weight: 20, score: 0 },
    ])
    expect(summary).toBe(70)
  })

  it('SCORE-4: a group without data counts as 100, and the summary has two decimals', () => {
    const metrics = [
      ...['a', 'a', 'b'].map((name) => metric('Pass', { groups: [name] })),
      metric('High', { groups: ['a'] }),
      metric('Nodata', { groups: ['c'] }),
    ]
    expect(score(metrics, { ...limits, groupWeights: { a: 40, b: 30, c: 30 } }).summary).toBe(86.67)
  })

  it('SCORE-5: the first critical metric that does not pass decides', () => {
    const metrics = [
      metric('Pass', { critical: true }),
      metric('Nodata', { critical: true }),
      metric('High', { critical: true }),
    ]
    expect(score(metrics, limits)).toMatchObject({
      summary: 0,
      classification: 'Fail',
      reason: 'Canary Failed: it was Nodata',
    })
  })

  it('SCORE-6: with half of the data missing nothing passes', () => {
    expect(score([metric('Pass'), metric('Nodata')], limits)).toMatchObject({
      summary: 0,
      reason: '50% or more of the metrics returned NODATA',
    })
    expect(score([metric('Pass'), metric('Pass'), metric('Nodata')], limits).summary).toBe(100)
  })

  it.each([
    [1, 0, 'Pass'],
    [19, 1, 'Pass'],
    [3, 1, 'Marginal'],
    [2, 1, 'Fail'],
  ] as const)('SCORE-7: %d that pass and %d that do not: %s', (passing, failing, classification) => {
    const metrics = [
      ...Array.from({ length: passing }, () => metric('Pass')),
      ...Array.from({ length: failing }, () => metric('High')),
    ]
    expect(score(metrics, limits).classification).toBe(classification)
  })
})
