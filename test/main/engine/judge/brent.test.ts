import { expect, it } from 'vitest'
import { brentRoot } from '#engine/judge/brent.ts'

const root = (of: (at: number) => number, low: number, high: number, tolerance = 1e-4) => {
  let calls = 0
  const counted = (at: number): number => {
    calls++
    return of(at)
  }
  const at = brentRoot(counted, { low, high, atLow: of(low), atHigh: of(high) }, tolerance)
  return { at, calls }
}

it('MW-7: finds where a smooth function is zero within a few steps', () => {
  const { at, calls } = root((x) => x ** 3 - 2, 0, 2)
  expect(Math.abs(at - Math.cbrt(2))).toBeLessThan(1e-4)
  expect(calls).toBeLessThan(12)
  expect(root((x) => 5 - x, 0, 20).at).toBe(5)
})

it('MW-7, MW-8: finds the jump of a step function as exactly as it is told to', () => {
  expect(Math.abs(root((x) => (x < Math.PI ? -1 : 1), 0, 20).at - Math.PI)).toBeLessThan(1e-4)
  expect(Math.abs(root((x) => (x < Math.PI ? -1 : 3), -20, 20, 1e-9).at - Math.PI)).toBeLessThan(1e-9)
})

it('MW-7: an end that is zero is the answer', () => {
  expect(root((x) => x, -1, 0).at).toBe(0)
})
