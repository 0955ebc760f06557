import { isRecord } from '#engine/normalise/typed-value.ts'
import { formatSpecError, invalid, type SpecError } from '#engine/rollout/validation/spec-error.ts'
import { collected, failure, type Outcome, success } from '#lib/outcome.ts'
import { fieldAt, textAt, withFieldAt, withSpecAt } from './route-json.ts'
import type { RouteObject } from './routes.ts'

/** The routes of a VirtualRouter of App Mesh, `spec.routes[]`, which split between virtual nodes. */

const ruleTypes = ['httpRoute', 'tcpRoute', 'http2Route', 'grpcRoute'] as const
const targetsField = ['action', 'weightedTargets'] as const

/** Weights for virtual nodes of one namespace, by their names. */
export interface NodeWeights {
  readonly namespace: string
  readonly weights: ReadonlyMap<string, number>
}

/**
 * The router with these weights in its routes, or in those that are named; names that none has are ignored (APM-3). The error is that of
 * the reference for the first part that is malformed; of routes that are not named only the name is looked at.
 */
export function withNodeWeights(
  router: RouteObject,
  named: readonly string[],
  nodes: NodeWeights,
): Outcome<RouteObject, string> {
  const routes = fieldAt(router.spec, 'routes')
  const told = (path: string, detail: string) => formatSpecError(invalid(path, router.metadata.name, detail))
  if (!Array.isArray(routes)) return failure(told('spec.routes', 'No routes found'))
  const list: readonly unknown[] = routes
  const changed = collected(list.map((route, i) => reweighed(route, `spec.routes[${i}]`, named, nodes)))
  return changed.ok
    ? success(withSpecAt(router, ['routes'], changed.value))
    : failure(told(changed.error, 'not well-formed'))
}

/** The error is the path of what is malformed. */
function reweighed(
  route: unknown,
  path: string,
  named: readonly string[],
  nodes: NodeWeights,
): Outcome<unknown, string> {
  if (!isRecord(route)) return failure(path)
  const name = route['name']
  if (typeof name !== 'string') return failure(`${path}.name`)
  if (named.length > 0 && !named.includes(name)) return success(route)
  const rule = ruleOf(route)
  if (rule === undefined) return failure(path)
  const at = `${path}.${rule.type}.${targetsField.join('.')}`
  const targets = targetsOf(rule.rule)
  if (targets === undefined) return failure(at)
  const weighed = collected(targets.map((target, j) => reweighedTarget(target, `${at}[${j}]`, nodes)))
  return weighed.ok ? success(withFieldAt(route, [rule.type, ...targetsField], weighed.value)) : weighed
}

function reweighedTarget(target: unknown, path: string, { namespace, weights }: NodeWeights): Outcome<unknown, string> {
  if (!isRecord(target)) return failure(path)
  const node = target['virtualNodeRef']
  if (!isRecord(node)) return failure(`${path}.virtualNodeRef`)
  if (typeof target['weight'] !== 'number') return failure(`${path}.weight`)
  const isHere = [namespace, ''].includes(textAt(node, 'namespace'))
  const weight = isHere ? weights.get(textAt(node, 'name')) : undefined
  return success(weight === undefined ? target : withFieldAt(target, ['weight'], weight))
}

/** What is wrong with the content of a router, all of its routes included (REF-22). */
export function routerError({ kind, metadata: { name }, spec }: RouteObject): SpecError | undefined {
  if (kind !== 'VirtualRouter') return invalid('kind', kind, `Expected object kind to be VirtualRouter but is ${kind}`)
  const routes = fieldAt(spec, 'routes')
  if (!Array.isArray(routes) || routes.length === 0)
    return invalid('spec.routes', name, `No routes defined for AppMesh virtual-router ${name}`)
  const list: readonly unknown[] = routes
  return list.map((route, i) => routeError(route, i, name)).find((error) => error !== undefined)
}

function routeError(route: unknown, index: number, router: string): SpecError | undefined {
  const path = `spec.routes[${index}]`
  if (!isRecord(route))
    return invalid(path, router, `Invalid route was found for AppMesh virtual-router ${router} at index ${index}`)
  const which = `for AppMesh virtual-router ${router} and route ${goText(route['name'])}`
  const rule = ruleOf(route)
  if (rule === undefined)
    return invalid(path, router, `Error getting route details ${which}. Error: Route has unsupported route type`)
  const at = `${path}.${rule.type}.${targetsField.join('.')}`
  const targets = targetsOf(rule.rule)
  if (targets === undefined) return invalid(at, router, `Invalid route action found ${which}`)
  return targets.length === 2
    ? undefined
    : invalid(at, router, `Invalid number of weightedTargets (${targets.length}) ${which}, expected 2`)
}

/** The first type that a route has; `undefined` when it has none, or that one is malformed. */
function ruleOf(route: unknown): { readonly type: (typeof ruleTypes)[number]; readonly rule: unknown } | undefined {
  const type = ruleTypes.find((each) => fieldAt(route, each) !== undefined)
  const rule = type && fieldAt(route, type)
  return type !== undefined && isRecord(rule) ? { type, rule } : undefined
}

function targetsOf(rule: unknown): readonly unknown[] | undefined {
  const targets = fieldAt(rule, ...targetsField)
  return Array.isArray(targets) ? targets : undefined
}

/** As Go prints it with `%s`. */
const goText = (value: unknown): string => (typeof value === 'string' ? value : '%!s(<nil>)')
