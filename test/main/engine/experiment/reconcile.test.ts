import { expect, it } from 'vitest'
import { nothingToDo } from '#engine/decision.ts'
import { reconcileExperiment } from '#engine/experiment/reconcile.ts'
import { anExperiment, anExperimentWorld, aTemplateReplicaSet } from '#test/support/builders/experiment.ts'
import { ExperimentJourney } from '#test/support/experiment-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

it('EXP-301: an Experiment that is being deleted is left alone', () => {
  const experiment = anExperiment({ metadata: { deletionTimestamp: '2026-01-15T10:00:00Z' } })
  expect(reconcileExperiment(anExperimentWorld({ experiment }), T0)).toEqual(nothingToDo)
})

it('EXP-305: while two ReplicaSets are of one template nothing is done, and it is looked at again', () => {
  const replicaSets = [aTemplateReplicaSet('bar'), aTemplateReplicaSet('bar', { name: 'again' })]
  expect(reconcileExperiment(anExperimentWorld({ replicaSets }), T0)).toEqual({
    ...nothingToDo,
    requeueAt: T0 + 10_000,
  })
})

it('EXP-101: the status is a merge patch of the object itself, bound to what it was decided from', () => {
  const { writes } = reconcileExperiment(anExperimentWorld(), T0)
  const patch = writes.find(({ kind }) => kind === 'patch')
  expect(patch).toMatchObject({
    ref: { resource: { plural: 'experiments' }, namespace: 'shop', name: 'try' },
    patchType: 'merge',
    precondition: { uid: 'uid-try', resourceVersion: '1' },
  })
  expect(patch).not.toHaveProperty('subresource')
})

it('EXP-303: what this pass finds ends nothing before the next one', () => {
  const journey = new ExperimentJourney(anExperimentWorld({ experiment: anExperiment({ analyses: ['a'] }) })).settle()
  const run = journey.world.analysisRuns['try-a']
  if (run === undefined) throw new Error('there is a run')
  journey.world = { ...journey.world, analysisRuns: { 'try-a': { ...run, status: { phase: 'Failed' } } } }
  journey.round()
  expect([journey.phase, journey.templates]).toEqual(['Failed', ['bar Running']])
  expect(journey.world.replicaSets[0]?.metadata.annotations).not.toHaveProperty('scale-down-deadline')
  journey.settle()
  expect(journey.templates).toEqual(['bar Successful'])
})

it('EXP-105: entries of templates that have left the spec stay, behind them new ones come', () => {
  const journey = new ExperimentJourney(
    anExperimentWorld({ experiment: anExperiment({ templates: ['old'] }) }),
  ).settle()
  journey.patchSpec({ templates: anExperiment({ templates: ['bar'] }).spec.templates })
  expect(journey.templates).toEqual(['old Running', 'bar Running'])
})
