import type { Service } from '#api/core.ts'
import { labels } from '#api/keys.ts'
import type { Rollout, RolloutSpec } from '#api/rollout.ts'
import type { TrafficRouting } from '#api/traffic-routing.ts'
import { hashSelected, type ReadRoute } from './checker.ts'

/**
 * Which share of the requests goes where, read from what stands in the objects, by the documentation of each router. Written apart from
 * the routers of the engine, so that it does not share their mistakes.
 */

/** One way that requests take on a route: to the pods of a Service, or to those with a hash. */
interface Way {
  readonly service?: string
  readonly hash?: string
  readonly weight: number
}

/** Ways of the canary and of stable, in the units of the router; whatever else a person has put there is left out. */
interface Route {
  readonly name: string
  readonly ways: readonly Way[]
}

/** What the routes say, and which Services and hashes they mean by it. */
export interface TrafficSeen {
  readonly rollout: Rollout
  readonly services: readonly Service[]
  readonly routeObject: ReadRoute
}

export interface RouteShares {
  readonly name: string
  /** Of all weights on the route. */
  readonly sum: number
  /** 0…1 by hash of the ReplicaSet; `''` is every pod of the Rollout. */
  readonly byHash: ReadonlyMap<string, number>
}

/** Of every route there is. A route without any weight has no shares: nobody has weighed it yet. */
export function sharesOf(seen: TrafficSeen): readonly RouteShares[] {
  const routing = seen.rollout.spec.strategy?.canary?.trafficRouting ?? {}
  const routes = readers.flatMap(([key, read]) => (routing[key] === undefined ? [] : read(routing, seen)))
  return routes.map(({ name, ways }) => {
    const sum = ways.reduce((total, { weight }) => total + weight, 0)
    const byHash = new Map<string, number>()
    for (const { weight, ...way } of ways) {
      const hash = hashOf(way, seen)
      if (weight > 0) byHash.set(hash, (byHash.get(hash) ?? 0) + weight / sum)
    }
    return { name, sum, byHash }
  })
}

/** What the weights of a route sum to. */
export const wholeOf = ({ strategy }: RolloutSpec): number => strategy?.canary?.trafficRouting?.maxTrafficWeight ?? 100

/** 0…1 by hash, of `status.canary.weights`. */
export function sharesTold({ spec, status }: Rollout): ReadonlyMap<string, number> {
  const { canary, stable } = status?.canary?.weights ?? {}
  const told = new Map<string, number>()
  for (const { podTemplateHash = '', weight } of [canary, stable].filter((side) => side !== undefined))
    told.set(podTemplateHash, (told.get(podTemplateHash) ?? 0) + weight / wholeOf(spec))
  return told
}

export const isRoutedSpec = ({ strategy }: RolloutSpec): boolean => strategy?.canary?.trafficRouting !== undefined

function hashOf({ service, hash }: Omit<Way, 'weight'>, { services }: TrafficSeen): string {
  if (hash !== undefined) return hash
  return hashSelected(services.find(({ metadata }) => metadata.name === service))
}

type Read = (routing: TrafficRouting, seen: TrafficSeen) => readonly Route[]

/** The Services of both sides, whichever of them is which. */
export function servicesOf(rollout: Rollout): { readonly stable: string; readonly canary: string } {
  const { stableService, canaryService, pingPong } = rollout.spec.strategy?.canary ?? {}
  const isPing = rollout.status?.canary?.stablePingPong === 'ping'
  const [ping = '', pong = ''] = [pingPong?.pingService, pingPong?.pongService]
  return {
    stable: stableService ?? (isPing ? ping : pong),
    canary: canaryService ?? (isPing ? pong : ping),
  }
}

const nginx: Read = ({ nginx: told, maxTrafficWeight = 100 }, seen) => {
  const stable = told?.stableIngress ?? ''
  const canary = seen.routeObject('ingresses', `${seen.rollout.metadata.name}-${stable}-canary`)
  const annotations = canary?.metadata.annotations ?? {}
  const weight = Number(annotations['nginx.ingress.kubernetes.io/canary-weight'] ?? 0)
  const { stable: stableService, canary: canaryService } = servicesOf(seen.rollout)
  return [
    {
      name: stable,
      ways: [
        { service: canaryService, weight },
        { service: stableService, weight: maxTrafficWeight - weight },
      ],
    },
  ]
}

const alb: Read = ({ alb: told }, seen) => {
  const name = told?.ingress ?? ''
  const action = `alb.ingress.kubernetes.io/actions.${told?.rootService}`
  const text = seen.routeObject('ingresses', name)?.metadata.annotations?.[action]
  const groups = text === undefined ? [] : list(JSON.parse(text), 'ForwardConfig', 'TargetGroups')
  const ways = groups.map((group) => ({
    service: textAt(group, 'ServiceName'),
    weight: Number(at(group, 'Weight')),
  }))
  return [{ name, ways }]
}

const istio: Read = ({ istio: told }, seen) => {
  const { name = '', routes } = told?.virtualService ?? {}
  const subsets = list(seen.routeObject('destinationRules', told?.destinationRule?.name ?? ''), 'spec', 'subsets')
  const hashIn = (subset: unknown) =>
    textAt(
      subsets.find((each) => at(each, 'name') === subset),
      'labels',
      labels.podTemplateHash,
    )
  return list(seen.routeObject('virtualServices', name), 'spec', 'http')
    .filter((each) => (routes === undefined ? at(each, 'name') === undefined : routes.includes(textAt(each, 'name'))))
    .map((each, index) => ({
      name: `${name}/${index}`,
      ways: list(each, 'route').map((way) => {
        const subset = at(way, 'destination', 'subset')
        const to = subset === undefined ? { service: textAt(way, 'destination', 'host') } : { hash: hashIn(subset) }
        return { ...to, weight: Number(at(way, 'weight') ?? 0) }
      }),
    }))
}

const smi: Read = (_, seen) => {
  const { name } = seen.rollout.metadata
  return [{ name, ways: waysIn(list(seen.routeObject('trafficSplits', name), 'spec', 'backends'), 'service', seen) }]
}

const ambassador: Read = ({ ambassador: told }, seen) =>
  (told?.mappings ?? []).map((name) => {
    const weight = Number(at(seen.routeObject('mappings', `${name}-canary`), 'spec', 'weight') ?? 0)
    const { stable, canary } = servicesOf(seen.rollout)
    return {
      name,
      ways: [
        { service: canary, weight },
        { service: stable, weight: 100 - weight },
      ],
    }
  })

const appMesh: Read = ({ appMesh: told }, seen) => {
  const name = told?.virtualService?.name ?? ''
  const hashIn = (node: string) =>
    textAt(seen.routeObject('meshVirtualNodes', node), 'spec', 'podSelector', 'matchLabels', labels.podTemplateHash)
  return list(seen.routeObject('meshVirtualRouters', name), 'spec', 'routes').map((route) => ({
    name: textAt(route, 'name'),
    ways: list(route, 'httpRoute', 'action', 'weightedTargets').map((target) => ({
      hash: hashIn(textAt(target, 'virtualNodeRef', 'name')),
      weight: Number(at(target, 'weight') ?? 0),
    })),
  }))
}

const traefik: Read = ({ traefik: told }, seen) => {
  const name = told?.weightedTraefikServiceName ?? ''
  const services = list(seen.routeObject('traefikServices', name), 'spec', 'weighted', 'services')
  return [{ name, ways: waysIn(services, 'name', seen) }]
}

const apisix: Read = ({ apisix: told }, seen) => {
  const name = told?.route?.name ?? ''
  return list(seen.routeObject('apisixRoutes', name), 'spec', 'http')
    .filter((each) => at(each, 'name') === name)
    .map((each) => ({ name, ways: waysIn(list(each, 'backends'), 'serviceName', seen) }))
}

const gatewayKinds = ['httpRoute', 'grpcRoute', 'tcpRoute', 'tlsRoute'] as const

/** Rules that lead to both sides; what a step has made leads to the canary alone. */
const gatewayApi: Read = ({ plugins = {} }, seen) =>
  gatewayKinds.flatMap((kind) => {
    const name = textAt(plugins, 'argoproj-labs/gatewayAPI', kind)
    if (name === '') return []
    return list(seen.routeObject(`${kind}s`, name), 'spec', 'rules')
      .map((rule) => ({ name: name, ways: waysIn(list(rule, 'backendRefs'), 'name', seen) }))
      .filter(({ ways }) => ways.length > 1)
  })

const readers: readonly (readonly [keyof TrafficRouting, Read])[] = [
  ['nginx', nginx],
  ['alb', alb],
  ['istio', istio],
  ['smi', smi],
  ['ambassador', ambassador],
  ['appMesh', appMesh],
  ['traefik', traefik],
  ['apisix', apisix],
  ['plugins', gatewayApi],
]

function waysIn(backends: readonly unknown[], field: string, seen: TrafficSeen): readonly Way[] {
  const names = Object.values(servicesOf(seen.rollout))
  return backends.flatMap((backend) => {
    const service = textAt(backend, field)
    return names.includes(service) ? [{ service, weight: Number(at(backend, 'weight') ?? 0) }] : []
  })
}

function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : ''
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value
  for (const field of path) found = (found as Readonly<Record<string, unknown>> | undefined)?.[field]
  return found
}

const list = (value: unknown, ...path: readonly string[]): readonly unknown[] =>
  (at(value, ...path) as readonly unknown[] | undefined) ?? []
