import type { HeaderRoute, MirrorRoute, TrafficWeight } from '#api/rollout.ts'
import type { RouteKind } from '#api/route-kinds.ts'
import type { IstioRouting, TrafficRouting } from '#api/traffic-routing.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import type { RouterEvent, RouterRequest } from '#engine/traffic/router.ts'
import type { RouteObject, Routes } from '#engine/traffic/routes.ts'
import { aRouteObject, aRouterRequest } from './routing.ts'

type Json = Readonly<Record<string, unknown>>

/** A destination of a route, by host: `toHost('web-canary', 20)`; without a weight when none is given. */
export const toHost = (host: string, weight?: number, destination: Json = {}): Json => ({
  destination: { host, ...destination },
  ...(weight !== undefined && { weight }),
})

/** A destination by subset of the host `web`. */
export const toSubset = (subset: string, weight?: number, host = 'web'): Json => toHost(host, weight, { subset })

export const aVirtualService = (spec: unknown, name = 'web', namespace = 'shop'): readonly [RouteKind, RouteObject] =>
  aRouteObject('virtualServices', name, spec, { namespace })

export const aDestinationRule = (spec: unknown, name = 'web'): readonly [RouteKind, RouteObject] =>
  aRouteObject('destinationRules', name, spec)

/** The rule `web` with subsets `canary` and `stable`. */
export const bySubsets: NonNullable<IstioRouting['destinationRule']> = {
  name: 'web',
  canarySubsetName: 'canary',
  stableSubsetName: 'stable',
}

interface Asked extends Partial<RouterRequest> {
  readonly istio?: IstioRouting | undefined
  readonly managedRoutes?: TrafficRouting['managedRoutes']
}

/** Asks `istio`, by default for its VirtualService `web` alone. */
export function anIstioRequest({ istio, managedRoutes, ...parts }: Asked = {}): RouterRequest {
  return aRouterRequest({
    routing: {
      istio: { ...(istio?.virtualServices === undefined && { virtualService: { name: 'web' } }), ...istio },
      ...(managedRoutes !== undefined && { managedRoutes }),
    },
    ...parts,
  })
}

export const toExperiment = (serviceName: string, weight: number, podTemplateHash = 'h2x'): TrafficWeight => ({
  serviceName,
  weight,
  podTemplateHash,
})

/** The section of the VirtualService `shop/web`, or another one. */
export function sectionIn(routes: Routes, section: 'http' | 'tls' | 'tcp', name = 'shop/web'): unknown {
  const spec = routes.objects.get(`virtualServices ${name}`)?.object.spec
  return isRecord(spec) ? spec[section] : undefined
}

/** What `destinationRules shop/web` is now. */
export const ruleIn = (routes: Routes): RouteObject | undefined =>
  routes.objects.get('destinationRules shop/web')?.object

export const messagesOf = (events: readonly RouterEvent[]): readonly string[] =>
  events.map(({ type, reason, message }) => `${type} ${reason}: ${message}`)

export const headerStep: HeaderRoute = {
  name: 'hdr',
  match: [{ headerName: 'x-canary', headerValue: { exact: 'yes' } }],
}

export const mirrorStep: MirrorRoute = {
  name: 'mir',
  percentage: 35,
  match: [{ method: { exact: 'GET' }, path: { prefix: '/' } }],
}
