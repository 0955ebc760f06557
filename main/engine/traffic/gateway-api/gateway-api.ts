import type { HeaderRoute, Rollout } from '#api/rollout.ts'
import { stepsOf } from '#engine/rollout/spec-defaults.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Router, RouterRequest, RouterResult } from '../router.ts'
import { findRoute, type RouteObject, type RouteQuery, type RouteRef, type Routes } from '../routes.ts'
import type { GatewayApiConfig } from './config.ts'
import { type Configured, configOf } from './configured.ts'
import { servicesToRead } from './experiment-refs.ts'
import { headerMatches } from './header-matches.ts'
import { withHeaderRules, withoutRules } from './header-route.ts'
import { withInProgressLabel } from './in-progress-label.ts'
import { asksForHeaders, isManaged, isNamedAfter, isUnnamedCanaryRule } from './managed-rule.ts'
import { recordedIndex } from './recorded-rules.ts'
import { rulesOf } from './route-rules.ts'
import { setRouteWeight } from './set-route-weight.ts'
import { changeEach, routesToRead, type TargetRoute, targetRoutes } from './target-routes.ts'

/**
 * Routes of Gateway API, as the plugin `argoproj-labs/gatewayAPI` handles them: with any gateway or mesh that serves them (GW-24, GW-25).
 * Errors are worded as if the controller had called the plugin (PLG-3). It has no selectors of its own, and takes a mirror route for
 * done without doing anything (GW-6).
 */
export const gatewayApi: Router = {
  type: 'GatewayAPI',
  verifies: 'always',
  reads,
  setWeight: (request, routes) => viaPlugin('set weight', setWeight(request, routes)),
  setHeaderRoute: (request, route, routes) => viaPlugin('set header route', setHeaderRoute(request, route, routes)),
  removeManagedRoutes: (request, routes) => viaPlugin('remove managed routes', removeManagedRoutes(request, routes)),
  refused: () => ({ error: 'failed to set weight via plugin: ' }),
}

const noRoutesText =
  "No routes configured. At least one of 'httpRoutes', 'grpcRoutes', 'tcpRoutes', 'tlsRoutes', 'httpRoute', 'grpcRoute', 'tcpRoute' or 'tlsRoute' must be set"

/**
 * The routes; Services while an Experiment needs them; what old versions noted, where a route has a rule that one of them may have made:
 * nobody else has to be allowed to read ConfigMaps.
 */
function reads(rollout: Rollout, routes: Routes): readonly (RouteRef | RouteQuery)[] {
  const parsed = configOf(rollout)
  if (!parsed.ok) return []
  const { config, namespace } = parsed.value
  const { canaryService = '' } = rollout.spec.strategy?.canary ?? {}
  const isOfOldVersion = ({ ref }: TargetRoute): boolean => {
    const object = findRoute(routes, ref)
    return object !== undefined && rulesOf(object).some((rule) => isUnnamedCanaryRule(rule, canaryService))
  }
  const hasOldRules = targetRoutes(config, namespace, routes).filter(hasHeaderRoutes).some(isOfOldVersion)
  return [
    ...routesToRead(config, namespace),
    ...servicesToRead({ rollout }),
    ...(hasOldRules ? [recordRef(config, namespace)] : []),
  ]
}

function setWeight(request: RouterRequest, routes: Routes): RouterResult {
  return withTargets(request, routes, (targets, { config }) => {
    if (targets.length === 0) return failure({ message: noRoutesText, events: [] })
    return changeEach(targets, routes, (object, { ref }) => {
      const weighed = setRouteWeight(object, ref.kind, request, routes)
      return weighed.ok ? success(withInProgressLabel(weighed.value, config.inProgressLabel, request.weight)) : weighed
    })
  })
}

/** Without `match` the rules of that managed route go. The reference removes those of all managed routes then (GW-13). */
function setHeaderRoute(request: RouterRequest, route: HeaderRoute, routes: Routes): RouterResult {
  return withTargets(request, routes, (targets, { config, namespace }) =>
    changeEach(targets.filter(hasHeaderRoutes), routes, (object, { ref }) => {
      const recorded = recordedIndex(routes, recordRef(config, namespace), ref, route.name ?? '')
      return withHeaderRoute(object, ref, request, route, recorded)
    }),
  )
}

function removeManagedRoutes(request: RouterRequest, routes: Routes): RouterResult {
  return withTargets(request, routes, (targets) =>
    changeEach(targets.filter(hasHeaderRoutes), routes, (object) =>
      success(withoutRules(object, (rule) => isManaged(rule, request))),
    ),
  )
}

/**
 * @param recorded index of a rule without a name that an old version made for this managed route (GW-20)
 */
function withHeaderRoute(
  object: RouteObject,
  { kind }: TargetRoute['ref'],
  request: RouterRequest,
  route: HeaderRoute,
  recorded: number | undefined,
): Outcome<RouteObject, string> {
  const { name = '', match = [] } = route
  const isOwn = (headerSets: readonly (readonly string[])[]) => (rule: unknown, index: number) =>
    isNamedAfter(rule, [name]) ||
    (isUnnamedCanaryRule(rule, request.canaryService) &&
      (index === recorded || headerSets.some((headers) => asksForHeaders(rule, headers))))
  if (match.length === 0) return success(withoutRules(object, isOwn(earlierHeaders(request.rollout, name))))
  const headers = headerMatches(route)
  if (!headers.ok) return headers
  const isReplaced = isOwn([headers.value.map((header) => header.name)])
  return withHeaderRules(object, kind, request, { name, headers: headers.value, isReplaced })
}

/** Names of the headers that steps ask for to take this managed route. */
const earlierHeaders = (rollout: Rollout, name: string): readonly (readonly string[])[] =>
  stepsOf(rollout).flatMap(({ setHeaderRoute: route }) =>
    route?.name === name && (route.match ?? []).length > 0
      ? [(route.match ?? []).map(({ headerName = '' }) => headerName)]
      : [],
  )

/** Header routes are for HTTP and gRPC, where the configuration wants them (GW-12). */
const hasHeaderRoutes = ({ ref: { kind }, usesHeaderRoutes }: TargetRoute): boolean =>
  usesHeaderRoutes && (kind === 'httpRoutes' || kind === 'grpcRoutes')

/** Runs an operation on the routes that are configured; what is wrong with the configuration is its error (GW-3). */
function withTargets(
  { rollout }: RouterRequest,
  routes: Routes,
  operation: (targets: readonly TargetRoute[], configured: Configured) => RouterResult,
): RouterResult {
  const parsed = configOf(rollout)
  if (!parsed.ok) return failure({ message: parsed.error, events: [] })
  const { config, namespace } = parsed.value
  return operation(targetRoutes(config, namespace, routes), parsed.value)
}

const recordRef = ({ configMap }: GatewayApiConfig, namespace: string): RouteRef => ({
  kind: 'configMaps',
  namespace,
  name: configMap,
})

const viaPlugin = (what: string, result: RouterResult): RouterResult =>
  result.ok ? result : failure({ ...result.error, message: `failed to ${what} via plugin: ${result.error.message}` })
