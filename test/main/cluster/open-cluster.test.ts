import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '#lib/log.ts'
import type { ReflectorChange } from '#main/cluster/client.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { type ClusterOptions, openCluster } from '#main/cluster/open-cluster.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { anAccess } from '#test/support/context-access.ts'
import {
  type Answer,
  type Reply,
  type ScriptedServer,
  type SeenRequest,
  startServer,
  status,
} from '#test/support/scripted-server.ts'
import { advanceUntil, until } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const served = ['rollouts', 'analysisruns', 'analysistemplates', 'clusteranalysistemplates', 'experiments']

const aRollout = (name: string, namespace = 'web', resourceVersion = '1') => ({
  metadata: { name, namespace, resourceVersion, uid: `uid-${name}` },
})

const aReplicaSet = (name: string, ownerUid: string) => ({
  metadata: {
    name,
    namespace: 'web',
    resourceVersion: '1',
    ownerReferences: [{ apiVersion: 'v1', kind: 'Rollout', name: 'x', uid: ownerUid }],
  },
})

/** A small API server: allows everything, serves the kinds, lists `items` by plural and keeps watches open. */
class FakeCluster {
  readonly items = new Map<string, readonly object[]>()
  readonly watches = new Map<string, ReturnType<Reply['stream']>>()
  allowed = true
  served = served
  /** Answers instead, when it returns true. */
  override: (request: SeenRequest, reply: Reply) => boolean = () => false

  readonly answer: Answer = (request, reply) => {
    if (this.override(request, reply)) return
    const plural = request.path.split('/').at(-1) ?? ''
    if (plural === 'selfsubjectaccessreviews') {
      const { spec } = JSON.parse(request.body) as { spec: object }
      return reply.json(201, { kind: 'SelfSubjectAccessReview', spec, status: { allowed: this.allowed } })
    }
    if (plural === 'v1alpha1') {
      if (this.served.length === 0) return reply.text(404, '404 page not found')
      return reply.json(200, { kind: 'APIResourceList', resources: this.served.map((name) => ({ name })) })
    }
    if (request.query.get('watch') === 'true') return void this.watches.set(request.path, reply.stream())
    reply.json(200, { metadata: { resourceVersion: '10' }, items: this.items.get(request.path) ?? [] })
  }
}

const rolloutsPath = '/apis/argoproj.io/v1alpha1/rollouts'

let fake: FakeCluster
let server: ScriptedServer
let clock: VirtualClock
const closers: (() => Promise<void>)[] = []

beforeEach(async () => {
  fake = new FakeCluster()
  clock = new VirtualClock()
  server = await startServer(fake.answer)
})

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  await server.close()
})

function open(options: Partial<ClusterOptions> = {}, url = server.url): Cluster {
  const client = createClusterClient({ access: anAccess(url), clock, random: () => 0.5, env: {} })
  const cluster = openCluster({ context: 'test', client, clock, random: () => 0.5, log: silentLog, ...options })
  closers.push(async () => {
    await cluster.stop()
    await client.close()
  })
  return cluster
}

async function openConnected(options: Partial<ClusterOptions> = {}): Promise<Cluster> {
  const cluster = open(options)
  cluster.start()
  await until('connected', () => cluster.connection.state === 'connected')
  return cluster
}

describe('openCluster', () => {
  it('sends nothing before it is started', async () => {
    const cluster = open()
    expect(cluster.connection.state).toBe('connecting')
    expect(server.requests).toEqual([])
  })

  it('asks whether it is allowed, then whether rollouts are served, then watches', async () => {
    fake.items.set(rolloutsPath, [aRollout('web')])
    const cluster = await openConnected()
    await until('watch', () => fake.watches.size === 1)
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      'GET /apis/argoproj.io/v1alpha1',
      `GET ${rolloutsPath}`,
      `GET ${rolloutsPath}`,
    ])
    expect(cluster.cache('rollouts').synced).toBe(true)
    expect(cluster.cache('rollouts').get('web/web')?.kind).toBe('Rollout')
  })

  it('OPS-50: without an instance id only rollouts without that label are asked for', async () => {
    await openConnected()
    expect(server.requests.at(-1)?.query.get('labelSelector')).toBe('!argo-rollouts.argoproj.io/controller-instance-id')
  })

  it('OPS-50: with an instance id only rollouts of that id are asked for', async () => {
    await openConnected({ instanceID: 'blue' })
    expect(server.requests.at(-1)?.query.get('labelSelector')).toBe(
      'argo-rollouts.argoproj.io/controller-instance-id=blue',
    )
  })

  it('OPS-51: other kinds are watched from the first call on, ReplicaSets only those of rollouts, events only about them', async () => {
    const cluster = await openConnected()
    expect(cluster.cache('replicaSets')).toBe(cluster.cache('replicaSets'))
    cluster.cache('events')
    cluster.cache('pods')
    await until('three more lists', () =>
      ['replicaSets', 'events', 'pods'].every((kind) => cluster.cache(kind as 'pods').synced),
    )
    const asked = (plural: string) => server.requests.find(({ path }) => path.endsWith(plural))?.query
    expect(asked('/replicasets')?.get('labelSelector')).toBe('rollouts-pod-template-hash')
    expect(asked('/events')?.get('fieldSelector')).toBe('involvedObject.kind=Rollout')
    expect(asked('/pods')?.has('labelSelector')).toBe(false)
  })

  it('VIEW-2: finds objects by the uid of any owner and by namespace, also after they changed hands', async () => {
    fake.items.set('/apis/apps/v1/replicasets', [aReplicaSet('a', 'one'), aReplicaSet('b', 'two')])
    const cluster = await openConnected()
    const replicaSets = cluster.cache('replicaSets')
    await until('watch', () => fake.watches.has('/apis/apps/v1/replicasets'))
    expect(replicaSets.ownedBy('one').map(({ metadata }) => metadata.name)).toEqual(['a'])
    expect(replicaSets.inNamespace('web')).toHaveLength(2)
    const moved = aReplicaSet('a', 'two')
    fake.watches
      .get('/apis/apps/v1/replicasets')
      ?.event('MODIFIED', { ...moved, metadata: { ...moved.metadata, resourceVersion: '11' } })
    await until('moved', () => replicaSets.ownedBy('two').length === 2)
    expect(replicaSets.ownedBy('one')).toEqual([])
  })

  it('watches each namespace of the scope on its own and merges what it finds', async () => {
    fake.items.set('/apis/argoproj.io/v1alpha1/namespaces/a/rollouts', [aRollout('x', 'a')])
    fake.items.set('/apis/argoproj.io/v1alpha1/namespaces/b/rollouts', [aRollout('y', 'b')])
    const cluster = await openConnected({ namespaces: ['a', 'b'] })
    const rollouts = cluster.cache('rollouts')
    expect([...rollouts.values()].map(({ metadata }) => metadata.name).sort()).toEqual(['x', 'y'])
    expect([rollouts.size, rollouts.synced, rollouts.get('b/y')?.metadata.uid]).toEqual([2, true, 'uid-y'])
    expect(server.requests.some(({ path }) => path === rolloutsPath)).toBe(false)
  })

  it('tells listeners of a cache after the change is in it', async () => {
    const cluster = await openConnected()
    await until('watch', () => fake.watches.size === 1)
    const rollouts = cluster.cache('rollouts')
    const seen: (readonly [ReflectorChange['kind'], boolean])[] = []
    rollouts.onChange((change) => seen.push([change.kind, rollouts.get('web/web') !== undefined]))
    fake.watches.get(rolloutsPath)?.event('ADDED', aRollout('web', 'web', '11'))
    fake.watches.get(rolloutsPath)?.event('DELETED', aRollout('web', 'web', '12'))
    await until('both', () => seen.length === 2)
    expect(seen).toEqual([
      ['upserted', true],
      ['removed', false],
    ])
  })

  it('says which right is missing, and notices when it is granted', async () => {
    fake.allowed = false
    const cluster = open({ namespaces: ['web'] })
    cluster.start()
    await until('forbidden', () => cluster.connection.state === 'forbidden')
    expect(cluster.connection).toMatchObject({
      failure: { kind: 'Forbidden', verb: 'list', resource: 'rollouts.argoproj.io', namespace: 'web' },
    })
    fake.allowed = true
    await advanceUntil(clock, 'connected', () => cluster.connection.state === 'connected', 10_000)
  })

  it('says that the CRDs are missing, and notices when they are installed', async () => {
    fake.served = []
    const cluster = open()
    cluster.start()
    await until('crdsMissing', () => cluster.connection.state === 'crdsMissing')
    expect(cluster.connection).toMatchObject({ missing: served.map((plural) => `${plural}.argoproj.io`) })
    fake.served = served
    cluster.retryNow()
    await until('connected', () => cluster.connection.state === 'connected')
  })

  it('asks to sign in when the API server does not accept the credential, and stops its watches', async () => {
    const cluster = await openConnected()
    cluster.cache('pods')
    await until('watches', () => fake.watches.size === 2)
    fake.override = (_, reply) => {
      reply.json(401, status(401, 'Unauthorized', 'Unauthorized'))
      return true
    }
    for (const watch of fake.watches.values()) watch.end()
    await advanceUntil(clock, 'signInNeeded', () => cluster.connection.state === 'signInNeeded')
    const before = server.requests.length
    await clock.advance(20_000)
    expect(server.requests.length).toBe(before)
    fake.override = () => false
    cluster.retryNow()
    await until('connected', () => cluster.connection.state === 'connected')
  })

  it('is unreachable with the number of attempts and the time of the next one, and recovers by itself', async () => {
    const cluster = await openConnected()
    await until('watch', () => fake.watches.size === 1)
    fake.override = (_, reply) => {
      reply.reset()
      return true
    }
    fake.watches.get(rolloutsPath)?.end()
    await advanceUntil(clock, 'unreachable', () => cluster.connection.state === 'unreachable')
    const { connection } = cluster
    expect(connection).toMatchObject({ failure: { kind: 'Unreachable' }, attempt: expect.any(Number) })
    expect(connection.state === 'unreachable' && connection.retryAt > clock.now()).toBe(true)
    expect(cluster.cache('rollouts').synced).toBe(true)
    fake.override = () => false
    await advanceUntil(clock, 'connected', () => cluster.connection.state === 'connected')
  })

  it('UI-P-6: is late when one watch is broken for ten seconds while the others run', async () => {
    const cluster = await openConnected()
    cluster.cache('services')
    await until('watches', () => fake.watches.size === 2)
    fake.override = ({ path }, reply) => {
      if (!path.endsWith('/services')) return false
      reply.json(500, status(500, 'InternalError', 'etcd is slow'))
      return true
    }
    fake.watches.get('/api/v1/services')?.end()
    await advanceUntil(clock, 'late', () => cluster.connection.state === 'late')
    expect(cluster.connection).toMatchObject({ failure: { kind: 'ServerError', message: 'etcd is slow' } })
    expect(clock.now() - cluster.connection.since).toBeGreaterThanOrEqual(10_000)
    fake.override = () => false
    await advanceUntil(clock, 'connected', () => cluster.connection.state === 'connected')
  })

  it('is connected all the same when its events may not be read', async () => {
    const cluster = await openConnected()
    const refused = status(403, 'Forbidden', 'events is forbidden: User "sre" cannot list resource "events"')
    let asked = 0
    fake.override = ({ path }, reply) => {
      if (!path.endsWith('/events')) return false
      asked += 1
      reply.json(403, refused)
      return true
    }
    const cache = cluster.cache('events')
    await advanceUntil(clock, 'asked again', () => asked > 1)
    expect(cache.synced).toBe(false)
    expect(cluster.connection.state).toBe('connected')
  })

  it('a dead cluster does not disturb another', async () => {
    const dead = open({ context: 'dead' }, 'http://127.0.0.1:1')
    dead.start()
    await openConnected()
    await advanceUntil(clock, 'dead is unreachable', () => dead.connection.state === 'unreachable')
    expect(dead.connection).toMatchObject({ attempt: 1, failure: { message: expect.stringContaining('127.0.0.1:1') } })
  })

  it('stop in the middle of the first questions ends there', async () => {
    let answerLater = (): void => undefined
    fake.override = (request, reply) => {
      answerLater = () => {
        fake.override = () => false
        fake.answer(request, reply)
      }
      return true
    }
    const cluster = open()
    const seen: string[] = []
    cluster.onConnection(({ state }) => seen.push(state))
    cluster.start()
    await until('asked', () => server.requests.length === 1)
    await cluster.stop()
    answerLater()
    await until('the questions are answered', () => server.requests.length === 3)
    await cluster.client.raw('/version')
    expect([server.requests.at(-1)?.path, server.requests.length, seen]).toEqual(['/version', 4, []])
  })

  it('is silent after stop', async () => {
    const cluster = await openConnected()
    await until('watch', () => fake.watches.size === 1)
    await cluster.stop()
    const before = server.requests.length
    await clock.advance(3_600_000)
    expect(server.requests.length).toBe(before)
    expect(clock.pending).toBe(0)
  })

  it('sends nothing while nothing changes', async () => {
    const cluster = await openConnected()
    await until('watch', () => fake.watches.size === 1)
    const before = { ...cluster.client.requests }
    await clock.advance(299_000)
    expect(cluster.client.requests).toEqual(before)
  })
})
