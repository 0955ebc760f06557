import { describe, expect, it } from 'vitest'
import { callsBetween, sumOfRollouts } from '../../../.ci/bench/count-requests.ts'
import { repeated } from '../../../.ci/bench/report.ts'

describe('counted requests', () => {
  const before = { 'patch rollouts': 3, 'update leases': 1 }
  const after = { 'patch rollouts': 8, 'update leases': 4, 'create events': 2, 'watch pods': 1 }

  it('are those between two counts, without what was not asked again', () => {
    expect(callsBetween(before, { ...after, 'patch rollouts': 3 })).toEqual({
      'update leases': 3,
      'create events': 2,
      'watch pods': 1,
    })
  })

  it('are about rollouts with Events, without watches and the lease', () => {
    expect(sumOfRollouts(callsBetween(before, after))).toBe(7)
  })
})

describe('repeats', () => {
  it('are told as their median, least and greatest, and judged by the median', () => {
    const told = { bench: 'a', unit: 'count', n: 3, p50: 4, min: 1, max: 9, target: 4, ok: true }
    expect(repeated('a', 'count', [9, 1, 4], { target: 4 })).toEqual(told)
    expect(repeated('a', 'count', [9, 1, 4], { target: 3 }).ok).toBe(false)
  })

  it('without any sample are no figure', () => {
    expect(() => repeated('a', 'ms', [])).toThrow('nothing was measured')
  })
})
