import { routerRequest } from '#engine/rollout/canary/router-request.ts'
import { routesInForce, type StepRoute } from '#engine/rollout/canary/routes-in-force.ts'
import { wantedWeight } from '#engine/rollout/canary/wanted-weight.ts'
import { assess, hasCurrentRS, type Release } from '#engine/rollout/situation.ts'
import { gatewayApiConcerns } from '#engine/traffic/gateway-api/concerns.ts'
import type { Router, RouterRequest } from '#engine/traffic/router.ts'
import { routersOf } from '#engine/traffic/routers.ts'
import { noRoutes, type RouteObject, type RouteRef, type Routes, resourceOf, routeKey } from '#engine/traffic/routes.ts'
import { keptObjects, type WeightsInRoutes, weightIn } from '#engine/traffic/weight-in.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import { rememberedAnswers } from '#lib/remembered.ts'

/** What the route objects of a Rollout say now, next to what its status says was written. */
export interface Routing {
  /** To the canary, 0…`maxTrafficWeight`; `undefined` when nothing was sent yet. */
  readonly written: number | undefined
  /** What the route objects send to the canary, when all agree. */
  readonly weight: number | undefined
  /** It is neither what was written nor what is about to be: somebody else changed a route object. */
  readonly isDrifted: boolean
  /** Those the routers split by, and those they would make, in the order in which they were read. */
  readonly objects: readonly RouteState[]
  /** What somebody should know, as sentences. */
  readonly concerns: readonly string[]
}

export interface RouteState {
  readonly ref: RouteRef
  /** As the cluster calls it. */
  readonly kind: string
  readonly object: RouteObject | undefined
  /** `undefined`: it fits no weight; absent: it has no part in the split. */
  readonly weight?: number | undefined
  readonly stepRoutes: readonly StepRouteState[]
}

/** A route of a step, and whether the object has it. */
export interface StepRouteState {
  readonly stepRoute: StepRoute
  readonly state: 'made' | 'different' | 'missing'
}

const answers = rememberedAnswers<Routing>()

/**
 * Of the Rollout, the ReplicaSets and the route objects, and worked out once for as long as these are the same; time plays next to no part.
 * `undefined` where no router splits, and before the first ReplicaSet.
 */
export function routingOf(world: RolloutWorld, now: EpochMs): Routing | undefined {
  const { rollout, replicaSets, workload, routes = noRoutes } = world
  if (routersOf(rollout).length === 0) return undefined
  const objects = [...routes.objects.values()].map(({ object }) => object)
  const from = [rollout, ...(workload === undefined ? [] : [workload]), ...replicaSets, ...objects]
  return answers(from, () => routing(world, routes, now))
}

function routing(world: RolloutWorld, routes: Routes, now: EpochMs): Routing {
  const situation = assess(world, now)
  const concerns = gatewayApiConcerns(situation.rollout, routes)
  const written = situation.status.canary?.weights?.canary.weight
  if (!hasCurrentRS(situation)) {
    const objects = [...routes.objects.values()].map(({ ref, object }) => routeState(routes, ref, object))
    return { written, weight: undefined, isDrifted: false, objects: objects.filter(isShown), concerns }
  }
  const wanted = wantedWeight(situation)
  const routers = routersOf(situation.rollout)
  const asked = routers.map((router) => ({ router, request: requestAsWritten(router, situation) }))
  const found = asked.map(({ router, request }) => weightIn(router, request, routes))
  const weight = agreed(found)
  return {
    written,
    weight,
    isDrifted: written !== undefined && weight !== written && weight !== wanted.weight,
    objects: objectsOf(situation, routes, asked, found),
    concerns,
  }
}

const agreed = (found: readonly WeightsInRoutes[]): number | undefined => {
  const [first, ...others] = found.map(({ weight }) => weight)
  return others.every((each) => each === first) ? first : undefined
}

/** As it was when the weights in the status were sent. */
function requestAsWritten(router: Router, release: Release): RouterRequest {
  const weights = release.status.canary?.weights
  return routerRequest(router, release, {
    weight: weights?.canary.weight ?? 0,
    canaryHash: weights?.canary.podTemplateHash ?? wantedWeight(release).canaryHash,
    destinations: weights?.additional ?? [],
  })
}

interface Asked {
  readonly router: Router
  readonly request: RouterRequest
}

function objectsOf(
  release: Release,
  routes: Routes,
  asked: readonly Asked[],
  found: readonly WeightsInRoutes[],
): readonly RouteState[] {
  const weights = new Map(found.flatMap(({ byObject }) => [...byObject]))
  const made = routesInForce(release).flatMap((stepRoute) =>
    asked.map(({ router, request }) => ({ stepRoute, states: statesOf(router, request, stepRoute, routes) })),
  )
  const refs = new Map([...routes.objects.values()].map(({ ref }) => [routeKey(ref), ref]))
  for (const { router } of asked)
    for (const read of router.reads(release.rollout, routes)) if ('name' in read) refs.set(routeKey(read), read)
  return [...refs].flatMap(([key, ref]) => {
    const stepRoutes = made.flatMap(({ stepRoute, states }) => {
      const state = states.get(key)
      return state === undefined ? [] : [{ stepRoute, state }]
    })
    const object = routes.objects.get(key)?.object
    const hasPart = weights.has(key) || stepRoutes.length > 0
    const state = { ...routeState(routes, ref, object), stepRoutes }
    if (!isShown(state) || (object === undefined && !hasPart && !isMissed(ref, asked, routes))) return []
    return [weights.has(key) ? { ...state, weight: weights.get(key) } : state]
  })
}

const routeState = (routes: Routes, ref: RouteRef, object: RouteObject | undefined): RouteState => ({
  ref,
  kind: resourceOf(routes, ref.kind).kind,
  object,
  stepRoutes: [],
})

/** Kinds that routers only look something up in. */
const lookedUp: ReadonlySet<RouteRef['kind']> = new Set(['services', 'endpoints', 'targetGroupBindings', 'configMaps'])

const isShown = ({ ref }: RouteState): boolean => !lookedUp.has(ref.kind)

/** It should be there; others a router makes when it needs them. */
const isMissed = ({ name }: RouteRef, asked: readonly Asked[], routes: Routes): boolean =>
  asked.some(({ router, request }) => {
    const missing = router.missing?.(request.rollout, routes)
    return missing !== undefined && (missing.value === name || missing.detail.includes(`"${name}"`))
  })

/** Whether each object has this route: making it would change nothing, and removing it something. */
function statesOf(
  router: Router,
  request: RouterRequest,
  stepRoute: StepRoute,
  routes: Routes,
): ReadonlyMap<string, StepRouteState['state']> {
  const made = withStepRoute(router, request, stepRoute, routes)
  const { name } = stepRoute.route
  const gone = withStepRoute(router, request, { ...stepRoute, route: name === undefined ? {} : { name } }, routes)
  if (made === undefined || gone === undefined) return new Map()
  const states = new Map<string, StepRouteState['state']>()
  const isThere = keptObjects(routes, gone)
  for (const [key, isMade] of keptObjects(routes, made)) {
    const hasIt = isThere.get(key) === false
    if (isMade && hasIt) states.set(key, 'made')
    else if (!isMade) states.set(key, hasIt ? 'different' : 'missing')
  }
  return states
}

function withStepRoute(
  router: Router,
  request: RouterRequest,
  { kind, route }: StepRoute,
  routes: Routes,
): Routes | undefined {
  const result =
    kind === 'header'
      ? router.setHeaderRoute?.(request, route, routes)
      : router.setMirrorRoute?.(request, route, routes)
  return result?.ok === true ? result.value.routes : undefined
}
