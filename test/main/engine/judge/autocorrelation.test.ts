import { expect, it } from 'vitest'
import { correlation, widening } from '#engine/judge/autocorrelation.ts'
import { studentQuantile } from '#engine/judge/student.ts'
import { correlated } from '#test/judge/series.ts'
import { Random } from '#test/sim/random.ts'

it.each([0, 0.3, 0.6, 0.9])('a correlation of %d is found', (phi) => {
  const long = (seed: number) => correlated(new Random(seed), { n: 2_000, phi, mean: 100, deviation: 10 })
  expect(Math.abs(correlation(long(1), long(2)) - phi)).toBeLessThan(0.03)
})

it('short series are found as correlated as they are, on average', () => {
  const short = (seed: number) => correlated(new Random(seed), { n: 30, phi: 0.6, mean: 100, deviation: 10 })
  const found = Array.from({ length: 400 }, (_, seed) => correlation(short(2 * seed), short(2 * seed + 1)))
  expect(Math.abs(found.reduce((sum, each) => sum + each, 0) / found.length - 0.6)).toBeLessThan(0.04)
})

it('is never less than none, nor so much that nothing is left', () => {
  expect(correlation([1, 2, 1, 2, 1, 2], [1, 2, 1, 2, 1, 2])).toBe(0)
  const climbing = Array.from({ length: 100 }, (_, at) => at)
  expect(correlation(climbing, climbing)).toBe(0.95)
  expect(correlation([5, 5], [5, 5])).toBe(0.5)
})

it('correlated values say less', () => {
  expect(widening(0)).toBe(1)
  expect(widening(0.8)).toBeCloseTo(3, 10)
})

it('a quantile from few values is further out', () => {
  // Of Student's t distribution at 0.99.
  const table = [
    [3, 4.541],
    [5, 3.365],
    [10, 2.764],
    [30, 2.457],
    [1_000, 2.33],
  ] as const
  for (const [freedom, quantile] of table) {
    expect(Math.abs(studentQuantile(2.326_348, freedom) / quantile - 1)).toBeLessThan(0.02)
  }
  expect(studentQuantile(2.326_348, -5)).toBe(studentQuantile(2.326_348, 2))
})
