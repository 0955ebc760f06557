import type { CanaryStep, CanaryStrategy, TrafficWeight } from '#api/rollout.ts'
import type { Decision } from '#engine/decision.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import { findRoute, noRoutes } from '#engine/traffic/routes.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { applyDecision, settlePods } from './apply-decision.ts'
import { aRollout } from './builders/rollout.ts'
import { aRouteObject, aRouteTable } from './builders/routing.ts'
import { aService } from './builders/service.ts'
import { aWorld } from './builders/world.ts'
import { RolloutJourney } from './rollout-journey.ts'

export interface RoutedSetting {
  readonly replicas?: number
  readonly steps?: readonly CanaryStep[]
  readonly canary?: CanaryStrategy
}

const virtualService = { kind: 'virtualServices', namespace: 'shop', name: 'web' } as const

/** A journey whose traffic an Istio VirtualService splits, with what it said after each round that changed it. */
export class RoutedJourney extends RolloutJourney {
  /** Weights of the VirtualService, `canary/stable` and then the others, and who the two Services select: `20/80 2 1`. */
  traffic: string[] = []
  messages: string[] = []

  protected override apply(decision: Decision): RolloutWorld {
    for (const write of decision.writes) if (write.kind === 'event') this.messages.push(write.message)
    const world = applyDecision(this.world, decision, this.now)
    const weights = weightsIn(world)
    if (this.traffic.at(-1) !== weights) this.traffic.push(weights)
    return world
  }

  /** What is new since the last look: `0/100 20/80`. */
  get moved(): string {
    return this.traffic
      .splice(0, this.traffic.length - 1)
      .concat(this.traffic)
      .join(' ')
  }

  forget(): this {
    this.traffic = this.traffic.slice(-1)
    this.messages = []
    this.events = []
    this.sizes = []
    return this
  }

  get weights(): readonly TrafficWeight[] {
    const { canary, stable, additional = [] } = this.status.canary?.weights ?? {}
    return [canary, stable, ...additional].flatMap((each) => each ?? [])
  }

  get routes(): readonly Record<string, unknown>[] {
    const { spec } = findRoute(this.world.routes ?? noRoutes, virtualService) ?? {}
    return (spec as { readonly http: readonly Record<string, unknown>[] }).http
  }

  selected(service: string): string | undefined {
    return this.world.services[service]?.spec?.selector?.['rollouts-pod-template-hash']
  }

  /** One round, and pods follow. */
  step(): this {
    const decision = this.decide()
    this.events.push(...decision.writes.flatMap((write) => (write.kind === 'event' ? [write.reason] : [])))
    this.world = settlePods(this.apply(decision), this.isReady)
    return this
  }

  decide = (): Decision => reconcileRollout(this.world, this.now)
}

function weightsIn(world: RolloutWorld): string {
  const { spec } = findRoute(world.routes ?? noRoutes, virtualService) ?? {}
  const http = (
    (spec ?? {}) as { readonly http?: readonly { readonly name?: string; readonly route: readonly Route[] }[] }
  ).http
  const primary = http?.find(({ name }) => name === 'primary')?.route ?? []
  const of = (host: string): number => primary.find(({ destination }) => destination.host === host)?.weight ?? 0
  const others = primary.filter(({ destination }) => !destination.host.startsWith('web-'))
  return [of('web-canary'), of('web-stable'), ...others.map(({ weight }) => weight ?? 0)].join('/')
}

interface Route {
  readonly destination: { readonly host: string }
  readonly weight?: number
}

/** A Rollout before its first deploy. */
export function aRoutedJourney({ replicas = 5, steps = [], canary = {} }: RoutedSetting = {}): RoutedJourney {
  const managedRoutes = [{ name: 'hdr' }, { name: 'mir' }]
  const trafficRouting = { istio: { virtualService: { name: 'web', routes: ['primary'] } }, managedRoutes }
  const services = { canaryService: 'web-canary', stableService: 'web-stable' }
  const rollout = aRollout({ replicas, canary: { ...services, trafficRouting, ...canary, steps } })
  const route = [
    { destination: { host: 'web-stable' }, weight: 100 },
    { destination: { host: 'web-canary' }, weight: 0 },
  ]
  const routes = aRouteTable([
    aRouteObject('virtualServices', 'web', { hosts: ['web'], http: [{ name: 'primary', route }] }),
  ])
  const world = aWorld({
    rollout,
    services: { 'web-canary': aService('web-canary'), 'web-stable': aService('web-stable') },
    routes,
  })
  return new RoutedJourney(world)
}

/** Healthy on `web:1`, an hour old, with nothing remembered of how it came there. */
export function aRoutedRelease(setting: RoutedSetting = {}): RoutedJourney {
  const journey = aRoutedJourney(setting)
  journey.settle()
  journey.now += 3_600_000
  return journey.forget()
}
