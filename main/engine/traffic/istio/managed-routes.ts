import type { Rollout } from '#api/rollout.ts'
import type { RouteObject } from '../routes.ts'
import { managedRouteNames } from './sides.ts'
import { nameOfRoute, sectionOf, withSection } from './virtual-service.ts'

/**
 * Managed routes first, in the order of `managedRoutes`, then all others as they were (IST-24): Istio takes the first route that matches.
 *
 * Differs from the reference, which multiplies routes without a name.
 */
export function inOrder(object: RouteObject, rollout: Rollout): RouteObject {
  const section = sectionOf(object, 'http')
  if (section === undefined) return object
  const names = [...new Set(managedRouteNames(rollout))]
  const managed = names.flatMap((name) => section.filter((route) => nameOfRoute(route) === name))
  const others = section.filter((route) => !names.includes(nameOfRoute(route)))
  return withSection(object, 'http', [...managed, ...others])
}

/** Without the routes of steps and of `managedRoutes` (IST-28). Others keep their order. */
export function withoutManagedRoutes(object: RouteObject, rollout: Rollout): RouteObject {
  const steps = rollout.spec.strategy?.canary?.steps ?? []
  const ofSteps = steps.flatMap(({ setHeaderRoute, setMirrorRoute }) => [setHeaderRoute?.name, setMirrorRoute?.name])
  const gone = new Set([...ofSteps, ...managedRouteNames(rollout)].filter((name) => name !== undefined && name !== ''))
  const section = sectionOf(object, 'http')
  const kept = section?.filter((route) => !gone.has(nameOfRoute(route)))
  return kept === undefined || kept.length === section?.length ? object : withSection(object, 'http', kept)
}
