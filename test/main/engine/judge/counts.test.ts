import { describe, expect, it } from 'vitest'
import { exactRatio, scoreRatio } from '#engine/judge/counts.ts'

const z = 2.326_347_874
const each = (value: number, n = 100): readonly number[] => Array.from({ length: n }, () => value)
const even = (events: number, n = 100) => ({ events: each(events, n), exposure: each(1, n) })

describe('ratios of rates', () => {
  it('of rare events are exact', () => {
    const spread = (every: number, from: number) => ({
      events: each(0).map((_, at) => (at % every === from ? 1 : 0)),
      exposure: each(1),
    })
    // The ends of a share of 9 in 10 at 0.01 to either side are 0.49565 and 0.99900.
    const found = exactRatio(spread(11, 5), spread(100, 50), z)
    expect(found.estimate).toBeCloseTo(9, 10)
    expect(found.low).toBeCloseTo(0.495_653 / (1 - 0.495_653), 3)
    expect(found.high).toBeCloseTo(0.998_995_5 / (1 - 0.998_995_5), 0)
  })

  it('have no upper end when the baseline has no event, and no lower one when the canary has none', () => {
    const [some, none] = [{ events: [3, ...each(0, 9)], exposure: each(1, 10) }, even(0, 10)]
    expect(exactRatio(some, none, z)).toMatchObject({ estimate: Infinity, high: Infinity })
    expect(exactRatio(none, some, z)).toMatchObject({ estimate: 0, low: 0 })
  })

  it('of many events are those of their shares', () => {
    const { estimate, low, high } = scoreRatio(alternating(12), alternating(10), z)
    expect(estimate).toBeCloseTo(1.2, 10)
    expect(low).toBeGreaterThan(1)
    expect(low).toBeLessThan(estimate)
    expect(high).toBeLessThan(1.45)
  })

  it('are held against the traffic of each side', () => {
    const busy = { events: each(50), exposure: each(1_000) }
    const quiet = { events: each(5), exposure: each(100) }
    expect(scoreRatio(busy, quiet, z).estimate).toBeCloseTo(1, 10)
  })

  it('are less sure of events that vary more than chance does', () => {
    const uneven = { events: each(0).map((_, at) => (at % 2 === 0 ? 20 : 0)), exposure: each(1) }
    expect(scoreRatio(uneven, uneven, z).dispersion).toBeGreaterThan(5)
    expect(scoreRatio(uneven, uneven, z).low).toBeLessThan(scoreRatio(alternating(10), alternating(10), z).low)
  })
})

/** Varies as much as chance does. */
function alternating(mean: number) {
  const deviation = Math.sqrt(mean)
  const pattern = [1, -1, -1, 1, -1, 1, 1, -1]
  return { events: each(0).map((_, at) => mean + deviation * (pattern[at % 8] ?? 0)), exposure: each(1) }
}
