import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { HeaderRoute } from '#api/rollout.ts'
import type { RouteKind } from '#api/route-kinds.ts'
import type { TrafficRouting } from '#api/traffic-routing.ts'
import { ambassador } from '#engine/traffic/ambassador.ts'
import { apisix } from '#engine/traffic/apisix.ts'
import { appMesh } from '#engine/traffic/app-mesh.ts'
import { gatewayApiConcerns } from '#engine/traffic/gateway-api/concerns.ts'
import { gatewayApiPlugin, parseGatewayApi } from '#engine/traffic/gateway-api/config.ts'
import { gatewayApi } from '#engine/traffic/gateway-api/gateway-api.ts'
import type { Router, RouterRequest, RouterResult } from '#engine/traffic/router.ts'
import { noRoutes, type RouteObject, type Routes } from '#engine/traffic/routes.ts'
import { smi } from '#engine/traffic/smi.ts'
import { traefik } from '#engine/traffic/traefik.ts'
import { aRouteObject, aRouterRequest, aRouteTable } from '#test/support/builders/routing.ts'

const seed = 20260115
const numRuns = 200

/** Mostly what is usual in a place, with something else now and then. */
const orAny = (usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: fc.jsonValue() })
const record = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  orAny(fc.record(Object.fromEntries(Object.entries(fields).map(([name, usual]) => [name, orAny(usual)]))))
const list = (usual: fc.Arbitrary<unknown>) => orAny(fc.array(orAny(usual), { maxLength: 6 }))

const service = fc.constantFrom('web-stable', 'web-canary', 'web-stable', 'web-canary', 'exp', 'other')
const weight = fc.constantFrom(0, 1, 20, 80, 100)
const name = fc.constantFrom('hdr', 'hdr-1', 'web', 'other')

/** Its kind, its name, and what may stand in its spec. */
type Shape = readonly [kind: RouteKind, name: string, spec: fc.Arbitrary<unknown>]

const match = record({
  path: record({ type: fc.constant('PathPrefix'), value: fc.constant('/') }),
  headers: list(record({ name: fc.constantFrom('X', 'Y'), type: fc.constant('Exact'), value: fc.constant('1') })),
})
const rules = record({
  rules: list(
    record({ name, matches: list(match), backendRefs: list(record({ name: service, port: fc.constant(80), weight })) }),
  ),
})
const ports = record({ ports: list(record({ name: fc.constant('http'), port: fc.constant(80) })) })
const apisixSpec = record({
  http: list(
    record({
      name: fc.constant('web'),
      match: record({ exprs: list(fc.constant({})) }),
      priority: fc.constant(1),
      backends: list(record({ serviceName: service, weight })),
    }),
  ),
})
const target = record({ virtualNodeRef: record({ name: service, namespace: fc.constant('shop') }), weight })
const mesh: readonly Shape[] = [
  [
    'meshVirtualServices',
    'web',
    record({ provider: record({ virtualRouter: record({ virtualRouterRef: record({ name: fc.constant('web') }) }) }) }),
  ],
  [
    'meshVirtualRouters',
    'web',
    record({
      routes: list(record({ name, httpRoute: record({ action: record({ weightedTargets: list(target) }) }) })),
    }),
  ],
  ...['web-stable', 'web-canary'].map(
    (node): Shape => [
      'meshVirtualNodes',
      node,
      record({ podSelector: record({ matchLabels: record({ app: fc.constant('web') }) }) }),
    ],
  ),
]
const mapping = record({ service: fc.constant('web-stable:80'), weight })
const owned = { ownerReferences: [{ apiVersion: 'a', kind: 'Rollout', name: 'web', uid: 'uid-web', controller: true }] }

/** All of the objects, or some of them. */
const table = (shapes: readonly Shape[]): fc.Arbitrary<Routes> =>
  fc
    .tuple(
      ...shapes.map(([kind, named, spec]) =>
        fc.option(fc.tuple(fc.constant(kind), fc.constant(named), spec), { freq: 9, nil: undefined }),
      ),
    )
    .map((some) =>
      aRouteTable(
        some.flatMap((each): (readonly [RouteKind, RouteObject])[] =>
          each === undefined ? [] : [aRouteObject(each[0], each[1], each[2], owned)],
        ),
      ),
    )

const header: HeaderRoute = { name: 'hdr', match: [{ headerName: 'X', headerValue: { exact: '1' } }] }

/** Done once more, each operation changes nothing, and tells nothing. Whether a weight was set, not refused. */
function expectSettled(router: Router, request: RouterRequest, routes: Routes): boolean {
  const operations: readonly ((each: Routes) => RouterResult | undefined)[] = [
    (each) => router.setWeight(request, each),
    (each) => router.setWeight({ ...request, weight: 0 }, each),
    (each) => router.updateHash?.(request, each),
    (each) => router.setHeaderRoute?.(request, header, each),
    (each) => router.setHeaderRoute?.(request, { name: 'hdr' }, each),
    (each) => router.removeManagedRoutes?.(request, each),
  ]
  for (const operate of operations) {
    const first = operate(routes)
    if (first === undefined || !first.ok) continue
    expect(operate(first.value.routes)).toMatchObject({ ok: true, value: { routes: first.value.routes, events: [] } })
  }
  router.reads(request.rollout, routes)
  router.unusable?.(request.rollout, routes)
  router.missing?.(request.rollout, routes)
  router.mismatch?.(request.rollout, routes)
  return router.setWeight(request, routes).ok
}

const byPlugin = (config: object): TrafficRouting => ({ plugins: { [gatewayApiPlugin]: config } })
const virtualNodeGroup = {
  canaryVirtualNodeRef: { name: 'web-canary' },
  stableVirtualNodeRef: { name: 'web-stable' },
}
const split = record({ service, backends: list(record({ service, weight: fc.constant('20') })) })
const weighted = record({ weighted: record({ services: list(record({ name: service, weight })) }) })

it.each<[string, Router, TrafficRouting, readonly Shape[]]>([
  [
    'GW-7, GW-14, GW-18, GW-22: HTTPRoutes',
    gatewayApi,
    byPlugin({ httpRoute: 'web' }),
    [
      ['httpRoutes', 'web', rules],
      ['services', 'exp', ports],
    ],
  ],
  ['GW-7, GW-14, GW-18: GRPCRoutes', gatewayApi, byPlugin({ grpcRoute: 'web' }), [['grpcRoutes', 'web', rules]]],
  ['GW-8: TCPRoutes', gatewayApi, byPlugin({ tcpRoute: 'web' }), [['tcpRoutes', 'web', rules]]],
  ['SMI-5: TrafficSplits', smi, { smi: {} }, [['trafficSplits', 'web', split]]],
  [
    'TFK-1, TFK-2: TraefikServices',
    traefik,
    { traefik: { weightedTraefikServiceName: 'web' } },
    [['traefikServices', 'web', weighted]],
  ],
  [
    'APX-2, APX-7, APX-10: ApisixRoutes',
    apisix,
    { apisix: { route: { name: 'web' } } },
    [
      ['apisixRoutes', 'web', apisixSpec],
      ['apisixRoutes', 'hdr', apisixSpec],
    ],
  ],
  [
    'AMB-4, AMB-5, AMB-6: Mappings',
    ambassador,
    { ambassador: { mappings: ['web', 'api'] } },
    ['web', 'web-canary', 'api', 'api-canary'].map((each): Shape => ['mappings', each, mapping]),
  ],
  [
    'APM-1, APM-3: nodes and routers of App Mesh',
    appMesh,
    { appMesh: { virtualService: { name: 'web' }, virtualNodeGroup } },
    mesh,
  ],
])('%s of any shape are refused or settled, and nothing throws', (_which, router, routing, shapes) => {
  const destinations = router.type === 'GatewayAPI' ? [{ serviceName: 'exp', weight: 10 }] : []
  const request = aRouterRequest({ routing: { ...routing, managedRoutes: [{ name: 'hdr' }] }, destinations })
  let weighed = 0
  fc.assert(
    fc.property(table(shapes), (routes) => {
      if (expectSettled(router, request, routes)) weighed += 1
    }),
    { seed, numRuns },
  )
  expect(weighed).toBeGreaterThan(numRuns / 10)
})

it('GW-3: a configuration of any shape is read or refused, and nothing throws', () => {
  const selector = record({
    matchLabels: record({ app: fc.constant('web') }),
    matchExpressions: list(
      record({ key: fc.constant('app'), operator: fc.constantFrom('In', 'Exists'), values: list(name) }),
    ),
  })
  const told = record({
    httpRoutes: list(record({ name, useHeaderRoutes: fc.boolean() })),
    grpcRoute: name,
    tcpRouteSelector: selector,
    namespace: fc.constant('net'),
  })
  fc.assert(
    fc.property(told, (said) => {
      const request = aRouterRequest({ routing: { plugins: { [gatewayApiPlugin]: said } } })
      const { rollout } = request
      const parsed = parseGatewayApi(said)
      expect(gatewayApi.reads(rollout, noRoutes).length > 0 && !parsed.ok).toBe(false)
      const result = gatewayApi.setWeight(request, noRoutes)
      expect(parsed.ok || (!result.ok && result.error.message.endsWith(parsed.error))).toBe(true)
      gatewayApiConcerns(rollout, noRoutes)
    }),
    { seed, numRuns },
  )
})
