import type { TrafficRouting } from '#api/traffic-routing.ts'
import type { TrafficView, WrittenView } from '#contract/traffic-views.ts'
import type { RolloutView } from '#contract/views.ts'
import { podHashOf, readyOf, revisionOf } from '#engine/rollout/replica-set/facts.ts'
import { selectedHash } from '#engine/rollout/services.ts'
import { isUpdating } from '#engine/status/status-facts.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { RolloutFacts } from '../rollout-facts.ts'
import { routingView } from './routing.ts'

/** Who decides how requests are split, and what it says now (VIEW-222). */
export function trafficView(facts: RolloutFacts, view: RolloutView, now: EpochMs): TrafficView {
  const { rollout, status, currentRS, stableRS } = facts
  const routing = rollout.spec.strategy?.canary?.trafficRouting
  const active = rollout.spec.strategy?.blueGreen?.activeService
  const kind = active !== undefined ? 'services' : routing === undefined ? 'pods' : 'router'
  return {
    kind,
    source: active !== undefined ? `Service ${active}` : routing === undefined ? '' : sourceOf(routing),
    desiredWeight: kind === 'router' && !isUpdating(facts) ? 0 : view.setWeight,
    actualWeight: view.actualWeight,
    maxWeight: view.maxWeight,
    written: kind === 'router' ? writtenView(status) : undefined,
    routing: kind === 'router' ? routingView(facts, now) : undefined,
    canaryPods: isUpdating(facts) ? readyOf(currentRS) : 0,
    stablePods: readyOf(stableRS),
    services: servicesOf(facts),
  }
}

function writtenView({ canary }: RolloutFacts['status']): WrittenView | undefined {
  const weights = canary?.weights
  if (weights === undefined) return undefined
  return {
    weight: weights.canary.weight,
    additional: (weights.additional ?? []).map(({ serviceName = '', weight }) => ({ service: serviceName, weight })),
    verified: weights.verified,
  }
}

function servicesOf({ rollout, parts, replicaSets }: RolloutFacts): TrafficView['services'] {
  const { canary, blueGreen } = rollout.spec.strategy ?? {}
  const named = [
    { role: 'active', name: blueGreen?.activeService },
    { role: 'preview', name: blueGreen?.previewService },
    { role: 'stable', name: canary?.stableService },
    { role: 'canary', name: canary?.canaryService },
    { role: 'ping', name: canary?.pingPong?.pingService },
    { role: 'pong', name: canary?.pingPong?.pongService },
    { role: 'root', name: canary?.trafficRouting?.alb?.rootService },
  ]
  return named.flatMap(({ role, name }) => {
    if (name === undefined || name === '') return []
    const hash = selectedHash(Object.hasOwn(parts.services, name) ? parts.services[name] : undefined)
    const revision = hash === '' ? undefined : revisionOf(replicaSets.find((each) => podHashOf(each) === hash))
    return [{ role, name, podHash: hash === '' ? undefined : hash, revision }]
  })
}

/** Each router's own object, by the field that names it. */
const routers: Readonly<Record<string, readonly { readonly kind: string; readonly at: readonly string[] }[]>> = {
  istio: [
    { kind: 'VirtualService', at: ['virtualService', 'name'] },
    { kind: 'VirtualService', at: ['virtualServices', '0', 'name'] },
  ],
  nginx: [
    { kind: 'Ingress', at: ['stableIngress'] },
    { kind: 'Ingress', at: ['stableIngresses', '0'] },
  ],
  alb: [
    { kind: 'Ingress', at: ['ingress'] },
    { kind: 'Ingress', at: ['ingresses', '0'] },
  ],
  smi: [{ kind: 'TrafficSplit', at: ['trafficSplitName'] }],
  ambassador: [{ kind: 'Mapping', at: ['mappings', '0'] }],
  appMesh: [{ kind: 'VirtualService', at: ['virtualService', 'name'] }],
  traefik: [{ kind: 'TraefikService', at: ['weightedTraefikServiceName'] }],
  apisix: [{ kind: 'ApisixRoute', at: ['route', 'name'] }],
}

/** `VirtualService checkout, route primary`; the name of the router where its object has none. */
export function sourceOf(routing: TrafficRouting): string {
  for (const [router, fields] of Object.entries(routers)) {
    const told: unknown = Reflect.get(routing, router)
    if (told === undefined) continue
    for (const { kind, at } of fields) {
      const name = textAt(told, at)
      if (name !== undefined) return `${kind} ${name}${routeOf(told, at)}`
    }
    return router
  }
  const [plugin] = Object.keys(routing.plugins ?? {})
  return plugin ?? ''
}

function routeOf(router: unknown, at: readonly string[]): string {
  const route = at.at(-1) === 'name' ? textAt(router, [...at.slice(0, -1), 'routes', '0']) : undefined
  return route === undefined ? '' : `, route ${route}`
}

function textAt(value: unknown, path: readonly string[]): string | undefined {
  let node = value
  for (const field of path) {
    if (typeof node !== 'object' || node === null) return undefined
    node = Reflect.get(node, field)
  }
  return typeof node === 'string' && node !== '' ? node : undefined
}
