import { isRecord } from '#engine/normalise/typed-value.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { fieldAt, listAt, withFieldAt } from '../route-json.ts'
import type { RouterRequest } from '../router.ts'
import type { RouteObject } from '../routes.ts'
import type { GatewayRouteKind } from './config.ts'
import type { HeaderMatch } from './header-matches.ts'
import { hasRefTo, noBackendRef, refsOf, rulesOf, serviceOf, withRefs, withRules } from './route-rules.ts'

/** One header route of a step, for one route. */
export interface HeaderRules {
  /** Of the managed route; the rules are called so, then `NAME-1`, `NAME-2`, … */
  readonly name: string
  readonly headers: readonly HeaderMatch[]
  /** Rules that the new ones take the place of. */
  readonly isReplaced: (rule: unknown, index: number) => boolean
}

/** What of a match is kept in its header route, besides the headers. */
const keptOfMatch: Partial<Record<GatewayRouteKind, readonly string[]>> = {
  httpRoutes: ['path', 'queryParams', 'method'],
  grpcRoutes: ['method'],
}

/**
 * For each rule that splits between stable and canary, another one at the end that sends requests with these headers to the canary alone
 * (GW-14). More headers win over fewer in Gateway API, wherever a rule stands. Rules that are there already, with what the API server
 * filled in, stay as they are. The error is the plugin's, when no rule splits.
 *
 * Differs from the reference, which takes a rule that it is about to replace for one that splits, too.
 */
export function withHeaderRules(
  object: RouteObject,
  kind: GatewayRouteKind,
  { canaryService, stableService }: RouterRequest,
  { name, headers, isReplaced }: HeaderRules,
): Outcome<RouteObject, string> {
  const rules = rulesOf(object)
  const replaced = rules.filter(isReplaced)
  const others = rules.filter((rule) => !replaced.includes(rule))
  const sources = others.filter((rule) => hasRefTo(rule, canaryService) && hasRefTo(rule, stableService))
  if (sources.length === 0) return failure(noBackendRef(kind))
  const made = sources.map((source, i) => ({
    name: i === 0 ? name : `${name}-${i}`,
    matches: matchesWith(source, headers, keptOfMatch[kind] ?? []),
    ...(listAt(source, 'filters').length > 0 && { filters: listAt(source, 'filters') }),
    backendRefs: [canaryRef(source, canaryService)],
  }))
  const fresh = made.map((rule) => replaced.find((each) => isSameRule(each, rule)) ?? rule)
  return success(withRules(object, [...others, ...fresh]))
}

/** The route without the rules that are managed. */
export const withoutRules = (
  object: RouteObject,
  isRemoved: (rule: unknown, index: number) => boolean,
): RouteObject => {
  const rules = rulesOf(object)
  const kept = rules.filter((rule, i) => !isRemoved(rule, i))
  return kept.length === rules.length ? object : withRules(object, kept)
}

function matchesWith(source: unknown, headers: readonly HeaderMatch[], kept: readonly string[]): readonly unknown[] {
  const matches = listAt(source, 'matches')
  if (matches.length === 0) return [{ headers }]
  return matches.map((match) => ({
    ...Object.fromEntries(
      kept.flatMap((field) => {
        const value = fieldAt(match, field)
        return value === undefined ? [] : [[field, value] as const]
      }),
    ),
    headers: [...listAt(match, 'headers'), ...headers],
  }))
}

function canaryRef(source: unknown, canaryService: string): object {
  const port = fieldAt(
    refsOf(source).find((ref) => serviceOf(ref) === canaryService),
    'port',
  )
  return { group: '', kind: 'Service', name: canaryService, ...(port !== undefined && { port }) }
}

const isSameRule = (a: unknown, b: unknown): boolean => jsonEqual(withoutDefaults(a), withoutDefaults(b))

/** Without what the API server fills in: `weight: 1` of a ref, the path of a match that has none. */
function withoutDefaults(rule: unknown): unknown {
  const bare = withRefs(rule, refsOf(rule).map(withoutDefaultWeight))
  return withFieldAt(bare, ['matches'], listAt(rule, 'matches').map(withoutDefaultPath))
}

function withoutDefaultWeight(ref: unknown): unknown {
  if (!isRecord(ref) || ref['weight'] !== 1) return ref
  const { weight: _default, ...others } = ref
  return others
}

function withoutDefaultPath(match: unknown): unknown {
  if (!isRecord(match) || !jsonEqual(match['path'], { type: 'PathPrefix', value: '/' })) return match
  const { path: _default, ...others } = match
  return others
}
