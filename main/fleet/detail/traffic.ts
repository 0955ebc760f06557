import type { TrafficRouting } from '#api/rollout.ts'
import type { RolloutView, TrafficView } from '#contract/views.ts'
import { podHashOf, readyOf, revisionOf } from '#engine/rollout/replica-set/facts.ts'
import { selectedHash } from '#engine/rollout/services.ts'
import { isUpdating } from '#engine/status/status-facts.ts'
import type { RolloutFacts } from '../rollout-facts.ts'

/** Who decides how requests are split, and what it says now (VIEW-222). */
export function trafficView(facts: RolloutFacts, view: RolloutView): TrafficView {
  const { rollout, status, currentRS, stableRS } = facts
  const routing = rollout.spec.strategy?.canary?.trafficRouting
  const active = rollout.spec.strategy?.blueGreen?.activeService
  const kind = active !== undefined ? 'services' : routing === undefined ? 'pods' : 'router'
  return {
    kind,
    source: active !== undefined ? `Service ${active}` : routing === undefined ? '' : sourceOf(routing),
    desiredWeight: view.setWeight,
    actualWeight: view.actualWeight,
    maxWeight: view.maxWeight,
    verified: status.canary?.weights?.verified,
    canaryPods: isUpdating(facts) ? readyOf(currentRS) : 0,
    stablePods: readyOf(stableRS),
    services: servicesOf(facts),
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
    if (routing[router] === undefined) continue
    for (const { kind, at } of fields) {
      const name = textAt(routing[router], at)
      if (name !== undefined) return `${kind} ${name}${routeOf(routing[router], at)}`
    }
    return router
  }
  const [plugin] = Object.keys(routing['plugins'] ?? {})
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
