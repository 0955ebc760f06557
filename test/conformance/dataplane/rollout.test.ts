import { describe, expect, it, onTestFinished } from 'vitest'
import type { Pod } from '#api/core.ts'
import { apiVersionOf, type Resource, resources } from '#api/resources.ts'
import { routeKinds } from '#api/route-kinds.ts'
import type { TrafficRouting } from '#api/traffic-routing.ts'
import {
  aGateway,
  type Gateway,
  host,
  leadToHttpRoute,
  leadToIngress,
  leadToTraefikService,
} from '#test/dataplane/gateway.ts'
import { type PortOf, startBackend } from '#test/dataplane/pod-network.ts'
import { countAnswers, wilsonInterval } from '#test/dataplane/split.ts'
import { traefikPath } from '#test/dataplane/traefik.ts'
import { isTestbed } from '#test/support/testbed.ts'
import { aWorld, isRealWorld, type World } from '#test/support/world.ts'
import { aShop, canary, objectsOf, post } from '../rollout/shop.ts'

const requests = 1_000

/** How the gateway is led to the Rollout's Services, and what the Rollout says of it. */
interface Way {
  readonly name: string
  readonly routing: TrafficRouting
  readonly lead: (world: World, gateway: Gateway) => Promise<void>
}

const services = ['shop-stable', 'shop-canary'] as const
const named = (resource: Resource, name: string, spec: object) => ({
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
  metadata: { name },
  spec,
})

const gatewayApi: Way = {
  name: 'an HTTPRoute',
  routing: { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'shop' } } },
  async lead(world, gateway) {
    await leadToHttpRoute(world, gateway)
    const rules = [{ backendRefs: services.map((name) => ({ name, port: 80 })) }]
    const spec = { parentRefs: [{ name: 'gate' }], hostnames: [host], rules }
    await post(world, routeKinds.httpRoutes, named(routeKinds.httpRoutes, 'shop', spec))
  },
}

const traefik: Way = {
  name: 'a TraefikService',
  routing: { traefik: { weightedTraefikServiceName: 'shop' } },
  async lead(world) {
    await leadToTraefikService(world, 'shop')
    const spec = { weighted: { services: services.map((name) => ({ name, port: 80 })) } }
    await post(world, routeKinds.traefikServices, named(routeKinds.traefikServices, 'shop', spec))
  },
}

const nginx: Way = {
  name: 'an Ingress',
  routing: { nginx: { stableIngress: 'front' } },
  async lead(world) {
    await leadToIngress(world)
    const backend = { service: { name: 'shop-stable', port: { number: 80 } } }
    const rules = [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }]
    await post(world, routeKinds.ingresses, named(routeKinds.ingresses, 'front', { ingressClassName: 'nginx', rules }))
  },
}

const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { pause: {} }]

// Of clusters that are not ours nothing leads to pods, and Traefik's own kinds are not put there.
describe.skipIf(traefikPath === '' || (isRealWorld && !isTestbed))('a Rollout behind a gateway', () => {
  it.each([gatewayApi, traefik, nginx])(
    'TR-1, TR-10, FEA-1: by $name requests go where its steps say, back after an abort, and over at the end',
    async ({ routing, lead }) => {
      const world = await aWorld()
      for (const name of services) await post(world, resources.services, serviceFor(name))
      const gateway = await aGateway(world, await programsOf(world))
      await lead(world, gateway)
      world.startEngine()
      const strategy = canary(steps, {
        stableService: services[0],
        canaryService: services[1],
        trafficRouting: routing,
      })
      const shop = await aShop(world, { replicas: 4, strategy })
      await shop.untilHealthy()
      expect(await answersAt(0, world, gateway, '1')).toEqual({ 1: requests })

      await shop.release('2')
      await shop.untilPausedAt(1)
      expect(await answersAt(20, world, gateway, '1', '2')).toSatisfy(split({ 1: 80, 2: 20 }))
      await shop.patchStatus({ abort: true })
      expect(await answersAt(0, world, gateway, '1')).toEqual({ 1: requests })

      await shop.patchStatus({ abort: false })
      await shop.untilPausedAt(1)
      expect(await answersAt(20, world, gateway, '1', '2')).toSatisfy(split({ 1: 80, 2: 20 }))
      await shop.patchStatus({ pauseConditions: null })
      await shop.untilPausedAt(3)
      expect(await answersAt(50, world, gateway, '1', '2')).toSatisfy(split({ 1: 50, 2: 50 }))
      await shop.patchStatus({ pauseConditions: null })
      await shop.untilHealthy()
      expect(await answersAt(0, world, gateway, '2')).toEqual({ 2: requests })
    },
    300_000,
  )
})

const serviceFor = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: 'shop' }, ports: [{ port: 80, targetPort: 8080 }] },
})

/** For each pod of the shop a program that answers with its version; pods are looked for until the test ends. */
async function programsOf(world: World): Promise<PortOf> {
  const ports = new Map<string, number>()
  for (const version of ['1', '2']) {
    const { port, close } = await startBackend(version)
    onTestFinished(close)
    ports.set(version, port)
  }
  const versions = new Map<string, string>()
  const look = async () => {
    for (const { status, spec } of await objectsOf<Pod>(world, resources.pods))
      if (status?.podIP !== undefined) versions.set(status.podIP, spec.containers[0]?.image?.split(':').at(-1) ?? '')
  }
  const timer = setInterval(() => void look().catch(() => undefined), 50)
  onTestFinished(() => clearInterval(timer))
  return (address) => ports.get(versions.get(address) ?? '')
}

/** What requests are answered with, once the gateway splits by that weight, and these versions answer and no other. */
async function answersAt(weight: number, world: World, gateway: Gateway, ...versions: readonly string[]) {
  await gateway.untilSplit(100 - weight, weight)
  const sample = (count: number) => countAnswers({ port: gateway.port, host, count })
  const isSo = async () => Object.keys(await sample(100).catch(() => ({}))).join() === versions.join()
  await world.eventually(`answers of ${versions.join(' and ')}`, isSo)
  return sample(requests)
}

/** To each version its percentage, as far as so many requests can tell. */
const split = (percentages: Readonly<Record<string, number>>) => (counts: Readonly<Record<string, number>>) =>
  Object.entries(percentages).every(([version, percentage]) => {
    const { low, high } = wilsonInterval(counts[version] ?? 0, requests)
    return low <= percentage / 100 && percentage / 100 <= high
  })
