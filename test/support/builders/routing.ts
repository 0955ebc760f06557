import type { RouteKind } from '#api/route-kinds.ts'
import type { TrafficRouting } from '#api/traffic-routing.ts'
import type { RouterRequest, RouterResult, RouterStep } from '#engine/traffic/router.ts'
import { noRoutes, type RouteObject, type Routes, resourceOf, withRoute } from '#engine/traffic/routes.ts'
import { T0 } from '../virtual-clock.ts'
import { aRollout } from './rollout.ts'

interface RequestOptions extends Partial<RouterRequest> {
  readonly routing?: TrafficRouting
}

/** Asks for 20 of 100 on `web-canary` (h2), the rest on `web-stable` (h1), for the Rollout `shop/web`. */
export function aRouterRequest({ routing = {}, ...parts }: RequestOptions = {}): RouterRequest {
  return {
    rollout: aRollout({
      canary: { canaryService: 'web-canary', stableService: 'web-stable', trafficRouting: routing },
    }),
    canaryService: 'web-canary',
    stableService: 'web-stable',
    canaryHash: 'h2',
    stableHash: 'h1',
    weight: 20,
    maxWeight: 100,
    destinations: [],
    replicaSets: [],
    isAborted: false,
    isRollingBackToStable: false,
    now: T0,
    ...parts,
  }
}

/** These objects as they were read; `[kind, object]` each, in namespace `shop` unless the object says otherwise. */
export const aRouteTable = (
  objects: readonly (readonly [RouteKind, RouteObject])[],
  served: Routes['served'] = {},
): Routes =>
  objects.reduce(
    (routes, [kind, object]) =>
      withRoute(routes, { kind, namespace: object.metadata.namespace ?? 'shop', name: object.metadata.name }, object),
    { ...noRoutes, served },
  )

/** A route object of a kind; `metadata` beside name and namespace. */
export function aRouteObject(
  kind: RouteKind,
  name: string,
  spec: unknown,
  metadata: Partial<RouteObject['metadata']> = {},
): readonly [RouteKind, RouteObject] {
  const { group, version, kind: named } = resourceOf(noRoutes, kind)
  return [
    kind,
    {
      apiVersion: group === '' ? version : `${group}/${version}`,
      kind: named,
      metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '1', ...metadata },
      spec,
    },
  ]
}

/** What an operation made; fails the test when it refused. */
export function stepOf(result: RouterResult): RouterStep {
  if (!result.ok) throw new Error(`the router refused: ${result.error.message}`)
  return result.value
}
