import type { CanaryStrategy } from '#api/rollout.ts'
import type { TrafficRouting } from '#api/traffic-routing.ts'
import { invalid, type SpecRule } from './spec-error.ts'

type CanaryRule = SpecRule<{ readonly canary: CanaryStrategy }>

const path = 'spec.strategy'
const bothServices = 'Canary service and Stable service must to be set to use Traffic Routing'
const bothPingPong = 'Ping service and Pong service must to be set to use Ping-Pong feature'
const samePingPong =
  'This rollout uses the same service for the ping and pong services, but two different services are required.'

export const hasPlugins = ({ plugins = {} }: TrafficRouting): boolean => Object.keys(plugins).length > 0

/** API-102: two Services that take turns. */
const pingPongRules: readonly CanaryRule[] = [
  ({ canary: { pingPong, trafficRouting: router } }) =>
    pingPong && router && router.alb === undefined && router.istio === undefined && !hasPlugins(router)
      ? invalid(
          `${path}.trafficRouting.alb`,
          undefined,
          'Ping-pong feature works with the ALB, Istio, and plugin-based traffic routers only',
        )
      : undefined,
  ({ canary: { pingPong } }) =>
    pingPong && (pingPong.pingService ?? '') === ''
      ? invalid(`${path}.pingPong.pingService`, '', bothPingPong)
      : undefined,
  ({ canary: { pingPong } }) =>
    pingPong && (pingPong.pongService ?? '') === ''
      ? invalid(`${path}.pingPong.pongService`, '', bothPingPong)
      : undefined,
  ({ canary: { pingPong } }) =>
    pingPong && pingPong.pingService === pingPong.pongService
      ? invalid(`${path}.pingPong.pingService`, pingPong.pingService, samePingPong)
      : undefined,
  ({ canary: { pingPong, trafficRouting } }) =>
    pingPong && trafficRouting?.alb !== undefined && (trafficRouting.alb.rootService ?? '') === ''
      ? invalid(
          `${path}.trafficRouting.alb.rootService`,
          '',
          'Root service field is required for the configuration with ALB and ping-pong feature enabled',
        )
      : undefined,
]

/** API-102…105: what a traffic router needs, and what needs a traffic router. */
export const trafficRoutingRules: readonly CanaryRule[] = [
  ...pingPongRules,
  ({ canary }) =>
    needsServices(canary) && (canary.stableService ?? '') === ''
      ? invalid(`${path}.stableService`, '', bothServices)
      : undefined,
  ({ canary }) =>
    needsServices(canary) && (canary.canaryService ?? '') === ''
      ? invalid(`${path}.canaryService`, '', bothServices)
      : undefined,
  ({ canary: { trafficRouting, scaleDownDelaySeconds: delay } }) => {
    const detail = 'Canary scaleDownDelaySeconds can only be used with traffic routing'
    return trafficRouting === undefined && delay !== undefined
      ? invalid(`${path}.scaleDownDelaySeconds`, delay, detail)
      : undefined
  },
  ({ canary: { trafficRouting, dynamicStableScale, scaleDownDelaySeconds } }) => {
    if (dynamicStableScale !== true) return undefined
    const field = `${path}.dynamicStableScale`
    if (trafficRouting === undefined)
      return invalid(field, true, 'Canary dynamicStableScale can only be used with traffic routing')
    return scaleDownDelaySeconds === undefined
      ? undefined
      : invalid(field, true, 'Canary dynamicStableScale cannot be used with scaleDownDelaySeconds')
  },
  ({ canary: { trafficRouting: router } }) =>
    router?.maxTrafficWeight !== undefined && router.nginx === undefined && !hasPlugins(router)
      ? invalid(
          `${path}.trafficRouting.maxTrafficWeight`,
          router.maxTrafficWeight,
          'Canary maxTrafficWeight in traffic routing only supported in Nginx and Plugins',
        )
      : undefined,
]

/** Routers that always split between two Services. */
const byServices = ['smi', 'apisix', 'ambassador', 'nginx', 'appMesh', 'traefik'] as const

function needsServices({ trafficRouting: router, pingPong }: CanaryStrategy): boolean {
  if (router === undefined) return false
  const isSplitByName =
    router.alb !== undefined || (router.istio && router.istio.destinationRule === undefined) === true
  return (isSplitByName && pingPong === undefined) || byServices.some((name) => router[name] !== undefined)
}
