import type { Rollout } from '#api/rollout.ts'
import { stepsOf } from '#engine/rollout/spec-defaults.ts'
import { fieldAt } from '../route-json.ts'
import { findRoute, type RouteObject, type Routes, resourceOf } from '../routes.ts'
import { configOf } from './configured.ts'
import { asksForHeaders, isNamedAfter, isUnnamedCanaryRule, managedRoutesOf } from './managed-rule.ts'
import { refsOf, rulesOf, serviceOf } from './route-rules.ts'
import { type TargetRoute, targetRoutes } from './target-routes.ts'

/**
 * What somebody should know before an update is routed by Gateway API, as sentences: steps that have no effect (GW-6), rules that might be
 * taken for the plugin's own (GW-16), routes that split evenly until the first weight is set (GW-27). Nothing while the configuration
 * cannot be read, which is an error of its own.
 */
export function gatewayApiConcerns(rollout: Rollout, routes: Routes): readonly string[] {
  const configured = configOf(rollout)
  if (!configured.ok) return []
  const { config, namespace } = configured.value
  const concerns = targetRoutes(config, namespace, routes).flatMap((target) => {
    const object = findRoute(routes, target.ref)
    if (object === undefined) return []
    const route = `${resourceOf(routes, target.ref.kind).kind} ${target.ref.name}`
    return [...mistakable(rollout, target, object, route), ...unweighed(rollout, object, route)]
  })
  return [...new Set([...mirrorSteps(rollout), ...concerns])]
}

const mirrorSteps = (rollout: Rollout): readonly string[] =>
  stepsOf(rollout).flatMap(({ setMirrorRoute: route }, i) =>
    (route?.match ?? []).length > 0
      ? [`Step ${i + 1} has no effect: the Gateway API router does not mirror requests.`]
      : [],
  )

function mistakable(
  rollout: Rollout,
  { usesHeaderRoutes }: TargetRoute,
  object: RouteObject,
  route: string,
): readonly string[] {
  const { canaryService = '' } = rollout.spec.strategy?.canary ?? {}
  const headerSets = stepsOf(rollout).flatMap(({ setHeaderRoute }) =>
    setHeaderRoute?.match === undefined ? [] : [setHeaderRoute.match.map(({ headerName = '' }) => headerName)],
  )
  const isForeign = (rule: unknown): boolean =>
    isUnnamedCanaryRule(rule, canaryService) && !headerSets.some((headers) => asksForHeaders(rule, headers))
  return usesHeaderRoutes && rulesOf(object).some(isForeign)
    ? [
        `${route} has a rule without a name that sends to ${canaryService} alone. It counts as a header route of an old plugin and will be removed with the managed routes; a name keeps it.`,
      ]
    : []
}

function unweighed(rollout: Rollout, object: RouteObject, route: string): readonly string[] {
  const { canaryService = '', stableService = '' } = rollout.spec.strategy?.canary ?? {}
  const isOpen = (rule: unknown): boolean =>
    !isNamedAfter(rule, managedRoutesOf(rollout)) &&
    refsOf(rule).length > 1 &&
    refsOf(rule).some(
      (ref) => [canaryService, stableService].includes(serviceOf(ref)) && fieldAt(ref, 'weight') === undefined,
    )
  return rulesOf(object).some(isOpen)
    ? [`${route} has no weights yet: until they are set, ${stableService} and ${canaryService} get the same share.`]
    : []
}
