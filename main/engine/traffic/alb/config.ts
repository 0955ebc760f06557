import type { Rollout } from '#api/rollout.ts'
import type { AlbRouting, TrafficRouting } from '#api/traffic-routing.ts'
import { ingressNames, type NamedIngresses } from '../ingress-references.ts'

export const routingOf = ({ spec }: Rollout): TrafficRouting => spec.strategy?.canary?.trafficRouting ?? {}
export const albOf = (rollout: Rollout): AlbRouting => routingOf(rollout).alb ?? {}

export function namedByAlb(rollout: Rollout): NamedIngresses {
  const { ingress, ingresses } = albOf(rollout)
  return { router: 'alb', one: ingress, several: ingresses }
}

/** ALB-1. */
export const albIngresses = (rollout: Rollout): readonly string[] => ingressNames(namedByAlb(rollout))

/** The Service that paths of the Ingress name, and that the action stands for (ALB-1). */
export const actionService = (rollout: Rollout): string =>
  albOf(rollout).rootService || (rollout.spec.strategy?.canary?.stableService ?? '')

const keyOf = (rollout: Rollout, kind: 'actions' | 'conditions', name: string): string =>
  `${albOf(rollout).annotationPrefix || 'alb.ingress.kubernetes.io'}/${kind}.${name}`

/** Where the load balancer controller looks for what becomes of requests to a Service of this name. */
export const actionKey = (rollout: Rollout, name: string): string => keyOf(rollout, 'actions', name)
export const conditionKey = (rollout: Rollout, name: string): string => keyOf(rollout, 'conditions', name)
