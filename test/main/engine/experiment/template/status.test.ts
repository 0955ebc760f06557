import { describe, expect, it } from 'vitest'
import type { Experiment, TemplateStatus } from '#api/experiment.ts'
import { reconcileExperiment } from '#engine/experiment/reconcile.ts'
import { assess } from '#engine/experiment/situation.ts'
import { templateEvents, templateStatusAfter } from '#engine/experiment/template/status.ts'
import {
  anExperiment,
  anExperimentWorld,
  aTemplateReplicaSet,
  aTemplateStatus,
} from '#test/support/builders/experiment.ts'
import { ExperimentJourney } from '#test/support/experiment-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString().replace('.000Z', 'Z')

const statusOf = (
  before: Partial<TemplateStatus>,
  options: { available?: number; spec?: Partial<Experiment['spec']>; availableAt?: string } = {},
): Partial<TemplateStatus> => {
  const { available = 1, spec = {}, availableAt } = options
  const status = {
    phase: 'Running' as const,
    templateStatuses: [aTemplateStatus('bar', { ...before, ...countsOf(available) })],
    ...(availableAt !== undefined && { availableAt }),
  }
  const replicaSets = [aTemplateReplicaSet('bar', { size: 1, available })]
  const situation = assess(anExperimentWorld({ experiment: anExperiment({ spec, status }), replicaSets }), T0)
  const [template] = situation.templates
  if (template === undefined) throw new Error('there is a template')
  return templateStatusAfter(template, { moves: false, error: undefined, told: undefined }, situation)
}

const countsOf = (pods: number) => ({
  replicas: pods,
  updatedReplicas: pods,
  readyReplicas: pods,
  availableReplicas: pods,
})

describe('EXP-413: a template is', () => {
  const since = { lastTransitionTime: at(-600) }
  it.each([
    [
      'Successful once the duration is over',
      { ...since },
      { availableAt: at(-6), spec: { duration: '5s' } },
      'Successful',
    ],
    ['Running until it is', since, { availableAt: at(-5), spec: { duration: '5s' } }, 'Running'],
    ['Running with all pods', since, {}, 'Running'],
    [
      'Running for ever with a duration that cannot be read',
      since,
      { availableAt: at(-9999), spec: { duration: 'x' } },
      'Running',
    ],
    ['Progressing below that, until the deadline', since, { available: 0 }, 'Progressing'],
    ['Failed after the deadline', { lastTransitionTime: at(-601) }, { available: 0 }, 'Failed'],
    [
      'Failed after a deadline of its own',
      { lastTransitionTime: at(-31) },
      { available: 0, spec: { progressDeadlineSeconds: 30 } },
      'Failed',
    ],
    ['Successful when all is to end, and pods are still there', since, { spec: { terminate: true } }, 'Successful'],
    [
      'Successful when all is to end, and pods are gone',
      since,
      { available: 0, spec: { terminate: true } },
      'Successful',
    ],
    [
      'Failed, though all is to end, when it had run out of time',
      { lastTransitionTime: at(-601) },
      { spec: { terminate: true } },
      'Failed',
    ],
  ] as const)('%s', (_what, before, options, expected) => {
    expect(statusOf(before, options).status).toBe(expected)
  })

  it('told why when it failed', () => {
    expect(statusOf({ lastTransitionTime: at(-601) }, { available: 0 }).message).toBe(
      "Template 'bar' exceeded its progressDeadlineSeconds (600)",
    )
  })

  it('what it has become once it is done', () => {
    for (const status of ['Successful', 'Failed', 'Error'] as const)
      expect(statusOf({ ...since, status, message: 'why' })).toMatchObject({ status, message: 'why' })
  })
})

it('EXP-412: counts are those of the ReplicaSet, and any change renews the time', () => {
  const experiment = anExperiment({
    status: { phase: 'Running', templateStatuses: [aTemplateStatus('bar', { lastTransitionTime: at(-60) })] },
  })
  const rs = aTemplateReplicaSet('bar')
  const after = (status: object) => {
    const replicaSets = [{ ...rs, status }]
    const { writes } = reconcileExperiment(anExperimentWorld({ experiment, replicaSets }), T0)
    return writes.find(({ kind }) => kind === 'patch')
  }
  expect(after({ replicas: 3, readyReplicas: 2, availableReplicas: 1 })).toMatchObject({
    body: {
      status: {
        templateStatuses: [
          { replicas: 3, updatedReplicas: 3, readyReplicas: 2, availableReplicas: 1, lastTransitionTime: at(0) },
        ],
      },
    },
  })
  const same = after({ replicas: 1, readyReplicas: 1, availableReplicas: 1 })
  expect(same).not.toHaveProperty('body.status.templateStatuses')
})

it('EXP-413: a template that loses a pod is Progressing again, and its deadline begins with the loss', () => {
  const journey = new ExperimentJourney(anExperimentWorld()).settle().pass(60)
  journey.isReady = () => false
  journey.world = { ...journey.world, replicaSets: [aTemplateReplicaSet('bar', { available: 0 })] }
  journey.settle()
  expect([journey.templates, journey.phase]).toEqual([['bar Progressing'], 'Pending'])
  expect(journey.status.templateStatuses?.[0]?.lastTransitionTime).toBe(at(60))
  journey.isReady = () => true
  expect(journey.settle().phase).toBe('Running')
})

it('EXP-413: a crash before the first status keeps no template from its deadline', () => {
  const replicaSets = [aTemplateReplicaSet('bar', { available: 0 })]
  const journey = new ExperimentJourney(anExperimentWorld({ replicaSets }))
  journey.isReady = () => false
  journey.settle().awake()
  expect(journey.templates).toEqual(['bar Failed'])
})

it('EXP-414: each change of the status is told, what is bad as a Warning', () => {
  const situation = assess(anExperimentWorld(), T0)
  const told = (before: Partial<TemplateStatus>, after: Partial<TemplateStatus>) =>
    templateEvents(aTemplateStatus('bar', before), aTemplateStatus('bar', after), situation)
  expect(told({}, {})).toEqual([])
  expect(told({ status: 'Progressing' }, {})).toMatchObject([
    { type: 'Normal', reason: 'TemplateRunning', message: "Template 'bar' transitioned from Progressing -> Running" },
  ])
  expect(told({}, { status: 'Error', message: 'why' })).toMatchObject([
    { type: 'Warning', reason: 'TemplateError', message: "Template 'bar' transitioned from Running -> Error: why" },
  ])
})
