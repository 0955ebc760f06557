import { describe, expect, it } from 'vitest'
import type { IntOrString } from '#api/meta.ts'
import { nextCounts } from '#engine/rollout/canary/next-counts.ts'
import { splitPods } from '#engine/rollout/canary/split-pods.ts'
import { podBudget } from '#engine/rollout/pod-budget.ts'

interface Row {
  readonly example: string
  readonly replicas: number
  readonly weight: number
  readonly surge: IntOrString
  readonly unavailable: IntOrString
  /** `6(3)` is size(available). */
  readonly now: readonly [canary: string, stable: string, others: string]
  readonly next: readonly [canary: number, stable: number]
}

const row = (
  example: string,
  [replicas, weight, surge, unavailable]: readonly [number, number, IntOrString, IntOrString],
  now: Row['now'],
  next: Row['next'],
): Row => ({ example, replicas, weight, surge, unavailable, now, next })

/** Replicas, weight, maxSurge, maxUnavailable; then canary, stable and others now; then canary and stable next. */
const rows: readonly Row[] = [
  row('E11', [10, 20, 2, 0], ['0(0)', '10(10)', '0(0)'], [2, 10]),
  row('E12', [10, 20, '20%', 0], ['2(2)', '10(10)', '0(0)'], [2, 8]),
  row('E13', [10, 30, 2, 0], ['0(0)', '10(10)', '0(0)'], [2, 10]),
  row('E14', [10, 20, 0, 2], ['0(0)', '10(10)', '0(0)'], [0, 8]),
  row('E15', [10, 30, 0, 2], ['0(0)', '10(10)', '0(0)'], [0, 8]),
  row('E16', [10, 50, 2, 1], ['0(0)', '10(10)', '0(0)'], [2, 9]),
  row('E17', [10, 0, 1, 1], ['1(1)', '10(10)', '0(0)'], [0, 10]),
  row('E18', [10, 100, 1, 1], ['10(10)', '1(1)', '0(0)'], [10, 0]),
  row('E19', [1, 20, 1, 0], ['0(0)', '1(1)', '0(0)'], [1, 1]),
  row('E20', [1, 49, 0, 1], ['0(0)', '1(1)', '0(0)'], [0, 1]),
  row('E21', [1, 51, 0, 1], ['0(0)', '1(1)', '0(0)'], [0, 0]),
  row('E22', [10, 30, 1, 0], ['0(0)', '1(1)', '3(3)'], [1, 7]),
  row('E23', [10, 30, 0, 3], ['4(4)', '8(5)', '0(0)'], [3, 7]),
  row('E24', [10, 100, 1, 0], ['10(8)', '10(2)', '0(0)'], [9, 2]),
  row('E25', [10, 30, 0, 1], ['4(2)', '8(6)', '3(3)'], [4, 8]),
  row('E26', [10, 5, 0, 1], ['0(0)', '10(10)', '0(0)'], [0, 9]),
  row('E27', [10, 100, 3, 0], ['6(3)', '7(8)', '0(0)'], [6, 7]),
  row('E28', [4, 100, 1, 0], ['0(0)', '4(1)', '0(0)'], [1, 4]),
  row('E29', [4, 100, 1, 0], ['1(1)', '4(1)', '0(0)'], [1, 3]),
  row('E30', [3, 99, 0, 2], ['0(0)', '3(3)', '0(0)'], [0, 1]),
  row('E31', [4, 0, 1, 0], ['4(4)', '0(0)', '0(0)'], [4, 1]),
  row('E32', [4, 0, 1, 0], ['4(4)', '1(0)', '0(0)'], [4, 1]),
  row('E33', [4, 0, 1, 0], ['4(4)', '1(1)', '0(0)'], [3, 1]),
  row('E34', [4, 100, 3, 0], ['0(0)', '4(4)', '0(0)'], [3, 4]),
  row('E35', [4, 100, 4, 4], ['0(0)', '4(4)', '0(0)'], [4, 0]),
  row('E36', [10, 50, 2, 0], ['2(1)', '10(10)', '0(0)'], [2, 9]),
]

const side = (text: string) => {
  const [, size = '0', available = '0'] = /^(\d+)\((\d+)\)$/.exec(text) ?? []
  return { size: Number(size), available: Number(available) }
}

describe('nextCounts', () => {
  it.each(rows)('CAN-33: $example moves $now at weight $weight to $next', (each) => {
    const { replicas, weight, surge: maxSurge, unavailable: maxUnavailable, now, next } = each
    const budget = podBudget({ replicas, strategy: { canary: { maxSurge, maxUnavailable } } })
    const wanted = splitPods({ replicas, weight, maxWeight: 100, surge: budget.surge })
    const [canary, stable, others] = now
    const counts = { canary: side(canary), stable: side(stable), others: side(others), wanted, budget }
    expect(nextCounts(counts)).toEqual({ canary: next[0], stable: next[1] })
  })

  it('REC-164: one side grows, or the other shrinks, never both; unready pods of the one that goes hold nothing up', () => {
    const budget = { surge: 1, unavailable: 0, maxPods: 5, minAvailable: 4 }
    const wanted = { canary: 4, stable: 0 }
    const next = (canary: string, stable: string) =>
      nextCounts({ canary: side(canary), stable: side(stable), others: { size: 0, available: 0 }, wanted, budget })
    expect(next('0(0)', '4(4)')).toEqual({ canary: 1, stable: 4 })
    expect(next('1(1)', '4(4)')).toEqual({ canary: 1, stable: 3 })
    expect(next('4(4)', '1(0)')).toEqual({ canary: 4, stable: 0 })
    // A stable side that crashes would otherwise keep the canary from ever growing.
    expect(next('1(1)', '4(0)').stable).toBeLessThan(4)
  })
})
