import { fieldAt, listAt, textAt, withFieldAt, withSpecAt } from '../route-json.ts'
import type { RouteObject } from '../routes.ts'
import type { GatewayRouteKind } from './config.ts'

/** The rules of a route and what they send to: `spec.rules[].backendRefs[]`, alike in all four kinds. */

export const rulesOf = (object: RouteObject): readonly unknown[] => listAt(object.spec, 'rules')

export const withRules = (object: RouteObject, rules: readonly unknown[]): RouteObject =>
  withSpecAt(object, ['rules'], rules)

export const refsOf = (rule: unknown): readonly unknown[] => listAt(rule, 'backendRefs')

export const withRefs = (rule: unknown, refs: readonly unknown[]): unknown => withFieldAt(rule, ['backendRefs'], refs)

/** What a ref is known by: its name alone, not kind, group, namespace or port (GW-7). */
export const serviceOf = (ref: unknown): string => textAt(ref, 'name')

export const hasRefTo = (rule: unknown, service: string): boolean =>
  service !== '' && refsOf(rule).some((ref) => serviceOf(ref) === service)

/** The rule with these weights, by the names of Services; other refs keep theirs. */
export function withWeights(rule: unknown, weights: ReadonlyMap<string, number>): unknown {
  const refs = refsOf(rule)
  const weighed = refs.map((ref) => {
    const weight = weights.get(serviceOf(ref))
    return weight === undefined || fieldAt(ref, 'weight') === weight ? ref : withFieldAt(ref, ['weight'], weight)
  })
  return weighed.some((ref, i) => ref !== refs[i]) ? withRefs(rule, weighed) : rule
}

/** In a route that lacks canary or stable (GW-7, GW-8). */
const notFound: Readonly<Record<GatewayRouteKind, string>> = {
  httpRoutes: 'backendRef was not found in httpRoute',
  grpcRoutes: 'backendRef was not found in grpcRoute',
  tcpRoutes: 'backendRef list was not found in tcpRoute',
  tlsRoutes: 'backendRef list was not found in tlsRoute',
}

export const noBackendRef = (kind: GatewayRouteKind): string => notFound[kind]
