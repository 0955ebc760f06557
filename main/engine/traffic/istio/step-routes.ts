import type { HeaderRoute, MirrorRoute, StringMatch } from '#api/rollout.ts'
import type { IstioVirtualServiceRef } from '#api/traffic-routing.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { textAt } from '../route-json.ts'
import type { RouterError, RouterRequest, RouterResult } from '../router.ts'
import type { RouteObject, Routes } from '../routes.ts'
import { destinationRuleRef } from './addressing.ts'
import { foundRule } from './destination-rule.ts'
import { inOrder } from './managed-routes.ts'
import { onVirtualServices } from './operation.ts'
import { selectRoutes } from './selected-routes.ts'
import { type Sides, sidesOf } from './sides.ts'
import { type Destination, nameOfRoute, type Route, readRoutes, sectionOf, withSection } from './virtual-service.ts'

/** Sends requests whose headers match to the canary; one match is enough (IST-25). */
export function setHeaderRoute(request: RouterRequest, { name = '', match = [] }: HeaderRoute, routes: Routes) {
  return replaceRoute(request, routes, {
    name,
    operation: '[SetHeaderRoute]',
    done: `set headerRoute '${name}'`,
    notFound: 'failed to get istio virtual service: ',
    notChanged: 'failed to reconcile header routes: ',
    make: ({ others, config, canary, sides }) => {
      if (match.length === 0) return success(others)
      const first = firstWeighted(others, config, sides)
      const port = first.ok ? portOf(first.value) : 0
      const route = {
        name,
        match: match.map(({ headerName = '', headerValue }) => ({ headers: { [headerName]: said(headerValue) } })),
        route: [{ weight: 100, destination: destinationTo({ ...canary, port }) }],
      }
      return success([...others, route])
    },
  })
}

/**
 * Copies matching requests to the canary, and splits them between the two as all others (IST-26).
 *
 * Differs from the reference, which crashes where there is nothing to copy the split from (IST-23).
 */
export function setMirrorRoute(request: RouterRequest, mirrorRoute: MirrorRoute, routes: Routes): RouterResult {
  const { name = '', match = [], percentage = 100 } = mirrorRoute
  return replaceRoute(request, routes, {
    name,
    operation: '[SetMirrorRoute]',
    done: `set mirrorRoute '${name}'`,
    notFound: 'failed to get virtual service: ',
    notChanged: 'failed reconcile virtual service for mirror routes: ',
    make: ({ object, others, config, canary, sides }) => {
      if (match.length === 0) return success(others)
      const first = firstWeighted(others, config, sides)
      if (!first.ok) return first
      const shares = first.value?.destinations ?? []
      if (shares.length === 0) return failure(`VirtualService \`${object.metadata.name}\` has no destinations to split`)
      const route = {
        name,
        match: match.map(matchOfMirror),
        route: shares.map(shareCopy),
        mirror: destinationTo({ ...canary, port: portOf(first.value) }),
        mirrorPercentage: { value: percentage },
      }
      return success([route, ...others])
    },
  })
}

interface Replacement {
  readonly name: string
  /** In front of all its errors (IST-27). */
  readonly operation: string
  readonly done: string
  readonly notFound: string
  readonly notChanged: string
  /** All routes, given those of other names. */
  readonly make: (situation: Situation) => Outcome<readonly unknown[], string>
}

interface Situation {
  readonly object: RouteObject
  readonly others: readonly unknown[]
  readonly config: IstioVirtualServiceRef
  readonly canary: Pick<Destination, 'host' | 'subset'>
  readonly sides: Sides
}

function replaceRoute(request: RouterRequest, routes: Routes, replacement: Replacement): RouterResult {
  const { name, operation, done, notFound, notChanged, make } = replacement
  const sides = sidesOf(request.rollout, request)
  return onVirtualServices(request.rollout, routes, {
    change: (object, { config }) => {
      const canary = canaryDestination(request, sides, routes)
      if (!canary.ok) return canary
      const section = sectionOf(object, 'http')
      if (section === undefined) return refused('spec.http not found')
      if (name === '') return refused('the route has no name, so that nothing could remove it again')
      const others = section.filter((route) => nameOfRoute(route) !== name)
      const next = make({ object, others, config, canary: canary.value, sides })
      return next.ok ? success(inOrder(withSection(object, 'http', next.value), request.rollout)) : refused(next.error)
    },
    done,
    notFound: `${operation} ${notFound}`,
    notChanged: `${operation} ${notChanged}`,
    skipsMissing: false,
  })
}

const refused = (message: string) => failure<RouterError>({ message, events: [] })

/** The host of the DestinationRule where there is one (IST-23). */
function canaryDestination(
  { rollout }: RouterRequest,
  { canaryService, canarySubset: subset }: Sides,
  routes: Routes,
): Outcome<Pick<Destination, 'host' | 'subset'>, RouterError> {
  const ref = destinationRuleRef(rollout)
  if (ref === undefined) return success({ host: canaryService, subset })
  const rule = foundRule(ref, routes)
  if (!rule.ok) return rule
  const host = textAt(rule.value.spec, 'host')
  return success({ host: host === '' ? canaryService : host, subset })
}

/** The first route that is split by weight. */
function firstWeighted(
  section: readonly unknown[],
  config: IstioVirtualServiceRef,
  { managed }: Sides,
): Outcome<Route | undefined, string> {
  const routes = readRoutes('http', section)
  if (!routes.ok) return routes
  const selected = selectRoutes('http', config, routes.value, managed)
  return selected.ok ? success(routes.value[selected.value[0] ?? -1]) : selected
}

const portOf = (route: Route | undefined): number => route?.destinations[0]?.port ?? 0

const destinationTo = ({ host, subset, port }: Omit<Destination, 'weight'>) => ({
  host,
  ...(port > 0 && { port: { number: port } }),
  ...(subset !== '' && { subset }),
})

const shareCopy = ({ weight, ...destination }: Destination) => ({
  destination: destinationTo(destination),
  ...(weight !== 0 && { weight }),
})

type MirrorMatch = NonNullable<MirrorRoute['match']>[number]

const matchOfMirror = ({ method, path, headers = {} }: MirrorMatch) => ({
  ...(method !== undefined && { method: said(method) }),
  ...(path !== undefined && { uri: said(path) }),
  ...(Object.keys(headers).length > 0 && {
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, said(value)])),
  }),
})

/** Only what is said: Istio takes one of the three. */
const said = (match: StringMatch | undefined): StringMatch =>
  Object.fromEntries(
    (['exact', 'prefix', 'regex'] as const).flatMap((kind) => {
      const value = match?.[kind] ?? ''
      return value === '' ? [] : [[kind, value]]
    }),
  )
