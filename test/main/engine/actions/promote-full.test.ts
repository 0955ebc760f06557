import { expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import { planOf, refusalOf, requestsOf } from '#test/support/action-plan.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

const updating: RolloutStatus = { currentPodHash: 'v2', stableRS: 'v1', observedGeneration: '1' }
const replicaSets = [aReplicaSet(), aReplicaSet({ hash: 'v2', image: 'web:2', revision: 2 })]
const worldWith = (status: RolloutStatus, spec = {}, generation = 1) =>
  aWorld({
    rollout: aRollout({ steps: [setWeight(20)], status: { ...updating, ...status }, spec, generation }),
    replicaSets,
  })

it('ACT-32: sets promoteFull, then ends a pause set by hand', () => {
  const plan = planOf('promoteFull', worldWith({}, { paused: true }))
  expect(requestsOf(plan)).toEqual([
    ['patch rollouts/status', { status: { promoteFull: true }, metadata: { uid: 'uid-web', resourceVersion: '1' } }],
    ['patch rollouts', { spec: { paused: false }, metadata: { uid: 'uid-web' } }],
  ])
  expect(plan.message).toBe("rollout 'web' fully promoted")
  expect(plan.effects[0]).toBe('All remaining steps, pauses and analysis of revision 2 (web:2) are skipped')
})

it('ACT-42: revives an aborted update, towards the new version', () => {
  const plan = planOf('promoteFull', worldWith({ abort: true }))
  expect(plan.effects).toContain('The abort is undone, towards the new version')
})

it('ACT-43: names the running AnalysisRuns it ignores', () => {
  const plan = planOf(
    'promoteFull',
    worldWith({
      canary: {
        currentStepAnalysisRunStatus: { name: 'web-step', status: 'Successful' },
        currentBackgroundAnalysisRunStatus: { name: 'web-background', status: 'Running' },
      },
    }),
  )
  expect(plan.warnings).toEqual(['AnalysisRun web-background is still running; its result is ignored'])
})

it('ACT-45: is not judged by a status that has not seen the spec yet', () => {
  expect(refusalOf('promoteFull', worldWith({}, {}, 2))).toBe(
    'Promote full is open again once the controller has caught up: waiting for rollout spec update to be observed',
  )
})
