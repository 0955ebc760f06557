import { describe, expect, it } from 'vitest'
import type { ExperimentTemplate } from '#api/experiment.ts'
import { reconcileExperiment } from '#engine/experiment/reconcile.ts'
import {
  anExperiment,
  anExperimentTemplate,
  anExperimentWorld,
  aServedTemplate,
  aTemplateReplicaSet,
  aTemplateService,
  aTemplateStatus,
  ownerIsTry,
} from '#test/support/builders/experiment.ts'
import { ExperimentJourney } from '#test/support/experiment-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const ports = [{ containerPort: 8080, name: 'http', protocol: 'TCP' }, { containerPort: 9090 }]

const journeyOf = (template: ExperimentTemplate, parts: Parameters<typeof anExperimentWorld>[0] = {}) =>
  new ExperimentJourney(anExperimentWorld({ experiment: anExperiment({ templates: [template] }), ...parts }))

const serviceNames = ({ world }: ExperimentJourney) => world.services.map(({ metadata }) => metadata.name)

describe('EXP-407: a template with a service', () => {
  it('gets one once its ReplicaSet is there, with the ports of all containers and the labels of the ReplicaSet', () => {
    const experiment = anExperiment({ templates: [aServedTemplate('bar')] })
    const none = reconcileExperiment(anExperimentWorld({ experiment }), T0)
    expect(none.writes.filter(({ kind }) => kind === 'create')).toHaveLength(1)
    const rs = aTemplateReplicaSet('bar', { ports })
    const [create] = reconcileExperiment(anExperimentWorld({ experiment, replicaSets: [rs] }), T0).writes
    expect(create).toEqual({
      kind: 'create',
      ref: expect.objectContaining({ namespace: 'shop', name: 'try-bar' }),
      because: 'EXP-407',
      summary: 'Create Service try-bar',
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {
          name: 'try-bar',
          namespace: 'shop',
          annotations: { 'experiment.argoproj.io/name': 'try', 'experiment.argoproj.io/template-name': 'bar' },
          ownerReferences: [ownerIsTry],
        },
        spec: {
          selector: { app: 'bar', 'rollouts-pod-template-hash': 'hash-bar' },
          ports: [
            { name: 'http', port: 8080, targetPort: 8080, protocol: 'TCP' },
            { port: 9090, targetPort: 9090 },
          ],
        },
      },
    })
  })

  it('has its own name, if it says one, and its Service is told with the hash', () => {
    const journey = journeyOf(aServedTemplate('bar', { service: { name: 'front' } })).settle()
    expect(serviceNames(journey)).toEqual(['front'])
    const [rs] = journey.world.replicaSets
    expect(journey.status.templateStatuses?.[0]).toMatchObject({
      serviceName: 'front',
      podTemplateHash: rs?.metadata.labels?.['rollouts-pod-template-hash'],
    })
  })

  it('gets none while no container has a port', () => {
    const journey = journeyOf(anExperimentTemplate('bar', { service: {} })).settle()
    expect([serviceNames(journey), journey.phase]).toEqual([[], 'Running'])
  })

  it('EXP-1003: keeps it, and its pods, for the delay and until the last pod is gone; the status then speaks of none', () => {
    const journey = journeyOf(aServedTemplate('bar')).settle().terminate()
    expect([journey.sizes, serviceNames(journey)]).toEqual([['try-bar 1'], ['try-bar']])
    expect(journey.status.templateStatuses?.[0]?.serviceName).toBe('try-bar')
    journey.awake()
    expect([journey.sizes, serviceNames(journey)]).toEqual([['try-bar 0'], []])
    expect(journey.status.templateStatuses?.[0]).not.toHaveProperty('serviceName')
    expect(journey.status.templateStatuses?.[0]).not.toHaveProperty('podTemplateHash')
  })

  it('takes over one of its own that the status does not tell of yet, and makes no second one under another name', () => {
    const parts = { services: [aTemplateService('bar', 'before')] }
    const journey = journeyOf(aServedTemplate('bar', { service: { name: 'after' } }), parts).settle()
    expect(serviceNames(journey)).toEqual(['before'])
    expect(journey.status.templateStatuses?.[0]?.serviceName).toBe('before')
  })

  it('does not delete one twice that is on its way out', () => {
    const service = aTemplateService('bar')
    const going = { ...service, metadata: { ...service.metadata, deletionTimestamp: '2026-01-15T10:00:00Z' } }
    const experiment = anExperiment({ templates: [aServedTemplate('bar')], spec: { terminate: true } })
    const replicaSets = [aTemplateReplicaSet('bar', { size: 0 })]
    const { writes } = reconcileExperiment(anExperimentWorld({ experiment, replicaSets, services: [going] }), T0)
    expect(writes.some(({ kind }) => kind === 'delete')).toBe(false)
  })
})

it('EXP-407: a template without a service loses the one it has', () => {
  const journey = journeyOf(anExperimentTemplate('bar'), { services: [aTemplateService('bar')] }).settle()
  expect([serviceNames(journey), journey.phase]).toEqual([[], 'Running'])
})

it('EXP-408: a name that another Service has is an Error of the template, which gets no pods', () => {
  const journey = journeyOf(aServedTemplate('bar'), { serviceNamesTaken: ['try-bar'] }).settle()
  expect([journey.phase, journey.sizes]).toEqual([
    "Error: Failed to create Service try-bar for template 'bar': " +
      'service try-bar already exists and is not owned by experiment template bar',
    ['try-bar 0'],
  ])
})

it('EXP-409: several ports without a name go to the API server as they are', () => {
  const unnamed = [{ containerPort: 1 }, { containerPort: 2 }]
  const status = { phase: 'Pending' as const, templateStatuses: [aTemplateStatus('bar', { status: 'Progressing' })] }
  const experiment = anExperiment({ templates: [aServedTemplate('bar')], status })
  const replicaSets = [aTemplateReplicaSet('bar', { size: 0, ports: unnamed })]
  const { writes } = reconcileExperiment(anExperimentWorld({ experiment, replicaSets }), T0)
  expect(writes[0]).toMatchObject({
    object: {
      spec: {
        ports: [
          { port: 1, targetPort: 1 },
          { port: 2, targetPort: 2 },
        ],
      },
    },
  })
})
