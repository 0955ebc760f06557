import { describe, expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import type { RolloutAction } from '#engine/actions/plan-action.ts'
import { planOf } from '#test/support/action-plan.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

const going: RolloutStatus = { currentPodHash: 'v2', stableRS: 'v1', currentStepIndex: 1, observedGeneration: '1' }
const held: RolloutStatus = {
  ...going,
  controllerPause: true,
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' }],
}
const inconclusive: RolloutStatus = {
  ...held,
  canary: { currentStepAnalysisRunStatus: { name: 'run', status: 'Inconclusive' } },
}
const unifiedOf = (action: RolloutAction, status: RolloutStatus, spec = {}) =>
  planOf(action, aWorld({ rollout: aRollout({ steps: [setWeight(20), pause(), setWeight(60)], status, spec }) }))
    .unified

const unpaused = { spec: { paused: false }, status: { pauseConditions: null } }
const rows: readonly (readonly [RolloutAction, string, RolloutStatus, object])[] = [
  ['abort', 'ACT-50', going, { status: { abort: true } }],
  ['abort', 'ACT-57', { ...going, promoteFull: true }, { status: { abort: true, promoteFull: false } }],
  ['retry', 'ACT-60', { ...going, abort: true }, { status: { abort: false } }],
  ['promoteFull', 'ACT-32', going, { spec: { paused: false }, status: { promoteFull: true } }],
  ['promote', 'ACT-33', inconclusive, unpaused],
  ['promote', 'ACT-35', held, unpaused],
  ['promote', 'ACT-36', going, { spec: { paused: false }, status: { pauseConditions: null, currentStepIndex: 2 } }],
  ['skipStep', 'ACT-30', going, { status: { currentStepIndex: 2 } }],
  ['resume', 'ACT-72', held, { status: { pauseConditions: null } }],
]

describe('ACT-4: the whole change as one patch, for a cluster without the status subresource', () => {
  it.each(rows)('%s (%s)', (action, _rule, status, body) => {
    expect(unifiedOf(action, status)).toMatchObject({
      patchType: 'merge',
      body,
      precondition: { uid: 'uid-web', resourceVersion: '1' },
      because: 'ACT-4',
    })
    expect(unifiedOf(action, status)).not.toHaveProperty('subresource')
  })

  it('ACT-72: resume ends both pauses when both are there', () => {
    expect(unifiedOf('resume', held, { paused: true })?.body).toEqual(unpaused)
  })

  it.each(['pause', 'restart', 'setImage'] as const)('%s patches no status, and has none', (action) => {
    const world = aWorld({ rollout: aRollout({ status: going }) })
    expect(planOf(action, world, { images: [{ container: 'web', image: 'web:3' }] }).unified).toBeUndefined()
  })
})
