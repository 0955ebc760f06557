import { expect, it } from 'vitest'
import type { PauseReason } from '#api/rollout.ts'
import { planOf, requestsOf } from '#test/support/action-plan.ts'
import { aRollout, pause } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

const metadata = { uid: 'uid-web', resourceVersion: '1' }
const held = (reason: PauseReason, spec = {}) =>
  aWorld({
    rollout: aRollout({
      steps: [pause()],
      spec,
      status: {
        currentPodHash: 'v2',
        stableRS: 'v1',
        controllerPause: true,
        pauseConditions: [{ reason, startTime: '2026-01-15T10:00:00Z' }],
      },
    }),
  })

it('ACT-72: ends a held pause and never touches the step index', () => {
  const plan = planOf('resume', held('CanaryPauseStep'))
  expect(requestsOf(plan)).toEqual([['patch rollouts/status', { status: { pauseConditions: null }, metadata }]])
})

it('ACT-72: ends a pause set by hand', () => {
  const plan = planOf('resume', aWorld({ rollout: aRollout({ spec: { paused: true } }) }))
  expect(requestsOf(plan)).toEqual([['patch rollouts', { spec: { paused: false }, metadata }]])
})

it('ACT-74: ends both, status first, and names both', () => {
  const plan = planOf('resume', held('CanaryPauseStep', { paused: true }))
  expect(requestsOf(plan)).toEqual([
    ['patch rollouts/status', { status: { pauseConditions: null }, metadata }],
    ['patch rollouts', { spec: { paused: false }, metadata: { uid: 'uid-web' } }],
  ])
  expect(plan.effects).toEqual([
    'The pause at step 1 of 1 (pause until promoted) ends (CanaryPauseStep)',
    'The pause set by hand ends',
  ])
})

it('ACT-73: says that an inconclusive analysis runs again', () => {
  expect(planOf('resume', held('InconclusiveAnalysisRun')).warnings).toEqual([
    'The inconclusive analysis runs again; Promote skips it',
  ])
})
