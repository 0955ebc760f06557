import { expect, it } from 'vitest'
import { planOf, requestsOf } from '#test/support/action-plan.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

it('ACT-70: sets spec.paused on the main resource', () => {
  const plan = planOf('pause', aWorld())
  expect(requestsOf(plan)).toEqual([
    ['patch rollouts', { spec: { paused: true }, metadata: { uid: 'uid-web', resourceVersion: '1' } }],
  ])
  expect(plan.message).toBe("rollout 'web' paused")
})

it('ACT-99: warns that what keeps the rollout as it is in Git may end the pause again', () => {
  const rollout = aRollout({ annotations: { 'argocd.argoproj.io/tracking-id': 'web' } })
  expect(planOf('pause', aWorld({ rollout })).warnings).toEqual([
    'web is managed by Argo CD: a live edit drifts from Git and may be reverted',
  ])
})
