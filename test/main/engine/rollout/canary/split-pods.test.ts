import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitPods } from '#engine/rollout/canary/split-pods.ts'

const weights = [0, 1, 10, 20, 25, 33, 50, 75, 99, 100]

/** Rows of canary+stable for those weights, by number of replicas. */
const withoutSurge: Readonly<Record<number, string>> = {
  1: '0+1 0+1 0+1 0+1 0+1 0+1 1+0 1+0 1+0 1+0',
  3: '0+3 1+2 1+2 1+2 1+2 1+2 2+1 2+1 2+1 3+0',
  4: '0+4 1+3 1+3 1+3 1+3 1+3 2+2 3+1 3+1 4+0',
  5: '0+5 1+4 1+4 1+4 1+4 2+3 3+2 4+1 4+1 5+0',
  7: '0+7 1+6 1+6 1+6 2+5 2+5 4+3 5+2 6+1 7+0',
  10: '0+10 1+9 1+9 2+8 3+7 3+7 5+5 8+2 9+1 10+0',
  20: '0+20 1+19 2+18 4+16 5+15 7+13 10+10 15+5 19+1 20+0',
}
const withSurge: Readonly<Record<number, string>> = {
  1: '0+1 1+1 1+1 1+1 1+1 1+1 1+1 1+1 1+1 1+0',
  2: '0+2 1+2 1+2 1+2 1+2 1+2 1+1 2+1 2+1 2+0',
  3: '0+3 1+3 1+3 1+3 1+3 1+2 2+2 3+1 3+1 3+0',
  4: '0+4 1+4 1+4 1+4 1+3 2+3 2+2 3+1 4+1 4+0',
  5: '0+5 1+5 1+5 1+4 1+4 2+4 3+3 4+1 5+1 5+0',
  7: '0+7 1+7 1+7 2+6 2+6 2+5 4+4 6+2 7+1 7+0',
  10: '0+10 1+10 1+9 2+8 3+8 3+7 5+5 8+3 10+1 10+0',
  20: '0+20 1+20 2+18 4+16 5+15 7+14 10+10 15+5 20+1 20+0',
}

const split = (replicas: number, weight: number, surge: number): string => {
  const { canary, stable } = splitPods({ replicas, weight, maxWeight: 100, surge })
  return `${canary}+${stable}`
}

describe('splitPods', () => {
  it.each(Object.entries(withoutSurge))('CAN-30: splits %s pods without surge', (replicas, row) => {
    expect(weights.map((weight) => split(Number(replicas), weight, 0)).join(' ')).toBe(row)
  })

  it.each(Object.entries(withSurge))('CAN-30: splits %s pods when one more is allowed', (replicas, row) => {
    expect(weights.map((weight) => split(Number(replicas), weight, 1)).join(' ')).toBe(row)
  })

  it.each([
    [3, 49, 0, '1+2'],
    [3, 49, 1, '2+2'],
    [10, 14, 0, '1+9'],
    [10, 15, 0, '2+8'],
    [10, 18, 1, '2+9'],
    [10, 19, 1, '2+9'],
    [10, 20, 1, '2+8'],
    [10, 23, 1, '2+8'],
    [10, 24, 1, '3+8'],
    [10, 41, 0, '4+6'],
  ])('CAN-30: %i pods at %i with surge %i are %s', (replicas, weight, surge, expected) => {
    expect(split(replicas, weight, surge)).toBe(expected)
  })

  it.each([
    [2, 75, '1+1'],
    [5, 90, '4+1'],
    [10, 95, '9+1'],
    [25, 98, '24+1'],
    [50, 99, '49+1'],
  ])('CAN-32: %i pods at %i keep a canary where the reference would have none', (replicas, weight, expected) => {
    expect(split(replicas, weight, 0)).toBe(expected)
  })

  it('CAN-31: sums to the replicas or one more, and keeps both sides alive between the ends', () => {
    const wish = fc.record({
      replicas: fc.integer({ min: 2, max: 200 }),
      weight: fc.integer({ min: 1, max: 99 }),
      surge: fc.integer({ min: 0, max: 5 }),
    })
    fc.assert(
      fc.property(wish, ({ replicas, weight, surge }) => {
        const { canary, stable } = splitPods({ replicas, weight, maxWeight: 100, surge })
        expect(canary).toBeGreaterThan(0)
        expect(stable).toBeGreaterThan(0)
        expect([replicas, ...(surge > 0 ? [replicas + 1] : [])]).toContain(canary + stable)
      }),
      { seed: 20260115 },
    )
  })
})
