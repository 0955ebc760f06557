import { failure, type Outcome } from '#lib/outcome.ts'
import type { RouterResult } from '../router.ts'
import {
  findRoute,
  notFoundText,
  type RouteObject,
  type RouteQuery,
  type RouteRef,
  type Routes,
  routesMatching,
  withRoute,
} from '../routes.ts'
import type { GatewayApiConfig, GatewayRouteKind } from './config.ts'

/** One route that the plugin has to handle. */
export interface TargetRoute {
  readonly ref: RouteRef & { readonly kind: GatewayRouteKind }
  /** Header routes are made in it too. */
  readonly usesHeaderRoutes: boolean
}

/** Routes by their names, without those whose name is empty, and queries for the selectors. */
export const routesToRead = (config: GatewayApiConfig, namespace: string): readonly (RouteRef | RouteQuery)[] =>
  config.kinds.flatMap(({ kind, named, selector }) => [
    ...named.flatMap(({ name }) => (name === '' ? [] : [{ kind, namespace, name }])),
    ...(selector === undefined ? [] : [{ kind, namespace, labelSelector: selector }]),
  ])

/** The routes in the order of GW-2 and GW-4; one that was named twice or is selected too is there twice. */
export const targetRoutes = (config: GatewayApiConfig, namespace: string, routes: Routes): readonly TargetRoute[] =>
  config.kinds.flatMap(({ kind, named, selector }) => {
    const selected = selector === undefined ? [] : routesMatching(routes, { kind, namespace, labelSelector: selector })
    return [
      ...named.map(({ name, usesHeaderRoutes }) => ({ ref: { kind, namespace, name }, usesHeaderRoutes })),
      ...selected.map(({ metadata }) => ({ ref: { kind, namespace, name: metadata.name }, usesHeaderRoutes: false })),
    ]
  })

/** Changes one route after the other. The first error ends it, and what was changed until then stays so (GW-4). */
export function changeEach(
  targets: readonly TargetRoute[],
  routes: Routes,
  change: (object: RouteObject, target: TargetRoute) => Outcome<RouteObject, string>,
): RouterResult {
  let done = routes
  for (const target of targets) {
    const { ref } = target
    if (ref.name === '') return failure({ message: 'resource name may not be empty', events: [], routes: done })
    const object = findRoute(done, ref)
    const changed = object === undefined ? failure(notFoundText(done, ref)) : change(object, target)
    if (!changed.ok) return failure({ message: changed.error, events: [], routes: done })
    if (changed.value !== object) done = withRoute(done, ref, changed.value)
  }
  return { ok: true, value: { routes: done, events: [] } }
}
