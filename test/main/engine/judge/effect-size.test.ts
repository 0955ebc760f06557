import fc from 'fast-check'
import { expect, it } from 'vitest'
import { commonLanguageEffect, meanRatio } from '#engine/judge/effect-size.ts'

const repeated = (value: number, times: number): readonly number[] => Array.from({ length: times }, () => value)
const steps = (from: number): readonly number[] => Array.from({ length: 10 }, (_, at) => from + at)
const higher = [12, 14, 11, 13, 15, 12.5, 13.5, 14.5]
const lower = [10, 9, 11, 10.5, 9.5, 10.2, 8.8, 11.5]

it.each([
  [higher, lower, 0.976_562_5, 1.310_56],
  [steps(1.5), steps(1), 0.55, 1.090_91],
  [[...repeated(100, 7), ...repeated(1, 3)], repeated(1, 10), 0.85, 70.3],
])('JUDGE-9: of %j and %j', (canary, baseline, cles, ratio) => {
  expect(commonLanguageEffect(canary, baseline)).toBeCloseTo(cles, 10)
  expect(meanRatio(canary, baseline)).toBeCloseTo(ratio, 4)
})

it('JUDGE-9: there is no ratio to nothing, nor of it', () => {
  expect(meanRatio([1, -1], [5])).toBeNaN()
  expect(meanRatio([5], [0, 0])).toBeNaN()
})

it('JUDGE-9: the canary is higher as often as the baseline is lower', () => {
  const sample = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(sample, sample, (x, y) => {
      const pairs = x.flatMap((a) => y.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)))
      const share = pairs.reduce<number>((sum, each) => sum + each, 0) / pairs.length
      expect(commonLanguageEffect(x, y)).toBeCloseTo(share, 10)
      expect(commonLanguageEffect(y, x)).toBeCloseTo(1 - share, 10)
    }),
    { seed: 1 },
  )
})
