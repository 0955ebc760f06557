import { fieldAt } from '../route-json.ts'
import { findRoute, type RouteRef, type Routes } from '../routes.ts'

/**
 * Where in a route old versions of the plugin (up to 0.12) put the rule of a managed route (GW-20): its index, by the record they kept in
 * a ConfigMap; `undefined` when nothing is told. Newer versions neither read nor write it, so the index may have become wrong.
 */
export function recordedIndex(routes: Routes, record: RouteRef, route: RouteRef, managed: string): number | undefined {
  const text = fieldAt(findRoute(routes, record), 'data', recordKeys[route.kind] ?? '')
  const index = fieldAt(parseJson(text), managed, route.name)
  return typeof index === 'number' ? index : undefined
}

const recordKeys: Partial<Record<RouteRef['kind'], string>> = {
  httpRoutes: 'httpManagedRoutes',
  grpcRoutes: 'grpcManagedRoutes',
}

function parseJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}
