import { expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import { planOf, refusalOf, requestsOf, rulesOf } from '#test/support/action-plan.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

const metadata = { uid: 'uid-web', resourceVersion: '1' }
const worldWith = (status: RolloutStatus, spec = {}) =>
  aWorld({
    rollout: aRollout({
      steps: [setWeight(20), pause('1h')],
      status: { currentPodHash: 'v2', stableRS: 'v1', observedGeneration: '1', ...status },
      spec,
    }),
  })

it('ACT-30: moves the index and nothing else', () => {
  const plan = planOf('skipStep', worldWith({}))
  expect(requestsOf(plan)).toEqual([['patch rollouts/status', { status: { currentStepIndex: 1 }, metadata }]])
  expect(plan.effects).toEqual(['Skips step 1 of 2 (set weight 20)', 'Next is step 2 of 2 (pause for 1h)'])
})

it('ACT-40: drops a held pause, which would outlive its step', () => {
  const plan = planOf(
    'skipStep',
    worldWith({
      currentStepIndex: 1,
      controllerPause: true,
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' }],
    }),
  )
  const status = { pauseConditions: null, controllerPause: false, currentStepIndex: 2 }
  expect(requestsOf(plan)).toEqual([['patch rollouts/status', { status, metadata }]])
  expect(rulesOf(plan)).toEqual(['ACT-40'])
  expect(plan.effects[1]).toMatch(/^No steps are left/)
})

it('leaves a pause set by hand alone and says so', () => {
  const plan = planOf('skipStep', worldWith({}, { paused: true }))
  expect(plan.writes).toHaveLength(1)
  expect(plan.warnings).toEqual(['The rollout is paused by hand: the next step does not start until Resume'])
})

it('ACT-22: blue-green has no steps to skip', () => {
  const rollout = aRollout({ blueGreen: {}, status: { currentPodHash: 'v2', stableRS: 'v1' } })
  expect(refusalOf('skipStep', aWorld({ rollout }))).toMatch(/blue-green has no steps/)
})

it('ACT-31: all steps at once', () => {
  const plan = planOf('skipStep', worldWith({}), { allSteps: true })
  expect(requestsOf(plan)).toEqual([['patch rollouts/status', { status: { currentStepIndex: 2 }, metadata }]])
  expect(rulesOf(plan)).toEqual(['ACT-31'])
  expect(plan.effects).toEqual([
    'Skips what is left from step 1 of 2 (set weight 20) on',
    'No steps are left: the new version becomes stable once all its pods are available',
  ])
  expect(plan.unified?.body).toEqual({ status: { currentStepIndex: 2 } })
})
