import { expect, it } from 'vitest'
import { placesOfLate } from '#main/fleet-plan/find-late.ts'
import { aMember, aPlan, aWave } from '#test/support/builders/fleet-plan.ts'

it('3.4.1 joinPolicy: somebody could come late in every open cluster, under the name of a member, but where a member is', () => {
  const members = [aMember('a'), aMember('b'), aMember('a', { id: 'a/pay/api', namespace: 'pay', rollout: 'api' })]
  const plan = aPlan([aWave(['a', 'b'])], { members })
  expect(placesOfLate(plan, ['a', 'b', 'c'])).toEqual([
    { context: 'b', namespace: 'pay', rollout: 'api' },
    { context: 'c', namespace: 'shop', rollout: 'web' },
    { context: 'c', namespace: 'pay', rollout: 'api' },
  ])
})
