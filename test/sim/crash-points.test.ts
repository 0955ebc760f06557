import { describe, expect, it } from 'vitest'
import { tryCrashPoints } from './crash-points.ts'
import { referenceRollouts } from './reference-rollouts.ts'

describe('OPS-42: killed after any of its writes, its successor ends where it would have ended', () => {
  it.each(referenceRollouts.map((each) => [each.name, each] as const))(
    '%s',
    async (_, reference) => {
      const { points, failures } = await tryCrashPoints(reference)
      expect(failures.map(({ crashAfter, text }) => `after write ${crashAfter}: ${text}`)).toEqual([])
      expect(points).toBeGreaterThan(20)
    },
    120_000,
  )
})
