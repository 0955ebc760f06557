import type { HeaderRoute, Rollout } from '#api/rollout.ts'
import { isControlledBy } from '#engine/ownership.ts'
import { stepsOf } from '#engine/rollout/spec-defaults.ts'
import { failure, success } from '#lib/outcome.ts'
import { apisixHeaderRoute, duplicateError } from './apisix-header-route.ts'
import { changeRules, withBackendWeight } from './apisix-rules.ts'
import { withSpecAt } from './route-json.ts'
import type { Router, RouterRequest, RouterResult } from './router.ts'
import {
  findRoute,
  notFoundText,
  type RouteObject,
  type RouteRef,
  type Routes,
  withoutRoute,
  withRoute,
} from './routes.ts'

/** An ApisixRoute, with another one for each header route (APX-1…10). */
export const apisix: Router = {
  type: 'Apisix',
  reads,
  setWeight,
  setHeaderRoute,
  removeManagedRoutes,
  refused: (verb, { name }) => ({ error: '', event: refusals(JSON.stringify(name))[verb] }),
}

/** APX-3, APX-5, APX-9, APX-10. Of a header route the reference says `Error update` and `Error delete`. */
const refusals = (quoted: string) => ({
  create: { reason: 'ApisixRouteCreateError', before: `Error create apisix route ${quoted}: ` },
  update: { reason: 'ApisixRouteUpdateError', before: `Error updating apisix route ${quoted}: ` },
  delete: { reason: 'ApisixRouteDeleteError', before: `Error deleting apisix route ${quoted}: ` },
})

/** The main route, and whatever has the name of a managed one. */
function reads(rollout: Rollout): readonly RouteRef[] {
  const stepNames = stepsOf(rollout).flatMap(({ setHeaderRoute: route }) =>
    route === undefined ? [] : [route.name ?? ''],
  )
  const names = new Set([configOf(rollout).name, ...managedNames(rollout), ...stepNames])
  return [...names].filter((name) => name !== '').map((name) => refTo(rollout, name))
}

const refTo = ({ metadata }: Rollout, name: string): RouteRef => ({
  kind: 'apisixRoutes',
  namespace: metadata.namespace ?? '',
  name,
})

/** APX-1: the rule with the name of the route when none is told. */
function configOf({ spec }: Rollout): { readonly name: string; readonly rules: readonly string[] } {
  const { name = '', rules = [name] } = spec.strategy?.canary?.trafficRouting?.apisix?.route ?? {}
  return { name, rules }
}

const managedNames = ({ spec }: Rollout): readonly string[] =>
  (spec.strategy?.canary?.trafficRouting?.managedRoutes ?? []).map(({ name }) => name)

function setWeight(request: RouterRequest, routes: Routes): RouterResult {
  const { canaryService, stableService, weight } = request
  return withMain(request, routes, (main, ref) => {
    const rules = changeRules(main.spec, configOf(request.rollout).rules, (rule) => {
      const canary = withBackendWeight(rule, canaryService, weight)
      return canary.ok ? withBackendWeight(canary.value, stableService, 100 - weight) : canary
    })
    return rules.ok ? changed(routes, ref, main, withSpecAt(main, ['http'], rules.value)) : refusal(rules.error)
  })
}

function setHeaderRoute(request: RouterRequest, route: HeaderRoute, routes: Routes): RouterResult {
  return withMain(request, routes, (main) => {
    if ((route.name ?? '') === '') return refusal('resource name may not be empty')
    const ref = refTo(request.rollout, route.name ?? '')
    const existing = findRoute(routes, ref)
    const duplicate = duplicateError(existing, request)
    if (duplicate !== undefined) return refusal(duplicate)
    if ((route.match ?? []).length === 0) return success({ routes: withoutRoute(routes, ref), events: [] })
    const made = apisixHeaderRoute(main, existing, route, configOf(request.rollout).rules, request)
    return made.ok ? changed(routes, ref, existing, made.value) : refusal(made.error)
  })
}

/** APX-10: those that were made for the Rollout. */
function removeManagedRoutes({ rollout }: RouterRequest, routes: Routes): RouterResult {
  const own = managedNames(rollout)
    .map((name) => refTo(rollout, name))
    .filter((ref) => {
      const object = findRoute(routes, ref)
      return object !== undefined && isControlledBy(object, rollout)
    })
  return success({ routes: own.reduce(withoutRoute, routes), events: [] })
}

/** Runs an operation on the main route, which every one reads first (APX-4). */
function withMain(
  { rollout }: RouterRequest,
  routes: Routes,
  operation: (main: RouteObject, ref: RouteRef) => RouterResult,
): RouterResult {
  const ref = refTo(rollout, configOf(rollout).name)
  if (ref.name === '') return refusal('resource name may not be empty')
  const main = findRoute(routes, ref)
  return main === undefined ? refusal(notFoundText(routes, ref)) : operation(main, ref)
}

const changed = (routes: Routes, ref: RouteRef, before: RouteObject | undefined, after: RouteObject): RouterResult =>
  success({ routes: after === before ? routes : withRoute(routes, ref, after), events: [] })

const refusal = (message: string): RouterResult => failure({ message, events: [] })
