import { describe, expect, it } from 'vitest'
import { tryCrashPoints } from './crash-points.ts'
import { referenceRollouts } from './reference-rollouts.ts'

// After every single write: `npm run test:sim -- --crash-points`, which the gate runs.
describe('OPS-42: killed after one of its writes, its successor ends where it would have ended', () => {
  it.each(referenceRollouts.map((each) => [each.name, each] as const))(
    '%s',
    async (_, reference) => {
      const { points, failures } = await tryCrashPoints(reference, 5)
      expect(failures.map(({ crashAfter, text }) => `after write ${crashAfter}: ${text}`)).toEqual([])
      expect(points).toBeGreaterThan(20)
    },
    120_000,
  )
})
