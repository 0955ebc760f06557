import { jsonEqual } from '#lib/json-patch.ts'
import type { Router, RouterRequest } from './router.ts'
import { type Routes, routeKey } from './routes.ts'

/** What the route objects say, whoever wrote them last. */
export interface WeightsInRoutes {
  /** At which nothing would be written; `undefined` when there is no such weight. */
  readonly weight: number | undefined
  /** Of each object that has a part in it, by `routeKey`; `undefined` for one that fits no weight. */
  readonly byObject: ReadonlyMap<string, number | undefined>
}

/** Beyond, only the written weight is looked for: nobody splits finer. */
const maxTried = 1000

/**
 * Which weight the route objects of a router send to canary: the one for which `setWeight` would change nothing. Knows nothing of what a
 * router writes, so it is right for each of them. `request.weight` is tried first, so that objects as they should be cost two tries.
 */
export function weightIn(router: Router, request: RouterRequest, routes: Routes): WeightsInRoutes {
  const first = keptAt(router, request, routes, request.weight)
  const other = keptAt(router, request, routes, request.weight === 0 ? request.maxWeight : 0)
  if (first === undefined || other === undefined) return { weight: undefined, byObject: new Map() }
  const objects = [...new Set([...first.keys(), ...other.keys()])]
  const parts = objects.filter((key) => first.get(key) !== true || other.get(key) !== true)
  const isKept = (key: string): boolean => first.get(key) !== false
  if (parts.every(isKept)) {
    const byObject = new Map(parts.map((key) => [key, request.weight]))
    return { weight: request.weight, byObject }
  }
  return weightsTried(router, request, routes, parts)
}

function weightsTried(
  router: Router,
  request: RouterRequest,
  routes: Routes,
  parts: readonly string[],
): WeightsInRoutes {
  const byObject = new Map<string, number | undefined>(parts.map((key) => [key, undefined]))
  for (const weight of candidates(request)) {
    const kept = keptAt(router, request, routes, weight)
    if (kept === undefined) continue
    const fitting = parts.filter((key) => kept.get(key) !== false)
    if (fitting.length === parts.length) return { weight, byObject: new Map(parts.map((key) => [key, weight])) }
    for (const key of fitting) byObject.set(key, byObject.get(key) ?? weight)
  }
  return { weight: undefined, byObject }
}

const candidates = ({ weight, maxWeight }: RouterRequest): readonly number[] => {
  const others = maxWeight > maxTried ? [0, maxWeight] : Array.from({ length: maxWeight + 1 }, (_, each) => each)
  return [weight, ...others.filter((each) => each !== weight)]
}

/** Whether each object is left as it is at this weight, made and deleted ones included; `undefined` when the router refuses. */
function keptAt(
  router: Router,
  request: RouterRequest,
  routes: Routes,
  weight: number,
): ReadonlyMap<string, boolean> | undefined {
  const result = router.setWeight({ ...request, weight }, routes)
  return result.ok ? keptObjects(routes, result.value.routes) : undefined
}

/** By `routeKey`, whether an object is the same in both; one that is in one of them only is not. */
export function keptObjects(before: Routes, after: Routes): ReadonlyMap<string, boolean> {
  const kept = new Map<string, boolean>()
  for (const { ref, object } of before.objects.values()) {
    const next = after.objects.get(routeKey(ref))?.object
    kept.set(routeKey(ref), next === object || jsonEqual(next, object))
  }
  for (const { ref } of after.objects.values()) if (!kept.has(routeKey(ref))) kept.set(routeKey(ref), false)
  return kept
}
