import { expect, it } from 'vitest'
import { allowance } from '#engine/judge/spending.ts'

it('a single look may use all that is allowed', () => {
  expect(allowance(0.01, { n: 1, planned: 1 }).z).toBeCloseTo(2.326_35, 4)
  expect(allowance(0.01, { n: 1, planned: 1 }).spentAlpha).toBe(0.01)
})

it('of several looks the first may use hardly anything, and the last one what is left', () => {
  const looks = [1, 2, 3, 4, 5].map((n) => allowance(0.01, { n, planned: 5 }))
  expect(looks.map(({ z }) => Number(z.toFixed(3)))).toEqual([5.76, 4.073, 3.325, 2.88, 2.576])
  const spent = looks.map(({ spentAlpha }) => spentAlpha)
  expect(spent.toSorted((a, b) => a - b)).toEqual(spent)
  expect(spent[0]).toBeLessThan(1e-7)
  expect(spent[4]).toBeCloseTo(0.01, 10)
})

it('a look beyond those that were planned is like the last one', () => {
  expect(allowance(0.01, { n: 7, planned: 5 })).toEqual(allowance(0.01, { n: 5, planned: 5 }))
  expect(allowance(0.01, { n: 0, planned: 5 })).toEqual(allowance(0.01, { n: 1, planned: 5 }))
})
