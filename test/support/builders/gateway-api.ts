import type { CanaryStep, Rollout, RolloutStatus } from '#api/rollout.ts'
import type { RouteKind } from '#api/route-kinds.ts'
import { gatewayApiPlugin } from '#engine/traffic/gateway-api/config.ts'
import type { RouterRequest } from '#engine/traffic/router.ts'
import { findRoute, type RouteObject, type Routes } from '#engine/traffic/routes.ts'
import { aRollout } from './rollout.ts'
import { aRouterRequest } from './routing.ts'

interface GatewayOptions extends Partial<RouterRequest> {
  /** What stands below the plugin's name; the HTTPRoute `front` with header routes unless told. */
  readonly config?: unknown
  readonly managedRoutes?: readonly string[]
  readonly steps?: readonly CanaryStep[]
  readonly status?: RolloutStatus
}

/** Asks for 20 of 100 on `web-canary` in the HTTPRoute `shop/front`; the managed route is `hdr`. */
export const aGatewayRequest = ({
  config,
  managedRoutes,
  steps,
  status,
  ...parts
}: GatewayOptions = {}): RouterRequest =>
  aRouterRequest({ rollout: aGatewayRollout({ config, managedRoutes, steps, status }), ...parts })

/** The Rollout `shop/web` that is routed by the Gateway API plugin. */
export const aGatewayRollout = ({
  config = { httpRoutes: [{ name: 'front', useHeaderRoutes: true }] },
  managedRoutes = ['hdr'],
  steps,
  status,
}: {
  readonly config?: unknown
  readonly managedRoutes?: readonly string[] | undefined
  readonly steps?: readonly CanaryStep[] | undefined
  readonly status?: RolloutStatus | undefined
} = {}): Rollout =>
  aRollout({
    canary: {
      canaryService: 'web-canary',
      stableService: 'web-stable',
      trafficRouting: {
        managedRoutes: managedRoutes.map((name) => ({ name })),
        plugins: { [gatewayApiPlugin]: config },
      },
    },
    ...(steps !== undefined && { steps }),
    ...(status !== undefined && { status }),
  })

/** A backendRef to a Service; without a weight unless told. */
export const aRef = (name: string, weight?: number, port = 80) => ({
  name,
  port,
  ...(weight !== undefined && { weight }),
})

/** Refs to stable and canary with these weights, as users write them: stable first. */
export const split = (stable?: number, canary?: number, port = 80) => [
  aRef('web-stable', stable, port),
  aRef('web-canary', canary, port),
]

export const aPathMatch = (value: string) => ({ path: { type: 'PathPrefix', value } })

export const exactHeader = (name: string, value: string) => ({ name, type: 'Exact', value })

/** An object of `shop` as an operation left it. */
export function routeOf(routes: Routes, kind: RouteKind, name = 'front', namespace = 'shop'): RouteObject {
  const object = findRoute(routes, { kind, namespace, name })
  if (object === undefined) throw new Error(`there is no ${kind} ${namespace}/${name}`)
  return object
}
