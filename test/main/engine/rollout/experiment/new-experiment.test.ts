import { describe, expect, it } from 'vitest'
import type { ExperimentStep } from '#api/rollout.ts'
import { newExperiment } from '#engine/rollout/experiment/new-experiment.ts'
import type { Release } from '#engine/rollout/situation.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { atExperimentStep } from '#test/support/experiment-step.ts'

/** As its label says, which need not be what its template comes to. */
const hash = 'v2'

function made(release: Release, step?: ExperimentStep) {
  const { stableRS, rollout } = release
  const asked = step ?? rollout.spec.strategy?.canary?.steps?.[0]?.experiment
  if (stableRS === undefined || asked === undefined) throw new Error('there is a stable ReplicaSet, and a step')
  return newExperiment({ ...release, stableRS }, asked)
}

function templatesOf(step: ExperimentStep) {
  const outcome = made(atExperimentStep({ step }))
  return outcome.ok ? outcome.value.spec.templates : outcome.error
}

it('EXP-803: named after the Rollout, its hash, revision and step, and owned by it, with all its labels', () => {
  const instance = { 'argo-rollouts.argoproj.io/controller-instance-id': 'one' }
  const metadata = { labels: { team: 'a', ...instance } }
  const outcome = made(atExperimentStep({ metadata, status: { currentStepIndex: 0 } }))
  expect(outcome.ok && outcome.value).toMatchObject({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Experiment',
    metadata: {
      name: `web-${hash}-2-0`,
      namespace: 'shop',
      labels: { team: 'a', ...instance, 'rollouts-pod-template-hash': hash },
      annotations: { 'rollout.argoproj.io/revision': '2' },
      ownerReferences: [{ kind: 'Rollout', name: 'web', uid: 'uid-web', controller: true, blockOwnerDeletion: true }],
    },
  })
})

it('EXP-1210: the names of the example', () => {
  const release = {
    ...atExperimentStep({ metadata: { name: 'guestbook' } }),
    currentRS: aReplicaSet({ hash: '6c54544bf9' }),
  }
  const outcome = made(release)
  expect(outcome.ok && outcome.value.metadata.name).toBe('guestbook-6c54544bf9-2-0')
})

it('EXP-801, EXP-804: times, rules and marks are those of the step, the deadline that of the Rollout', () => {
  const step: ExperimentStep = {
    templates: [],
    duration: '5m',
    dryRun: [{ metricName: 'x' }],
    analysisRunMetadata: { labels: { a: 'b' } },
    scaleDownDelaySeconds: 0,
  }
  const { templates, ...rest } = step
  expect(made(atExperimentStep({ step }))).toMatchObject({ ok: true, value: { spec: { templates, ...rest } } })
  const specOf = (spec: object) => {
    const outcome = made(atExperimentStep({ step, spec }))
    return outcome.ok ? outcome.value.spec : undefined
  }
  expect(specOf({})).toEqual({ templates, ...rest })
  expect(specOf({ progressDeadlineSeconds: 7 })).toEqual({ templates, ...rest, progressDeadlineSeconds: 7 })
})

describe('EXP-805: a template', () => {
  it('has the pods of the ReplicaSet it refers to, and its replicas', () => {
    const templates = templatesOf({
      templates: [
        { name: 'baseline', specRef: 'stable' },
        { name: 'canary', specRef: 'canary', replicas: 0 },
      ],
    })
    const pods = (hashLabel: string, image: string) => ({
      metadata: { labels: { app: 'web', 'rollouts-pod-template-hash': hashLabel } },
      spec: { containers: [{ name: 'web', image }] },
    })
    expect(templates).toEqual([
      {
        name: 'baseline',
        selector: { matchLabels: { app: 'web', 'rollouts-pod-template-hash': 'v1' } },
        template: pods('v1', 'web:1'),
      },
      {
        name: 'canary',
        replicas: 0,
        selector: { matchLabels: { app: 'web', 'rollouts-pod-template-hash': 'v2' } },
        template: pods('v2', 'web:2'),
      },
    ])
  })

  it.each([
    ['none', {}, undefined],
    ['one for a weight', { weight: 5 }, {}],
    ['one for an empty service', { service: {} }, {}],
    ['one without an empty name', { weight: 5, service: { name: '' } }, {}],
    ['one with a name', { service: { name: 'front' } }, { name: 'front' }],
  ])('asks for a Service: %s', (_what, asked, service) => {
    const [template] = templatesOf({ templates: [{ name: 'a', specRef: 'canary', ...asked }] })
    expect(template).toMatchObject({ name: 'a' })
    expect((template as { service?: object }).service).toEqual(service)
  })

  it('may refer to nothing else', () => {
    const error = 'Invalid template step SpecRef: must be canary or stable'
    expect(templatesOf({ templates: [{ name: 'a', specRef: 'other' }] })).toBe(error)
    expect(templatesOf({ templates: [{ name: 'a' }] })).toBe(error)
  })
})

describe('EXP-806: metadata of a template', () => {
  it('labels go to pods and selector, annotations to pods', () => {
    const metadata = { labels: { app: 'other', tier: 'x' }, annotations: { note: 'y' } }
    expect(templatesOf({ templates: [{ name: 'a', specRef: 'canary', metadata }] })).toMatchObject([
      {
        selector: { matchLabels: { app: 'other', tier: 'x', 'rollouts-pod-template-hash': 'v2' } },
        template: {
          metadata: {
            labels: { app: 'other', tier: 'x', 'rollouts-pod-template-hash': 'v2' },
            annotations: { note: 'y' },
          },
        },
      },
    ])
  })

  it('EXP-1306: a selector of its own is taken, also one without labels to match', () => {
    const selector = { matchExpressions: [{ key: 'app', operator: 'Exists' as const }] }
    const asked = { name: 'a', specRef: 'canary', selector }
    expect(templatesOf({ templates: [asked] })).toMatchObject([{ selector }])
    expect(templatesOf({ templates: [{ ...asked, metadata: { labels: { tier: 'x' } } }] })).toMatchObject([
      { selector: { ...selector, matchLabels: { tier: 'x' } } },
    ])
  })
})

it('EXP-807: arguments are filled in with what the Rollout knows; tags of templates stay for the Experiment', () => {
  const args = [
    { name: 'stable', valueFrom: { podTemplateHashValue: 'Stable' } },
    { name: 'latest', valueFrom: { podTemplateHashValue: 'Latest' } },
    { name: 'name', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'canary', value: '{{templates.canary.podTemplateHash}}' },
  ]
  const analyses = [
    { name: 'errors', templateName: 'error-rate', clusterScope: true, args, requiredForCompletion: true },
    { name: 'plain', templateName: 'latency' },
  ]
  const outcome = made(atExperimentStep({ step: { templates: [], analyses } }))
  expect(outcome.ok && outcome.value.spec.analyses).toEqual([
    {
      name: 'errors',
      templateName: 'error-rate',
      clusterScope: true,
      args: [
        { name: 'stable', value: 'v1' },
        { name: 'latest', value: 'v2' },
        { name: 'name', value: 'web' },
        { name: 'canary', value: '{{templates.canary.podTemplateHash}}' },
      ],
      requiredForCompletion: true,
    },
    { name: 'plain', templateName: 'latency' },
  ])
})

it('EXP-807: an argument that cannot be read is why there is none', () => {
  const args = [{ name: 'x', valueFrom: { fieldRef: { fieldPath: 'spec.nothing.there' } } }]
  const outcome = made(
    atExperimentStep({ step: { templates: [], analyses: [{ name: 'a', templateName: 'b', args }] } }),
  )
  expect(outcome.ok).toBe(false)
})
