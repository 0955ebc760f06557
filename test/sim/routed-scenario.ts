import type { KubeObject } from '#api/meta.ts'
import type { CanaryStep, CanaryStrategy } from '#api/rollout.ts'
import { type RouteKind, routeKinds } from '#api/route-kinds.ts'
import type { TrafficRouting } from '#api/traffic-routing.ts'
import { type RouterScene, routerScenes } from '#test/conformance/rollout/router-scenes.ts'
import { pause, setWeight } from '#test/support/builders/rollout.ts'
import type { Random } from './random.ts'
import { analysed, aScenario, aService, drawAmounts, type Scenario } from './scenario.ts'

/** An object that a person made for a router, as first applied. */
export interface RouteManifest {
  readonly kind: RouteKind
  readonly object: KubeObject
}

const services = { stableService: 'shop-stable', canaryService: 'shop-canary' }
const managed = { header: 'beta', mirror: 'shadow' }
/** Names of routes that steps make. */
export const managedNames: readonly string[] = Object.values(managed)

/**
 * A canary whose traffic a router splits, with the objects that this router needs.
 * @param index which of the routers; each gets its turn
 */
export function routedScenario(random: Random, index: number): Scenario {
  const scene = routerScenes[index % routerScenes.length]
  if (scene === undefined) throw new Error('there are no routers')
  const takesTurns = ['AWS ALB', 'Istio, by hosts'].includes(scene.name) && random.chance(0.3)
  const named = takesTurns
    ? { pingPong: { pingService: services.canaryService, pongService: services.stableService } }
    : services
  const isDynamic = random.chance(0.5)
  const trafficRouting = routingOf(scene, random)
  const canary: CanaryStrategy = {
    steps: drawRoutedSteps(random, trafficRouting),
    ...drawAmounts(random),
    ...named,
    ...scene.canary,
    trafficRouting,
    ...(isDynamic && { dynamicStableScale: true }),
    ...(!isDynamic && random.chance(0.5) && { scaleDownDelaySeconds: random.pick([0, 1, 10, 40]) }),
    ...(random.chance(0.5) && { abortScaleDownDelaySeconds: random.pick([0, 1, 10, 40]) }),
    ...(random.chance(0.3) && { minPodsPerReplicaSet: random.int(1, 3) }),
  }
  const plain = aScenario({
    replicas: random.chance(0.4) ? random.int(1, 3) : random.int(0, 10),
    strategy: { canary },
    ...(random.chance(0.3) && { minReadySeconds: random.int(1, 4) }),
    ...(random.chance(0.15) && { rollbackWindow: { revisions: random.int(1, 2) } }),
    ...(random.chance(0.15) && { progressDeadlineAbort: true }),
  })
  const asksAws = scene.routing.alb !== undefined && random.chance(0.7)
  const scenario = { ...behindRouter(plain, scene), asksAws }
  return random.chance(0.2) ? analysed(scenario, random) : scenario
}

/** With the Services and the objects that its router needs. */
const behindRouter = (scenario: Scenario, scene: RouterScene): Scenario => ({
  ...scenario,
  services: Object.values(services).map(aService),
  routes: scene.before.map(([kind, name, spec, metadata]) => manifest(kind, name, spec, metadata)),
})

/** A canary of two pods behind the router of that name. */
export function aRoutedScenario(name: string, strategy: CanaryStrategy): Scenario {
  const scene = routerScenes.find((each) => each.name === name)
  if (scene === undefined) throw new Error(`there is no router "${name}"`)
  const canary = { ...services, ...scene.canary, trafficRouting: scene.routing, ...strategy }
  return behindRouter(aScenario({ replicas: 2, strategy: { canary } }), scene)
}

/** With a label and an annotation of somebody else. */
function manifest(
  kind: RouteKind,
  name: string,
  spec: unknown,
  metadata: Partial<KubeObject['metadata']> = {},
): RouteManifest {
  const { group, version, kind: named } = routeKinds[kind]
  const labels = { team: 'blue', ...metadata.labels }
  const annotations = { 'example.org/note': 'kept', ...metadata.annotations }
  return {
    kind,
    object: {
      apiVersion: `${group}/${version}`,
      kind: named,
      metadata: { name, namespace: 'shop', labels, annotations },
      spec,
    } as KubeObject,
  }
}

/** Some routers count in larger numbers, and some have routes that steps make. */
function routingOf({ routing }: RouterScene, random: Random): TrafficRouting {
  const isLarge = routing.nginx !== undefined && random.chance(0.3)
  const hasManaged = makesHeaderRoutes(routing) && random.chance(0.6)
  return {
    ...routing,
    ...(isLarge && { maxTrafficWeight: 1000 }),
    ...(hasManaged && { managedRoutes: managedNames.map((name) => ({ name })) }),
  }
}

const makesHeaderRoutes = ({ istio, alb, apisix, plugins }: TrafficRouting): boolean =>
  [istio, alb, apisix].some((each) => each !== undefined) || JSON.stringify(plugins ?? {}).includes('httpRoute')

/** Weights, pauses, sizes of the canary that do not follow them, and routes for chosen requests. */
export function drawRoutedSteps(random: Random, routing: TrafficRouting): readonly CanaryStep[] {
  const max = routing.maxTrafficWeight ?? 100
  return Array.from({ length: random.int(0, 6) }, () => {
    if (random.chance(0.5))
      return setWeight(random.chance(0.5) ? random.int(0, max) : random.pick([0, 1, max - 1, max]))
    if (routing.managedRoutes !== undefined && random.chance(0.4)) return drawRouteStep(random, routing)
    if (random.chance(0.3)) return { setCanaryScale: drawScale(random) }
    return random.chance(0.6) ? pause(random.int(1, 15)) : pause()
  })
}

/** Never none: who takes away the pods that have traffic gets what he asked for. */
const drawScale = (random: Random) =>
  random.pick([{ replicas: random.int(1, 5) }, { weight: random.int(1, 100) }, { matchTrafficWeight: true }])

function drawRouteStep(random: Random, { istio }: TrafficRouting): CanaryStep {
  const isRemoved = random.chance(0.3)
  if (istio !== undefined && random.chance(0.4)) {
    const match = [{ method: { exact: 'GET' } }]
    return { setMirrorRoute: { name: managed.mirror, ...(!isRemoved && { match, percentage: random.int(1, 100) }) } }
  }
  const match = [{ headerName: 'x-beta', headerValue: { exact: 'yes' } }]
  return { setHeaderRoute: { name: managed.header, ...(!isRemoved && { match }) } }
}
