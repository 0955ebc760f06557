import { describe, expect, it } from 'vitest'
import type { Rollout, RolloutStatus } from '#api/rollout.ts'
import { actionAvailability } from '#engine/actions/availability.ts'
import { planAction, type RolloutAction } from '#engine/actions/plan-action.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const idle: RolloutStatus = { currentPodHash: 'v1', stableRS: 'v1', currentStepIndex: 2, observedGeneration: '1' }
const updating: RolloutStatus = { ...idle, currentPodHash: 'v2', currentStepIndex: 0 }
const held: RolloutStatus = {
  pauseConditions: [{ reason: 'BlueGreenPause', startTime: '2026-01-15T10:00:00Z' }],
  controllerPause: true,
}
const canary = (status: RolloutStatus, spec = {}, generation = 1) =>
  aRollout({ steps: [setWeight(20), pause()], status, spec, generation })
const blueGreen = (status: RolloutStatus, spec = {}) => aRollout({ blueGreen: {}, status, spec })

const openOf = (rollout: Rollout, otherRevisions = 1) =>
  Object.entries(actionAvailability(rollout, { otherRevisions }))
    .filter(([, each]) => each.open)
    .map(([name]) => name)
const reasonOf = (action: RolloutAction, rollout: Rollout, otherRevisions = 1) => {
  const each = actionAvailability(rollout, { otherRevisions })[action]
  return each.open ? undefined : each.reason
}
const analyses = ['rerunAnalysis', 'terminateAnalysis', 'terminateExperiment']
const always = ['undo', 'restart', 'setImage', ...analyses]

describe('ACT-158: open', () => {
  it.each([
    ['an idle canary', canary(idle), ['pause']],
    ['a canary in mid-update', canary(updating), ['promote', 'promoteFull', 'skipStep', 'pause', 'abort']],
    ['a canary after its last step', canary({ ...updating, currentStepIndex: 2 }), ['promoteFull', 'pause', 'abort']],
    ['an aborted canary', canary({ ...updating, abort: true }), ['promoteFull', 'pause', 'retry']],
    ['a blue-green in mid-update', blueGreen(updating), ['promoteFull', 'pause', 'abort']],
    ['a held blue-green', blueGreen({ ...updating, ...held }), ['promote', 'promoteFull', 'pause', 'resume', 'abort']],
    ['an idle canary paused by hand', canary(idle, { paused: true }), ['promote', 'resume']],
  ])('%s', (_what, rollout, expected) => {
    expect(openOf(rollout)).toEqual([...expected, ...always])
  })

  it('nothing on a rollout that is being deleted', () => {
    const rollout = canary(updating)
    const metadata = { ...rollout.metadata, deletionTimestamp: '2026-01-15T10:00:00Z' }
    expect(openOf({ ...rollout, metadata })).toEqual([])
  })

  it('undo only with another revision', () => {
    expect(openOf(canary(idle), 0)).not.toContain('undo')
  })
})

it.each([
  ['its spec is not observed', canary(updating, {}, 2)],
  ['it is unpausing', canary({ ...updating, controllerPause: true })],
])('ACT-13: in transition only the brakes are open, and what changes nothing of the rollout: %s', (_why, rollout) => {
  expect(openOf(rollout)).toEqual(['pause', 'abort', ...analyses])
})

it('ACT-55, ACT-61: an abort of an idle rollout would be discarded, a retry needs an abort', () => {
  expect(openOf(canary({ ...idle, phase: 'Degraded' }))).not.toContain('abort')
  expect(openOf(canary({ ...updating, phase: 'Degraded' }))).not.toContain('retry')
  expect(openOf(canary({ ...updating, abort: true }))).toContain('retry')
})

it('ACT-51, ACT-152: abort is open in every phase while an update is under way, also where the dashboard closes it', () => {
  for (const phase of ['Progressing', 'Paused', 'Degraded', 'Healthy'] as const)
    expect(openOf(canary({ ...updating, phase }))).toContain('abort')
})

it('UI-ACT-4: a closed action says when it opens', () => {
  expect(reasonOf('retry', canary(updating))).toBe('Retry is open after an abort')
  expect(reasonOf('promote', canary({ ...updating, abort: true }))).toBe(
    'Promote is open again after Retry: the update was aborted',
  )
  expect(reasonOf('abort', canary(idle))).toBe('Abort is open while an update is under way')
  expect(reasonOf('resume', canary(idle))).toBe('Resume is open while the rollout is paused')
  expect(reasonOf('undo', canary(idle), 0)).toBe('Undo is open once there is another revision to go back to')
})

it('what is closed is refused with the same words', () => {
  for (const rollout of [canary(idle), canary(updating), canary({ ...updating, abort: true }), blueGreen(updating)]) {
    const shown = actionAvailability(rollout, { otherRevisions: 0 })
    for (const action of Object.keys(shown) as RolloutAction[]) {
      const each = shown[action]
      if (each.open) continue
      const plan = planAction({ action, world: aWorld({ rollout }), parameters: {}, now: T0 })
      expect(plan).toEqual({ ok: false, error: { reason: each.reason } })
    }
  }
})
