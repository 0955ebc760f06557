import type { Router } from '#engine/traffic/router.ts'
import { routersOf } from '#engine/traffic/routers.ts'
import { noRoutes } from '#engine/traffic/routes.ts'
import type { Situation } from '../situation.ts'
import type { SpecError } from './spec-error.ts'

/** Objects of traffic routers are looked up in this order, which is not that in which weights are sent (REF-3…9). */
const order: readonly Router['type'][] = ['Nginx', 'ALB', 'Istio', 'Ambassador', 'AppMesh']

/** What the routers need that is not there. */
export const missingRoute = (situation: Situation): SpecError | undefined =>
  firstOf(situation, ({ missing }) => missing)

/** What the routers need that has the wrong content (REF-13…22). */
export const routeError = (situation: Situation): SpecError | undefined =>
  firstOf(situation, ({ mismatch }) => mismatch)

function firstOf({ rollout, world }: Situation, judge: (router: Router) => Router['missing']): SpecError | undefined {
  const rank = ({ type }: Router): number => (order.includes(type) ? order.indexOf(type) : order.length)
  for (const router of routersOf(rollout).toSorted((a, b) => rank(a) - rank(b))) {
    const error = judge(router)?.(rollout, world.routes ?? noRoutes)
    if (error !== undefined) return error
  }
  return undefined
}
