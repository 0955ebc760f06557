import { expect, it } from 'vitest'
import type { Experiment } from '#api/experiment.ts'
import { normaliseExperiment } from '#engine/normalise/normalise-experiment.ts'
import { anExperiment, anExperimentTemplate } from '#test/support/builders/experiment.ts'

it('EXP-102, EXP-103: every field of the spec is read, and an explicit 0 is another thing than none', () => {
  const spec: Experiment['spec'] = {
    templates: [
      anExperimentTemplate('bar', { replicas: 0, minReadySeconds: 5, service: { name: 'front' } }),
      anExperimentTemplate('baz', { service: {} }),
    ],
    duration: '5m',
    progressDeadlineSeconds: 0,
    terminate: true,
    analyses: [
      {
        name: 'e',
        templateName: 'errors',
        clusterScope: true,
        args: [
          { name: 'a', value: '' },
          { name: 'b' },
          { name: 'c', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
        requiredForCompletion: true,
      },
    ],
    scaleDownDelaySeconds: 0,
    dryRun: [{ metricName: 'x' }],
    measurementRetention: [{ metricName: 'x', limit: 3 }],
    analysisRunMetadata: { labels: { a: 'b' }, annotations: { c: 'd' } },
  }
  expect(normaliseExperiment(anExperiment({ spec })).spec).toEqual(spec)
})

it('EXP-104, EXP-105: the status keeps its empty members and its zeros', () => {
  const status: Experiment['status'] = {
    phase: 'Running',
    message: 'm',
    templateStatuses: [
      { name: 'bar', replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0, collisionCount: 0 },
    ],
    availableAt: '2026-01-15T10:00:00Z',
    analysisRuns: [{ name: 'e', analysisRun: '', phase: '' }],
  }
  expect(normaliseExperiment(anExperiment({ status })).status).toEqual(status)
})

it('REC-20: any JSON gives an Experiment', () => {
  const raw = { ...anExperiment(), spec: { templates: [{ replicas: 'two' }, 7], duration: 5, more: 1 }, status: [] }
  expect(normaliseExperiment(raw as unknown as Experiment)).toEqual({
    ...anExperiment(),
    spec: {
      templates: [
        { name: '', template: {} },
        { name: '', template: {} },
      ],
    },
  })
  const empty = { ...anExperiment(), spec: undefined }
  expect(normaliseExperiment(empty as unknown as Experiment).spec).toEqual({ templates: [] })
})
