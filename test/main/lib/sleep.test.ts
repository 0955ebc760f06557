import { expect, it } from 'vitest'
import { sleptMs } from '#lib/sleep.ts'

it('what passed on the wall alone was slept', () => {
  expect(sleptMs({ at: 1_000, elapsed: 5 }, { at: 61_000, elapsed: 60_005 })).toBe(0)
  expect(sleptMs({ at: 1_000, elapsed: 5 }, { at: 61_000, elapsed: 20_005 })).toBe(40_000)
})
