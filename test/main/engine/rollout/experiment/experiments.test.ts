import { expect, it } from 'vitest'
import type { Experiment } from '#api/experiment.ts'
import { planPastExperiments } from '#engine/rollout/experiment/experiments.ts'
import { aStepExperiment, atExperimentStep } from '#test/support/experiment-step.ts'

const at = (minute: number) => `2026-01-15T09:${String(minute).padStart(2, '0')}:00Z`

const gone = (past: readonly Experiment[], analysis = {}) =>
  planPastExperiments(atExperimentStep({ spec: { analysis } }), past)
    .filter(({ kind }) => kind === 'delete')
    .map((write) => (write.kind === 'delete' ? write.ref.name : ''))

it('EXP-1101: those without a living ReplicaSet of their hash go, done or not', () => {
  const { labels: _none, ...metadata } = aStepExperiment('unmarked').metadata
  const past = [
    { ...aStepExperiment('unmarked'), metadata },
    aStepExperiment('orphan', { hash: 'v0', phase: 'Running' }),
    aStepExperiment('kept', { phase: 'Running' }),
  ]
  expect(gone(past).toSorted()).toEqual(['orphan', 'unmarked'])
})

it('EXP-1101, API-241: of those that are done the newest stay, five good ones and five bad ones', () => {
  const done = (phase: 'Successful' | 'Failed' | 'Error' | 'Inconclusive', minute: number) =>
    aStepExperiment(`${phase}-${minute}`, { phase, createdAt: at(minute) })
  const good = [1, 2, 3, 4, 5, 6, 7].map((minute) => done('Successful', minute))
  const bad = [
    done('Failed', 1),
    done('Error', 2),
    done('Inconclusive', 3),
    done('Failed', 4),
    done('Failed', 5),
    done('Failed', 6),
  ]
  expect(gone([...good, ...bad])).toEqual(['Successful-2', 'Successful-1', 'Failed-1'])
  const limits = { successfulRunHistoryLimit: 0, unsuccessfulRunHistoryLimit: 6 }
  expect(gone([...good, ...bad], limits)).toHaveLength(7)
})

it('EXP-1101: of the same age the one whose name comes later stays', () => {
  const twins = ['a', 'b'].map((name) => aStepExperiment(name, { phase: 'Successful', createdAt: at(1) }))
  expect(gone(twins, { successfulRunHistoryLimit: 1 })).toEqual(['a'])
})

it('EXP-1102: what goes takes all it made along, and what is on its way is not deleted again', () => {
  const past = aStepExperiment('orphan', { hash: 'v0' })
  expect(planPastExperiments(atExperimentStep(), [past])).toMatchObject([
    { kind: 'delete', propagationPolicy: 'Background', precondition: { uid: 'uid-orphan' }, because: 'EXP-1101' },
  ])
  const going = {
    ...past,
    metadata: { ...past.metadata, deletionTimestamp: at(1) },
    status: { phase: 'Failed' as const },
  }
  expect(gone([going])).toEqual([])
})
