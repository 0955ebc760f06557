import { expect, it } from 'vitest'
import { mean } from '#engine/judge/effect-size.ts'
import { withNoise } from '#engine/judge/noise.ts'

const values = Array.from({ length: 4_000 }, () => 200)

it('JUDGE-7: noise has mean 0 and a hundred-thousandth of the value as its deviation', () => {
  const noise = withNoise(values, 7).map((value) => (value - 200) / (200 * 1e-5))
  expect(Math.abs(mean(noise))).toBeLessThan(0.05)
  expect(Math.sqrt(mean(noise.map((each) => each ** 2)))).toBeCloseTo(1, 1)
  expect(Math.max(...noise)).toBeGreaterThan(2.5)
  expect(Math.max(...noise)).toBeLessThan(6)
})

it('JUDGE-7: the same seed gives the same noise, another one another, and 0 gets none', () => {
  expect(withNoise(values, 7)).toEqual(withNoise(values, 7))
  expect(withNoise(values, 7)).not.toEqual(withNoise(values, 8))
  expect(withNoise([0, 0], 7)).toEqual([0, 0])
  expect(withNoise([-5], 7)[0]).not.toBe(-5)
})
