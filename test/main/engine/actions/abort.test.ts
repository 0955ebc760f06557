import { expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import { planOf, requestsOf, rulesOf } from '#test/support/action-plan.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

const metadata = { uid: 'uid-web', resourceVersion: '1' }
const worldWith = (status: RolloutStatus = {}, spec = {}, generation = 1) =>
  aWorld({
    rollout: aRollout({
      steps: [setWeight(20)],
      status: { currentPodHash: 'v2', stableRS: 'v1', observedGeneration: '1', ...status },
      spec,
      generation,
    }),
    replicaSets: [aReplicaSet({ revision: 3 }), aReplicaSet({ hash: 'v2', image: 'web:2', revision: 4 })],
  })

it('ACT-50: one status patch, bound to the version it was decided from', () => {
  const plan = planOf('abort', worldWith())
  expect(requestsOf(plan)).toEqual([['patch rollouts/status', { status: { abort: true }, metadata }]])
  expect(plan.message).toBe("rollout 'web' aborted")
})

it('ACT-53: says that traffic goes back and that the spec still names the new version', () => {
  const { effects } = planOf('abort', worldWith())
  expect(effects[0]).toBe('Traffic goes back to revision 3 (web:1)')
  expect(effects[1]).toMatch(/the spec still names revision 4 \(web:2\)$/)
})

it('ACT-57: calls off a full promotion, which would discard the abort', () => {
  const plan = planOf('abort', worldWith({ promoteFull: true }))
  expect(requestsOf(plan)).toEqual([
    ['patch rollouts/status', { status: { abort: true, promoteFull: false }, metadata }],
  ])
  expect(rulesOf(plan)).toEqual(['ACT-57'])
})

it('ACT-54: warns that a rollout paused by hand scales nothing', () => {
  expect(planOf('abort', worldWith({}, { paused: true })).warnings).toEqual([
    'The rollout is paused by hand: traffic weights go back at once, but nothing is scaled until Resume',
  ])
})

it('ACT-13: stays open while the controller lags behind', () => {
  expect(planOf('abort', worldWith({}, {}, 7)).writes).toHaveLength(1)
})

it('ACT-54: on wish a pause set by hand ends too, after the abort', () => {
  const plan = planOf('abort', worldWith({}, { paused: true }), { resume: true })
  expect(requestsOf(plan)).toEqual([
    ['patch rollouts/status', { status: { abort: true }, metadata }],
    ['patch rollouts', { spec: { paused: false }, metadata: { uid: 'uid-web' } }],
  ])
  expect(rulesOf(plan)).toEqual(['ACT-50', 'ACT-54'])
  expect(plan.warnings).toEqual([])
  expect(plan.unified?.body).toEqual({ spec: { paused: false }, status: { abort: true } })
})

it('ACT-54: without such a pause that wish changes nothing', () => {
  expect(requestsOf(planOf('abort', worldWith(), { resume: true }))).toEqual(requestsOf(planOf('abort', worldWith())))
})

it('ACT-52, ACT-56: says what becomes of the rollout and of its analysis', () => {
  const { effects } = planOf('abort', worldWith())
  expect(effects[1]).toMatch(
    /^The rollout is Degraded until it is retried, promoted in full, or its template is set back/,
  )
  expect(effects[2]).toBe('Analysis of the update ends')
})
