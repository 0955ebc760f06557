import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deviationOf, mannWhitney, shiftWhere } from '#engine/judge/mann-whitney.ts'
import { rank } from '#engine/judge/rank.ts'

const sample = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 4, maxLength: 20 })
const shiftOf = (x: readonly number[], y: readonly number[]) =>
  mannWhitney(x, y) ?? { estimate: Number.NaN, low: Number.NaN, high: Number.NaN }

describe('rank sums', () => {
  it('MW-1: equal values share their mean rank, and NaN is highest', () => {
    expect(rank([1, 2, 2], [2, 3])).toEqual({ sum: 1 + 3 + 3, ties: 24 })
    expect(rank([Number.NaN], [5, Number.NaN])).toEqual({ sum: 2.5, ties: 6 })
    expect(rank([7], [5, Number.NaN])).toEqual({ sum: 2, ties: 0 })
  })

  it('MW-2, MW-3: ties make the sum vary less', () => {
    expect(deviationOf(5, 5, 0)).toBeCloseTo(Math.sqrt((25 / 12) * 11), 12)
    expect(deviationOf(5, 5, 24)).toBeCloseTo(Math.sqrt((25 / 12) * (11 - 24 / 90)), 12)
    expect(deviationOf(2, 2, 60)).toBe(0)
  })

  it('MW-3: there is no interval when all values are equal', () => {
    expect(mannWhitney([5, 5, 5], [5, 5, 5])).toBeUndefined()
  })

  it('MW-5, MW-6: an end that is not found is the end of the range, the estimate is always searched for', () => {
    expect(shiftOf([1, 2], [1, 2])).toMatchObject({ low: -1, high: 1 })
    expect(shiftWhere([1, 2], [1, 2], 2.326, 1e-4)).toBe(-Infinity)
    expect(shiftWhere([1, 2], [1, 2], -2.326, 1e-4)).toBe(Infinity)
  })

  it('MW-4, MW-7: the two sides swapped turn the interval round', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        fc.pre(new Set([...x, ...y]).size > 1)
        const [one, other] = [shiftOf(x, y), shiftOf(y, x)]
        expect(one.low).toBeCloseTo(-other.high, 2)
        expect(one.high).toBeCloseTo(-other.low, 2)
      }),
      { seed: 1 },
    )
  })

  it('MW-1: the order of the values does not matter', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        fc.pre(new Set([...x, ...y]).size > 1)
        expect(shiftOf(x.toReversed(), y.toReversed())).toEqual(shiftOf(x, y))
      }),
      { seed: 1 },
    )
  })

  it('MW-5: what is added to one side is added to the interval', () => {
    fc.assert(
      fc.property(sample, sample, fc.integer({ min: -500, max: 500 }), (x, y, shift) => {
        fc.pre(new Set([...x, ...y]).size > 1)
        const moved = x.map((value) => value + shift)
        fc.pre(new Set([...moved, ...y]).size > 1)
        const [before, after] = [shiftOf(x, y), shiftOf(moved, y)]
        expect(after.low - before.low).toBeCloseTo(shift, 2)
        expect(after.high - before.high).toBeCloseTo(shift, 2)
      }),
      { seed: 1 },
    )
  })
})
