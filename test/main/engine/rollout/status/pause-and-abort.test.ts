import { expect, it } from 'vitest'
import type { PauseReason, RolloutStatus } from '#api/rollout.ts'
import { assess } from '#engine/rollout/situation.ts'
import { type Draft, fullDraft, replicasOnlyDraft } from '#engine/rollout/status/draft.ts'
import { pauseAndAbort } from '#engine/rollout/status/pause-and-abort.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const then = '2026-01-15T08:00:00Z'
const now = formatSeconds(T0)
const pausedFor = (...reasons: readonly PauseReason[]) => reasons.map((reason) => ({ reason, startTime: then }))
const updating: RolloutStatus = { currentPodHash: 'v2', stableRS: 'v1' }
const paused: RolloutStatus = {
  ...updating,
  pauseConditions: pausedFor('CanaryPauseStep'),
  controllerPause: true,
}
const nothing = { clear: false, add: [], remove: [] } as const
const unpaused = { abort: undefined, abortedAt: undefined }

function decided(stored: RolloutStatus, change: Partial<Draft>, scope: Draft['scope'] = 'full') {
  const situation = assess(aWorld({ rollout: aRollout({ status: stored }), replicaSets: [aReplicaSet()] }), T0)
  const draft = scope === 'full' ? fullDraft(situation) : replicasOnlyDraft(situation)
  return pauseAndAbort({ ...draft, pauses: nothing, ...change }, situation)
}

it.each<[string, RolloutStatus, Partial<Draft>, object]>([
  ['an abort drops every pause and is dated now', paused, { abort: 'added' }, { abort: true, abortedAt: now }],
  ['an abort keeps its first date', { ...paused, abort: true, abortedAt: then }, {}, { abort: true, abortedAt: then }],
  ['an abort that is removed is gone', { ...updating, abort: true, abortedAt: then }, { abort: 'removed' }, unpaused],
  [
    'what is kept stays as it is',
    paused,
    {},
    { ...unpaused, pauseConditions: paused.pauseConditions, controllerPause: true },
  ],
  [
    'clearing takes all, also what would be added',
    paused,
    { pauses: { ...nothing, clear: true, add: ['BlueGreenPause'] } },
    unpaused,
  ],
  [
    'what is added starts now and is a pause of the controller',
    updating,
    { pauses: { ...nothing, add: ['CanaryPauseStep'] } },
    { ...unpaused, pauseConditions: [{ reason: 'CanaryPauseStep', startTime: now }], controllerPause: true },
  ],
  [
    'what is there already keeps its time',
    paused,
    { pauses: { ...nothing, add: ['CanaryPauseStep', 'BlueGreenPause'] } },
    {
      ...unpaused,
      pauseConditions: [...pausedFor('CanaryPauseStep'), { reason: 'BlueGreenPause', startTime: now }],
      controllerPause: true,
    },
  ],
  ['the last one removed ends the pause', paused, { pauses: { ...nothing, remove: ['CanaryPauseStep'] } }, unpaused],
  [
    'what is stored and removed is not added in the same round',
    paused,
    { pauses: { clear: false, add: ['CanaryPauseStep'], remove: ['CanaryPauseStep'] } },
    unpaused,
  ],
  [
    'a pause that the controller did not set is not made one of its own',
    { ...updating, pauseConditions: pausedFor('InconclusiveAnalysisRun') },
    {},
    { ...unpaused, pauseConditions: pausedFor('InconclusiveAnalysisRun'), controllerPause: false },
  ],
])('REC-91: %s', (_what, stored, change, expected) => {
  expect(decided(stored, change)).toEqual(expected)
})

it('REC-91: a pause at a canary step ends with the strategy it belongs to, and nobody has resumed it', () => {
  const blueGreen = { activeService: 'active', autoPromotionEnabled: false }
  const rollout = aRollout({ blueGreen, status: paused })
  const situation = assess(aWorld({ rollout, replicaSets: [aReplicaSet()] }), T0)
  const draft = { ...fullDraft(situation), pauses: nothing }
  expect(pauseAndAbort(draft, situation)).toEqual(unpaused)
  const adding = { ...draft, pauses: { ...nothing, add: ['BlueGreenPause'] as const } }
  expect(pauseAndAbort(adding, situation)).toEqual({
    ...unpaused,
    pauseConditions: [{ reason: 'BlueGreenPause', startTime: now }],
    controllerPause: true,
  })
})

it('REC-91, REC-166: a round that only changes sizes leaves the signal to resume, and a pause beside an abort', () => {
  const resumed = { ...updating, controllerPause: true }
  expect(decided(resumed, {})).toEqual(unpaused)
  expect(decided(resumed, {}, 'replicas-only')).toEqual({ ...unpaused, controllerPause: true })
  expect(decided({ ...paused, abort: true }, {}, 'replicas-only')).toEqual({
    pauseConditions: paused.pauseConditions,
    controllerPause: true,
    abort: true,
    abortedAt: now,
  })
})
