import { describe, expect, it } from 'vitest'
import { type Resource, resourcePath } from '#api/resources.ts'
import { routeKinds } from '#api/route-kinds.ts'
import {
  aGateway,
  type Gateway,
  host,
  leadToHttpRoute,
  leadToIngress,
  leadToTraefikService,
  make,
} from '#test/dataplane/gateway.ts'
import { type Asking, countAnswers, wilsonInterval } from '#test/dataplane/split.ts'
import { traefikPath } from '#test/dataplane/traefik.ts'
import { twoVersions } from '#test/dataplane/two-versions.ts'
import { isTestbed } from '#test/support/testbed.ts'
import { aWorld, isRealWorld, type World } from '#test/support/world.ts'

const requests = 10_000

/** A way to split requests by weight: how it begins, at 0, and what makes the weight another. */
interface Way {
  readonly kind: string
  readonly begin: (world: World, gateway: Gateway) => Promise<void>
  readonly setWeight: (world: World, weight: number) => Promise<void>
}

async function patch(world: World, resource: Resource, name: string, body: object): Promise<void> {
  const headers = { 'Content-Type': 'application/merge-patch+json' }
  expect(await world.send('PATCH', resourcePath(resource, { ...world, name }), { body, headers })).toMatchObject({
    code: 200,
  })
}

const weightedRule = (weight: number) => ({
  matches: [{ path: { type: 'PathPrefix', value: '/' } }],
  backendRefs: [
    { name: 'web-stable', port: 80, weight: 100 - weight },
    { name: 'web-canary', port: 80, weight },
  ],
})
const httpRoute: Way = {
  kind: 'an HTTPRoute',
  async begin(world, gateway) {
    await leadToHttpRoute(world, gateway)
    const spec = { parentRefs: [{ name: 'gate' }], hostnames: [host], rules: [weightedRule(0)] }
    await make(world, routeKinds.httpRoutes, 'web', { spec })
  },
  setWeight: (world, weight) => patch(world, routeKinds.httpRoutes, 'web', { spec: { rules: [weightedRule(weight)] } }),
}

const servicesAt = (weight: number) => [
  { name: 'web-stable', port: 80, weight: 100 - weight },
  { name: 'web-canary', port: 80, weight },
]
const traefikService: Way = {
  kind: 'a TraefikService',
  async begin(world) {
    await leadToTraefikService(world, 'web')
    await make(world, routeKinds.traefikServices, 'web', { spec: { weighted: { services: servicesAt(0) } } })
  },
  setWeight: (world, weight) =>
    patch(world, routeKinds.traefikServices, 'web', { spec: { weighted: { services: servicesAt(weight) } } }),
}

const pathTo = (service: string) => ({
  path: '/',
  pathType: 'Prefix',
  backend: { service: { name: service, port: { number: 80 } } },
})
const ingressTo = (service: string) => ({
  ingressClassName: 'nginx',
  rules: [{ host, http: { paths: [pathTo(service)] } }],
})
const canaryName = 'web-front-canary'
const prefix = 'nginx.ingress.kubernetes.io'
const canaryAt = (weight: number, more: Readonly<Record<string, string>> = {}) => ({
  metadata: {
    name: canaryName,
    annotations: { [`${prefix}/canary`]: 'true', [`${prefix}/canary-weight`]: String(weight), ...more },
  },
})
const canaryIngress: Way = {
  kind: 'an Ingress and a canary of it',
  async begin(world) {
    await leadToIngress(world)
    await make(world, routeKinds.ingresses, 'front', { spec: ingressTo('web-stable') })
    await make(world, routeKinds.ingresses, canaryName, { ...canaryAt(0), spec: ingressTo('web-canary') })
  },
  setWeight: (world, weight) => patch(world, routeKinds.ingresses, canaryName, canaryAt(weight)),
}

/** The turns begin anew when a gateway reads its routes again, which may be in the middle of the requests. */
const about =
  (wanted: { readonly stable: number; readonly canary: number }) =>
  ({ stable = 0, canary = 0 }: { readonly stable?: number; readonly canary?: number }): boolean =>
    stable + canary === wanted.stable + wanted.canary && Math.abs(canary - wanted.canary) <= 2

const answersTo = ({ port }: Gateway, more: Partial<Asking> = {}) => countAnswers({ port, host, count: 1_000, ...more })

describe('the interval of a share', () => {
  it.each([
    [2_000, 10_000, 0.19228, 0.20795],
    [0, 10_000, 0, 0.00038],
    [10_000, 10_000, 0.99962, 1],
  ])('of %i in %i is that of Wilson at 95 %%', (hits, total, low, high) => {
    const interval = wilsonInterval(hits, total, 1.96)
    expect(interval.low).toBeCloseTo(low, 5)
    expect(interval.high).toBeCloseTo(high, 5)
  })
})

// Of clusters that are not ours nothing leads to pods, and Traefik's own kinds are not put there.
describe.skipIf(traefikPath === '' || (isRealWorld && !isTestbed))('a gateway', () => {
  it.for([httpRoute, traefikService, canaryIngress])(
    `GW-7, TFK-1, NGX-4: splits ${requests} requests by the weights of $kind`,
    { timeout: 900_000 },
    async ({ begin, setWeight }, { annotate }) => {
      const world = await aWorld()
      const gateway = await aGateway(world, await twoVersions(world))
      await begin(world, gateway)
      for (const weight of [0, 20, 50, 100]) {
        await setWeight(world, weight)
        await gateway.untilSplit(100 - weight, weight)
        const { canary = 0, stable = 0 } = await answersTo(gateway, { count: requests })
        expect(canary + stable).toBe(requests)
        const { low, high } = wilsonInterval(canary, requests)
        const inPercent = [low, high].map((end) => `${(100 * end).toFixed(2)} %`).join(' to ')
        await annotate(`at ${weight}: ${canary} of ${requests} to canary, at 99.9 % ${inPercent}`)
        expect(low).toBeLessThanOrEqual(weight / 100)
        expect(high).toBeGreaterThanOrEqual(weight / 100)
      }
    },
  )

  it('GW-14: takes requests with a header to canary, by a rule that comes last and fits best', async () => {
    const world = await aWorld()
    const gateway = await aGateway(world, await twoVersions(world))
    await httpRoute.begin(world, gateway)
    const named = {
      name: 'hdr',
      matches: [
        { path: { type: 'PathPrefix', value: '/' }, headers: [{ name: 'X-Canary', type: 'Exact', value: '1' }] },
      ],
      backendRefs: [{ group: '', kind: 'Service', name: 'web-canary', port: 80 }],
    }
    await patch(world, routeKinds.httpRoutes, 'web', { spec: { rules: [weightedRule(20), named] } })
    await gateway.untilSplit(80, 20)
    expect(await answersTo(gateway, { headers: { 'X-Canary': '1' } })).toEqual({ canary: 1_000 })
    expect(await answersTo(gateway)).toSatisfy(about({ stable: 800, canary: 200 }))
  })

  it('NGX-4: splits by another total than 100', async () => {
    const world = await aWorld()
    const gateway = await aGateway(world, await twoVersions(world))
    await canaryIngress.begin(world, gateway)
    const ofThousand = canaryAt(25, { [`${prefix}/canary-weight-total`]: '1000' })
    await patch(world, routeKinds.ingresses, canaryName, ofThousand)
    await gateway.untilSplit(975, 25)
    expect(await answersTo(gateway)).toSatisfy(about({ stable: 975, canary: 25 }))
  })

  it('NGX-12: takes requests with a header to canary, whatever the weight', async () => {
    const world = await aWorld()
    const gateway = await aGateway(world, await twoVersions(world))
    await canaryIngress.begin(world, gateway)
    await patch(world, routeKinds.ingresses, canaryName, canaryAt(0, { [`${prefix}/canary-by-header`]: 'X-Canary' }))
    await gateway.untilSplit(100, 0)
    const asked = { port: gateway.port, host, count: 1, headers: { 'X-Canary': 'always' } }
    await world.eventually('its header known', async () => 'canary' in (await countAnswers(asked)))
    expect(await answersTo(gateway, { headers: { 'X-Canary': 'always' } })).toEqual({ canary: 1_000 })
    expect(await answersTo(gateway)).toEqual({ stable: 1_000 })
  })
})
