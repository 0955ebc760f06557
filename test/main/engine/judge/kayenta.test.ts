import { describe, expect, it } from 'vitest'
import { classify, type KayentaMetric } from '#engine/judge/kayenta.ts'

const repeated = (value: number, times: number): readonly number[] => Array.from({ length: times }, () => value)
const steps = (from: number, count: number): readonly number[] => Array.from({ length: count }, (_, at) => from + at)

const higher = [12, 14, 11, 13, 15, 12.5, 13.5, 14.5]
const lower = [10, 9, 11, 10.5, 9.5, 10.2, 8.8, 11.5]

const classified = (canary: readonly number[], baseline: readonly number[], more: Partial<KayentaMetric> = {}) =>
  classify({ name: 'latency', canary, baseline, direction: 'either', config: {}, ...more })

describe("Kayenta's rules", () => {
  it('JUDGE-1: values that are none are dropped, or count as 0', () => {
    const canary = [Number.NaN, ...higher]
    expect(classified(canary, lower).statistics.canary).toMatchObject({ count: 8, min: 11 })
    const replaced = classified(canary, lower, { config: { nanStrategy: 'replace' } })
    expect(replaced.statistics.canary).toMatchObject({ count: 9, min: 0 })
  })

  it('JUDGE-2: outliers are dropped when asked for', () => {
    const canary = [...steps(1, 9), 100]
    expect(classified(canary, lower).statistics.canary.max).toBe(100)
    const removed = classified(canary, lower, { config: { outliers: { strategy: 'remove' } } })
    expect(removed.statistics.canary).toMatchObject({ max: 9, count: 9 })
    const wide = classified(canary, lower, { config: { outliers: { strategy: 'remove', outlierFactor: 30 } } })
    expect(wide.statistics.canary.max).toBe(100)
  })

  it('JUDGE-3: what is left is described', () => {
    const { canary } = classified([2, 4, 4, 4, 5, 5, 7, 9], lower).statistics
    expect(canary).toMatchObject({ min: 2, max: 9, mean: 5, count: 8 })
    expect(canary.standardDeviation).toBeCloseTo(2.138, 3)
    const empty = { min: 0, max: 0, mean: 0, standardDeviation: 0, count: 0 }
    expect(classified([], lower).statistics.canary).toEqual(empty)
    expect(classified([5], lower).statistics.canary.standardDeviation).toBe(0)
  })

  it.each([
    [{}, false, 'Nodata'],
    [{}, true, 'Nodata'],
    [{ mustHaveData: true }, false, 'NodataFailMetric'],
    [{ mustHaveData: true }, true, 'Nodata'],
    [{ nanStrategy: 'replace' }, false, 'Pass'],
  ] as const)('JUDGE-4: without data, with %j and critical %j, it is %s', (config, critical, classification) => {
    const found = classified([], lower, { critical, config })
    expect(found).toMatchObject({ classification, critical, ratio: 1, reason: 'Missing data for latency' })
  })

  it('JUDGE-5, JUDGE-6: what is equal passes', () => {
    expect(classified([3, 1, 2], [1, 2, 3])).toMatchObject({ classification: 'Pass', ratio: 1 })
    expect(classified([5, 5, 5], [5, 5])).toMatchObject({ classification: 'Pass', ratio: 1 })
  })

  it('JUDGE-7: constant sides get the same noise from the same seed', () => {
    const found = classified(repeated(5, 10), repeated(4, 10))
    expect(found.classification).toBe('High')
    expect(found).toEqual(classified(repeated(5, 10), repeated(4, 10)))
    expect(found.shift?.estimate).toBeCloseTo(1, 3)
    expect(classified(repeated(5, 10), repeated(4, 10), { config: { seed: 9 } }).shift).not.toEqual(found.shift)
    expect(classified(repeated(0, 10), repeated(4, 10)).classification).toBe('Low')
    expect(classified(repeated(-5, 10), repeated(-4, 10)).shift?.estimate).toBeCloseTo(-1, 3)
  })

  it.each([
    ['a shift', higher, lower, { low: 1.499_95, high: 4.800_05, estimate: 3.196_83 }, 1.310_56, 'High'],
    ['hardly any', steps(1.5, 10), steps(1, 10), { low: -3.499_99, high: 4.499_99, estimate: 0.5 }, 1.090_91, 'Pass'],
    [
      'most values much higher, which it does not see',
      [...repeated(100, 7), ...repeated(1, 3)],
      repeated(1, 10),
      { low: 6.825e-5, high: 99, estimate: 98.999_93 },
      70.3,
      'Pass',
    ],
  ] as const)('JUDGE-8, JUDGE-10, JUDGE-11, MW-8: %s', (_name, canary, baseline, shift, ratio, classification) => {
    const found = classified(canary, baseline)
    expect(found.classification).toBe(classification)
    for (const end of ['low', 'high', 'estimate'] as const) {
      expect(Math.abs((found.shift?.[end] ?? Number.NaN) - shift[end])).toBeLessThan(1e-4)
    }
    expect(found.ratio).toBeCloseTo(ratio, 4)
  })

  it('JUDGE-11: a few events where there were none pass, which is why there is another mode', () => {
    expect(classified([0, 1, 2, 1, 0, 0], repeated(0, 6)).classification).toBe('Pass')
  })

  it('JUDGE-11: the direction and the allowed effect decide what counts', () => {
    expect(classified(higher, lower, { direction: 'increase' }).classification).toBe('High')
    expect(classified(higher, lower, { direction: 'decrease' }).classification).toBe('Pass')
    expect(classified(lower, higher, { direction: 'decrease' }).classification).toBe('Low')
    expect(classified(lower, higher, { direction: 'increase' }).classification).toBe('Pass')
    const config = (allowedIncrease: number) => ({ config: { effectSize: { allowedIncrease } } })
    expect(classified(higher, lower, config(1.31)).classification).toBe('High')
    expect(classified(higher, lower, config(1.32)).classification).toBe('Pass')
    expect(classified(lower, higher, { config: { effectSize: { allowedDecrease: 0.7 } } }).classification).toBe('Pass')
  })

  it('JUDGE-9, JUDGE-14: the effect may be how often it is higher; the ratio is that of the means all the same', () => {
    const cles = (allowedIncrease: number) => ({
      config: { effectSize: { measure: 'cles' as const, allowedIncrease } },
    })
    expect(classified(higher, lower, cles(0.97))).toMatchObject({ classification: 'High', effect: 0.976_562_5 })
    expect(classified(higher, lower, cles(0.98)).classification).toBe('Pass')
    expect(classified(higher, lower, cles(0.97)).ratio).toBeCloseTo(1.310_56, 4)
    expect(classified(higher, lower, { config: { effectSize: { measure: 'cles' } } }).classification).toBe('High')
  })

  it('JUDGE-12: a critical metric is critical from its critical effect on', () => {
    const critical = (criticalIncrease?: number) => ({
      critical: true,
      config: { effectSize: criticalIncrease === undefined ? {} : { criticalIncrease } },
    })
    expect(classified(higher, lower, critical())).toMatchObject({ classification: 'High', critical: true })
    expect(classified(higher, lower, critical(1.5))).toMatchObject({ classification: 'High', critical: false })
    expect(classified(lower, higher, critical(9))).toMatchObject({ classification: 'Low', critical: true })
    expect(classified(higher, higher, critical()).critical).toBe(false)
  })

  it('JUDGE-13: what cannot be classified is an error, and not critical', () => {
    const infinite = classified([Infinity, Infinity, 1], [Infinity, 2, 3], { critical: true })
    expect(infinite).toMatchObject({ classification: 'Error', reason: 'Metric Classification Failed', critical: false })
  })
})
