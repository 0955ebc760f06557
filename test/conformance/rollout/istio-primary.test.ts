import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { resourcePath, resources } from '#api/resources.ts'
import { type RouteKind, routeKinds } from '#api/route-kinds.ts'
import { silentLog } from '#lib/log.ts'
import { type NamedPrimary, withIstioPrimary } from '#main/cluster/istio-primary.ts'
import { loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { createClusterClient, type SigningClient } from '#main/cluster/rest.ts'
import { systemClock } from '#main/system-clock.ts'
import { aSandbox, type Sandbox } from '#test/support/sandbox.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { aShop, canary, post, shopName } from './shop.ts'

const steps = [{ setWeight: 20 }, { pause: {} }]
const mark = { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'shop' }
const hash = 'rollouts-pod-template-hash'
const trafficRouting = {
  istio: {
    virtualService: { name: shopName },
    destinationRule: { name: shopName, canarySubsetName: 'canary', stableSubsetName: 'stable' },
  },
}
const route = (subset: string, weight: number) => ({ destination: { host: shopName, subset }, weight })
const split = (weight: number) => ({
  hosts: [shopName],
  http: [{ route: [route('stable', 100 - weight), route('canary', weight)] }],
})
const subset = (name: string, labels: object = {}) => ({ name, labels: { app: shopName, ...labels } })
const rule = { host: shopName, subsets: [subset('stable'), subset('canary')] }

interface Mesh {
  readonly world: World
  readonly sandbox: Sandbox
  readonly kubeconfig: string
  spec(kind: RouteKind, name?: string): Promise<unknown>
}

/** The cluster that has the Istio objects: the sandbox, whatever `world` is. */
async function aMesh(world: World): Promise<Mesh> {
  const sandbox = await aSandbox(world.sandbox?.clock ?? systemClock)
  onTestFinished(() => sandbox.stop())
  const mesh = { ...world, send: sandbox.send }
  await sandbox.send('POST', '/api/v1/namespaces', { body: { metadata: { name: world.namespace } } })
  const create = (kind: RouteKind, metadata: object, spec: object) => {
    const { group, version, kind: named } = routeKinds[kind]
    return post(mesh, routeKinds[kind], { apiVersion: `${group}/${version}`, kind: named, metadata, spec })
  }
  await create('virtualServices', { name: shopName }, split(0))
  await create('destinationRules', { name: shopName }, rule)
  // Of a Rollout in a third cluster.
  const held = { ...rule, subsets: [subset('stable', { [hash]: 'h1' })] }
  await create('destinationRules', { name: 'other', annotations: mark }, held)
  return {
    world: mesh,
    sandbox,
    kubeconfig: sandbox.kubeconfig,
    async spec(kind, name = shopName) {
      const path = resourcePath(routeKinds[kind], { namespace: world.namespace, name })
      return (await sandbox.send<KubeObject & { readonly spec: unknown }>('GET', path)).body.spec
    },
  }
}

const secretWith = (kubeconfig: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'mesh', labels: { 'istio.argoproj.io/primary-cluster': 'true' } },
  data: { mesh: Buffer.from(kubeconfig).toString('base64') },
})

function fileOf(kubeconfig: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-mesh-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'config'), kubeconfig)
  return join(folder, 'config')
}

function namedPrimary(path: string): NamedPrimary {
  const config = loadKubeconfig({ paths: [path] })
  const access = config.ok ? config.value.access('harbor-1') : undefined
  if (access === undefined) throw new Error('no such context')
  const client = createClusterClient({ access, clock: systemClock, random: Math.random, env: {} })
  return { context: 'mesh', client: () => client, close: () => client.close() }
}

describe('IST-3: a VirtualService and a DestinationRule in another cluster', () => {
  it.each(['a Secret', 'the settings'] as const)('named by %s: are written there, and let go there', async (how) => {
    const world = await aWorld()
    const mesh = await aMesh(world)
    if (how === 'a Secret') await post(world, resources.secrets, secretWith(mesh.kubeconfig))
    const named = how === 'a Secret' ? undefined : namedPrimary(fileOf(mesh.kubeconfig))
    const open = (access: Parameters<typeof createClusterClient>[0]['access']) =>
      createClusterClient({ access, clock: world.sandbox?.clock ?? systemClock, random: () => 0.5, env: {} })
    const { namespace } = world
    const namespaces = world.isReal ? [namespace] : undefined
    const options = { named, isNamedByOthers: false, namespaces, open, log: silentLog }
    world.startEngine({ through: (client) => withIstioPrimary(client as SigningClient, options) })
    const shop = await aShop(world, { replicas: 5, strategy: canary(steps, { trafficRouting }) })
    await shop.untilHealthy()
    await shop.release('2')
    await shop.untilPausedAt(1)
    const { stableRS = '', currentPodHash = '' } = shop.story.latest.status ?? {}
    expect(await mesh.spec('virtualServices')).toEqual(split(20))
    expect(await mesh.spec('destinationRules')).toEqual({
      ...rule,
      subsets: [subset('stable', { [hash]: stableRS }), subset('canary', { [hash]: currentPodHash })],
    })

    // Somebody sets it back over there.
    const path = resourcePath(routeKinds.virtualServices, { namespace, name: shopName })
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    await mesh.sandbox.send('PATCH', path, { body: { spec: split(0) }, headers })
    const isBack = async () => JSON.stringify(await mesh.spec('virtualServices')) === JSON.stringify(split(20))
    await world.eventually('the weight is back', isBack)

    await world.send('DELETE', resourcePath(resources.rollouts, { namespace, name: shopName }))
    const isFree = async () => JSON.stringify(await mesh.spec('destinationRules')) === JSON.stringify(rule)
    await world.eventually('the DestinationRule is let go', isFree)
    expect(await mesh.spec('destinationRules', 'other')).toMatchObject({ subsets: [{ labels: { [hash]: 'h1' } }] })
    const own = await world.send('GET', resourcePath(routeKinds.virtualServices, { namespace, name: shopName }))
    expect(own.code).toBe(404)
  })
})
