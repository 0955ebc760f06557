import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { RouterRequest } from '../router.ts'
import type { RouteObject, Routes } from '../routes.ts'
import type { GatewayRouteKind } from './config.ts'
import { withDestinations } from './experiment-refs.ts'
import { isManaged } from './managed-rule.ts'
import { hasRefTo, noBackendRef, rulesOf, withRules, withWeights } from './route-rules.ts'

/**
 * Every rule sends `weight` to canary and the rest to stable; other refs keep their weights. Managed rules of HTTP and gRPC routes are
 * left alone (GW-7), those kinds alone have any (GW-8). The error is the plugin's, when canary or stable is nowhere in the route.
 *
 * Differs from the reference, which gives stable 100 − w whatever `maxTrafficWeight` is: a negative weight, which is refused (GW-5).
 */
export function setRouteWeight(
  object: RouteObject,
  kind: GatewayRouteKind,
  request: RouterRequest,
  routes: Routes,
): Outcome<RouteObject, string> {
  const { canaryService, stableService, weight, maxWeight } = request
  const hasManaged = kind === 'httpRoutes' || kind === 'grpcRoutes'
  const isDriven = (rule: unknown): boolean => !hasManaged || !isManaged(rule, request)
  const rules = rulesOf(object)
  const isSplit = [canaryService, stableService].every((service) =>
    rules.some((rule) => isDriven(rule) && hasRefTo(rule, service)),
  )
  if (!isSplit) return failure(noBackendRef(kind))
  const weights = new Map([
    [canaryService, weight],
    [stableService, maxWeight - weight],
  ])
  const weighed = rules.map((rule) => (isDriven(rule) ? withWeights(rule, weights) : rule))
  const routed = kind === 'httpRoutes' ? withDestinations(weighed, request, routes, isDriven) : weighed
  return success(withRules(object, routed))
}
