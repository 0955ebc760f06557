import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixedDecimal } from '#main/metrics/fixed-decimal.ts'

describe('a number of decimals', () => {
  it.each([
    [0.95, '0.95'],
    [0.125, '0.12'],
    [0.375, '0.38'],
    [-0.625, '-0.62'],
    [100.125, '100.12'],
    [0.005, '0.01'],
    [1.005, '1.00'],
    [0, '0.00'],
    [-0, '-0.00'],
    [1e23, '99999999999999991611392.00'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ])('PRV-703: %d is %s', (value, text) => {
    expect(fixedDecimal(value, 2)).toBe(text)
  })

  it('PRV-703: is never farther away than half of the last digit', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
        const text = fixedDecimal(value, 2)
        expect(text).toMatch(/^-?\d+\.\d\d$/)
        expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(0.005 + 1e-9)
      }),
    )
  })
})
