import { describe, expect, it } from 'vitest'
import { addQuantities, canonicalQuantity, compareQuantities, quantityValue, roundUpToMilli } from '#lib/quantity.ts'

describe('canonicalQuantity (REC-43q)', () => {
  it.each([
    ['2000m', '2'],
    ['0.15', '150m'],
    ['0.5', '500m'],
    ['1.5', '1500m'],
    ['1500m', '1500m'],
    ['1000Mi', '1000Mi'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['16Mi', '16Mi'],
    ['2.0', '2'],
    ['0.5Ki', '512'],
    ['8192M', '8192M'],
    ['12e4', '120e3'],
    ['1.1Mi', '1153433600m'],
    ['007', '007'],
    ['+5', '+5'],
    ['1.500', '1.500'],
    ['-1.5Gi', '-1536Mi'],
    ['0.1n', '1n'],
    ['100Ei', '9223372036854775807'],
    ['1023', '1023'],
    ['100000', '100k'],
    ['0m', '0'],
    ['0.000', '0'],
    [' 5 ', '5'],
    ['1000E', '1'],
    ['12345678901234567890', '12345678901234567890'],
    [0.25, '250m'],
    [3, '3'],
  ])('REC-43q: %j is written %j', (input, output) => {
    expect(canonicalQuantity(input)).toBe(output)
  })

  it.each(['', 'much', '1 Gi', '1gi', '--1', '1.2.3', '1K', '0x1', '1eE', '\t1'])(
    'REC-43q: %j is not a quantity',
    (input) => {
      expect(canonicalQuantity(input)).toBeUndefined()
    },
  )
})

it.each([
  ['1024Mi', '1Gi', true],
  ['0.5', '500m', true],
  ['1', '1Gi', false],
  ['1.500', '1500m', true],
  ['1024', '1Ki', true],
  ['x', 'x', true],
  ['x', 'y', false],
])('REC-44: %j and %j mean the same amount: %j', (a, b, same) => {
  expect(quantityValue(a) === quantityValue(b)).toBe(same)
})

it.each([
  ['100u', '1m'],
  ['1500m', '1500m'],
  ['1.0001', '1001m'],
  ['1Gi', '1Gi'],
])('REC-45: %j is rounded up to %j', (input, output) => {
  expect(roundUpToMilli(input)).toBe(output)
})

describe('addQuantities', () => {
  it.each([
    ['0', '300m', '300m'],
    ['300m', '300m', '600m'],
    ['600m', '1', '1600m'],
    ['0', '100Mi', '100Mi'],
    ['100Mi', '100Mi', '200Mi'],
    ['512Mi', '512Mi', '1Gi'],
    ['1', '1Gi', '1073741825'],
    ['220', '40', '260'],
    ['', '2', '2'],
  ])('%s and %s are %s', (one, other, sum) => expect(addQuantities(one, other)).toBe(sum))
})

describe('compareQuantities', () => {
  it.each([
    ['1500m', '1', 1],
    ['1', '1000m', 0],
    ['1Gi', '1G', 1],
    ['100Mi', '1Gi', -1],
  ])('%s against %s', (one, other, order) => expect(compareQuantities(one, other)).toBe(order))
})
