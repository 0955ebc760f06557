import { describe, expect, it } from 'vitest'
import type { IntOrString } from '#api/meta.ts'
import { nextCounts } from '#engine/rollout/canary/next-counts.ts'
import { splitPods } from '#engine/rollout/canary/split-pods.ts'
import { podBudget } from '#engine/rollout/pod-budget.ts'

/** Example, replicas, weight, maxSurge, maxUnavailable, canary, stable, others, next canary, next stable; `6(3)` is size(available). */
const rows: readonly (readonly [
  string,
  number,
  number,
  IntOrString,
  IntOrString,
  string,
  string,
  string,
  number,
  number,
])[] = [
  ['E11', 10, 20, 2, 0, '0(0)', '10(10)', '', 2, 10],
  ['E12', 10, 20, '20%', 0, '2(2)', '10(10)', '', 2, 8],
  ['E13', 10, 30, 2, 0, '0(0)', '10(10)', '', 2, 10],
  ['E14', 10, 20, 0, 2, '0(0)', '10(10)', '', 0, 8],
  ['E15', 10, 30, 0, 2, '0(0)', '10(10)', '', 0, 8],
  ['E16', 10, 50, 2, 1, '0(0)', '10(10)', '', 2, 9],
  ['E17', 10, 0, 1, 1, '1(1)', '10(10)', '', 0, 10],
  ['E18', 10, 100, 1, 1, '10(10)', '1(1)', '', 10, 0],
  ['E19', 1, 20, 1, 0, '0(0)', '1(1)', '', 1, 1],
  ['E20', 1, 49, 0, 1, '0(0)', '1(1)', '', 0, 1],
  ['E21', 1, 51, 0, 1, '0(0)', '1(1)', '', 0, 0],
  ['E22', 10, 30, 1, 0, '0(0)', '1(1)', '3(3)', 1, 7],
  ['E23', 10, 30, 0, 3, '4(4)', '8(5)', '', 3, 7],
  ['E24', 10, 100, 1, 0, '10(8)', '10(2)', '', 9, 2],
  ['E25', 10, 30, 0, 1, '4(2)', '8(6)', '3(3)', 4, 8],
  ['E26', 10, 5, 0, 1, '0(0)', '10(10)', '', 0, 9],
  ['E27', 10, 100, 3, 0, '6(3)', '7(8)', '', 6, 7],
  ['E28', 4, 100, 1, 0, '0(0)', '4(1)', '', 1, 4],
  ['E29', 4, 100, 1, 0, '1(1)', '4(1)', '', 1, 3],
  ['E30', 3, 99, 0, 2, '0(0)', '3(3)', '', 0, 1],
  ['E31', 4, 0, 1, 0, '4(4)', '0(0)', '', 4, 1],
  ['E32', 4, 0, 1, 0, '4(4)', '1(0)', '', 4, 1],
  ['E33', 4, 0, 1, 0, '4(4)', '1(1)', '', 3, 1],
  ['E34', 4, 100, 3, 0, '0(0)', '4(4)', '', 3, 4],
  ['E35', 4, 100, 4, 4, '0(0)', '4(4)', '', 4, 0],
  ['E36', 10, 50, 2, 0, '2(1)', '10(10)', '', 2, 9],
]

const side = (text: string) => {
  const [, size = '0', available = '0'] = /^(\d+)\((\d+)\)$/.exec(text) ?? []
  return { size: Number(size), available: Number(available) }
}

describe('nextCounts', () => {
  it.each(rows)(
    'CAN-33 %s: %i pods at weight %i, surge %s, unavailable %s: %s / %s and %s others',
    (_example, replicas, weight, maxSurge, maxUnavailable, canary, stable, others, nextCanary, nextStable) => {
      const budget = podBudget({ replicas, strategy: { canary: { maxSurge, maxUnavailable } } })
      const wanted = splitPods({ replicas, weight, maxWeight: 100, surge: budget.surge })
      const next = nextCounts({
        canary: side(canary),
        stable: side(stable),
        otherSize: side(others).size,
        wanted,
        budget,
      })
      expect(next).toEqual({ canary: nextCanary, stable: nextStable })
    },
  )
})
