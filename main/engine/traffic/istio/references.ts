import type { Rollout } from '#api/rollout.ts'
import type { IstioVirtualServiceRef } from '#api/traffic-routing.ts'
import { servicePair } from '#engine/rollout/canary/service-pair.ts'
import { invalid, type SpecError } from '#engine/rollout/validation/spec-error.ts'
import { findRoute, notFoundText, type RouteObject, type Routes } from '../routes.ts'
import { istioRoutingOf, virtualServicesOf } from './addressing.ts'
import { routesError, type Sides, sidesOf } from './sides.ts'
import { protocols, readRoutes, sectionOf } from './virtual-service.ts'

const path = 'spec.strategy.canary.trafficRouting.istio'

/**
 * Differs from the reference, which lets canary and stable have the same subset, and then sends the canary's weight to it and the rest to
 * nobody (IST-22).
 */
export function missing(rollout: Rollout, routes: Routes): SpecError | undefined {
  const { virtualService, virtualServices, destinationRule } = istioRoutingOf(rollout)
  if ((virtualService === undefined) === (virtualServices === undefined))
    return { path, kind: 'Internal error', detail: 'either VirtualService or VirtualServices must be configured' }
  const { canarySubsetName: canary = '', stableSubsetName: stable = '' } = destinationRule ?? {}
  if (canary !== '' && canary === stable)
    return invalid(`${path}.destinationRule.canarySubsetName`, canary, 'canary and stable must be different subsets')
  const absent = virtualServicesOf(rollout).find(({ ref }) => findRoute(routes, ref) === undefined)
  return absent && invalid(virtualServicePath(rollout), absent.ref.name, notFoundText(routes, absent.ref))
}

/** Of several entries with the same name, in whatever namespaces, the first says which routes to look at (REF-20). */
export function mismatch(rollout: Rollout, routes: Routes): SpecError | undefined {
  const pair = servicePair(rollout, rollout.status ?? {}, false)
  const sides = sidesOf(rollout, { canaryService: pair.canary, stableService: pair.stable })
  const entries = virtualServicesOf(rollout)
  for (const { ref } of entries) {
    const object = findRoute(routes, ref)
    const config = entries.find((each) => each.ref.name === ref.name)?.config
    const detail = object && config && contentError(object, config, sides)
    if (detail !== undefined) return invalid(virtualServicePath(rollout), ref.name, detail)
  }
  return undefined
}

const virtualServicePath = (rollout: Rollout): string =>
  `${path}.${istioRoutingOf(rollout).virtualServices === undefined ? 'virtualService' : 'virtualServices'}.name`

function contentError(object: RouteObject, config: IstioVirtualServiceRef, sides: Sides): string | undefined {
  const sections = protocols.flatMap((protocol) => {
    const section = sectionOf(object, protocol)
    return section === undefined ? [] : [{ protocol, section }]
  })
  if (sections.length === 0) return 'Unable to get any of the HTTP, TCP or TLS routes for the Istio VirtualService'
  for (const { protocol, section } of sections) {
    const routes = readRoutes(protocol, section)
    if (!routes.ok) return routes.error
    const error = routesError(protocol, config, routes.value, sides)
    if (error !== undefined) return `Istio VirtualService has invalid ${protocol.toUpperCase()} routes. Error: ${error}`
  }
  return undefined
}
