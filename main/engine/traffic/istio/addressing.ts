import type { Rollout } from '#api/rollout.ts'
import type { IstioRouting, IstioVirtualServiceRef } from '#api/traffic-routing.ts'
import type { RouteRef } from '../routes.ts'

/** A VirtualService as a Rollout names it, and where it is. */
export interface VirtualServiceEntry {
  readonly config: IstioVirtualServiceRef
  readonly ref: RouteRef
}

export const istioRoutingOf = ({ spec }: Rollout): IstioRouting => spec.strategy?.canary?.trafficRouting?.istio ?? {}

/** In the order in which they are written (IST-2). */
export function virtualServicesOf(rollout: Rollout): readonly VirtualServiceEntry[] {
  const { virtualService, virtualServices } = istioRoutingOf(rollout)
  const configs = virtualServices ?? (virtualService === undefined ? [] : [virtualService])
  return configs.map((config) => ({ config, ref: virtualServiceRef(config.name ?? '', rollout) }))
}

/** Always beside its Rollout (IST-1); `undefined` when the Rollout splits by host. */
export function destinationRuleRef(rollout: Rollout): RouteRef | undefined {
  const { destinationRule } = istioRoutingOf(rollout)
  if (destinationRule === undefined) return undefined
  return { kind: 'destinationRules', namespace: namespaceOf(rollout), name: destinationRule.name ?? '' }
}

/**
 * `web`, `web.istio-system` or `web.istio-system.cluster.local`: what follows the last dot is the namespace. So the name of a Service,
 * `web.shop.svc.cluster.local`, is read as `web.shop` in `svc` (IST-1).
 */
function virtualServiceRef(text: string, rollout: Rollout): RouteRef {
  const address = text.endsWith(clusterDomain) ? text.slice(0, -clusterDomain.length) : text
  const dot = address.lastIndexOf('.')
  const [name, namespace] = dot < 0 ? [address, ''] : [address.slice(0, dot), address.slice(dot + 1)]
  return { kind: 'virtualServices', namespace: namespace === '' ? namespaceOf(rollout) : namespace, name }
}

const clusterDomain = '.cluster.local'

const namespaceOf = ({ metadata }: Rollout): string => metadata.namespace ?? ''
