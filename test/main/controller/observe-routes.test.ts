import { expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { type RouteKind, routeKinds } from '#api/route-kinds.ts'
import type { TrafficRouting } from '#api/traffic-routing.ts'
import { findRoute, resourceOf } from '#engine/traffic/routes.ts'
import type { Served } from '#main/cluster/served-kinds.ts'
import { observeRoutes } from '#main/controller/observe-routes.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aRouteObject } from '#test/support/builders/routing.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'

/** What a Rollout with this routing sees; kinds are served as usual unless said otherwise. */
function observing(
  trafficRouting: TrafficRouting,
  objects: readonly (readonly [RouteKind, object])[],
  served: Partial<Record<RouteKind, Served>> = {},
) {
  const api = new FakeApi()
  for (const [kind, object] of objects) api.put(routeKinds[kind], object as KubeObject)
  const cluster = new FakeCluster(api)
  const asked: RouteKind[] = []
  const of = (kind: RouteKind): Served => {
    asked.push(kind)
    return served[kind] ?? { state: 'served', resource: routeKinds[kind] }
  }
  Object.assign(cluster.served, { of })
  const canary = { canaryService: 'web-canary', stableService: 'web-stable', trafficRouting }
  return { cluster, asked, observe: () => observeRoutes(cluster, aRollout({ canary })) }
}

const istio = { istio: { virtualService: { name: 'web' }, destinationRule: { name: 'web' } } }
const virtualService = aRouteObject('virtualServices', 'web', { http: [] })
const at = (kind: RouteKind, name = 'web') => ({ kind, namespace: 'shop', name })

it('IST-35: what the routers name is read from the caches, and nothing else', () => {
  const { observe, asked } = observing(istio, [virtualService, aRouteObject('virtualServices', 'other', {})])
  const outcome = observe()
  expect(outcome.ok && outcome.value.reads).toEqual([at('virtualServices'), at('destinationRules')])
  expect(outcome.ok && findRoute(outcome.value.routes, at('virtualServices'))?.spec).toEqual({ http: [] })
  expect(outcome.ok && findRoute(outcome.value.routes, at('virtualServices', 'other'))).toBeUndefined()
  expect(outcome.ok && findRoute(outcome.value.routes, at('destinationRules'))).toBeUndefined()
  expect(new Set(asked)).toEqual(new Set(['virtualServices', 'destinationRules']))
})

it('DEL-1: without a router nothing is read, and no kind is asked for', () => {
  const { observe, asked } = observing({}, [virtualService])
  expect(observe()).toMatchObject({ ok: true, value: { reads: [] } })
  expect(asked).toEqual([])
})

it('REF-9: what an object that was read leads to is read too', () => {
  const provider = { virtualRouter: { virtualRouterRef: { name: 'web-router' } } }
  const meshed = aRouteObject('meshVirtualServices', 'web', { provider })
  const { observe } = observing({ appMesh: { virtualService: { name: 'web' } } }, [meshed])
  const outcome = observe()
  expect(outcome.ok && outcome.value.reads).toEqual(
    expect.arrayContaining([at('meshVirtualServices'), at('meshVirtualRouters', 'web-router')]),
  )
})

it('IST-38: a kind that is not served has no objects; its round goes on and says what is missing', () => {
  const { observe } = observing(istio, [virtualService], { virtualServices: { state: 'notServed' } })
  const outcome = observe()
  expect(outcome.ok && findRoute(outcome.value.routes, at('virtualServices'))).toBeUndefined()
  expect(outcome.ok && outcome.value.reads).toEqual([at('virtualServices'), at('destinationRules')])
})

it('FEA-3: an object is read and written in the version in which the cluster serves it', () => {
  const resource = { ...routeKinds.virtualServices, version: 'v1' }
  const { observe } = observing(istio, [virtualService], { virtualServices: { state: 'served', resource } })
  const outcome = observe()
  expect(outcome.ok && resourceOf(outcome.value.routes, 'virtualServices').version).toBe('v1')
  expect(outcome.ok && resourceOf(outcome.value.routes, 'destinationRules').version).toBe('v1alpha3')
})

it('VAL-4: what cannot be looked up is a failure of the round, and not an object that is missing', () => {
  const error = { kind: 'ServerError', message: 'no', status: 500 } as const
  const failed = observing(istio, [], { virtualServices: { state: 'failed', failure: error } })
  expect(failed.observe()).toEqual({ ok: false, error })
  const asked = observing(istio, [], { destinationRules: { state: 'asked' } })
  expect(asked.observe()).toEqual({ ok: false, error: { kind: 'NotSynced' } })
  const late = observing(istio, [virtualService])
  late.cluster.synced = false
  expect(late.observe()).toEqual({ ok: false, error: { kind: 'NotSynced' } })
})

it('GW-20, GW-26: who may not read the record of old versions does without it', () => {
  const rule = { backendRefs: [{ name: 'web-canary', port: 80 }] }
  const plugins = { 'argoproj-labs/gatewayAPI': { httpRoutes: [{ name: 'web', useHeaderRoutes: true }] } }
  const { cluster, observe } = observing({ plugins, managedRoutes: [{ name: 'hdr' }] }, [
    aRouteObject('httpRoutes', 'web', { rules: [rule] }),
  ])
  const usual = cluster.cache.bind(cluster)
  const failure = { kind: 'Forbidden', message: 'no', verb: 'list', resource: 'configmaps', namespace: undefined }
  const asked: string[] = []
  const cache = (kind: Parameters<typeof usual>[0]) => {
    asked.push(kind)
    return kind === 'configMaps' ? { ...usual(kind), synced: false, failure } : usual(kind)
  }
  Object.assign(cluster, { cache })
  expect(observe()).toMatchObject({ ok: true })
  expect(asked).toContain('configMaps')
})
