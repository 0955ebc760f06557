import type { Rollout } from '#api/rollout.ts'
import { servicePair } from '#engine/rollout/canary/service-pair.ts'
import { targetReads } from './alb/verify-targets.ts'
import { routersOf } from './routers.ts'
import type { RouteQuery, RouteRef, Routes } from './routes.ts'

/**
 * The objects that a pass looks at, given those it has seen already.
 * @param verifiesTargets whether AWS is asked about the pods behind a Service (SVC-20)
 */
export function routeReads(
  rollout: Rollout,
  routes: Routes,
  verifiesTargets: boolean,
): readonly (RouteRef | RouteQuery)[] {
  const read = routersOf(rollout).flatMap((router) => router.reads(rollout, routes))
  const service = verifiesTargets ? verifiedService(rollout) : ''
  return service === '' ? read : [...read, ...targetReads(rollout, service)]
}

/** The active one of a blue-green update, the stable one of a canary by an ALB. */
function verifiedService(rollout: Rollout): string {
  const { blueGreen, canary } = rollout.spec?.strategy ?? {}
  if (blueGreen !== undefined) return blueGreen.activeService ?? ''
  return canary?.trafficRouting?.alb === undefined ? '' : servicePair(rollout, rollout.status ?? {}, true).stable
}
