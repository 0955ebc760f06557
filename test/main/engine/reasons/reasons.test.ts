import { describe, expect, it } from 'vitest'
import type { ContainerStatus, Pod } from '#api/core.ts'
import type { RolloutStatus } from '#api/rollout.ts'
import { reasonsOf } from '#engine/reasons/reasons.ts'
import { statusFacts } from '#engine/status/status-facts.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { type Cause, isAdvised, reasonText, sentences } from '#lib/reason.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aPod } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'

const since = '2026-01-15T09:30:00Z'
const v1 = aReplicaSet({ hash: 'v1', image: 'web:1.0', size: 3, desired: 4, revision: 1 })
const v2 = aReplicaSet({ hash: 'v2', image: 'web:2.0', size: 2, available: 1, desired: 4, revision: 2 })
const moving: RolloutStatus = {
  observedGeneration: '1',
  currentPodHash: 'v2',
  stableRS: 'v1',
  replicas: 5,
  updatedReplicas: 2,
  readyReplicas: 4,
  availableReplicas: 4,
  currentStepIndex: 0,
  phase: 'Progressing',
  message: 'more replicas need to be updated',
}
const rollout = aRollout({
  image: 'web:2.0',
  replicas: 4,
  steps: [setWeight(50), pause()],
  status: moving,
})
const reasons = (world: Partial<RolloutWorld>) =>
  reasonsOf(statusFacts(aWorld({ rollout, replicaSets: [v1, v2], ...world })))

const unready = { type: 'Ready', status: 'False', lastTransitionTime: since } as const
const podWith = (status: Partial<NonNullable<Pod['status']>>, of = v2, index = 0): Pod => ({
  ...aPod(of, index),
  status: { phase: 'Pending', conditions: [unready], ...status },
})
const container = (state: ContainerStatus['state'], more: Partial<ContainerStatus> = {}): ContainerStatus => ({
  name: 'web',
  ready: false,
  restartCount: 0,
  ...(state !== undefined && { state }),
  ...more,
})
const waiting = (reason: string, message?: string) =>
  podWith({ containerStatuses: [container({ waiting: { reason, ...(message !== undefined && { message }) } })] })
const oom = { exitCode: 137, reason: 'OOMKilled' }

describe('reasons in the pods', () => {
  it.each<[string, Pod, Cause, object]>([
    ['an image that is not there', waiting('ImagePullBackOff'), 'imagePull', { image: 'web:2.0' }],
    ['an image name that is none', waiting('InvalidImageName'), 'imagePull', { reason: 'InvalidImageName' }],
    ['a crash loop', waiting('CrashLoopBackOff'), 'crashLoop', { container: 'web' }],
    [
      'a container that runs again after it was killed',
      podWith({
        phase: 'Running',
        containerStatuses: [container({ running: {} }, { restartCount: 4, lastState: { terminated: oom } })],
      }),
      'crashLoop',
      { reason: 'OOMKilled, exit code 137' },
    ],
    [
      'an init container that fails',
      podWith({
        initContainerStatuses: [container({ terminated: { exitCode: 1, reason: 'Error' } }, { name: 'init' })],
      }),
      'crashLoop',
      { container: 'init', reason: 'Error, exit code 1' },
    ],
    [
      'no node for it',
      podWith({
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes fit' }],
      }),
      'unschedulable',
      { message: '0/3 nodes fit.' },
    ],
    ['evicted', podWith({ phase: 'Failed', reason: 'Evicted' }), 'podsFail', { reason: 'Evicted' }],
    [
      'a probe that fails',
      podWith({ phase: 'Running', containerStatuses: [container({ running: {} })] }),
      'podsNotReady',
      { failing: 1 },
    ],
  ])('VIEW-224: %s', (_title, pod, cause, values) => {
    const [first] = reasons({ pods: [pod] })
    expect(first).toMatchObject({ cause, object: { kind: 'Pod', name: pod.metadata.name }, values })
  })

  it('a reference that nobody fulfils blames what is missing', () => {
    expect(reasons({ pods: [waiting('CreateContainerConfigError', 'secret "token" not found')] })).toMatchObject([
      { cause: 'containerConfig', object: { kind: 'Secret', name: 'token' } },
    ])
    expect(reasons({ pods: [waiting('CreateContainerConfigError', 'configmap "env" not found')] })).toMatchObject([
      { object: { kind: 'ConfigMap', name: 'env' } },
    ])
  })

  it('VIEW-224: the oldest pod gives the cause, those that share it are counted, and since when', () => {
    const older = {
      ...waiting('ErrImagePull'),
      metadata: { ...aPod(v2, 7).metadata, creationTimestamp: '2026-01-15T08:00:00Z' },
    }
    const pods = [podWith({ phase: 'Running', containerStatuses: [container({ running: {} })] }, v2, 1), older]
    expect(reasons({ pods })).toMatchObject([
      {
        cause: 'imagePull',
        object: { name: `${v2.metadata.name}-7` },
        since: Date.parse(since),
        values: { failing: 1, pods: 2, revision: 2 },
      },
    ])
  })

  it('pods that start, and pods that are not ready for long enough', () => {
    expect(reasons({})).toMatchObject([{ cause: 'podsStarting', values: { missing: 1, pods: 2, revision: 2 } }])
    const settling = { ...v2, spec: { ...v2.spec, minReadySeconds: 30 }, status: { replicas: 2, readyReplicas: 2 } }
    expect(reasons({ replicaSets: [v1, settling] })).toMatchObject([
      { cause: 'podsSettling', values: { missing: 2, seconds: 30 } },
    ])
  })

  it('stable pods that fail are told when the new ones are well', () => {
    const well = aReplicaSet({ hash: 'v2', image: 'web:2.0', size: 2, desired: 4, revision: 2 })
    const pods = [podWith({ containerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } })] }, v1)]
    expect(reasons({ replicaSets: [v1, well], pods })).toMatchObject([{ cause: 'crashLoop', values: { revision: 1 } }])
  })

  it('REC-125: in a restart, a pod that is held back comes before those that start', () => {
    const restarting = { ...rollout, spec: { ...rollout.spec, restartAt: since } }
    const old = aPod(v1, 0)
    const held = { ...old, metadata: { ...old.metadata, deletionTimestamp: since, finalizers: ['example.com/keep'] } }
    const fresh = podWith({ phase: 'Running', containerStatuses: [container({ running: {} })] }, v1, 1)
    const status = { ...moving, message: 'rollout is restarting' }
    expect(
      reasons({ rollout: { ...restarting, status }, pods: [fresh, held] }).map(({ cause }) => cause),
    ).toMatchObject(['podHeldBack', 'podsStarting', 'podsNotReady', 'restarting'])
  })

  it('a pod that was told to stop is no trouble, and is not counted', () => {
    const stopping = waiting('CrashLoopBackOff')
    const gone = { ...stopping, metadata: { ...stopping.metadata, deletionTimestamp: since } }
    const other = podWith({ containerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } })] }, v2, 1)
    expect(reasons({ pods: [gone, other] })).toMatchObject([{ cause: 'crashLoop', values: { failing: 1, pods: 1 } }])
    expect(reasons({ pods: [gone] })).toMatchObject([{ cause: 'podsStarting' }])
  })

  it('a claim that is missing is blamed for the pod that no node takes', () => {
    const message = '0/3 nodes are available: persistentvolumeclaim "orders" not found. not found'
    const scheduled = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const
    expect(reasons({ pods: [podWith({ conditions: [scheduled] })] })).toMatchObject([
      { cause: 'unschedulable', object: { kind: 'PersistentVolumeClaim', name: 'orders' } },
    ])
  })

  it('a finalizer that holds a pod back is named', () => {
    const pod = aPod(v1, 0)
    const held = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: since, finalizers: ['example.com/keep'] } }
    expect(reasons({ pods: [held] })).toContainEqual({
      cause: 'podHeldBack',
      object: { kind: 'Pod', name: pod.metadata.name },
      since: Date.parse(since),
      values: { name: pod.metadata.name, finalizer: 'example.com/keep' },
    })
  })
})

describe('reasons in the ReplicaSets', () => {
  const refused = (message: string) => ({
    ...v2,
    status: {
      ...v2.status,
      conditions: [{ type: 'ReplicaFailure', status: 'True' as const, message, lastTransitionTime: since }],
    },
  })

  it.each<[string, Cause, object]>([
    [
      'pods "web-v2-x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=5, limited: pods=5',
      'quotaUsedUp',
      { kind: 'ResourceQuota', name: 'team' },
    ],
    [
      'pods "web-v2-x" is forbidden: failed quota: team: must specify requests.cpu for: web',
      'podsNotCreated',
      { kind: 'ResourceQuota', name: 'team' },
    ],
    [
      'admission webhook "policy.example.com" denied the request: no latest tags',
      'podsDenied',
      { kind: 'Webhook', name: 'policy.example.com' },
    ],
    [
      'pods "web-v2-x" is forbidden: error looking up service account shop/robot: serviceaccount "robot" not found',
      'podsNotCreated',
      { kind: 'ServiceAccount', name: 'robot' },
    ],
    [
      'pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged',
      'podsDenied',
      { kind: 'ReplicaSet' },
    ],
  ])('%s', (message, cause, object) => {
    expect(reasons({ replicaSets: [v1, refused(message)] })[0]).toMatchObject({
      cause,
      object,
      since: Date.parse(since),
    })
  })
})

describe('reasons in the spec', () => {
  const invalid = (message: string) => ({
    ...rollout,
    status: {
      ...moving,
      conditions: [
        {
          type: 'InvalidSpec',
          status: 'True',
          reason: 'InvalidSpec',
          message,
          lastUpdateTime: since,
          lastTransitionTime: since,
        },
      ],
    } satisfies RolloutStatus,
  })

  it('API-92: a Service that does not exist is the object that blocks', () => {
    const named = { ...invalid('spec.strategy.canary.canaryService: Invalid value: "next": service "next" not found') }
    const spec = { ...named.spec, strategy: { canary: { canaryService: 'next', stableService: 'now' } } }
    expect(reasons({ rollout: { ...named, spec } })).toMatchObject([
      { cause: 'serviceMissing', object: { kind: 'Service', name: 'next' }, since: Date.parse(since) },
    ])
  })

  it('API-93: so is a workload', () => {
    const named = invalid('spec.workloadRef.name: Invalid value: "web": deployments.apps "shop/web" not found')
    const { template: _none, ...spec } = named.spec
    const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
    expect(reasons({ rollout: { ...named, spec: { ...spec, workloadRef } } })).toMatchObject([
      { cause: 'workloadMissing', object: { kind: 'Deployment', name: 'web' } },
    ])
  })

  it('API-92: anything else is the message itself', () => {
    expect(reasons({ rollout: invalid('the field is required') })).toMatchObject([
      { cause: 'invalidSpec', object: { kind: 'Rollout', name: 'web' } },
    ])
  })
})

it('every cause with advice has a sentence, and a value is never left as a name', () => {
  const causes = Object.keys(sentences).map((key) => key.slice('reason.'.length) as Cause)
  expect(causes.filter(isAdvised).length).toBeGreaterThan(10)
  for (const reason of reasons({ pods: [waiting('ImagePullBackOff')] })) expect(reasonText(reason)).not.toMatch(/[{}]/)
})
