import { describe, expect, it } from 'vitest'
import type { IntOrString } from '#api/meta.ts'
import { podBudget } from '#engine/rollout/pod-budget.ts'

interface Row {
  readonly name: string
  readonly given: readonly [replicas: number, maxSurge: IntOrString, maxUnavailable: IntOrString]
  readonly budget: readonly [surge: number, unavailable: number, maxPods: number, minAvailable: number]
}

const rows: readonly Row[] = [
  { name: 'E1', given: [1, '25%', '25%'], budget: [1, 0, 2, 1] },
  { name: 'E2', given: [2, '25%', '25%'], budget: [1, 0, 3, 2] },
  { name: 'E3', given: [4, '25%', '25%'], budget: [1, 1, 5, 3] },
  { name: 'E4', given: [5, '25%', '25%'], budget: [2, 1, 7, 4] },
  { name: 'E5', given: [10, '25%', '25%'], budget: [3, 2, 13, 8] },
  { name: 'E6', given: [10, '20%', 0], budget: [2, 0, 12, 10] },
  { name: 'E7', given: [10, '0%', '0%'], budget: [0, 1, 10, 9] },
  { name: 'E8', given: [3, 0, '10%'], budget: [0, 1, 3, 2] },
  { name: 'E9', given: [2, 0, 5], budget: [0, 2, 2, 0] },
  { name: 'E10', given: [4, '100%', 0], budget: [4, 0, 8, 4] },
  { name: 'text is a percentage (REC-163)', given: [100, '2', 0], budget: [2, 0, 102, 100] },
  { name: 'unreadable text (API-65)', given: [10, 'many', '25%'], budget: [0, 0, 10, 10] },
  { name: 'no replicas', given: [0, 0, 0], budget: [0, 0, 0, 0] },
]

describe('podBudget', () => {
  it.each(rows)('CAN-11: $name', ({ given: [replicas, maxSurge, maxUnavailable], budget }) => {
    const [surge, unavailable, maxPods, minAvailable] = budget
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
