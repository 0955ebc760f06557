import { expect, it } from 'vitest'
import { fencesOf, median, percentile, withoutOutliers } from '#engine/judge/percentile.ts'

it('JUDGE-2: percentiles are linear between neighbours', () => {
  expect(percentile([1, 2, 3, 4], 25)).toBe(1.75)
  expect(percentile([1, 2, 3, 4], 100)).toBe(4)
  expect(percentile([7], 99)).toBe(7)
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
})

it('JUDGE-2: fences are beyond the quartiles, and never within the first and last percent', () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100]
  expect(fencesOf(values, 3).low).toBeCloseTo(-10.25, 10)
  expect(fencesOf(values, 3).high).toBeCloseTo(91.81, 10)
  expect(withoutOutliers(values, 3)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(withoutOutliers([5, 5, 5, 5], 3)).toEqual([5, 5, 5, 5])
})
