import { describe, expect, it } from 'vitest'
import type { Rollout, RolloutSpec, RolloutStatus } from '#api/rollout.ts'
import { hasTakenEffect } from '#engine/actions/effect.ts'
import type { RolloutAction } from '#engine/actions/plan-action.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'

const pauseConditions = [{ reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' }] as const
const held: RolloutStatus = {
  phase: 'Paused',
  observedGeneration: '1',
  currentPodHash: 'v2',
  stableRS: 'v1',
  currentStepIndex: 1,
  controllerPause: true,
  pauseConditions,
}
const going: RolloutStatus = { ...held, phase: 'Progressing', controllerPause: false, pauseConditions: [] }
const aborted: RolloutStatus = { ...going, phase: 'Degraded', abort: true, abortedAt: '2026-01-15T10:00:00Z' }

const at = (status: RolloutStatus, spec: Partial<RolloutSpec> = {}, generation = 1): Rollout =>
  aRollout({ steps: [setWeight(20), pause(), setWeight(60)], status, spec, generation })

interface Case {
  readonly action: RolloutAction
  readonly what: string
  readonly before: Rollout
  readonly written: Rollout
  readonly acted: Rollout
}

const cases: readonly Case[] = [
  {
    action: 'promote',
    what: 'a pause',
    before: at(held),
    written: at({ ...held, pauseConditions: [] }),
    acted: at({ ...going, currentStepIndex: 2 }),
  },
  {
    action: 'promote',
    what: 'a step',
    before: at(going),
    written: at({ ...going, currentStepIndex: 2 }),
    acted: at({ ...going, currentStepIndex: 2, message: 'more replicas need to be updated' }),
  },
  {
    action: 'promote',
    what: 'the last step',
    before: at(going),
    written: at({ ...going, currentStepIndex: 3 }),
    acted: at({ ...going, currentStepIndex: 3, stableRS: 'v2' }),
  },
  {
    action: 'skipStep',
    what: 'a step',
    before: at(going),
    written: at({ ...going, currentStepIndex: 2 }),
    acted: at({ ...going, currentStepIndex: 3 }),
  },
  {
    action: 'promoteFull',
    what: 'an update',
    before: at(going),
    written: at({ ...going, promoteFull: true }),
    acted: at({ ...going, promoteFull: true, updatedReplicas: 1 }),
  },
  {
    action: 'promoteFull',
    what: 'an update that is done already',
    before: at(going),
    written: at({ ...going, promoteFull: true }),
    acted: at({ ...going, phase: 'Healthy', stableRS: 'v2' }),
  },
  {
    action: 'pause',
    what: 'an update',
    before: at(going),
    written: at(going, { paused: true }, 2),
    acted: at({ ...going, observedGeneration: '2', phase: 'Paused' }, { paused: true }, 2),
  },
  {
    action: 'resume',
    what: 'a pause set by hand',
    before: at({ ...going, phase: 'Paused' }, { paused: true }),
    written: at({ ...going, phase: 'Paused' }, { paused: false }, 2),
    acted: at({ ...going, observedGeneration: '2' }, { paused: false }, 2),
  },
  {
    action: 'resume',
    what: 'a pause that comes back at once',
    before: at(held),
    written: at({ ...held, pauseConditions: [] }),
    acted: at({ ...held, pauseConditions: [{ ...pauseConditions[0], startTime: '2026-01-15T10:05:00Z' }] }),
  },
  { action: 'abort', what: 'an update', before: at(going), written: at({ ...going, abort: true }), acted: at(aborted) },
  {
    action: 'retry',
    what: 'an aborted update',
    before: at(aborted),
    written: at({ ...aborted, abort: false }),
    acted: at({ ...going, currentStepIndex: 0 }),
  },
  {
    action: 'undo',
    what: 'an update',
    before: at(going),
    written: at(going, {}, 2),
    acted: at({ ...going, observedGeneration: '2', currentPodHash: 'v1' }, {}, 2),
  },
  {
    action: 'setImage',
    what: 'a workload next to it',
    before: at(going),
    written: at(going),
    acted: at({ ...going, currentPodHash: 'v3' }),
  },
  {
    action: 'restart',
    what: 'pods',
    before: at(going),
    written: at(going, { restartAt: '2026-01-15T10:00:00Z' }, 2),
    acted: at({ ...going, observedGeneration: '2' }, { restartAt: '2026-01-15T10:00:00Z' }, 2),
  },
  {
    action: 'cancelRestart',
    what: 'a scheduled restart',
    before: at(going, { restartAt: '2026-01-15T11:00:00Z' }),
    written: at(going, {}, 2),
    acted: at({ ...going, observedGeneration: '2' }, {}, 2),
  },
]

describe('hasTakenEffect', () => {
  it.each(cases)('ACT-58, ACT-10: $action of $what: neither the state before nor our own writes are a sign', (each) => {
    const { action, before, written, acted } = each
    expect([before, written, acted].map((current) => hasTakenEffect(action, { before, written }, current))).toEqual([
      false,
      false,
      true,
    ])
  })

  it('ACT-39: a promote whose pause is gone is not done while the controller still holds it', () => {
    const echo = { before: at(held), written: at({ ...held, pauseConditions: [] }) }
    const current = at({ ...held, pauseConditions: [], message: 'something else moved' })
    expect(hasTakenEffect('promote', echo, current)).toBe(false)
  })

  it('ACT-58: a controller that knows no generations is seen by what it writes', () => {
    const unnumbered = { ...going, observedGeneration: 'f7c9' }
    const echo = { before: at(unnumbered), written: at(unnumbered, { paused: true }, 2) }
    expect(hasTakenEffect('pause', echo, echo.written)).toBe(false)
    expect(hasTakenEffect('pause', echo, at({ ...unnumbered, phase: 'Paused' }, { paused: true }, 2))).toBe(true)
  })
})
