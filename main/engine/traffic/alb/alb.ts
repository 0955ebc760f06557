import type { HeaderRoute } from '#api/rollout.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { inTurn } from '../in-turn.ts'
import { type BackendForm, backendForm, ingressNotFound, ingressRef, leadsTo } from '../ingress.ts'
import { absentIngress, configError, ingressWithoutService, isNamed } from '../ingress-references.ts'
import type { Router, RouterRequest, RouterResult } from '../router.ts'
import { findRoute, type RouteObject, type Routes, withRoute } from '../routes.ts'
import { forwardAction, headerConditions } from './annotation-values.ts'
import { actionKey, actionService, albIngresses, albOf, conditionKey, namedByAlb, routingOf } from './config.ts'
import { prependRoute, removeRoute, sortRoutes } from './header-paths.ts'
import { type Annotations, registerManaged, withoutKeys } from './managed-annotations.ts'

/**
 * AWS ALB: annotations of the Ingress say how the load balancer splits requests (ALB-1). It goes by 100, whatever `maxTrafficWeight`
 * says (ALB-6). After an abort, and when the update is done, everything is on stable (ALB-7).
 */
export const alb: Router = {
  type: 'ALB',
  reads: (rollout) =>
    albIngresses(rollout)
      .filter((name) => name !== '')
      .map((name) => ingressRef(rollout, name)),
  missing: (rollout, routes) => configError(namedByAlb(rollout)) ?? absentIngress(namedByAlb(rollout), rollout, routes),
  mismatch: (rollout, routes) => {
    const { stableIngress: one, stableIngresses: several } = routingOf(rollout).nginx ?? {}
    const isNginx = (name: string) => isNamed({ router: 'nginx', one, several }, name)
    const names = albIngresses(rollout).filter((name) => !isNginx(name))
    return ingressWithoutService(
      { named: namedByAlb(rollout), names, service: actionService(rollout) },
      rollout,
      routes,
    )
  },
  setWeight: (request, routes) =>
    eachIngress(request, routes, {
      change: (ingress, form) => withWeight(ingress, form, request),
      purpose: `to desiredWeight '${request.weight}'`,
    }),
  setHeaderRoute: (request, route, routes) =>
    eachIngress(request, routes, {
      change: (ingress, form) =>
        route.match === undefined
          ? withoutHeaderRoute(ingress, form, { name: route.name ?? '', request })
          : withHeaderRoute(ingress, form, { route, request }),
      // The reference prints the step as if it were a number (ALB-15).
      purpose: `to headerRoute '${route.name ?? ''}'`,
    }),
  removeManagedRoutes: (request, routes) => {
    const names = managedNames(request)
    if (names.length === 0) return success({ routes, events: [] })
    const change = (ingress: RouteObject, form: BackendForm) => withoutManagedRoutes(ingress, form, { names, request })
    return eachIngress(request, routes, { change, purpose: 'removing managed routes' })
  },
  refused: (_verb, { name }) => ({ error: `error patching alb ingress \`${name}\`: ` }),
}

interface Operation {
  readonly change: (ingress: RouteObject, form: BackendForm) => Outcome<RouteObject, string>
  readonly purpose: string
}

/**
 * Changes each Ingress of the Rollout. Differs from the reference, which leaves the others as they are once one needs no change
 * (ALB-5, ALB-16).
 */
function eachIngress({ rollout }: RouterRequest, routes: Routes, { change, purpose }: Operation): RouterResult {
  const form = backendForm(routes)
  return inTurn(albIngresses(rollout), routes, (name, soFar) => {
    const ref = ingressRef(rollout, name)
    const ingress = findRoute(soFar, ref)
    if (ingress === undefined) return failure({ message: ingressNotFound(routes, name), events: [] })
    const changed = change(ingress, form)
    if (!changed.ok) return failure({ message: changed.error, events: [] })
    if (jsonEqual(changed.value, ingress)) return success({ routes: soFar, events: [] })
    const message = `Updating Ingress \`${name}\` ${purpose}`
    return success({
      routes: withRoute(soFar, ref, changed.value),
      events: [{ type: 'Normal', reason: 'PatchingALBIngress', message }],
    })
  })
}

/** ALB-2…4. */
function withWeight(ingress: RouteObject, form: BackendForm, request: RouterRequest): Outcome<RouteObject, string> {
  const { rollout, canaryService, stableService, weight, destinations } = request
  const service = actionService(rollout)
  if (!leadsTo(form, ingress, service)) return failure(`ingress does not have service \`${service}\` in rules`)
  const additional = destinations.map((each) => ({ service: each.serviceName ?? '', weight: each.weight }))
  const rest = additional.reduce((left, each) => left - each.weight, 100 - weight)
  const groups = [{ service: canaryService, weight }, ...additional, { service: stableService, weight: rest }]
  const action = forwardAction(groups, albOf(rollout))
  if (!action.ok) return action
  const key = actionKey(rollout, service)
  return annotated(
    ingress,
    registerManaged({ ...notesOf(ingress), [key]: action.value }, nameOf(request), { adds: [key] }),
  )
}

/** ALB-10…12, ALB-14. */
function withHeaderRoute(
  ingress: RouteObject,
  form: BackendForm,
  { route, request }: { readonly route: HeaderRoute; readonly request: RouterRequest },
): Outcome<RouteObject, string> {
  const { rollout, canaryService } = request
  const { name = '' } = route
  const action = forwardAction([{ service: canaryService, weight: 100 }], albOf(rollout))
  if (!action.ok) return action
  const [forwards, holds] = [actionKey(rollout, name), conditionKey(rollout, name)]
  const notes = { ...notesOf(ingress), [forwards]: action.value, [holds]: headerConditions(route) }
  const routed = leadsTo(form, ingress, name) ? ingress : prependRoute(form, ingress, name)
  const sorted = sortRoutes(form, routed, managedNames(request))
  return annotated(sorted, registerManaged(notes, nameOf(request), { adds: [forwards, holds] }))
}

/** ALB-13, ALB-14. */
function withoutHeaderRoute(
  ingress: RouteObject,
  form: BackendForm,
  { name, request }: { readonly name: string; readonly request: RouterRequest },
): Outcome<RouteObject, string> {
  const removed = withoutManagedRoutes(ingress, form, { names: [name], request })
  return removed.ok ? success(sortRoutes(form, removed.value, managedNames(request))) : removed
}

/** Without annotations and paths of the routes (ALB-16). Differs from the reference, which an Ingress without annotations crashes. */
function withoutManagedRoutes(
  ingress: RouteObject,
  form: BackendForm,
  { names, request }: { readonly names: readonly string[]; readonly request: RouterRequest },
): Outcome<RouteObject, string> {
  const removes = names.flatMap((name) => [actionKey(request.rollout, name), conditionKey(request.rollout, name)])
  const routed = names.reduce((soFar, name) => removeRoute(form, soFar, name), ingress)
  return annotated(routed, registerManaged(withoutKeys(notesOf(ingress), removes), nameOf(request), { removes }))
}

const nameOf = ({ rollout }: RouterRequest): string => rollout.metadata.name
const notesOf = ({ metadata }: RouteObject): Annotations => metadata.annotations ?? {}
const managedNames = ({ rollout }: RouterRequest): readonly string[] =>
  (routingOf(rollout).managedRoutes ?? []).map(({ name }) => name)

const annotated = (ingress: RouteObject, notes: Outcome<Annotations, string>): Outcome<RouteObject, string> =>
  notes.ok ? success({ ...ingress, metadata: { ...ingress.metadata, annotations: notes.value } }) : notes
