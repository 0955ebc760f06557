import type { Rollout } from '#api/rollout.ts'
import { failure, success } from '#lib/outcome.ts'
import type { Router, RouterRequest, RouterResult } from '../router.ts'
import type { RouteRef, Routes } from '../routes.ts'
import { destinationRuleRef, virtualServicesOf } from './addressing.ts'
import { updateHash } from './destination-rule.ts'
import { inOrder, withoutManagedRoutes } from './managed-routes.ts'
import { onVirtualServices } from './operation.ts'
import { mismatch, missing } from './references.ts'
import { sidesOf } from './sides.ts'
import { setHeaderRoute, setMirrorRoute } from './step-routes.ts'
import { withWeights } from './weights.ts'

/**
 * Splits by weights in VirtualServices, between hosts or between subsets of a DestinationRule. Both are the user's: what does not concern
 * the split stays as it is.
 */
export const istio: Router = {
  type: 'Istio',
  reads,
  missing,
  mismatch,
  updateHash,
  setWeight,
  setHeaderRoute,
  setMirrorRoute,
  removeManagedRoutes,
}

/** None of them has to be there, see `missing`. */
function reads(rollout: Rollout): readonly RouteRef[] {
  const rule = destinationRuleRef(rollout)
  const refs = [...virtualServicesOf(rollout).map(({ ref }) => ref), ...(rule === undefined ? [] : [rule])]
  return refs.filter(({ name }) => name !== '')
}

/**
 * Of 100, whatever the maximum of other routers is (FEA-1). Templates of an Experiment that have no Service get nothing; the reference
 * writes a destination without a host, which Istio refuses.
 */
function setWeight(request: RouterRequest, routes: Routes): RouterResult {
  const { rollout, weight } = request
  const destinations = request.destinations.filter(({ serviceName = '' }) => serviceName !== '')
  const split = { ...sidesOf(rollout, request), weight, destinations }
  return onVirtualServices(rollout, routes, {
    change: (object, { config }) => {
      const weighted = withWeights(object, config, split)
      if (!weighted.ok) return failure({ message: weighted.error, events: [] })
      return success(weighted.value === object ? object : inOrder(weighted.value, rollout))
    },
    done: `set to desiredWeight '${weight}'`,
    notFound: '',
    notChanged: '',
    skipsMissing: false,
  })
}

/** Told as done only when something is removed; the reference stops at the first VirtualService without HTTP routes (IST-28). */
function removeManagedRoutes({ rollout }: RouterRequest, routes: Routes): RouterResult {
  return onVirtualServices(rollout, routes, {
    change: (object) => success(withoutManagedRoutes(object, rollout)),
    done: 'removed all managed routes.',
    notFound: '',
    notChanged: '',
    skipsMissing: true,
  })
}
