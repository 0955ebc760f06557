import { describe, expect, it } from 'vitest'
import { resourcePath, resources } from '#api/resources.ts'
import { routeKinds } from '#api/route-kinds.ts'
import type { RouteObject } from '#engine/traffic/routes.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { type Expected, type Hashes, type RouterScene, routerScenes } from './router-scenes.ts'
import { aShop, canary, post, type Shop, shopName } from './shop.ts'

const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 100 }, { pause: {} }]

describe('TR-1, FEA-1: every router has the weights of the steps', () => {
  it.each(routerScenes)('$name: before, at 20, after an abort, at 100, after the promotion', async (scene) => {
    const world = await aWorld()
    const shop = await routed(world, scene)
    await shop.untilHealthy()
    await expectRoutes(world, shop, scene, 0)

    await shop.release('2')
    await shop.untilPausedAt(1)
    await expectRoutes(world, shop, scene, 20)
    await shop.patchStatus({ abort: true })
    await shop.until('Degraded', ({ status }) => status?.phase === 'Degraded')
    await expectRoutes(world, shop, scene, 0)

    await shop.patchStatus({ abort: false })
    await shop.untilPausedAt(1)
    await expectRoutes(world, shop, scene, 20)
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilPausedAt(3)
    await expectRoutes(world, shop, scene, 100)
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    await expectRoutes(world, shop, scene, 0)
    await shop.until('told', ({ status }) => status?.canary?.weights?.canary.weight === 0)
    expect(shop.story.latest.status?.canary?.weights?.stable.weight).toBe(100)
  })
})

async function routed(world: World, { routing, canary: more, before }: RouterScene): Promise<Shop> {
  for (const role of ['stable', 'canary']) await post(world, resources.services, serviceFor(`${shopName}-${role}`))
  for (const [kind, name, spec, metadata] of before) {
    const { group, version, kind: named } = routeKinds[kind]
    const object = { apiVersion: `${group}/${version}`, kind: named, metadata: { name, ...metadata }, spec }
    await post(world, routeKinds[kind], object)
  }
  world.startEngine()
  const services = { stableService: `${shopName}-stable`, canaryService: `${shopName}-canary` }
  return aShop(world, { replicas: 5, strategy: canary(steps, { ...services, trafficRouting: routing, ...more }) })
}

const serviceFor = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, labels: { app: shopName } },
  spec: { selector: { app: shopName }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
})

/** The routes are what the router is to make of this weight; the difference is in the message when they do not get there. */
async function expectRoutes(world: World, shop: Shop, scene: RouterScene, weight: number): Promise<void> {
  const read = async () => {
    const { stableRS = '', currentPodHash = '' } = shop.story.latest.status ?? {}
    const wanted = scene.at(weight, { stable: stableRS, canary: currentPodHash } satisfies Hashes)
    const present = await Promise.all(wanted.map((each) => seen(world, each)))
    return { wanted: wanted.map(asSeen), present }
  }
  const isThere = async () => {
    const { wanted, present } = await read()
    return JSON.stringify(wanted) === JSON.stringify(present)
  }
  await world.eventually(`${scene.name} at ${weight}`, isThere).catch(() => undefined)
  const { wanted, present } = await read()
  expect(present).toEqual(wanted)
}

interface Seen {
  readonly name: string
  readonly spec: unknown
  readonly labels: unknown
  readonly annotations: unknown
  readonly isOwned: boolean
}

const asSeen = ({ name, spec, metadata, isOwned }: Expected): Seen => ({
  name,
  spec: sorted(spec),
  labels: sorted(metadata?.labels ?? {}),
  annotations: sorted(metadata?.annotations ?? {}),
  isOwned: isOwned === true,
})

async function seen(world: World, { kind, name }: Expected): Promise<Seen> {
  const answer = await world.send<RouteObject>(
    'GET',
    resourcePath(routeKinds[kind], { namespace: world.namespace, name }),
  )
  if (answer.code === 404) return { name, spec: undefined, labels: {}, annotations: {}, isOwned: false }
  const { metadata, spec } = answer.body
  return {
    name,
    spec: sorted(spec),
    labels: sorted(metadata.labels ?? {}),
    annotations: sorted(metadata.annotations ?? {}),
    isOwned: metadata.ownerReferences?.some((each) => each.controller === true && each.kind === 'Rollout') === true,
  }
}

/** Members in the order of their names: it says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  )
}
