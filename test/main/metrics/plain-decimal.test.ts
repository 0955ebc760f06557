import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainDecimal, plainDecimals } from '#main/metrics/plain-decimal.ts'

describe('a plain decimal', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [0.1, '0.1'],
    [1e-7, '0.0000001'],
    [-1.5e-9, '-0.0000000015'],
    [1e21, '1000000000000000000000'],
    [123456.789, '123456.789'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ])('PRV-207: %d is %s', (value, text) => {
    expect(plainDecimal(value)).toBe(text)
  })

  it('PRV-207: reads back the same, and has no exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = plainDecimal(value)
        expect(Number(text)).toBe(value)
        expect(text).toMatch(/^-?\d+(\.\d+)?$/)
      }),
    )
  })

  it('several are a list without spaces', () => {
    expect(plainDecimals([1, 0.5])).toBe('[1,0.5]')
    expect(plainDecimals([])).toBe('[]')
  })
})
