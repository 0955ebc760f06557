import { describe, expect, it } from 'vitest'
import { resourcePath, resources } from '#api/resources.ts'
import type { CanaryStep } from '#api/rollout.ts'
import { routeKinds } from '#api/route-kinds.ts'
import { gatewayApiPlugin } from '#engine/traffic/gateway-api/config.ts'
import { fieldAt, listAt, textAt } from '#engine/traffic/route-json.ts'
import type { RouteObject } from '#engine/traffic/routes.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { aHealthyShop, canary, post, type Shop, shopName } from './shop.ts'

const stable = `${shopName}-stable`
const canaryService = `${shopName}-canary`
const label = 'rollouts.argoproj.io/gatewayapi-canary'

const container = (tag: string) => ({
  name: shopName,
  image: `registry.example/shop:${tag}`,
  ports: [{ name: 'http', containerPort: 8080 }],
})

async function routed(world: World, steps: readonly CanaryStep[]): Promise<Shop> {
  for (const name of [stable, canaryService])
    await post(world, resources.services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels: { app: shopName } },
      spec: { selector: { app: shopName }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    })
  await post(world, routeKinds.httpRoutes, {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: shopName },
    spec: {
      parentRefs: [{ name: 'gateway' }],
      rules: ['/products', '/orders'].map((value) => ({
        matches: [{ path: { type: 'PathPrefix', value } }],
        backendRefs: [stable, canaryService].map((name) => ({ name, port: 80 })),
      })),
    },
  })
  const trafficRouting = {
    managedRoutes: [{ name: 'hdr' }],
    plugins: { [gatewayApiPlugin]: { httpRoute: shopName } },
  }
  const strategy = canary(steps, { stableService: stable, canaryService, trafficRouting })
  const template = { metadata: { labels: { app: shopName } }, spec: { containers: [container('1')] } }
  return aHealthyShop(world, { replicas: 5, strategy, template })
}

const release = (shop: Shop, tag: string) =>
  shop.patch({ spec: { template: { spec: { containers: [container(tag)] } } } })

async function route(world: World): Promise<RouteObject> {
  const path = resourcePath(routeKinds.httpRoutes, { namespace: world.namespace, name: shopName })
  return (await world.send<RouteObject>('GET', path)).body
}

/** Each rule in short: `hdr: shop-canary "even"`, `: shop-stable 80, shop-canary 20`. */
const rulesIn = ({ spec }: RouteObject): readonly string[] =>
  listAt(spec, 'rules').map((rule) => {
    const refs = listAt(rule, 'backendRefs').map(
      (ref) => `${textAt(ref, 'name')} ${JSON.stringify(fieldAt(ref, 'weight') ?? 'even')}`,
    )
    return `${textAt(rule, 'name')}: ${refs.join(', ')}`
  })
const split = (weight: number) => `: ${stable} ${100 - weight}, ${canaryService} ${weight}`

const untilRules = (world: World, rules: readonly string[]) =>
  world
    .eventually(`rules ${rules.join(' | ')}`, async () => rulesIn(await route(world)).join() === rules.join())
    .catch(async () => expect(rulesIn(await route(world))).toEqual(rules))

describe('an HTTPRoute on an API server', () => {
  const header: CanaryStep = {
    setHeaderRoute: { name: 'hdr', match: [{ headerName: 'X-Canary', headerValue: { exact: '1' } }] },
  }

  it('GW-11, GW-14, GW-18: has header routes during the update, each written once, and none after an abort', async () => {
    const world = await aWorld()
    const shop = await routed(world, [{ setWeight: 20 }, header, { pause: {} }])
    await untilRules(world, [split(0), split(0)])
    await release(shop, '2')
    await shop.untilPausedAt(2)
    const rules = rulesIn(await route(world))
    expect(rules.slice(0, 2)).toEqual([split(20), split(20)])
    expect(rules.slice(2).map((each) => each.replace(/ (1|"even")$/, ''))).toEqual([
      `hdr: ${canaryService}`,
      `hdr-1: ${canaryService}`,
    ])
    const { metadata } = await route(world)
    expect(metadata.labels?.[label]).toBe('in-progress')
    await shop.patch({ metadata: { annotations: { looked: 'again' } } })
    await shop.patch({ spec: { replicas: 6 } })
    await shop.until('two canary pods beside six', ({ status }) => status?.replicas === 8)
    expect((await route(world)).metadata.resourceVersion).toBe(metadata.resourceVersion)

    await shop.patchStatus({ abort: true })
    await untilRules(world, [split(0), split(0)])
    expect((await route(world)).metadata.labels ?? {}).toEqual({})
  })

  it('GW-22, GW-23: has a ref for the template of an Experiment while that runs', async () => {
    const world = await aWorld()
    const templates = [{ name: 'try', specRef: 'canary', weight: 10 }]
    const shop = await routed(world, [{ setWeight: 20 }, { experiment: { templates, duration: '20s' } }, { pause: {} }])
    await release(shop, '2')
    await world.eventually(
      'a ref for the Experiment',
      async () => rulesIn(await route(world))[0]?.endsWith(' 10') === true,
    )
    const [first, second] = rulesIn(await route(world))
    expect(first).toMatch(new RegExp(`^: ${stable} 70, ${canaryService} 20, shop-.*-try 10$`))
    expect(second).toBe(split(20))
    expect(listAt(listAt((await route(world)).spec, 'rules')[0], 'backendRefs')[2]).toMatchObject({
      namespace: world.namespace,
      port: 8080,
    })
    await shop.untilPausedAt(2)
    await untilRules(world, [split(20), split(20)])
  })
})
