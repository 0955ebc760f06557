import { expect, it } from 'vitest'
import { shiftBetween } from '#engine/judge/hodges-lehmann.ts'
import { correlated } from '#test/judge/series.ts'
import { Random } from '#test/sim/random.ts'

const z = 2.326_347_874
const series = (seed: number, n: number, mean = 100, phi = 0) =>
  correlated(new Random(seed), { n, phi, mean, deviation: 10 })

it('MW-8: the estimate is the exact median of all differences', () => {
  const canary = [12, 14, 11, 13, 15, 12.5, 13.5, 14.5]
  const baseline = [10, 9, 11, 10.5, 9.5, 10.2, 8.8, 11.5]
  expect(shiftBetween(canary, baseline, z).estimate).toBeCloseTo(3.1, 12)
  expect(shiftBetween([1, 2, 3], [1, 2, 3], 1).estimate).toBe(0)
})

it('long samples, whose ends are searched for, have the interval that counting would give', () => {
  const [x, y] = [series(1, 199, 103), series(2, 199)]
  const [counted, searched] = [shiftBetween(x, y, z), shiftBetween([...x, 103, 103], [...y, 100, 100], z)]
  for (const end of ['low', 'high', 'estimate'] as const) {
    expect(Math.abs(counted[end] - searched[end])).toBeLessThan(0.2)
  }
  expect(searched.low).toBeLessThan(searched.estimate)
  expect(searched.high).toBeGreaterThan(searched.estimate)
})

it('there is an end even where pairs alone have none', () => {
  const [x, y] = [series(3, 20, 300, 0.95), series(4, 20, 100, 0.95)]
  const { low, high, estimate, standardError } = shiftBetween(x, y, z)
  expect(low).toBeLessThan(estimate - 2 * standardError)
  expect(high).toBeGreaterThan(estimate + 2 * standardError)
  expect(Number.isFinite(low) && Number.isFinite(high)).toBe(true)
})
