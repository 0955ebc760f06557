import type { HeaderRoute } from '#api/rollout.ts'
import { isControlledBy } from '#engine/ownership.ts'
import { ownerReferenceTo } from '#engine/rollout/claim.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { changeRules, withBackendWeight, withoutBackend } from './apisix-rules.ts'
import { fieldAt, withFieldAt, withSpecAt } from './route-json.ts'
import type { RouterRequest } from './router.ts'
import type { RouteObject } from './routes.ts'

/**
 * The ApisixRoute of a header route, which is another object with a greater priority (APX-4…9).
 * @param existing what has the name of the route now; once made it follows later changes of the main route no more
 * @param names of the rules that are routed
 */
export function apisixHeaderRoute(
  main: RouteObject,
  existing: RouteObject | undefined,
  route: HeaderRoute,
  names: readonly string[],
  request: RouterRequest,
): Outcome<RouteObject, string> {
  const { canaryService, stableService } = request
  const before = existing ?? copyOf(main, route.name ?? '', request)
  const rules = changeRules(before.spec, names, (rule) => {
    const weighed = withBackendWeight(rule, canaryService, 100)
    if (!weighed.ok) return weighed
    const alone = withoutBackend(weighed.value, stableService)
    if (!alone.ok) return alone
    const matching = withFieldAt(alone.value, ['match', 'exprs'], expressions(route))
    return success(existing === undefined ? withGreaterPriority(matching) : matching)
  })
  return rules.ok ? success(withSpecAt(before, ['http'], rules.value)) : rules
}

/** Somebody else's object has the name (APX-4). */
export const duplicateError = (existing: RouteObject | undefined, { rollout }: RouterRequest): string | undefined =>
  existing === undefined || isControlledBy(existing, rollout)
    ? undefined
    : `duplicate ApisixRoute [${existing.metadata.name}] already exists`

/** APX-6: with all rules of the main route, those too that are not routed and so exist twice (APX-7). */
function copyOf(
  { apiVersion, kind, metadata, spec }: RouteObject,
  name: string,
  { rollout }: RouterRequest,
): RouteObject {
  const { namespace, labels, annotations } = metadata
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels !== undefined && { labels }),
      ...(annotations !== undefined && { annotations }),
      ownerReferences: [ownerReferenceTo(rollout)],
    },
    spec,
  }
}

function withGreaterPriority(rule: unknown): unknown {
  const priority = fieldAt(rule, 'priority')
  return withFieldAt(rule, ['priority'], (typeof priority === 'number' ? priority : 0) + 1)
}

/** All of them are asked for together; Istio takes any of its matches (APX-8). */
const expressions = ({ match = [] }: HeaderRoute): readonly unknown[] =>
  match.flatMap(({ headerName: name = '', headerValue: { exact = '', regex = '', prefix = '' } = {} }) => {
    const subject = { scope: 'Header', name }
    return [
      ...(exact === '' ? [] : [{ subject, op: 'Equal', value: exact }]),
      ...(regex === '' ? [] : [{ subject, op: 'RegexMatch', value: regex }]),
      ...(prefix === '' ? [] : [{ subject, op: 'RegexMatch', value: `^${prefix}.*` }]),
    ]
  })
