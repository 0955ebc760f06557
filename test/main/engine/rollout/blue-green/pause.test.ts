import { describe, expect, it } from 'vitest'
import type { BlueGreenStrategy, RolloutSpec, RolloutStatus } from '#api/rollout.ts'
import { decidePause, isPauseComplete, type PauseDecision } from '#engine/rollout/blue-green/pause.ts'
import { assess, hasCurrentRS, type Release } from '#engine/rollout/situation.ts'
import { assert } from '#lib/assert.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

interface Setting {
  readonly blueGreen?: Partial<BlueGreenStrategy>
  readonly spec?: Partial<RolloutSpec>
  readonly status?: RolloutStatus
  readonly available?: number
  /** What the active Service selects. */
  readonly active?: string
}

/** `web:2` (v2) is complete beside `web:1` (v1), which is stable and active unless said otherwise. */
function release({ blueGreen, spec, status, available = 2, active = 'v1' }: Setting): Release {
  const rollout = aRollout({
    image: 'web:2',
    replicas: 2,
    blueGreen: { activeService: 'active', ...blueGreen },
    status: { currentPodHash: 'v2', stableRS: 'v1', blueGreen: { activeSelector: 'v1' }, ...status },
    ...(spec && { spec }),
  })
  const replicaSets = [
    aReplicaSet({ hash: 'v1', image: 'web:1', size: 2, createdAt: '2026-01-15T08:00:00Z' }),
    aReplicaSet({ hash: 'v2', image: 'web:2', size: 2, available, revision: 2 }),
  ]
  const services = { active: active === '' ? aService('active') : aService('active', active) }
  const situation = assess(aWorld({ rollout, replicaSets, services }), T0)
  assert(hasCurrentRS(situation), 'web:2 has its ReplicaSet')
  return situation
}

const pausedSince = (secondsAgo: number): RolloutStatus => ({
  controllerPause: true,
  pauseConditions: [{ reason: 'BlueGreenPause', startTime: formatSeconds(T0 - secondsAgo * 1000) }],
})

const manual = { autoPromotionEnabled: false }
const timed = { autoPromotionSeconds: 10 }

describe('the pause before the cut-over', () => {
  it.each<[number, Partial<BlueGreenStrategy>, RolloutStatus, boolean]>([
    [1, {}, {}, true],
    [2, { autoPromotionEnabled: true, ...timed }, pausedSince(9), false],
    [3, { autoPromotionEnabled: true, ...timed }, pausedSince(11), true],
    [4, { autoPromotionEnabled: true, ...timed }, { controllerPause: true }, false],
    [5, manual, pausedSince(0), false],
    [6, manual, { controllerPause: true }, true],
    [7, manual, {}, false],
    [8, { ...manual, autoPromotionSeconds: 30 }, pausedSince(60), false],
    [9, manual, { blueGreen: { activeSelector: 'v1', scaleUpPreviewCheckPoint: true } }, true],
  ])('BG-31, example %i: %j with the status %j is complete: %s', (_example, blueGreen, status, complete) => {
    expect(isPauseComplete(release({ blueGreen, status }))).toBe(complete)
  })

  it('BG-31: a pause of the canary strategy is not one that a person ended', () => {
    const pauseConditions = [{ reason: 'CanaryPauseStep', startTime: formatSeconds(T0) }] as const
    const status = { controllerPause: true, pauseConditions }
    expect(isPauseComplete(release({ blueGreen: manual, status }))).toBe(false)
  })

  it.each<[string, Setting, PauseDecision]>([
    ['row 1: aborted', { blueGreen: manual, status: { abort: true } }, { kind: 'leave' }],
    ['row 2: not ready', { blueGreen: manual, available: 1 }, { kind: 'leave' }],
    ['row 3: held', { blueGreen: manual, spec: { paused: true } }, { kind: 'leave' }],
    ['row 4: full promotion', { blueGreen: manual, status: { promoteFull: true } }, { kind: 'remove' }],
    ['row 4: nothing active', { blueGreen: manual, active: '' }, { kind: 'remove' }],
    ['row 4: active already', { blueGreen: manual, active: 'v2' }, { kind: 'remove' }],
    [
      'row 5: approved',
      { blueGreen: manual, status: { blueGreen: { activeSelector: 'v1', scaleUpPreviewCheckPoint: true } } },
      { kind: 'remove' },
    ],
    ['row 6: no pause wanted', {}, { kind: 'remove' }],
    ['row 8: time is over', { blueGreen: timed, status: pausedSince(11) }, { kind: 'remove' }],
    ['row 9: time goes on', { blueGreen: timed, status: pausedSince(4) }, { kind: 'wait', until: T0 + 6_001 }],
    ['row 9: until a person comes', { blueGreen: manual, status: pausedSince(4) }, { kind: 'wait' }],
    ['row 10: it begins', { blueGreen: manual }, { kind: 'add' }],
    ['row 10: a timed one begins', { blueGreen: timed }, { kind: 'add' }],
    ['row 11: a person resumed', { blueGreen: manual, status: { controllerPause: true } }, { kind: 'leave' }],
  ])('BG-30, %s', (_row, setting, decision) => {
    expect(decidePause(release(setting))).toEqual(decision)
  })
})
