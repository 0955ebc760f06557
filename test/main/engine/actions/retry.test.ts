import { expect, it } from 'vitest'
import { planOf, requestsOf } from '#test/support/action-plan.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

it('ACT-60: takes the abort back in one status patch', () => {
  const rollout = aRollout({ status: { abort: true, currentPodHash: 'v2', stableRS: 'v1' } })
  const plan = planOf('retry', aWorld({ rollout }))
  expect(requestsOf(plan)).toEqual([
    ['patch rollouts/status', { status: { abort: false }, metadata: { uid: 'uid-web', resourceVersion: '1' } }],
  ])
  expect(plan.message).toBe("rollout 'web' retried")
  expect(plan.effects[0]).toBe('The update to version v2 starts again from its first step')
})
