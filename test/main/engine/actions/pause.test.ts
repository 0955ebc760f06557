import { expect, it } from 'vitest'
import { planOf, requestsOf } from '#test/support/action-plan.ts'
import { aWorld } from '#test/support/builders/world.ts'

it('ACT-70: sets spec.paused on the main resource', () => {
  const plan = planOf('pause', aWorld())
  expect(requestsOf(plan)).toEqual([
    ['patch rollouts', { spec: { paused: true }, metadata: { uid: 'uid-web', resourceVersion: '1' } }],
  ])
  expect(plan.message).toBe("rollout 'web' paused")
})
