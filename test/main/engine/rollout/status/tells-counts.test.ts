import { describe, expect, it } from 'vitest'
import type { RolloutCondition, RolloutStatus } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import { tellsOnlyCounts } from '#engine/rollout/status/tells-counts.ts'
import { settlePods } from '#test/support/apply-decision.ts'
import { aRollout, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const condition = (type: RolloutCondition['type'], rest: Partial<RolloutCondition> = {}): RolloutCondition => ({
  type,
  status: 'True',
  reason: 'R',
  message: 'm',
  lastUpdateTime: '2026-01-15T10:00:00Z',
  lastTransitionTime: '2026-01-15T10:00:00Z',
  ...rest,
})
const conditions = [condition('Available'), condition('Completed'), condition('Progressing')]
const stored: RolloutStatus = { phase: 'Progressing', replicas: 4, conditions }

it.each<[string, Readonly<Record<string, unknown>>, boolean]>([
  ['numbers of pods', { replicas: 5, updatedReplicas: 1, readyReplicas: null, availableReplicas: 4 }, true],
  ['the number an autoscaler reads', { HPAReplicas: 5 }, true],
  ['another message of the same phase', { replicas: 5, message: 'old replicas are pending termination' }, true],
  ['another phase', { replicas: 5, phase: 'Healthy' }, false],
  ['another step', { replicas: 5, currentStepIndex: 1 }, false],
  ['another revision', { updatedReplicas: null, currentPodHash: 'abc' }, false],
  ['a generation seen', { observedGeneration: '2' }, false],
])('REC-61: a patch with %s', (_what, patch, only) => {
  expect(tellsOnlyCounts(stored, patch)).toBe(only)
})

describe('REC-63: conditions', () => {
  const [available, completed, progressing] = [condition('Available'), condition('Completed'), condition('Progressing')]
  const later = { ...progressing, lastUpdateTime: '2026-01-15T10:00:05Z' }

  it.each<[string, readonly RolloutCondition[], boolean]>([
    ['a later time of progress, in another order', [later, completed, available], true],
    ['enough pods or not', [{ ...available, status: 'False' }, completed, later], true],
    ['another reason', [available, completed, { ...progressing, reason: 'ProgressDeadlineExceeded' }], false],
    ['another status', [available, { ...completed, status: 'False' }, progressing], false],
    ['one more', [...conditions, condition('Healthy')], false],
    ['one less', [available, completed], false],
  ])('%s', (_what, after, only) => {
    expect(tellsOnlyCounts(stored, { replicas: 5, conditions: after })).toBe(only)
  })
})

it('CAN-60, CAN-50: in an update, rounds that see pods come and go may wait; sizes and steps may not', () => {
  const steps = [setWeight(25), setWeight(50)]
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 4, canary: { steps } }) })).settle()
  journey.rounds = []
  journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
  journey.setImage('web:2').settle()
  const mayWait = (write: Write) => write.kind === 'patch' && write.mayWait === true
  const told = journey.rounds.map(({ writes }) => (writes.every(mayWait) ? 'counts' : 'news'))
  expect(told).toContain('counts')
  journey.world = settlePods(journey.world, () => true)
  expect(reconcileRollout(journey.world, journey.now).writes.map((write) => [write.kind, mayWait(write)])).toEqual([
    ['patch', false],
    ['event', false],
  ])
})
