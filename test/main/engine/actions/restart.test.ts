import { expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import { planOf, refusalOf, requestsOf } from '#test/support/action-plan.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

it('ACT-81: asks for the moment it is given, in whole seconds of UTC', () => {
  const plan = planOf('restart', aWorld({ rollout: aRollout({ replicas: 3 }) }))
  expect(requestsOf(plan)).toEqual([
    [
      'patch rollouts',
      { spec: { restartAt: '2026-01-15T10:00:00Z' }, metadata: { uid: 'uid-web', resourceVersion: '1' } },
    ],
  ])
  expect(plan.message).toBe("rollout 'web' restarts in 0s")
  expect(plan.warnings).toEqual([])
})

it('ACT-82: warns that a single replica is down meanwhile', () => {
  expect(planOf('restart', aWorld()).warnings).toEqual(['There is one replica: it is down while its pod is replaced'])
})

it('ACT-80: a delay counts from now, and is told as it was written', () => {
  const plan = planOf('restart', aWorld(), { delay: '1h30m' })
  expect(requestsOf(plan)[0]?.[1]).toMatchObject({ spec: { restartAt: '2026-01-15T11:30:00Z' } })
  expect(plan.message).toBe("rollout 'web' restarts in 1h30m")
})

it.each(['5', 'soon', '1d', '999999999h'])('ACT-80: refuses the delay %s', (delay) => {
  expect(refusalOf('restart', aWorld(), { delay })).toBe(`invalid duration "${delay}"`)
})

it('ACT-150: tells when the pods were last restarted, if ever', () => {
  const effectsOf = (status: RolloutStatus) => planOf('restart', aWorld({ rollout: aRollout({ status }) })).effects
  expect(effectsOf({})).toContain('They were never restarted before')
  expect(effectsOf({ restartedAt: '2026-01-14T08:00:00Z' })).toContain(
    'They were last restarted at 2026-01-14T08:00:00Z',
  )
})
