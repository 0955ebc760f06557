import { expect, it } from 'vitest'
import type { Experiment, ExperimentStatus } from '#api/experiment.ts'
import type { RolloutCondition } from '#api/rollout.ts'
import { conditionsAfter } from '#engine/experiment/conditions.ts'
import { assess } from '#engine/experiment/situation.ts'
import { anExperiment, anExperimentWorld, aTemplateStatus } from '#test/support/builders/experiment.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const earlier = '2026-01-15T09:00:00Z'
const now = '2026-01-15T10:00:00Z'

const progressing = (change: Partial<RolloutCondition> = {}): RolloutCondition => ({
  type: 'Progressing',
  status: 'True',
  reason: 'ReplicaSetUpdated',
  message: 'Experiment "try" is progressing.',
  lastUpdateTime: earlier,
  lastTransitionTime: earlier,
  ...change,
})

const after = (status: ExperimentStatus, next: ExperimentStatus, spec: Partial<Experiment['spec']> = {}) =>
  conditionsAfter(next, assess(anExperimentWorld({ experiment: anExperiment({ status, spec }) }), T0))

const templateStatuses = [aTemplateStatus('bar')]

it('EXP-701: the end, if it is a good one, is told before anything else', () => {
  const ended = progressing({
    status: 'False',
    reason: 'ExperimentCompleted',
    message: 'Experiment "try" has successfully ran and completed.',
    lastUpdateTime: now,
    lastTransitionTime: now,
  })
  const moved = [aTemplateStatus('bar', { readyReplicas: 0 })]
  const next: ExperimentStatus = { phase: 'Successful', templateStatuses: moved }
  expect(after({ templateStatuses, conditions: [progressing()] }, next)).toEqual([ended])
  expect(after({ templateStatuses, conditions: [{ ...ended, lastUpdateTime: earlier }] }, next)).toEqual([
    { ...ended, lastUpdateTime: earlier },
  ])
})

it('EXP-701: a new template or another number of pods is progress, whose time is told each time', () => {
  expect(after({}, { phase: 'Pending', templateStatuses })).toEqual([
    progressing({ lastUpdateTime: now, lastTransitionTime: now }),
  ])
  for (const count of ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    const next: ExperimentStatus = { phase: 'Running', templateStatuses: [aTemplateStatus('bar', { [count]: 7 })] }
    expect(after({ templateStatuses, conditions: [progressing()] }, next)).toEqual([
      progressing({ lastUpdateTime: now }),
    ])
  }
})

it('EXP-701: without progress it is running from the moment all is available to the end of the duration', () => {
  const running = progressing({ reason: 'NewReplicaSetAvailable', message: 'Experiment "try" is running.' })
  const next: ExperimentStatus = { phase: 'Running', templateStatuses }
  const before: ExperimentStatus = { templateStatuses, conditions: [progressing()] }
  expect(after({ ...before, availableAt: earlier }, next)).toEqual([{ ...running, lastUpdateTime: now }])
  expect(after({ ...before, availableAt: earlier, conditions: [running] }, next)).toEqual([running])
  expect(after(before, next)).toEqual([progressing()])
  expect(after({ ...before, availableAt: earlier }, next, { duration: '1m' })).toEqual([progressing()])
})

it('EXP-701: a bad end has no condition of its own', () => {
  const next: ExperimentStatus = { phase: 'Failed', templateStatuses }
  expect(after({ templateStatuses, availableAt: earlier }, next)).toMatchObject([
    { status: 'True', message: 'Experiment "try" is running.' },
  ])
})
