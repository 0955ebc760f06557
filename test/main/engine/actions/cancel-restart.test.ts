import { expect, it } from 'vitest'
import { planOf, refusalOf, requestsOf } from '#test/support/action-plan.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

const scheduled = (restartAt: string) => aWorld({ rollout: aRollout({ spec: { restartAt } }) })

it('ACT-84: unsets restartAt while it is in the future', () => {
  const plan = planOf('cancelRestart', scheduled('2026-01-15T10:00:01Z'))
  const metadata = { uid: 'uid-web', resourceVersion: '1' }
  expect(requestsOf(plan)).toEqual([['patch rollouts', { spec: { restartAt: null }, metadata }]])
  expect(plan.effects).toEqual(['The restart at 2026-01-15T10:00:01Z does not happen: no pod is evicted for it'])
})

it.each(['2026-01-15T10:00:00Z', '2026-01-15T09:00:00Z', 'soon'])('ACT-84: is closed when restartAt is %s', (at) => {
  expect(refusalOf('cancelRestart', scheduled(at))).toBe('Cancel restart is open while a restart is scheduled')
})

it('ACT-84: is closed without a restart', () => {
  expect(refusalOf('cancelRestart', aWorld())).toBe('Cancel restart is open while a restart is scheduled')
})
