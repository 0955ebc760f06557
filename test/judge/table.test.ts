import { describe, expect, it } from 'vitest'
import { situations } from './situations.ts'
import { isWithin, rowOf } from './table.ts'

/** `npm run judge:table` has 2,000 of each. */
const runs = 120
/** What chance may add to three in a hundred in so few runs, once in some thousand times. */
const slack = 0.05

const bounded = situations.filter(({ bound }) => bound !== undefined)

describe('how often the judge is wrong', () => {
  it.each(bounded)('$name', (situation) => {
    const { most = 1 - slack, least = slack } = situation.bound ?? {}
    const row = rowOf(situation, runs, ['argosy'])
    expect(row.argosy).toBeLessThanOrEqual(most + slack)
    expect(row.argosy).toBeGreaterThanOrEqual(least - slack)
  })

  it('Kayenta and a plain condition are wrong where it is not', () => {
    const [independent, drifting] = [0, 0.9].map((phi) => rowNamed(`latency, no change, φ ${phi}, n 60`))
    expect(independent?.kayenta).toBeLessThan(0.03)
    expect(drifting?.kayenta).toBeGreaterThan(0.3)
    expect(rowNamed('rare errors, ×10')?.kayenta).toBeLessThan(0.6)
    expect(rowNamed('rare errors, no change')?.plain).toBeGreaterThan(0.3)
  })

  it('a bound that is broken shows', () => {
    const row = { ...rowOf(bounded[0] ?? situations[0]!, 1), argosy: 0.2 }
    expect(isWithin(row)).toBe(false)
    expect(isWithin({ ...row, argosy: 0.03 })).toBe(true)
  })
})

function rowNamed(name: string) {
  const situation = situations.find((each) => each.name === name)
  return situation && rowOf(situation, 60, ['kayenta', 'plain'])
}
