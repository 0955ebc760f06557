import { expect, it } from 'vitest'
import { reconcileExperiment } from '#engine/experiment/reconcile.ts'
import { podTemplateHash } from '#engine/pod-hash/pod-template-hash.ts'
import {
  anExperiment,
  anExperimentTemplate,
  anExperimentWorld,
  aTemplateReplicaSet,
  aTemplateStatus,
  ownerIsTry,
} from '#test/support/builders/experiment.ts'
import { ExperimentJourney } from '#test/support/experiment-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const template = anExperimentTemplate('bar', {
  replicas: 2,
  minReadySeconds: 5,
  template: {
    metadata: { labels: { app: 'bar', tier: 'web', 'rollouts-pod-template-hash': 'old' }, annotations: { a: 'b' } },
    spec: { containers: [{ name: 'web', image: 'web:1' }] },
  },
})
const plain = { ...template.template, metadata: { labels: { app: 'bar', tier: 'web' }, annotations: { a: 'b' } } }

const createdBy = (parts: Parameters<typeof anExperimentWorld>[0]) =>
  reconcileExperiment(anExperimentWorld(parts), T0).writes.find(({ kind }) => kind === 'create')

it('EXP-402, EXP-403: a ReplicaSet without pods, named and marked after Experiment and template', () => {
  const hash = podTemplateHash(plain)
  const labels = { app: 'bar', tier: 'web', 'rollouts-pod-template-hash': hash }
  expect(createdBy({ experiment: anExperiment({ templates: [template] }) })).toMatchObject({
    because: 'EXP-402',
    object: {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: 'try-bar',
        namespace: 'shop',
        labels,
        annotations: { 'experiment.argoproj.io/name': 'try', 'experiment.argoproj.io/template-name': 'bar' },
        ownerReferences: [ownerIsTry],
      },
      spec: {
        replicas: 0,
        minReadySeconds: 5,
        selector: { matchLabels: { app: 'bar', 'rollouts-pod-template-hash': hash } },
        template: {
          metadata: { labels, annotations: { a: 'b' } },
          spec: { containers: [{ name: 'web', image: 'web:1' }] },
        },
      },
    },
  })
})

it('EXP-403: a collision count that is stored changes the hash', () => {
  const status = { templateStatuses: [aTemplateStatus('bar', { collisionCount: 1 })] }
  expect(createdBy({ experiment: anExperiment({ templates: [template], status }) })).toMatchObject({
    object: { metadata: { labels: { 'rollouts-pod-template-hash': podTemplateHash(plain, 1) } } },
  })
})

it('EXP-402: the creation is told with its time, and pods come once the object is seen', () => {
  const journey = new ExperimentJourney(anExperimentWorld({ experiment: anExperiment({ templates: [template] }) }))
  expect(journey.round().writes.map(({ summary }) => summary)).toEqual([
    'Create ReplicaSet try-bar',
    'Set status of Experiment try: templateStatuses, phase, conditions',
    "Template 'bar' transitioned from  -> Progressing",
    'Experiment transitioned from  -> Pending',
  ])
  expect(journey.status.templateStatuses?.[0]).toMatchObject({
    replicas: 0,
    lastTransitionTime: '2026-01-15T10:00:00Z',
  })
  journey.round()
  expect(journey.sizes).toEqual(['try-bar 2'])
})

it('EXP-404: also an Experiment that is to end makes its ReplicaSets, and leaves them without pods', () => {
  const journey = new ExperimentJourney(anExperimentWorld({ experiment: anExperiment({ spec: { terminate: true } }) }))
  journey.settle()
  expect([journey.sizes, journey.templates, journey.phase]).toEqual([['try-bar 0'], ['bar Successful'], 'Successful'])
})

it('EXP-405: a name that something else has is an Error of the template, told once, not a collision of hashes', () => {
  const cause = 'replicasets.apps "try-bar" already exists'
  const journey = new ExperimentJourney(anExperimentWorld({ replicaSetNamesTaken: ['try-bar'] })).settle()
  expect(journey.status.templateStatuses).toEqual([
    aTemplateStatus('bar', {
      ...{ replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 },
      status: 'Error',
      message: `Failed to create ReplicaSet for template 'bar': ${cause}`,
    }),
  ])
  expect(journey.phase).toBe(`Error: Failed to create ReplicaSet for template 'bar': ${cause}`)
  expect(journey.events.filter((each) => each.startsWith('ReplicaSetCreateError'))).toEqual([
    `ReplicaSetCreateError: Failed to create new replica set "try-bar": ${cause}`,
  ])
  expect(journey.pass(3600).rounds.at(-1)?.writes).toEqual([])
})

it('EXP-405: one of ours that is marked as of no template is in the way as well', () => {
  const own = aTemplateReplicaSet('bar')
  const unmarked = { ...own, metadata: { ...own.metadata, annotations: {} } }
  const journey = new ExperimentJourney(anExperimentWorld({ replicaSets: [unmarked] })).settle()
  expect(journey.templates).toEqual(['bar Error'])
})

it('EXP-405: the ReplicaSet of this template is taken as it is', () => {
  const journey = new ExperimentJourney(anExperimentWorld({ replicaSets: [aTemplateReplicaSet('bar')] })).settle()
  expect([journey.sizes, journey.phase]).toEqual([['try-bar 1'], 'Running'])
})
