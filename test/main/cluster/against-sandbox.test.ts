import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { silentLog } from '#lib/log.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { openCluster } from '#main/cluster/open-cluster.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { type SandboxFleet, startSandboxFleet } from '#main/sandbox/start-fleet.ts'
import { advanceUntil, until } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

let folder: string
let fleet: SandboxFleet
let clock: VirtualClock
const clients: ClusterClient[] = []
const clusters: Cluster[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'argosy-sandbox-'))
  clock = new VirtualClock()
  fleet = await startSandboxFleet({ clusters: 2, seed: 7, clock })
  writeFileSync(join(folder, 'config'), fleet.kubeconfig)
})

afterEach(async () => {
  for (const cluster of clusters.splice(0)) await cluster.stop()
  for (const client of clients.splice(0)) await client.close()
  await fleet.stop()
  rmSync(folder, { recursive: true })
})

function connect(context: string): ClusterClient {
  const config = loadKubeconfig({ paths: [join(folder, 'config')] })
  const access = config.ok ? config.value.access(context) : undefined
  if (access === undefined) throw new Error(`no context ${context}`)
  const client = createClusterClient({ access, clock, random: () => 0.5, env: {} })
  clients.push(client)
  return client
}

async function open(context: string): Promise<Cluster> {
  const cluster = openCluster({ context, client: connect(context), clock, random: () => 0.5, log: silentLog })
  clusters.push(cluster)
  cluster.start()
  await until('connected', () => cluster.connection.state === 'connected')
  return cluster
}

const aRollout = (name: string): KubeObject & { readonly spec: object } => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } },
    strategy: { canary: {} },
  },
})

describe('against a sandbox cluster', () => {
  it('what is written through the client arrives through the watch', async () => {
    const cluster = await open('harbor-1')
    const { client } = cluster
    const rollouts = cluster.cache('rollouts')
    expect(await client.create(resources.rollouts, aRollout('shop'))).toMatchObject({ ok: true })
    await until('created', () => rollouts.get('default/shop') !== undefined)
    const at = { namespace: 'default', name: 'shop' }
    await client.patch(resources.rollouts, at, { type: 'merge', body: { spec: { paused: true } } })
    await until('patched', () => rollouts.get('default/shop')?.spec.paused === true)
    expect(rollouts.get('default/shop')?.metadata).not.toHaveProperty('managedFields')
    await client.delete(resources.rollouts, at)
    await until('deleted', () => rollouts.size === 0)
  })

  it('preconditions are kept: an outdated update and a deletion of another object are conflicts', async () => {
    const client = connect('harbor-1')
    const created = await client.create(resources.rollouts, aRollout('shop'))
    if (!created.ok) throw new Error(created.error.message)
    const at = { namespace: 'default', name: 'shop' }
    await client.patch(resources.rollouts, at, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } })
    expect(await client.update(resources.rollouts, created.value)).toMatchObject({ error: { kind: 'Conflict' } })
    expect(await client.create(resources.rollouts, aRollout('shop'))).toMatchObject({
      error: { kind: 'AlreadyExists' },
    })
    expect(await client.delete(resources.rollouts, at, { precondition: { uid: 'another' } })).toMatchObject({
      error: { kind: 'Conflict' },
    })
    expect(await client.get(resources.rollouts, { ...at, name: 'none' })).toMatchObject({
      error: { kind: 'NotFound', resource: 'rollouts.argoproj.io', name: 'none' },
    })
  })

  it('all four kinds of patch are understood, and a scale is a subresource', async () => {
    const client = connect('harbor-1')
    await client.create(resources.rollouts, aRollout('shop'))
    const at = { namespace: 'default', name: 'shop' }
    const json = [{ op: 'replace', path: '/spec/replicas', value: 2 }]
    expect(await client.patch(resources.rollouts, at, { type: 'json', body: json })).toMatchObject({
      value: { spec: { replicas: 2 } },
    })
    const scale = await client.patch(resources.rollouts, at, {
      type: 'merge',
      body: { spec: { replicas: 3 } },
      subresource: 'scale',
    })
    expect(scale).toMatchObject({ value: { kind: 'Scale', spec: { replicas: 3 } } })
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...at },
      spec: { selector: { app: 'shop' }, ports: [{ port: 80 }] },
    }
    const applied = await client.patch(resources.services, at, { type: 'apply', body: service, force: true })
    expect(applied).toMatchObject({ value: { spec: { selector: { app: 'shop' } } } })
    const strategic = { spec: { selector: { tier: 'web' } } }
    expect(await client.patch(resources.services, at, { type: 'strategic', body: strategic })).toMatchObject({
      value: { spec: { selector: { app: 'shop', tier: 'web' } } },
    })
  })

  it('one cluster that goes away is unreachable, keeps what it showed, and the other goes on', async () => {
    const [first, second] = [await open('harbor-1'), await open('harbor-2')]
    await first.client.create(resources.rollouts, aRollout('shop'))
    await until('seen', () => first.cache('rollouts').size === 1)
    await fleet.clusters[0]?.server.close()
    await advanceUntil(clock, 'unreachable', () => first.connection.state === 'unreachable')
    expect(first.cache('rollouts').get('default/shop')).toBeDefined()
    expect(second.connection.state).toBe('connected')
    expect((await second.client.create(resources.rollouts, aRollout('shop'))).ok).toBe(true)
    await until('the other still watches', () => second.cache('rollouts').size === 1)
  })

  it('CRDs that are removed under a watch are noticed, and so is their return', async () => {
    const cluster = await open('harbor-1')
    const crd = { name: 'rollouts.argoproj.io' }
    const saved = await cluster.client.get(resources.customResourceDefinitions, crd)
    if (!saved.ok) throw new Error(saved.error.message)
    await cluster.client.delete(resources.customResourceDefinitions, crd)
    await advanceUntil(clock, 'crdsMissing', () => cluster.connection.state === 'crdsMissing', 60_000)
    const { resourceVersion: _, uid: __, ...metadata } = saved.value.metadata
    expect((await cluster.client.create(resources.customResourceDefinitions, { ...saved.value, metadata })).ok).toBe(
      true,
    )
    await advanceUntil(clock, 'connected', () => cluster.connection.state === 'connected', 5_000)
  })
})
