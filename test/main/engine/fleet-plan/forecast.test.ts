import { describe, expect, it } from 'vitest'
import { forecastWaves } from '#engine/fleet-plan/forecast.ts'
import { aMember, aPlan, aWave, minute } from '#test/support/builders/fleet-plan.ts'

const members = (...shares: readonly number[]) =>
  shares.map((trafficShare, index) => aMember('abcdef'[index] ?? '', { trafficShare }))
const durations = (...minutes: readonly (number | undefined)[]) =>
  Object.fromEntries(minutes.map((each, index) => [`${'abcdef'[index]}/shop/web`, each && each * minute]))

describe('the forecast of a plan', () => {
  it('W16: what a wave serves, and the most that serves it unproven at once', () => {
    const { spec } = aPlan([aWave(['a', 'b', 'c'], { maxConcurrent: 2 }), aWave(['d'])], {
      members: members(10, 30, 20, 40),
    })
    const shares = forecastWaves(spec, {}).map(({ trafficShare, unprovenShare }) => [trafficShare, unprovenShare])
    expect(shares).toEqual([
      [60, 50],
      [40, 40],
    ])
    expect(forecastWaves({ ...spec, maxTrafficShare: 35 }, {})[0]?.unprovenShare).toBe(35)
  })

  it('each slot takes the next member when it is free; soaks count, the first one longer', () => {
    const soaks = { minSoakMs: minute, firstSoakMs: 10 * minute, waveSoakMs: 5 * minute }
    const { spec } = aPlan([aWave(['a', 'b', 'c', 'd'], { maxConcurrent: 2, ...soaks })])
    // a: 2 + 10 = 12; b: 3 + 1 = 4, then c: 4 + 1 = 9, then d: 1 + 1 = 11.
    expect(forecastWaves(spec, durations(2, 3, 4, 1))[0]?.durationMs).toBe(17 * minute)
  })

  it('W16: what those put at risk at least that go at a time, in minutes of all traffic', () => {
    const soaks = { minSoakMs: 2 * minute, firstSoakMs: 10 * minute }
    const { spec } = aPlan([aWave(['a', 'b', 'c'], { maxConcurrent: 2, ...soaks })], { members: members(10, 30, 20) })
    // a: 10 min of 10 %; b: 5 + 2 min of 30 %; c: 2 min of 20 %.
    const exposures = { 'b/shop/web': 5 * minute }
    expect(forecastWaves(spec, {}, exposures)[0]?.riskMs).toBeCloseTo((1 + 2.1) * minute)
  })

  it('W1: members that go step by step begin together', () => {
    const { spec } = aPlan([aWave(['a', 'b', 'c', 'd'], { maxConcurrent: 2, sync: 'step' })])
    expect(forecastWaves(spec, durations(2, 7, 4, 1))[0]?.durationMs).toBe(11 * minute)
  })

  it('a member of which nothing is known makes its wave unknown, and no other', () => {
    const { spec } = aPlan([aWave(['a', 'b']), aWave(['c'])])
    expect(forecastWaves(spec, durations(2, undefined, 4)).map(({ durationMs }) => durationMs)).toEqual([
      undefined,
      4 * minute,
    ])
  })
})
