import { describe, expect, it } from 'vitest'
import type { IntOrString } from '#api/meta.ts'
import { podBudget } from '#engine/rollout/pod-budget.ts'

const rows: readonly (readonly [string, number, IntOrString, IntOrString, number, number, number, number])[] = [
  ['E1', 1, '25%', '25%', 1, 0, 2, 1],
  ['E2', 2, '25%', '25%', 1, 0, 3, 2],
  ['E3', 4, '25%', '25%', 1, 1, 5, 3],
  ['E4', 5, '25%', '25%', 2, 1, 7, 4],
  ['E5', 10, '25%', '25%', 3, 2, 13, 8],
  ['E6', 10, '20%', 0, 2, 0, 12, 10],
  ['E7', 10, '0%', '0%', 0, 1, 10, 9],
  ['E8', 3, 0, '10%', 0, 1, 3, 2],
  ['E9', 2, 0, 5, 0, 2, 2, 0],
  ['E10', 4, '100%', 0, 4, 0, 8, 4],
  ['text is a percentage (REC-163)', 100, '2', 0, 2, 0, 102, 100],
  ['unreadable text (API-65)', 10, 'many', '25%', 0, 0, 10, 10],
  ['no replicas', 0, 0, 0, 0, 0, 0, 0],
]

describe('podBudget', () => {
  it.each(rows)('CAN-11 %s', (_name, replicas, maxSurge, maxUnavailable, surge, unavailable, maxPods, minAvailable) => {
    expect(podBudget({ replicas, strategy: { canary: { maxSurge, maxUnavailable } } })).toEqual({
      surge,
      unavailable,
      maxPods,
      minAvailable,
    })
  })

  it('CAN-10: each amount defaults to 25 percent on its own', () => {
    expect(podBudget({ replicas: 8, strategy: { canary: { maxSurge: 1 } } })).toMatchObject({
      surge: 1,
      unavailable: 2,
    })
  })
})
