import { beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { aWorld, type World } from '#test/support/world.ts'

const merge = { 'Content-Type': 'application/merge-patch+json' }

let world: World
let rollouts: string
let configMaps: string

beforeEach(async () => {
  world = await aWorld()
  rollouts = `/apis/argoproj.io/v1alpha1/namespaces/${world.namespace}/rollouts`
  configMaps = `/api/v1/namespaces/${world.namespace}/configmaps`
})

const shop = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'shop' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'shop' } },
    template: { metadata: { labels: { app: 'shop' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } },
    strategy: { canary: {} },
  },
}
const send = (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) =>
  world.send<KubeObject>(method, path, { body, ...(headers && { headers }) })
const create = async (body: unknown = shop, path = rollouts) => (await send('POST', path, body)).body
const configMap = (name: string, metadata: object = {}) => ({ metadata: { name, ...metadata }, data: { a: '1' } })

describe('optimistic concurrency', () => {
  it('a stale resourceVersion is 409, on PUT and in a patch; none is needed in a patch', async () => {
    const old = await create()
    const patched = await send('PATCH', `${rollouts}/shop`, { spec: { paused: true } }, merge)
    expect(patched.code).toBe(200)
    const conflict = { code: 409, body: { reason: 'Conflict', details: { kind: 'rollouts', name: 'shop' } } }
    expect(await send('PUT', `${rollouts}/shop`, old)).toMatchObject(conflict)
    const stale = { metadata: { resourceVersion: old.metadata.resourceVersion }, spec: { paused: false } }
    expect(await send('PATCH', `${rollouts}/shop`, stale, merge)).toMatchObject(conflict)
    const fresh = { ...stale, metadata: { resourceVersion: patched.body.metadata.resourceVersion } }
    expect(await send('PATCH', `${rollouts}/shop`, fresh, merge)).toMatchObject({ code: 200 })
  })

  it('an update of a custom object must name a version', async () => {
    await create()
    expect(await send('PUT', `${rollouts}/shop`, shop)).toMatchObject({
      code: 422,
      body: {
        message: expect.stringContaining('metadata.resourceVersion: Invalid value: 0: must be specified for an update'),
      },
    })
  })

  it('a patch that changes nothing makes no new version', async () => {
    const { metadata } = await create()
    const same = await send('PATCH', `${rollouts}/shop`, { spec: { replicas: 1 } }, merge)
    expect(same.body.metadata.resourceVersion).toBe(metadata.resourceVersion)
  })

  it('a dry run answers as if, and stores nothing', async () => {
    expect(await send('POST', `${rollouts}?dryRun=All`, shop)).toMatchObject({ code: 201 })
    expect(await send('GET', `${rollouts}/shop`)).toMatchObject({ code: 404 })
  })

  it('a JSON patch whose test fails changes nothing', async () => {
    await create()
    const headers = { 'Content-Type': 'application/json-patch+json' }
    const operations = [
      { op: 'test', path: '/spec/replicas', value: 5 },
      { op: 'replace', path: '/spec/replicas', value: 6 },
    ]
    expect(await send('PATCH', `${rollouts}/shop`, operations, headers)).toMatchObject({ code: 422 })
    expect((await send('GET', `${rollouts}/shop`)).body).toMatchObject({ spec: { replicas: 1 } })
  })
})

describe('the status subresource', () => {
  it('ACT-2: each of the two paths writes its own part, and only the spec counts generations', async () => {
    await create({ ...shop, status: { abort: true } })
    expect((await send('GET', `${rollouts}/shop`)).body).not.toHaveProperty('status')
    const both = { spec: { replicas: 4 }, status: { abort: true } }
    expect((await send('PATCH', `${rollouts}/shop/status`, both, merge)).body).toMatchObject({
      metadata: { generation: 1 },
      spec: { replicas: 1 },
      status: { abort: true },
    })
    expect((await send('PATCH', `${rollouts}/shop`, { ...both, status: { abort: false } }, merge)).body).toMatchObject({
      metadata: { generation: 2 },
      spec: { replicas: 4 },
      status: { abort: true },
    })
    await send('PATCH', `${rollouts}/shop`, { metadata: { labels: { a: 'b' } } }, merge)
    expect((await send('GET', `${rollouts}/shop`)).body.metadata.generation).toBe(2)
  })

  it.each(['analysisruns', 'experiments'])('ACT-1: %s have none', async (plural) => {
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${world.namespace}/${plural}/x/status`
    expect(await send('PATCH', path, { status: {} }, merge)).toMatchObject({ code: 404 })
  })

  it('the scale reads and writes replicas', async () => {
    await create()
    const scale = await send('GET', `${rollouts}/shop/scale`)
    expect(scale.body).toMatchObject({ kind: 'Scale', spec: { replicas: 1 } })
    await send('PATCH', `${rollouts}/shop/scale`, { spec: { replicas: 5 } }, merge)
    expect((await send('GET', `${rollouts}/shop`)).body).toMatchObject({ spec: { replicas: 5 } })
  })
})

describe('deletion', () => {
  it('waits for finalizers: marked at first, gone with the last of them', async () => {
    await create(configMap('held', { finalizers: ['example.com/hold'] }), configMaps)
    const marked = await send('DELETE', `${configMaps}/held`)
    expect(marked.body.metadata).toMatchObject({ deletionTimestamp: expect.stringMatching(/^\d{4}-.*Z$/) })
    expect((await send('GET', `${configMaps}/held`)).code).toBe(200)
    await send('PATCH', `${configMaps}/held`, { metadata: { finalizers: null } }, merge)
    expect((await send('GET', `${configMaps}/held`)).code).toBe(404)
  })

  it('honours preconditions', async () => {
    await create(configMap('mine'), configMaps)
    const other = { preconditions: { uid: '00000000-0000-4000-a000-000000000000' } }
    expect(await send('DELETE', `${configMaps}/mine`, other)).toMatchObject({ code: 409 })
    expect(await send('DELETE', `${configMaps}/mine`)).toMatchObject({ code: 200, body: { status: 'Success' } })
    expect(await send('DELETE', `${configMaps}/mine`)).toMatchObject({ code: 404 })
  })

  describe('of an owner', () => {
    let owner: KubeObject

    beforeEach(async () => {
      owner = await create(configMap('owner'), configMaps)
      const ownerReferences = [
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid, blockOwnerDeletion: true },
      ]
      await create(configMap('child', { ownerReferences }), configMaps)
    })

    const codes = async () => [
      (await send('GET', `${configMaps}/owner`)).code,
      (await send('GET', `${configMaps}/child`)).code,
    ]

    it('in the background takes the owner at once and its children after', async () => {
      await send('DELETE', `${configMaps}/owner?propagationPolicy=Background`)
      expect((await send('GET', `${configMaps}/owner`)).code).toBe(404)
      await world.eventually('both gone', async () => (await codes()).join() === '404,404')
    })

    it('in the foreground keeps the owner until its children are gone', async () => {
      const marked = await send('DELETE', `${configMaps}/owner`, { propagationPolicy: 'Foreground' })
      expect(marked.body.metadata.finalizers).toEqual(['foregroundDeletion'])
      await world.eventually('both gone', async () => (await codes()).join() === '404,404')
    })

    it('as orphans leaves the children, without their owner', async () => {
      await send('DELETE', `${configMaps}/owner`, { propagationPolicy: 'Orphan' })
      await world.eventually('the owner gone', async () => (await codes()).join() === '404,200')
      expect((await send('GET', `${configMaps}/child`)).body.metadata.ownerReferences ?? []).toEqual([])
    })
  })

  it('of a collection takes what the selector names', async () => {
    await create(configMap('one', { labels: { tier: 'gold' } }), configMaps)
    await create(configMap('two', { labels: { tier: 'tin' } }), configMaps)
    await send('DELETE', `${configMaps}?labelSelector=tier%3Dgold`)
    expect([(await send('GET', `${configMaps}/one`)).code, (await send('GET', `${configMaps}/two`)).code]).toEqual([
      404, 200,
    ])
  })
})

describe('objects controllers write', () => {
  it('a Lease is created once and renewed against its version', async () => {
    const leases = `/apis/coordination.k8s.io/v1/namespaces/${world.namespace}/leases`
    const lease = { metadata: { name: 'lock' }, spec: { holderIdentity: 'a', leaseDurationSeconds: 15 } }
    const first = await create(lease, leases)
    expect(await send('POST', leases, lease)).toMatchObject({ code: 409, body: { reason: 'AlreadyExists' } })
    const renewed = { ...first, spec: { ...lease.spec, renewTime: '2026-01-15T10:00:02.000000Z' } }
    expect(await send('PUT', `${leases}/lock`, renewed)).toMatchObject({ code: 200 })
    expect(await send('PUT', `${leases}/lock`, renewed)).toMatchObject({ code: 409 })
  })

  it('an Event is found by what it is about', async () => {
    const events = `/api/v1/namespaces/${world.namespace}/events`
    const event = {
      metadata: { name: 'shop.1' },
      involvedObject: { kind: 'Rollout', name: 'shop', namespace: world.namespace },
      reason: 'RolloutUpdated',
      type: 'Normal',
    }
    expect(await send('POST', events, event)).toMatchObject({ code: 201 })
    const found = await world.send(
      'GET',
      `${events}?fieldSelector=involvedObject.name%3Dshop%2Creason%3DRolloutUpdated`,
    )
    expect(found.body).toMatchObject({ items: [{ metadata: { name: 'shop.1' } }] })
  })
})

describe('what cannot be read', () => {
  it.each([
    ['broken JSON', '{"metadata":', 400],
    ['no object', '[1]', 400],
    ['another kind', JSON.stringify({ kind: 'Secret', metadata: { name: 'x' } }), 400],
    ['another version', JSON.stringify({ apiVersion: 'v2', metadata: { name: 'x' } }), 400],
    ['another namespace', JSON.stringify({ metadata: { name: 'x', namespace: 'other' } }), 400],
  ])('%s is refused', async (_what, body, code) => {
    expect(await send('POST', configMaps, body)).toMatchObject({ code, body: { kind: 'Status', status: 'Failure' } })
  })

  it('a body of more than 3 MiB is refused, and the next request is served', async () => {
    const large = { metadata: { name: 'large' }, data: { a: 'x'.repeat(3 * 1024 * 1024) } }
    const answer = await send('POST', configMaps, large).then(
      ({ code }) => code,
      (error: NodeJS.ErrnoException) => error.code,
    )
    // The connection may be closed on a client that is still sending.
    expect([413, 'EPIPE', 'ECONNRESET']).toContain(answer)
    expect(await send('POST', configMaps, configMap('small'))).toMatchObject({ code: 201 })
  })

  it('a method or path without meaning is refused', async () => {
    expect(await send('POST', `${configMaps}/x`, {})).toMatchObject({ code: 405 })
    expect(await send('GET', '/apis/example.com/v1/widgets')).toMatchObject({ code: 404 })
    expect(await send('GET', '/nonsense')).toMatchObject({ code: 404 })
    expect(await send('PATCH', `${configMaps}/x`, {}, { 'Content-Type': 'text/plain' })).toMatchObject({ code: 415 })
  })
})
