import { expect, it, onTestFinished, vi } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Decision, PatchWrite, Write } from '#engine/decision.ts'
import { nothingToDo } from '#engine/decision.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { silentLog } from '#lib/log.ts'
import { createEngine, type EngineOptions } from '#main/controller/engine.ts'
import { aRollout as aWholeRollout } from '#test/support/builders/rollout.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const at = { namespace: 'shop', name: 'web' }
const lease = { namespace: 'argo-rollouts', name: 'argo-rollouts-controller-lock' }

const aRollout = (labels: Record<string, string> = {}): KubeObject =>
  ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { ...at, labels },
    spec: { replicas: 1 },
  }) as KubeObject

/** A stand-in engine that wants one ReplicaSet, then says so in the status. */
function wantsOneReplicaSet(world: RolloutWorld): Decision {
  const { rollout, replicaSets } = world
  if (replicaSets.length === 0) return { ...nothingToDo, writes: [createReplicaSet(rollout)] }
  if (rollout.status?.stableRS === 'abc') return nothingToDo
  return { ...nothingToDo, writes: [writeStatus({ stableRS: 'abc' })] }
}

const createReplicaSet = (rollout: KubeObject): Write => ({
  kind: 'create',
  ref: { resource: resources.replicaSets, namespace: 'shop', name: 'web-abc' },
  object: {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      namespace: 'shop',
      name: 'web-abc',
      labels: { 'rollouts-pod-template-hash': 'abc' },
      ownerReferences: [
        {
          apiVersion: rollout.apiVersion,
          kind: 'Rollout',
          name: 'web',
          uid: rollout.metadata.uid ?? '',
          controller: true,
        },
      ],
    },
    spec: { replicas: 1, selector: {}, template: {} },
  } as ReplicaSet,
  because: 'REC-45',
  summary: 'Create ReplicaSet web-abc',
})

const writeStatus = (status: object): PatchWrite => ({
  kind: 'patch',
  ref: { resource: resources.rollouts, ...at },
  subresource: 'status',
  patchType: 'merge',
  body: { status },
  precondition: {},
  because: 'REC-61',
  summary: 'Write the status',
})

function setUp(options: Partial<EngineOptions> & { readonly api?: FakeApi; readonly clock?: VirtualClock } = {}) {
  const api = options.api ?? new FakeApi()
  const clock = options.clock ?? new VirtualClock()
  const cluster = new FakeCluster(api)
  const engine = createEngine({
    cluster,
    log: silentLog,
    reconcile: wantsOneReplicaSet,
    random: () => 0,
    identity: 'argosy-laptop_1',
    leaseNamespace: 'argo-rollouts',
    ...options,
    clock,
  })
  onTestFinished(async () => void (await engine.stop({ release: false })))
  const created = () =>
    api.requests.filter((each) => each.verb === 'create' && each.resource === 'replicasets.apps').length
  return { api, clock, cluster, engine, created }
}

it('OPS-37: takes the lease before its first write, then drives', async () => {
  const { api, clock, engine } = setUp()
  api.put(resources.rollouts, aRollout())
  engine.start()
  await clock.advance(1_000)
  expect(engine.mode).toBe('driven')
  expect(api.writes.map((each) => `${each.verb} ${each.resource}`)).toEqual([
    'create leases.coordination.k8s.io',
    'create replicasets.apps',
    'patch rollouts.argoproj.io',
  ])
})

it('with nothing changing for a minute it sends nothing but the lease renewal', async () => {
  const { api, clock, engine } = setUp()
  api.put(resources.rollouts, aRollout())
  engine.start()
  await clock.advance(2_000)
  api.requests.length = 0
  await clock.advance(60_000)
  expect(new Set(api.requests.map((each) => `${each.verb} ${each.resource}`))).toEqual(
    new Set(['update leases.coordination.k8s.io']),
  )
})

it('OPS-70: creates a ReplicaSet once although its cache lags behind', async () => {
  const { api, clock, cluster, engine, created } = setUp()
  api.put(resources.rollouts, aRollout())
  engine.start()
  cluster.freeze()
  await clock.advance(3_000)
  expect(created()).toBe(1)
  cluster.thaw()
  await clock.advance(3_000)
  expect(created()).toBe(1)
  expect(api.read(resources.rollouts, at)).toMatchObject({ status: { stableRS: 'abc' } })
})

it('OPS-41: writes nothing while its cache differs from the API server after taking the lease', async () => {
  const { api, clock, cluster, engine } = setUp()
  api.put(resources.rollouts, aRollout())
  cluster.cache('rollouts')
  cluster.freeze()
  api.put(resources.rollouts, aRollout({ changed: 'behind our back' }))
  engine.start()
  await clock.advance(5_000)
  expect(api.writes.map((each) => each.resource)).not.toContain('replicasets.apps')
  cluster.thaw()
  await clock.advance(10_000)
  expect(api.read(resources.replicaSets, { namespace: 'shop', name: 'web-abc' })).toBeDefined()
})

it.each([
  ['', { 'argo-rollouts.argoproj.io/controller-instance-id': 'blue' }, 0],
  ['', {}, 1],
  ['blue', {}, 0],
  ['blue', { 'argo-rollouts.argoproj.io/controller-instance-id': 'blue' }, 1],
])('OPS-50: with instance id %j a Rollout labelled %j leads to %j ReplicaSets', async (instanceID, labels, count) => {
  const { api, clock, engine, created } = setUp({ instanceID })
  api.put(resources.rollouts, aRollout(labels))
  engine.start()
  await clock.advance(1_000)
  expect(created()).toBe(count)
})

/** A stand-in engine that tells how many pods are ready, and when there are as many as wanted. */
function tellsReadyPods({ rollout, replicaSets }: RolloutWorld): Decision {
  const ready = replicaSets[0]?.status?.readyReplicas ?? 0
  if (rollout.status?.readyReplicas === ready) return nothingToDo
  const write = writeStatus({ readyReplicas: ready, ...(ready === 5 && { phase: 'Healthy' }) })
  return { ...nothingToDo, writes: [ready === 5 ? write : { ...write, mayWait: true }] }
}

it('tells counts that follow one another within a second by one request, and anything else at once', async () => {
  const { api, clock, engine } = setUp({ reconcile: tellsReadyPods })
  const rollout = aRollout()
  api.put(resources.rollouts, rollout)
  const putReady = (readyReplicas: number) => {
    const created = createReplicaSet(api.read(resources.rollouts, at) ?? rollout)
    if (created.kind === 'create')
      api.put(resources.replicaSets, { ...created.object, status: { replicas: 5, readyReplicas } } as KubeObject)
  }
  const told = () =>
    api.writes.filter((each) => each.verb === 'patch' && each.resource === 'rollouts.argoproj.io').length
  putReady(1)
  engine.start()
  await clock.advance(2_000)
  expect(told()).toBe(1)
  for (const ready of [2, 3, 4]) {
    putReady(ready)
    await clock.advance(300)
  }
  expect(told()).toBe(1)
  await clock.advance(100)
  expect(told()).toBe(2)
  expect(api.read(resources.rollouts, at)).toMatchObject({ status: { readyReplicas: 4 } })
  putReady(3)
  await clock.advance(10)
  putReady(5)
  await clock.advance(10)
  expect(told()).toBe(3)
  expect(api.read(resources.rollouts, at)).toMatchObject({ status: { readyReplicas: 5, phase: 'Healthy' } })
  await clock.advance(60_000)
  expect(told()).toBe(3)
})

it('OPS-38: waits, and shows who holds the lease', async () => {
  const { api, clock, engine, created } = setUp()
  api.put(resources.rollouts, aRollout())
  const spec = { holderIdentity: 'reference_1', leaseDurationSeconds: 15, renewTime: 'x' }
  api.put(resources.leases, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: lease,
    spec,
  } as KubeObject)
  engine.start()
  await clock.advance(5_000)
  expect({ mode: engine.mode, lease: engine.lease, created: created() }).toMatchObject({
    mode: 'inCluster',
    lease: { state: 'other', holder: 'reference_1' },
    created: 0,
  })
})

it('OPS-39: refuses to act beside a controller without leader election, and begins once it is gone', async () => {
  const { api, clock, engine, created } = setUp()
  api.put(resources.rollouts, aRollout())
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      namespace: 'argo-rollouts',
      name: 'argo-rollouts',
      labels: { 'app.kubernetes.io/name': 'argo-rollouts' },
    },
    spec: { selector: {}, template: { spec: { containers: [{ name: 'c', args: ['--leader-elect=false'] }] } } },
    status: { readyReplicas: 1 },
  }
  api.put(resources.deployments, deployment)
  engine.start()
  await clock.advance(30_000)
  expect({ mode: engine.mode, rival: engine.rival?.name, created: created() }).toEqual({
    mode: 'inCluster',
    rival: 'argo-rollouts',
    created: 0,
  })
  api.put(resources.deployments, { ...deployment, status: { readyReplicas: 0 } } as KubeObject)
  await clock.advance(40_000)
  expect({ mode: engine.mode, created: created() }).toEqual({ mode: 'driven', created: 1 })
})

it('OPS-39, OPS-40: one that only looks sees an engine of the cluster with a lease of its own, and looks seldom', async () => {
  const { api, clock, engine } = setUp()
  api.put(resources.deployments, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'argosy', name: 'argosy-engine', labels: { 'app.kubernetes.io/name': 'argosy-engine' } },
    spec: { selector: {}, template: { spec: { containers: [{ args: ['engine', '--lease-namespace=argosy'] }] } } },
    status: { readyReplicas: 1 },
  } as KubeObject)
  const looks = () => api.requests.filter(({ resource }) => resource === 'deployments.apps').length
  engine.observe()
  await clock.advance(20_000)
  expect(engine.mode).toBe('inCluster')
  expect(engine.reasons('shop/web').driving).toMatchObject({
    cause: 'drivenElsewhere',
    values: { holder: 'argosy/argosy-engine' },
  })
  expect(looks()).toBe(1)
  engine.start()
  await clock.advance(10_000)
  expect({ mode: engine.mode, cause: engine.reasons('shop/web').driving?.cause }).toEqual({
    mode: 'inCluster',
    cause: 'rival',
  })
  const before = looks()
  await clock.advance(1_200_000)
  // Every 15 s, and by nobody else.
  expect(looks() - before).toBe(80)
})

it('OPS-33: stops writing when the lease is lost, and goes on where it was once it is back', async () => {
  const { api, clock, engine, created } = setUp()
  engine.start()
  await clock.advance(1_000)
  api.intercept = () => ({ kind: 'Unreachable', message: 'no route', since: T0 })
  await clock.advance(20_000)
  expect(engine.mode).toBe('unknown')
  api.put(resources.rollouts, aRollout())
  api.intercept = (request) =>
    request.resource.startsWith('leases') ? { kind: 'Unreachable', message: 'no route', since: T0 } : undefined
  await clock.advance(20_000)
  expect(created()).toBe(0)
  api.intercept = () => undefined
  await clock.advance(20_000)
  expect({ mode: engine.mode, created: created() }).toEqual({ mode: 'driven', created: 1 })
})

it('two engines, one hands over: nothing is created twice', async () => {
  const first = setUp()
  const second = setUp({ api: first.api, clock: first.clock, identity: 'argosy-desktop_2' })
  first.api.put(resources.rollouts, aRollout())
  first.engine.start()
  await first.clock.advance(100)
  second.engine.start()
  await first.clock.advance(5_000)
  expect([first.engine.mode, second.engine.mode]).toEqual(['driven', 'inCluster'])
  await first.engine.stop({ release: true })
  await first.clock.advance(10_000)
  expect(second.engine.mode).toBe('driven')
  expect(first.created()).toBe(1)
})

it('REC-50: a ReplicaSet that the API server forbids is told in the condition, and created once it may be', async () => {
  const { api, clock, engine, created } = setUp({ reconcile: reconcileRollout })
  const message = 'replicasets.apps is forbidden: exceeded quota: web'
  const forbidden = {
    kind: 'Forbidden',
    verb: 'create',
    resource: 'replicasets.apps',
    namespace: 'shop',
    message,
  } as const
  let isForbidden = true
  api.intercept = ({ verb, resource }) =>
    isForbidden && verb === 'create' && resource.startsWith('replicasets') ? forbidden : undefined
  api.put(resources.rollouts, aWholeRollout())
  engine.start()
  await clock.advance(40_000)
  const conditions = () => JSON.stringify(api.read(resources.rollouts, at))
  expect(conditions()).toContain(`"reason":"ReplicaSetCreateError","message":"Failed to create new replica set`)
  expect(conditions()).toContain(message)
  const refused = created()
  isForbidden = false
  await clock.advance(40_000)
  expect(created()).toBe(refused + 1)
  expect(conditions()).not.toContain('ReplicaSetCreateError')
})

it('REC-50: a ReplicaSet of another owner in the way is shown to the engine as a name that is taken', async () => {
  const worlds: RolloutWorld[] = []
  const { api, clock, engine } = setUp({
    reconcile: (world) => {
      worlds.push(world)
      return world.replicaSetNamesTaken?.includes('web-abc') === true ? nothingToDo : wantsOneReplicaSet(world)
    },
  })
  api.put(resources.rollouts, aRollout())
  api.put(resources.replicaSets, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { namespace: 'shop', name: 'web-abc' },
  })
  engine.start()
  await clock.advance(1_000)
  expect(worlds.map((each) => each.replicaSetNamesTaken)).toEqual([[], ['web-abc']])
})

it('OPS-1, API-248: a Rollout gets a round every 15 minutes although nothing changed', async () => {
  let rounds = 0
  const reconcile = () => {
    rounds++
    return nothingToDo
  }
  const { api, clock, engine } = setUp({ reconcile })
  api.put(resources.rollouts, aRollout())
  engine.start()
  await clock.advance(2_000)
  const before = rounds
  await clock.advance(890_000)
  expect(rounds).toBe(before)
  await clock.advance(10_000)
  expect(rounds).toBe(before + 1)
})

it('OPS-5, API-249: ten Rollouts are reconciled at once, and no more', async () => {
  const { api, clock, cluster, engine, created } = setUp()
  for (let i = 0; i < 12; i++) {
    const rollout = aRollout()
    api.put(resources.rollouts, { ...rollout, metadata: { ...rollout.metadata, name: `web-${i}`, uid: `uid-${i}` } })
  }
  const { client } = cluster
  const create = client.create.bind(client)
  const held = Promise.withResolvers<void>()
  let under = 0
  vi.spyOn(client, 'create').mockImplementation(async (resource, object) => {
    if (resource === resources.leases) return create(resource, object)
    under++
    await held.promise
    return create(resource, object)
  })
  engine.start()
  await clock.advance(1_000)
  expect([under, created()]).toEqual([10, 0])
  held.resolve()
  await clock.advance(1_000)
  expect(under).toBeGreaterThan(10)
})

it('API-90: a Rollout that makes no sense is Degraded, and the one beside it is driven', async () => {
  const { api, clock, engine } = setUp({ reconcile: reconcileRollout })
  const sound = aWholeRollout()
  const odd = { ...sound, metadata: { ...sound.metadata, name: 'odd', uid: 'uid-odd' }, spec: ['not', 'a', 'spec'] }
  api.put(resources.rollouts, odd)
  api.put(resources.rollouts, sound)
  engine.start()
  await clock.advance(5_000)
  expect(api.read(resources.rollouts, { namespace: 'shop', name: 'odd' })).toMatchObject({
    status: { phase: 'Degraded', message: expect.stringContaining('The Rollout "odd" is invalid: spec.selector') },
  })
  expect(api.all(resources.replicaSets)).toMatchObject([
    { metadata: { name: expect.stringMatching(/^web-/) }, spec: { replicas: 1 } },
  ])
})

it('counts rounds and writes, and tells listeners when the mode changes', async () => {
  const { api, clock, engine } = setUp()
  api.put(resources.rollouts, aRollout())
  const modes: string[] = []
  engine.onChange(() => modes.push(engine.mode))
  engine.start()
  await clock.advance(1_000)
  expect(modes).toEqual(['driven'])
  expect(engine.stats).toMatchObject({ writes: 2, failures: 0, queued: 0 })
  await engine.stop({ release: true })
  expect(modes.at(-1)).toBe('unknown')
})
