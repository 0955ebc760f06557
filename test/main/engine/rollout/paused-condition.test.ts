import { expect, it } from 'vitest'
import type { RolloutCondition, RolloutStatus } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import { planPausedCondition } from '#engine/rollout/paused-condition.ts'
import { assess } from '#engine/rollout/situation.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout, pause } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const then = '2026-01-15T08:00:00Z'
const condition = (type: RolloutCondition['type'], status: 'True' | 'False' | 'Unknown', reason: string) => ({
  type,
  status,
  reason,
  message: '',
  lastUpdateTime: then,
  lastTransitionTime: then,
})
const progressing = (reason: string) => condition('Progressing', 'True', reason)
const pausedIs = (status: 'True' | 'False') => condition('Paused', status, 'RolloutPaused')
const pauseConditions = [{ reason: 'CanaryPauseStep', startTime: then }] as const

/** `type status reason` of what was renewed now. */
function renewed(status: RolloutStatus, spec: object = {}): readonly string[] {
  const stored = { observedGeneration: '1', currentPodHash: 'v2', stableRS: 'v1', ...status }
  const rollout = aRollout({ status: stored, spec, steps: [pause()] })
  const [write] = planPausedCondition(assess(aWorld({ rollout, replicaSets: [aReplicaSet()] }), T0))
  return conditionsOf(write)
    .filter(({ lastUpdateTime }) => lastUpdateTime === formatSeconds(T0))
    .map((each) => `${each.type} ${each.status} ${each.reason}`)
}

function conditionsOf(write: Write | undefined): readonly RolloutCondition[] {
  if (write?.kind !== 'patch') return []
  return (write.body as { readonly status: RolloutStatus }).status.conditions ?? []
}

it.each<[string, RolloutStatus, object, readonly string[]]>([
  [
    'a pause of a step begins',
    { pauseConditions, conditions: [progressing('ReplicaSetUpdated')] },
    {},
    ['Progressing Unknown RolloutPaused', 'Paused True RolloutPaused'],
  ],
  [
    'a pause by hand begins',
    { conditions: [progressing('ReplicaSetUpdated'), pausedIs('False')] },
    { paused: true },
    ['Progressing Unknown RolloutPaused', 'Paused True RolloutPaused'],
  ],
  [
    'a pause ends',
    { conditions: [progressing('RolloutPaused'), pausedIs('True')] },
    {},
    ['Progressing Unknown RolloutResumed', 'Paused False RolloutPaused'],
  ],
  ['a pause goes on', { pauseConditions, conditions: [progressing('RolloutPaused'), pausedIs('True')] }, {}, []],
  [
    'one at rest is paused by hand',
    { stableRS: 'v2', conditions: [progressing('NewReplicaSetAvailable')] },
    { paused: true },
    ['Paused True RolloutPaused'],
  ],
  ['an abort stands', { abort: true, conditions: [progressing('RolloutAborted')], pauseConditions }, {}, []],
  [
    'an aborted one is tried again',
    { conditions: [progressing('RolloutAborted'), pausedIs('False')] },
    {},
    ['Progressing Unknown RolloutRetry'],
  ],
  [
    'its spec is not observed yet',
    { observedGeneration: '0', pauseConditions, conditions: [progressing('x')] },
    {},
    [],
  ],
])('REC-70: %s', (_what, status, spec, expected) => {
  expect(renewed(status, spec)).toEqual(expected)
})

it('REC-70: conditions, generation, phase, message and timing are all that is written, and the round ends', () => {
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ steps: [pause()] }) })).settle()
  journey.now += 3_600_000
  journey.setImage('web:2').settle()
  const round = journey.rounds.find(({ writes }) => writes[0]?.because === 'REC-70')
  expect(round?.writes).toHaveLength(1)
  const [write] = round?.writes ?? []
  const status = write?.kind === 'patch' ? (write.body as { readonly status: object }).status : {}
  const allowed = ['conditions', 'observedGeneration', 'phase', 'message', 'duration']
  expect(Object.keys(status).filter((key) => !allowed.includes(key))).toEqual([])
  expect(status).toHaveProperty('conditions')
})

it('REC-71, REC-95: the deadline begins anew when a pause ends and when an aborted update is tried again', () => {
  const rollout = aRollout({ replicas: 2, steps: [pause()], spec: { progressDeadlineSeconds: 100 } })
  const journey = new RolloutJourney(aWorld({ rollout })).settle()
  const updatedAt = () => journey.status.conditions?.find(({ type }) => type === 'Progressing')?.lastUpdateTime
  journey.now += 3_600_000
  journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
  journey.setImage('web:2').settle().pass(3_600)
  expect(journey.phase).toBe('Paused: CanaryPauseStep')
  journey.promote().settle()
  expect(updatedAt()).toBe(formatSeconds(journey.now))
  expect(journey.phase).toContain('Progressing')
  journey.abort().settle().pass(3_600)
  journey.retry().settle()
  expect(updatedAt()).toBe(formatSeconds(journey.now))
  expect(journey.phase).not.toContain('Degraded')
})
