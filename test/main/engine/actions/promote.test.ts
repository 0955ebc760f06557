import { expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import { planOf, refusalOf, requestsOf, rulesOf } from '#test/support/action-plan.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

const version = { uid: 'uid-web', resourceVersion: '1' }
const updating: RolloutStatus = { currentPodHash: 'v2', stableRS: 'v1', currentStepIndex: 1, observedGeneration: '1' }
const stepPause: RolloutStatus = {
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' }],
  controllerPause: true,
}
const inconclusive: RolloutStatus = {
  pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: '2026-01-15T10:00:00Z' }],
  controllerPause: true,
  canary: { currentStepAnalysisRunStatus: { name: 'run', status: 'Inconclusive' } },
}
const steps = [setWeight(20), pause(), setWeight(60)]
const unpause = { spec: { paused: false } }

const worldWith = (status: RolloutStatus, more: Parameters<typeof aRollout>[0] = { steps }) =>
  aWorld({ rollout: aRollout({ ...more, status: { ...updating, ...status } }) })

it('ACT-35: a held pause ends and the step stays, in a patch that names the version it was decided from (ACT-11)', () => {
  const plan = planOf('promote', worldWith(stepPause))
  expect(requestsOf(plan)).toEqual([
    ['patch rollouts/status', { status: { pauseConditions: null }, metadata: version }],
  ])
  expect(plan.message).toBe("rollout 'web' promoted")
  expect(plan.effects).toEqual([
    'The pause at step 2 of 3 (pause until promoted) ends',
    'Next is step 3 of 3 (set weight 60)',
  ])
})

it('ACT-35: with a pause set by hand as well, status goes first, then spec (ACT-3), bound to the object', () => {
  const plan = planOf('promote', worldWith(stepPause, { steps, spec: { paused: true } }))
  expect(requestsOf(plan)).toEqual([
    ['patch rollouts/status', { status: { pauseConditions: null }, metadata: version }],
    ['patch rollouts', { ...unpause, metadata: { uid: 'uid-web' } }],
  ])
})

it('ACT-36: without a held pause the canary goes on by one step', () => {
  const plan = planOf('promote', worldWith({ currentStepIndex: 0 }))
  expect(requestsOf(plan)).toEqual([
    ['patch rollouts/status', { status: { pauseConditions: null, currentStepIndex: 1 }, metadata: version }],
  ])
  expect(plan.effects).toEqual(['Step 1 of 3 (set weight 20) is skipped', 'Next is step 2 of 3 (pause until promoted)'])
})

it('ACT-36: the last step leads to the number of steps, never past it', () => {
  const [, body] = requestsOf(planOf('promote', worldWith({ currentStepIndex: 2 })))[0] ?? []
  expect(body).toMatchObject({ status: { currentStepIndex: 3 } })
})

it('ACT-38: a pause set by hand alone is ended and the step skipped, which the person is told', () => {
  const plan = planOf('promote', worldWith({}, { steps, spec: { paused: true } }))
  expect(rulesOf(plan)).toEqual(['ACT-36', 'ACT-36'])
  expect(plan.warnings).toEqual(['Promote also skips the current step; Resume only ends the pause'])
})

it('ACT-33: past an inconclusive analysis, index and controllerPause go with the pause', () => {
  const status = { pauseConditions: null, controllerPause: false, currentStepIndex: 2 }
  const plan = planOf('promote', worldWith(inconclusive))
  expect(requestsOf(plan)).toEqual([['patch rollouts/status', { status, metadata: version }]])
})

it('ACT-34: an inconclusive analysis without steps sends nothing but the end of a pause set by hand', () => {
  expect(requestsOf(planOf('promote', worldWith(inconclusive, { steps: [] })))).toEqual([])
  const paused = planOf('promote', worldWith(inconclusive, { steps: [], spec: { paused: true } }))
  expect(requestsOf(paused)).toEqual([['patch rollouts', { ...unpause, metadata: version }]])
})

it('ACT-37: blue-green paused by hand only is resumed', () => {
  const plan = planOf('promote', worldWith({}, { blueGreen: { activeService: 'active' }, spec: { paused: true } }))
  expect(requestsOf(plan)).toEqual([['patch rollouts', { ...unpause, metadata: version }]])
  expect(rulesOf(plan)).toEqual(['ACT-37'])
})

it('ACT-38: a second promote is refused while the first is not acted on, so no step is skipped twice', () => {
  const promotedOnce = worldWith({ controllerPause: true })
  expect(refusalOf('promote', promotedOnce)).toBe(
    'Promote is open again once the controller has caught up: waiting for rollout to unpause',
  )
})
