import type { Rollout } from '#api/rollout.ts'
import type { IstioVirtualServiceRef } from '#api/traffic-routing.ts'
import { istioRoutingOf } from './addressing.ts'
import { selectRoutes } from './selected-routes.ts'
import { type Destination, type Protocol, type Route, shortHost } from './virtual-service.ts'

/** By what canary and stable are known among the destinations of a route; `''` for what they do not have. */
export interface Sides {
  readonly canaryService: string
  readonly stableService: string
  readonly canarySubset: string
  readonly stableSubset: string
  /** Keep their weights, and what they have is not for stable (IST-14). */
  readonly additionalSubsets: readonly string[]
  /** By subsets of a DestinationRule rather than by hosts (IST-6). */
  readonly isBySubset: boolean
  /** Names of the routes that belong to steps. */
  readonly managed: ReadonlySet<string>
}

export function sidesOf(rollout: Rollout, services: Pick<Sides, 'canaryService' | 'stableService'>): Sides {
  const { destinationRule } = istioRoutingOf(rollout)
  const { canarySubsetName = '', stableSubsetName = '', additionalSubsetNames = [] } = destinationRule ?? {}
  const { canaryService, stableService } = services
  return {
    canaryService,
    stableService,
    canarySubset: canarySubsetName,
    stableSubset: stableSubsetName,
    additionalSubsets: additionalSubsetNames,
    isBySubset: destinationRule !== undefined,
    managed: new Set(managedRouteNames(rollout)),
  }
}

/** In their order. One without a name names nothing: it would stand for every route without a name. */
export const managedRouteNames = ({ spec }: Rollout): readonly string[] =>
  (spec.strategy?.canary?.trafficRouting?.managedRoutes ?? []).flatMap(({ name }) => (name === '' ? [] : [name]))

type Side = 'canary' | 'stable'

/** Whose a destination is, by its host or its subset (IST-15, IST-17). */
export function sideOf(destination: Destination, sides: Sides): Side | undefined {
  if (isOf(destination, sides.canaryService, sides.canarySubset)) return 'canary'
  return isOf(destination, sides.stableService, sides.stableSubset) ? 'stable' : undefined
}

const isOf = (destination: Destination, service: string, subset: string): boolean =>
  shortHost(destination) === service || (destination.subset !== '' && destination.subset === subset)

/** Why these routes cannot be split between the two, in words of the reference (IST-8, IST-10, IST-11, IST-13). */
export function routesError(
  protocol: Protocol,
  config: IstioVirtualServiceRef,
  routes: readonly Route[],
  sides: Sides,
): string | undefined {
  const selected = selectRoutes(protocol, config, routes, sides.managed)
  if (!selected.ok) return selected.error
  for (const i of selected.value) {
    const error = sidesError(routes[i]?.destinations ?? [], sides)
    if (error !== undefined) return error
  }
  return ambiguityError(protocol, config, routes, sides)
}

function sidesError(destinations: readonly Destination[], sides: Sides): string | undefined {
  const [what, canary, stable] = sides.isBySubset
    ? ['DestinationRule subset', sides.canarySubset, sides.stableSubset]
    : ['Service', sides.canaryService, sides.stableService]
  const names = new Set(destinations.map((each) => (sides.isBySubset ? each.subset : shortHost(each))))
  names.delete('')
  if (!names.has(canary)) return `Canary ${what} '${canary}' not found in route`
  return names.has(stable) ? undefined : `Stable ${what} '${stable}' not found in route`
}

function ambiguityError(
  protocol: Protocol,
  config: IstioVirtualServiceRef,
  routes: readonly Route[],
  { managed }: Sides,
): string | undefined {
  const field = ({ http: 'routes', tls: 'tlsRoutes', tcp: 'tcpRoutes' } as const)[protocol]
  const candidates = protocol === 'http' ? routes.filter(({ name }) => !managed.has(name)) : routes
  if ((config[field] ?? []).length > 0 || candidates.length <= 1) return undefined
  return `spec.${protocol}[] should be set in VirtualService and it must have exactly one route when omitting spec.strategy.canary.trafficRouting.istio.virtualService.${field}`
}
