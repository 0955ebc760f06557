import { describe, expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import type { Event, Pod } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import { aLivingCluster, aPod, aReplicaSet, type LivingCluster } from '#test/support/living-cluster.ts'

const podOf = (cluster: LivingCluster, name = 'one') => cluster.read<Pod>(resources.pods, name)
const isReady = (pod: Pod | undefined) =>
  pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
const waiting = (pod: Pod | undefined) => pod?.status?.containerStatuses?.[0]?.state?.waiting
const told = (cluster: LivingCluster, reason: string): readonly Event[] =>
  (cluster.store.list(resources.events, 'shop') as readonly Event[]).filter((each) => each.reason === reason)

const an = (resource: Resource, name: string, fields: object): KubeObject => ({
  apiVersion: resource.version,
  kind: resource.kind,
  metadata: { name, namespace: 'shop' },
  ...fields,
})
const failureOf = (cluster: LivingCluster) =>
  cluster
    .read<ReplicaSet>(resources.replicaSets, 'web')
    ?.status?.conditions?.find(({ type }) => type === 'ReplicaFailure')
const asking = (cpu: string, memory = '64Mi') => ({
  containers: [{ name: 'app', image: 'web:1', resources: { requests: { cpu, memory } } }],
})
const aSet = (replicas: number, spec: object): ReplicaSet => {
  const rs = aReplicaSet('web', replicas)
  return { ...rs, spec: { ...rs.spec, template: { ...rs.spec.template, spec: { containers: [], ...spec } } } }
}

describe('a quota', () => {
  it('holds pods back, in the words of the API server, until it is raised', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.resourceQuotas, an(resources.resourceQuotas, 'few', { spec: { hard: { pods: '2' } } }))
    cluster.create(resources.replicaSets, aReplicaSet('web', 3))
    await cluster.clock.advance(10_000)
    expect(cluster.pods()).toHaveLength(2)
    expect(failureOf(cluster)).toMatchObject({
      status: 'True',
      reason: 'FailedCreate',
      message: expect.stringMatching(
        /^pods "web-\w{5}" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2$/,
      ),
    })
    expect(cluster.read(resources.resourceQuotas, 'few')).toMatchObject({
      status: { hard: { pods: '2' }, used: { pods: '2' } },
    })
    const first = failureOf(cluster)
    await cluster.clock.advance(20_000)
    expect(failureOf(cluster)).toEqual(first)
    cluster.edit(resources.resourceQuotas, 'few', (quota) => ({ ...quota, spec: { hard: { pods: '3' } } }))
    await cluster.clock.advance(60_000)
    expect(cluster.pods()).toHaveLength(3)
    expect(failureOf(cluster)).toBeUndefined()
  })

  it('counts what containers ask for, and says only what there is too much of', async () => {
    const cluster = aLivingCluster()
    const hard = { 'requests.cpu': '1', 'limits.memory': '1Gi', pods: '9' }
    cluster.create(resources.resourceQuotas, an(resources.resourceQuotas, 'cpu', { spec: { hard } }))
    const container = { name: 'app', image: 'web:1' }
    const limits = { memory: '100Mi' }
    const spec = { containers: [{ ...container, resources: { requests: { cpu: '300m' }, limits } }] }
    cluster.create(resources.replicaSets, aSet(4, spec))
    await cluster.clock.advance(5_000)
    expect(failureOf(cluster)?.message).toMatch(
      /exceeded quota: cpu, requested: requests\.cpu=300m, used: requests\.cpu=900m, limited: requests\.cpu=1$/,
    )
    expect(cluster.read(resources.resourceQuotas, 'cpu')).toMatchObject({
      status: { used: { 'limits.memory': '300Mi', 'requests.cpu': '900m', pods: '3' } },
    })
    const silent = cluster.store.create(resources.pods, aPod('one', 'web:1'))
    expect(silent).toMatchObject({
      ok: false,
      error: {
        code: 403,
        message:
          'pods "one" is forbidden: failed quota: cpu: must specify limits.memory for: app; requests.cpu for: app',
      },
    })
  })

  it('counts objects of other kinds, and lets go of what is deleted', async () => {
    const cluster = aLivingCluster()
    const hard = { 'count/replicasets.apps': '1', services: '0' }
    cluster.create(resources.resourceQuotas, an(resources.resourceQuotas, 'kinds', { spec: { hard } }))
    cluster.create(resources.replicaSets, aReplicaSet('web', 1))
    expect(cluster.store.create(resources.replicaSets, aReplicaSet('other', 1))).toMatchObject({
      error: {
        message:
          'replicasets.apps "other" is forbidden: exceeded quota: kinds, requested: count/replicasets.apps=1, used: count/replicasets.apps=1, limited: count/replicasets.apps=1',
      },
    })
    await cluster.clock.advance(5_000)
    cluster.store.delete(resources.replicaSets, { namespace: 'shop', name: 'web' })
    await cluster.clock.advance(5_000)
    expect(cluster.read(resources.resourceQuotas, 'kinds')).toMatchObject({
      status: { used: { 'count/replicasets.apps': '0', services: '0' } },
    })
  })
})

describe('a ReplicaSet that cannot make its pods', () => {
  it('tells of its tries at ever longer intervals, and of many that differ as one', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.resourceQuotas, an(resources.resourceQuotas, 'none', { spec: { hard: { pods: '0' } } }))
    cluster.create(resources.replicaSets, aReplicaSet('web', 1))
    await cluster.clock.advance(600_000)
    const failed = told(cluster, 'FailedCreate')
    expect(failed).toHaveLength(10)
    expect(failed.at(-1)?.message).toMatch(/^\(combined from similar events\): Error creating: pods "web-\w{5}" is/)
    expect(failed.at(-1)?.count).toBeGreaterThan(3)
  })

  it('says so when the account of the pods is not there', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.replicaSets, aSet(2, { serviceAccountName: 'nobody', ...asking('10m') }))
    await cluster.clock.advance(5_000)
    const message =
      'pods "web-" is forbidden: error looking up service account shop/nobody: serviceaccount "nobody" not found'
    expect(failureOf(cluster)?.message).toBe(message)
    expect(told(cluster, 'FailedCreate').map((each) => each.message)).toEqual([`Error creating: ${message}`])
    cluster.create(resources.serviceAccounts, an(resources.serviceAccounts, 'nobody', {}))
    await cluster.clock.advance(20_000)
    expect(cluster.pods()).toHaveLength(2)
    expect(failureOf(cluster)).toBeUndefined()
  })
})

describe('configuration that is not there', () => {
  const held: readonly (readonly [string, object, string, Resource, object])[] = [
    [
      'a ConfigMap',
      { envFrom: [{ configMapRef: { name: 'flags' } }] },
      'configmap "flags" not found',
      resources.configMaps,
      {},
    ],
    [
      'a Secret',
      { env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'flags', key: 'p' } } }] },
      'secret "flags" not found',
      resources.secrets,
      { stringData: { p: 'x' } },
    ],
  ]
  it.each(held)('keeps a container from being created: %s', async (_what, container, message, resource, fields) => {
    const cluster = aLivingCluster()
    cluster.create(
      resources.pods,
      aPod('one', 'web:1', { containers: [{ name: 'app', image: 'web:1', ...container }] }),
    )
    await cluster.clock.advance(25_000)
    expect(waiting(podOf(cluster))).toEqual({ reason: 'CreateContainerConfigError', message })
    expect(podOf(cluster)?.status?.phase).toBe('Pending')
    expect(told(cluster, 'Failed')).toMatchObject([{ message: `Error: ${message}`, count: 3 }])
    cluster.create(resource, an(resource, 'flags', fields))
    await cluster.clock.advance(20_000)
    expect(isReady(podOf(cluster))).toBe(true)
    expect(told(cluster, 'Started')).toHaveLength(1)
  })

  it('is missed by key as well, and not where it is optional', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.configMaps, an(resources.configMaps, 'flags', { data: { a: '1' } }))
    const from = (ref: object) => ({ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'flags', ...ref } } }] })
    const podWith = (name: string, container: object) =>
      cluster.create(
        resources.pods,
        aPod(name, 'web:1', { containers: [{ name: 'app', image: 'web:1', ...container }] }),
      )
    podWith('one', from({ key: 'b' }))
    podWith('two', from({ key: 'b', optional: true }))
    podWith('three', { envFrom: [{ secretRef: { name: 'none', optional: true } }] })
    await cluster.clock.advance(10_000)
    expect(waiting(podOf(cluster))?.message).toBe("couldn't find key b in ConfigMap shop/flags")
    expect([isReady(podOf(cluster, 'two')), isReady(podOf(cluster, 'three'))]).toEqual([true, true])
  })

  it('keeps a pod from its volumes', async () => {
    const cluster = aLivingCluster()
    const volumes = [{ name: 'conf', configMap: { name: 'flags' } }]
    cluster.create(resources.pods, aPod('one', 'web:1', { volumes }))
    await cluster.clock.advance(15_000)
    expect(waiting(podOf(cluster))).toEqual({ reason: 'ContainerCreating' })
    expect(told(cluster, 'FailedMount')).toMatchObject([
      { count: 2, message: 'MountVolume.SetUp failed for volume "conf" : configmap "flags" not found' },
    ])
    expect(told(cluster, 'Pulling')).toEqual([])
    cluster.create(resources.configMaps, an(resources.configMaps, 'flags', {}))
    await cluster.clock.advance(15_000)
    expect(isReady(podOf(cluster))).toBe(true)
    expect(told(cluster, 'Pulling')).toHaveLength(1)
  })
})

describe('a pod for which there is no node', () => {
  const preemption = (what: string) => `. no new claims to deallocate, preemption: 0/2 nodes are available: 2 ${what}.`
  const never = preemption('Preemption is not helpful for scheduling')
  const zone = { key: 'zone', operator: 'In', values: ['x'] }
  const affinity = {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [zone] }] },
    },
  }

  it.each([
    [{ nodeSelector: { disk: 'ssd' } }, `2 node(s) didn't match Pod's node affinity/selector${never}`],
    [{ affinity }, `2 node(s) didn't match Pod's node affinity/selector${never}`],
    [asking('100', '999Gi'), `2 Insufficient cpu, 2 Insufficient memory${never}`],
    [
      { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
      'persistentvolumeclaim "data" not found. not found',
    ],
  ])('%j', async (spec, why) => {
    const cluster = aLivingCluster()
    cluster.create(resources.pods, aPod('one', 'web:1', spec))
    await cluster.clock.advance(5_000)
    const message = `0/2 nodes are available: ${why}`
    expect(podOf(cluster)?.status?.conditions).toMatchObject([
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message },
    ])
    expect(told(cluster, 'FailedScheduling')).toMatchObject([{ message, count: 1 }])
  })

  it('gets the room of one that goes', async () => {
    const cluster = aLivingCluster()
    for (const name of ['one', 'two', 'three']) cluster.create(resources.pods, aPod(name, 'web:1', asking('5')))
    await cluster.clock.advance(5_000)
    const late = cluster.pods().find(({ spec }) => spec.nodeName === undefined)
    expect(late?.status?.conditions?.[0]?.message).toBe(
      `0/2 nodes are available: 2 Insufficient cpu${preemption('No preemption victims found for incoming pod')}`,
    )
    const other = cluster.pods().find(({ spec }) => spec.nodeName !== undefined)
    cluster.store.delete(resources.pods, { namespace: 'shop', name: other?.metadata.name ?? '' })
    await cluster.clock.advance(10_000)
    expect(cluster.pods().map(isReady)).toEqual([true, true])
  })

  it('stays away from a taint that it does not tolerate', async () => {
    const cluster = aLivingCluster()
    const [node] = cluster.store.list(resources.nodes)
    cluster.store.mutate(resources.nodes, { name: node?.metadata.name ?? '' }, (draft: KubeObject) => ({
      ...draft,
      spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] },
    }))
    const tolerations = [{ key: 'gpu', operator: 'Exists' }]
    cluster.create(resources.pods, aPod('one', 'web:1', { ...asking('7'), tolerations }))
    cluster.create(resources.pods, aPod('two', 'web:1', asking('7')))
    cluster.create(resources.pods, aPod('three', 'web:1', asking('7')))
    await cluster.clock.advance(5_000)
    expect(podOf(cluster)?.spec.nodeName).toBe(node?.metadata.name)
    expect(cluster.pods().find(({ spec }) => spec.nodeName === undefined)?.status?.conditions?.[0]?.message).toMatch(
      /^0\/2 nodes are available: 1 Insufficient cpu, 1 node\(s\) had untolerated taint\(s\)\. /,
    )
  })
})

describe('a container that ends', () => {
  it('for its memory is restarted like one that crashes', async () => {
    const cluster = aLivingCluster()
    cluster.create(resources.pods, aPod('one', 'web:1-oom'))
    await cluster.clock.advance(20_000)
    const [status] = podOf(cluster)?.status?.containerStatuses ?? []
    expect(status).toMatchObject({
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
    })
  })

  it('before its pod is initialized keeps the others from starting', async () => {
    const cluster = aLivingCluster()
    const initContainers = [{ name: 'migrate', image: 'migrate:1-fail' }]
    cluster.create(resources.pods, aPod('one', 'web:1', { initContainers }))
    await cluster.clock.advance(20_000)
    expect(podOf(cluster)?.status).toMatchObject({
      phase: 'Pending',
      initContainerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }],
      containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    })
  })
})

describe('a pod with a finalizer', () => {
  it('stops, and stays until the finalizer is taken off', async () => {
    const cluster = aLivingCluster()
    const pod = aPod('one', 'web:1')
    cluster.create(resources.pods, { ...pod, metadata: { ...pod.metadata, finalizers: ['example.com/drain'] } })
    await cluster.clock.advance(5_000)
    cluster.store.delete(resources.pods, { namespace: 'shop', name: 'one' })
    await cluster.clock.advance(60_000)
    expect(podOf(cluster)?.metadata.deletionTimestamp).toBeDefined()
    expect(podOf(cluster)?.status).toMatchObject({
      phase: 'Succeeded',
      containerStatuses: [{ ready: false, state: { terminated: { exitCode: 0 } } }],
    })
    expect(isReady(podOf(cluster))).toBe(false)
    cluster.edit<Pod>(resources.pods, 'one', ({ metadata: { finalizers: _off, ...metadata }, ...rest }) => ({
      ...rest,
      metadata,
    }))
    expect(podOf(cluster)).toBeUndefined()
  })
})
