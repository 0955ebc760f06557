import type { LabelSelector } from '#api/meta.ts'
import { gatewayApiRecord } from '#api/route-kinds.ts'
import { collected, failure, type Outcome, success } from '#lib/outcome.ts'
import { fieldAt, listAt, textAt } from '../route-json.ts'
import { gatewayApiShape, misfit } from './config-shape.ts'
import { parseLabelSelector } from './parse-label-selector.ts'

/** The one plugin that Argosy drives, by its name in `trafficRouting.plugins` (PLG-2). */
export const gatewayApiPlugin = 'argoproj-labs/gatewayAPI'

/** In the order in which they are handled (GW-4), with the stem of their fields. */
const kinds = [
  ['httpRoutes', 'http'],
  ['grpcRoutes', 'grpc'],
  ['tcpRoutes', 'tcp'],
  ['tlsRoutes', 'tls'],
] as const

export type GatewayRouteKind = (typeof kinds)[number][0]

/** What the plugin is told (GW-1). */
export interface GatewayApiConfig {
  readonly kinds: readonly RoutesOfKind[]
  /** Of all routes; that of the Rollout when empty. */
  readonly namespace: string
  /** Set on a route while a canary gets traffic; absent when that is turned off (GW-11). */
  readonly inProgressLabel?: { readonly key: string; readonly value: string }
  /** Where old versions of the plugin kept which rules they had made (GW-20). */
  readonly configMap: string
}

export interface RoutesOfKind {
  readonly kind: GatewayRouteKind
  /** The list, then the single field (GW-2). A name may be empty, which is told when the route is needed (GW-3). */
  readonly named: readonly { readonly name: string; readonly usesHeaderRoutes: boolean }[]
  readonly selector?: LabelSelector
}

/**
 * Reads what stands below the plugin's name (GW-1). The error is the plugin's: JSON of the wrong shape, or a selector that is none (GW-3).
 * Unknown fields are ignored, `null` is as good as absent.
 */
export function parseGatewayApi(config: unknown): Outcome<GatewayApiConfig, string> {
  const wrong = misfit(config, gatewayApiShape)
  if (wrong !== undefined) return failure(wrong)
  const routes = collected(kinds.map(([kind, stem]) => routesOfKind(config, kind, stem)))
  if (!routes.ok) return routes
  const label = {
    key: textAt(config, 'inProgressLabelKey') || 'rollouts.argoproj.io/gatewayapi-canary',
    value: textAt(config, 'inProgressLabelValue') || 'in-progress',
  }
  return success({
    kinds: routes.value,
    namespace: textAt(config, 'namespace'),
    ...(fieldAt(config, 'disableInProgressLabel') !== true && { inProgressLabel: label }),
    configMap: textAt(config, 'configMap') || gatewayApiRecord,
  })
}

function routesOfKind(config: unknown, kind: GatewayRouteKind, stem: string): Outcome<RoutesOfKind, string> {
  const listed = listAt(config, kind).map((route) => ({
    name: textAt(route, 'name'),
    usesHeaderRoutes: fieldAt(route, 'useHeaderRoutes') === true,
  }))
  const single = textAt(config, `${stem}Route`)
  const named = [...listed, ...(single === '' ? [] : [{ name: single, usesHeaderRoutes: true }])]
  const selector = fieldAt(config, `${stem}RouteSelector`) ?? undefined
  if (selector === undefined) return success({ kind, named })
  const parsed = parseLabelSelector(selector)
  return parsed.ok ? success({ kind, named, selector: parsed.value }) : parsed
}
