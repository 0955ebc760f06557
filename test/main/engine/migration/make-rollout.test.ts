import { describe, expect, it } from 'vitest'
import { annotations } from '#api/keys.ts'
import { planMakeRollout } from '#engine/migration/make-rollout.ts'
import {
  type MakeRolloutOptions,
  type MigrationPlan,
  type MigrationWorld,
  nextStep,
  targetDeployment,
  targetRollout,
} from '#engine/migration/migration.ts'
import {
  aBorrower,
  aBudget,
  aMigrationWorld,
  anAutoscaler,
  anIngressTo,
  aWebService,
  emptied,
  summariesOf,
} from '#test/support/builders/migration.ts'
import { aDeployment } from '#test/support/builders/workload.ts'

const canary: MakeRolloutOptions = {
  strategy: {
    kind: 'canary',
    steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '10m' } }],
  },
  scaleDown: 'onsuccess',
}
const blueGreen: MakeRolloutOptions = { ...canary, strategy: { kind: 'blueGreen', activeService: 'web' } }
const plan = (world: Partial<MigrationWorld> = {}, options = canary) => planMakeRollout(aMigrationWorld(world), options)

function planned(...args: Parameters<typeof plan>): MigrationPlan {
  const outcome = plan(...args)
  if (!outcome.ok) throw new Error(outcome.error.reason)
  return outcome.value
}
const reasonOf = (...args: Parameters<typeof plan>) => {
  const outcome = plan(...args)
  return outcome.ok ? undefined : outcome.error.reason
}

describe('a Deployment becomes a Rollout', () => {
  it('API-13: by a Rollout that borrows its template, has its size, and remembers what it was', () => {
    const deployment = aDeployment({
      metadata: {
        labels: { team: 'shop', 'app.kubernetes.io/instance': 'shop', 'argocd.argoproj.io/instance': 'shop' },
      },
      spec: {
        minReadySeconds: 5,
        progressDeadlineSeconds: 300,
        strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      },
    })
    const autoscalers = [anAutoscaler(targetDeployment('web'), { name: 'web-scaler' })]
    const [create] = planned({ deployment, autoscalers }).steps
    expect(create?.write).toEqual({
      kind: 'create',
      ref: { resource: expect.objectContaining({ plural: 'rollouts' }), namespace: 'shop', name: 'web' },
      because: 'API-13',
      summary: 'Create Rollout web, with the template of Deployment web',
      object: {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        metadata: {
          name: 'web',
          namespace: 'shop',
          labels: { team: 'shop' },
          annotations: {
            [annotations.madeFrom]:
              '{"deployment":"web","uid":"uid-deployment","replicas":3,"autoscalers":["web-scaler"]}',
          },
        },
        spec: {
          replicas: 3,
          workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', scaleDown: 'onsuccess' },
          minReadySeconds: 5,
          progressDeadlineSeconds: 300,
          strategy: {
            canary: {
              maxSurge: 1,
              maxUnavailable: 0,
              steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '10m' } }],
            },
          },
        },
      },
    })
  })

  it('what scales it is pointed at the Rollout right after, held to the version seen', () => {
    const autoscalers = [
      anAutoscaler(targetDeployment('web')),
      anAutoscaler(targetDeployment('other'), { name: 'other' }),
      anAutoscaler({ kind: 'Deployment', name: 'web', apiVersion: 'extensions.example/v1' }, { name: 'foreign' }),
    ]
    const all = plan({ autoscalers })
    expect(summariesOf(all)).toEqual([
      '→ Create Rollout web, with the template of Deployment web',
      '→ Point HorizontalPodAutoscaler web at Rollout web',
      '… The engine brings up the pods of Rollout web: it is Healthy',
      '… The engine scales Deployment web to 0',
    ])
    expect(all.ok && all.value.steps[1]?.write).toMatchObject({
      body: { spec: { scaleTargetRef: targetRollout('web') } },
      precondition: { uid: 'uid-hpa', resourceVersion: '9' },
    })
  })

  it('REC-84: whoever begins in the middle goes on from there, and an own Rollout closes nothing', () => {
    const made = aBorrower({ status: { phase: 'Progressing', message: '1 of 3 updated replicas are available' } })
    const autoscalers = [anAutoscaler(targetDeployment('web'))]
    const first = planned({ rollouts: [made], autoscalers })
    expect(nextStep(first)?.summary).toBe('Point HorizontalPodAutoscaler web at Rollout web')
    const second = planned({ rollouts: [made], autoscalers: [anAutoscaler(targetRollout('web'))] })
    expect(nextStep(second)).toMatchObject({ progress: 'Progressing: 1 of 3 updated replicas are available' })
    const third = planned({ rollouts: [aBorrower()] })
    expect(nextStep(third)).toMatchObject({
      summary: 'The engine scales Deployment web to 0',
      progress: '3 of its pods are left',
    })
    expect(nextStep(planned({ rollouts: [aBorrower()], deployment: emptied() }))).toBeUndefined()
  })

  it('an unseen Rollout is not Healthy, whatever could be worked out of it', () => {
    const unseen = aBorrower({ spec: { replicas: 0 }, status: { observedGeneration: undefined } as never })
    expect(nextStep(planned({ rollouts: [unseen], deployment: emptied() }))).toMatchObject({
      progress: 'no engine has seen it yet',
    })
  })

  it('REC-86: with `never` the Deployment is not waited for', () => {
    const never = { ...canary, scaleDown: 'never' } as const
    expect(planned({}, never).steps).toHaveLength(2)
    const kept = aBorrower({
      spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', scaleDown: 'never' } },
    })
    expect(nextStep(planned({ rollouts: [kept] }))).toBeUndefined()
  })

  it('blue-green: switches a Service that selects its pods, and waits for a person later', () => {
    const services = [aWebService('web'), aWebService('web-admin')]
    const { steps, effects, warnings } = planned({ services, ingresses: [anIngressTo('shop', 'web')] }, blueGreen)
    expect(steps[0]?.write).toMatchObject({
      object: { spec: { strategy: { blueGreen: { activeService: 'web', autoPromotionEnabled: false } } } },
    })
    expect(effects).toContain('Ingress shop leads there, and stays as it is')
    expect(warnings).toContain('Not switched, and so reaching both versions of an update: Service web-admin')
  })
})

describe('it is closed', () => {
  it.each<[string, Partial<MigrationWorld>, MakeRolloutOptions, string]>([
    ['without the Deployment', { deployment: undefined }, canary, 'There is no such Deployment'],
    ['without the definitions', { isServed: false }, canary, 'install the definitions first'],
    [
      'while it is deleted',
      { deployment: aDeployment({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }) },
      canary,
      'is being deleted',
    ],
    ['while it is paused', { deployment: aDeployment({ spec: { paused: true } }) }, canary, 'Open after Resume'],
    [
      'in the middle of an update',
      { deployment: aDeployment({ status: { updatedReplicas: 1 } }) },
      canary,
      'Open once it has rolled out: 1 of 3 pods are new',
    ],
    [
      'where another Rollout has its template',
      { rollouts: [aBorrower({ metadata: { name: 'old' } })] },
      canary,
      'Rollout old takes its template from it already',
    ],
    [
      'where the name is taken',
      { rollouts: [aBorrower({ spec: { workloadRef: undefined } as never })] },
      canary,
      'give the new one another name',
    ],
    [
      'where its pods are marked as those of a Rollout',
      {
        deployment: aDeployment({
          spec: { template: { metadata: { labels: { 'rollouts-pod-template-hash': 'x' } } } as never },
        }),
      },
      canary,
      'rollouts-pod-template-hash',
    ],
    [
      'blue-green without a choice',
      { services: [aWebService('web'), aWebService('db', { app: 'db' })] },
      { ...blueGreen, strategy: { kind: 'blueGreen', activeService: '' } },
      'Choose the Service that blue-green is to switch (one of: web)',
    ],
    [
      'blue-green where no Service selects its pods',
      { services: [aWebService('db', { app: 'db' })] },
      { ...blueGreen, strategy: { kind: 'blueGreen', activeService: '' } },
      'No Service selects its pods',
    ],
    ['blue-green without the Service', {}, blueGreen, 'There is no Service web'],
    [
      'blue-green with a Service of others',
      { services: [aWebService('web', { app: 'db' })] },
      blueGreen,
      'does not select the pods',
    ],
    [
      'blue-green with a Service that another Rollout switches',
      {
        services: [aWebService('web')],
        rollouts: [
          aBorrower({
            metadata: { name: 'b' },
            spec: { workloadRef: undefined, strategy: { blueGreen: { activeService: 'web' } } } as never,
          }),
        ],
      },
      blueGreen,
      'is switched by Rollout b already',
    ],
  ])('%s', (_name, world, options, reason) => {
    expect(reasonOf(world, options)).toContain(reason)
  })
})

describe('what a person is warned of', () => {
  it('a cluster that nobody drives, room, probes, budgets, what is not known', () => {
    const { warnings } = planned({
      driver: 'nobody',
      budgets: [aBudget('web-pdb')],
      unread: ['HorizontalPodAutoscalers'],
    })
    expect(warnings).toEqual([
      'No engine drives Rollouts here: the Rollout waits, and nothing moves, until one does',
      'Until the Deployment is at 0 there are up to 6 pods: nodes and quotas need room for 3 more',
      'No container has a readiness probe: a pod counts as ready as soon as it runs',
      'PodDisruptionBudget web-pdb counts the pods of both while both run',
      'Not known, for they may not be listed: HorizontalPodAutoscalers',
    ])
  })

  it('ACT-99: tools and operators that keep it, and an autoscaler that is not ours to change', () => {
    const keda = {
      ownerReferences: [
        { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'web', uid: 'k', controller: true },
      ],
    }
    const probed = { containers: [{ name: 'web', readinessProbe: { httpGet: { port: 80 } } }] }
    const { warnings, steps } = planned({
      deployment: aDeployment({
        metadata: { annotations: { 'argocd.argoproj.io/tracking-id': 'shop' } },
        spec: { replicas: 0, template: { metadata: { labels: { app: 'web' } }, spec: probed } },
        status: { replicas: 0, updatedReplicas: 0, availableReplicas: 0 },
      }),
      autoscalers: [anAutoscaler(targetDeployment('web'), keda)],
    })
    expect(warnings).toEqual([
      'web is managed by Argo CD, which may scale it up again: there, leave spec.replicas out and add the Rollout (argosy make-rollout -o yaml prints it)',
      'HorizontalPodAutoscaler web belongs to ScaledObject web: point that at the Rollout, or it scales the Deployment up again',
    ])
    expect(steps.filter(({ write }) => write?.kind === 'patch')).toEqual([])
  })
})
