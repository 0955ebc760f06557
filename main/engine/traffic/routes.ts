import type { KubeObject, LabelSelector } from '#api/meta.ts'
import { type Resource, rbacName } from '#api/resources.ts'
import { type RouteKind, routeKinds } from '#api/route-kinds.ts'
import { matchesSelector } from '#lib/label-selector.ts'

/** One object that a router reads or writes. */
export interface RouteRef {
  readonly kind: RouteKind
  readonly namespace: string
  readonly name: string
}

/** All objects of a kind and namespace with these labels; all of them when `labelSelector` is absent. */
export interface RouteQuery {
  readonly kind: RouteKind
  readonly namespace: string
  readonly labelSelector?: LabelSelector
}

/** Any object with a spec; what is in it is for its router to tell. */
export interface RouteObject extends KubeObject {
  readonly spec?: unknown
}

/**
 * The route objects of one Rollout. A value: operations of a pass make new ones, each from the one before it, and what differs in the end
 * is written (TR-6).
 */
export interface Routes {
  readonly objects: ReadonlyMap<string, { readonly ref: RouteRef; readonly object: RouteObject }>
  /** Where the cluster serves a kind in another version or group than `routeKinds` says (FEA-3). */
  readonly served: Readonly<Partial<Record<RouteKind, Resource>>>
}

export const noRoutes: Routes = { objects: new Map(), served: {} }

export const routeKey = ({ kind, namespace, name }: RouteRef): string => `${kind} ${namespace}/${name}`

/** How the cluster serves a kind. */
export const resourceOf = ({ served }: Pick<Routes, 'served'>, kind: RouteKind): Resource =>
  served[kind] ?? routeKinds[kind]

export const findRoute = ({ objects }: Routes, ref: RouteRef): RouteObject | undefined =>
  objects.get(routeKey(ref))?.object

/** In the order in which they were read. */
export const routesMatching = (
  { objects }: Routes,
  { kind, namespace, labelSelector }: RouteQuery,
): readonly RouteObject[] =>
  [...objects.values()].flatMap(({ ref, object }) =>
    ref.kind === kind &&
    ref.namespace === namespace &&
    (labelSelector === undefined || matchesSelector(labelSelector, object.metadata.labels))
      ? [object]
      : [],
  )

/** The routes with this object made or changed. */
export const withRoute = (routes: Routes, ref: RouteRef, object: RouteObject): Routes => ({
  ...routes,
  objects: new Map(routes.objects).set(routeKey(ref), { ref, object }),
})

/** The routes without this object. */
export function withoutRoute(routes: Routes, ref: RouteRef): Routes {
  const objects = new Map(routes.objects)
  objects.delete(routeKey(ref))
  return { ...routes, objects }
}

/** As the API server says it: `virtualservices.networking.istio.io "web" not found`. */
export const notFoundText = (routes: Routes, { kind, name }: RouteRef): string =>
  `${rbacName(resourceOf(routes, kind))} "${name}" not found`

/** The routes with objects that were read, and how the cluster serves their kind. */
export function routesWith(
  routes: Routes,
  kind: RouteKind,
  resource: Resource,
  objects: readonly RouteObject[],
): Routes {
  const served = resource === routeKinds[kind] ? routes.served : { ...routes.served, [kind]: resource }
  return objects.reduce<Routes>(
    (all, object) =>
      withRoute(all, { kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name }, object),
    { ...routes, served },
  )
}
