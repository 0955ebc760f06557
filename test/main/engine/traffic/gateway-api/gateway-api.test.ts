import { describe, expect, it } from 'vitest'
import { apiVersionOf } from '#api/resources.ts'
import type { RouteKind } from '#api/route-kinds.ts'
import { gatewayApi } from '#engine/traffic/gateway-api/gateway-api.ts'
import type { RouterRequest } from '#engine/traffic/router.ts'
import { noRoutes, type RouteObject, type Routes, resourceOf } from '#engine/traffic/routes.ts'
import {
  aGatewayRequest,
  aGatewayRollout,
  aPathMatch,
  aRef,
  exactHeader,
  routeOf,
  split,
} from '#test/support/builders/gateway-api.ts'
import { aRouteObject, aRouteTable, stepOf } from '#test/support/builders/routing.ts'
import { settled } from '#test/support/settled.ts'

const labelKey = 'rollouts.argoproj.io/gatewayapi-canary'
const kinds = ['httpRoutes', 'grpcRoutes', 'tcpRoutes', 'tlsRoutes'] as const

const rule = (...refs: readonly unknown[]) => ({ backendRefs: refs })
const front = (...rules: readonly unknown[]) => aRouteObject('httpRoutes', 'front', { rules })

const weigh = (request: RouterRequest, routes: Routes) =>
  settled((each) => gatewayApi.setWeight(request, each), routes).routes

/** The HTTPRoute `front` after SetWeight. */
const weighed = (request: RouterRequest, ...objects: readonly (readonly [RouteKind, RouteObject])[]) =>
  routeOf(weigh(request, aRouteTable(objects)), 'httpRoutes')

function errorOf(request: RouterRequest, routes: Routes) {
  const result = gatewayApi.setWeight(request, routes)
  if (result.ok) throw new Error('the router did it')
  return result.error
}

describe('gatewayApi', () => {
  it('GW-6, PLG-4: has nothing to point at hashes or to mirror with, and verifies at once', () => {
    expect(gatewayApi.type).toBe('GatewayAPI')
    expect(gatewayApi.verifies).toBe('always')
    expect(gatewayApi.updateHash).toBeUndefined()
    expect(gatewayApi.setMirrorRoute).toBeUndefined()
  })

  it('GW-19: looks at no route before an update', () => {
    expect(gatewayApi.missing).toBeUndefined()
    expect(gatewayApi.mismatch).toBeUndefined()
  })

  it('GW-9, PLG-3: a refused write is told as the error of the plugin', () => {
    const ref = { kind: 'httpRoutes', namespace: 'shop', name: 'front' } as const
    expect(gatewayApi.refused?.('update', ref)).toEqual({ error: 'failed to set weight via plugin: ' })
  })

  it('GW-10: kinds are served in these versions', () => {
    expect(kinds.map((kind) => apiVersionOf(resourceOf(noRoutes, kind)))).toEqual([
      'gateway.networking.k8s.io/v1',
      'gateway.networking.k8s.io/v1',
      'gateway.networking.k8s.io/v1alpha2',
      'gateway.networking.k8s.io/v1alpha2',
    ])
  })
})

describe('reads', () => {
  const reads = (options: Parameters<typeof aGatewayRollout>[0]) => gatewayApi.reads(aGatewayRollout(options), noRoutes)
  const at = (kind: RouteKind, name: string, namespace = 'shop') => ({ kind, namespace, name })

  it('GW-1, GW-2: routes by name and by label, in the namespace that is told', () => {
    const config = {
      httpRoutes: [{ name: 'a' }],
      httpRoute: 'b',
      tcpRoute: 'db',
      tlsRouteSelector: { matchLabels: { app: 'web' } },
      namespace: 'net',
    }
    expect(reads({ config, managedRoutes: [] })).toEqual([
      at('httpRoutes', 'a', 'net'),
      at('httpRoutes', 'b', 'net'),
      at('tcpRoutes', 'db', 'net'),
      { kind: 'tlsRoutes', namespace: 'net', labelSelector: { matchLabels: { app: 'web' }, matchExpressions: [] } },
    ])
  })

  it('GW-20: the record of old versions once a route with header routes has a rule that one may have made', () => {
    const record = at('configMaps', 'argo-gatewayapi-configmap')
    const readsFor = (rule: object, options: Parameters<typeof aGatewayRollout>[0] = {}, namespace = 'shop') => {
      const route = aRouteObject('httpRoutes', 'front', { rules: [rule] }, { namespace })
      return gatewayApi.reads(aGatewayRollout(options), aRouteTable([route]))
    }
    const old = rule(aRef('web-canary'))
    expect(reads({})).toEqual([at('httpRoutes', 'front')])
    expect(readsFor(old)).toEqual([at('httpRoutes', 'front'), record])
    const config = { httpRoute: 'front', configMap: 'mine', namespace: 'net' }
    expect(readsFor(old, { config }, 'net')).toContainEqual(at('configMaps', 'mine', 'net'))
    expect(readsFor(rule(...split()))).toEqual([at('httpRoutes', 'front')])
    expect(readsFor({ name: 'preview', ...old })).toEqual([at('httpRoutes', 'front')])
    expect(readsFor(old, { config: { httpRoutes: [{ name: 'front' }] } })).toEqual([at('httpRoutes', 'front')])
  })

  it('GW-22, GW-26: Services of the Rollout while it has an Experiment', () => {
    const config = { httpRoutes: [{ name: 'front' }], namespace: 'net' }
    expect(reads({ config, status: { canary: { currentExperiment: 'try' } } })).toEqual([
      at('httpRoutes', 'front', 'net'),
      { kind: 'services', namespace: 'shop' },
    ])
    expect(reads({ config, status: { canary: { currentExperiment: '' } } })).toHaveLength(1)
  })

  it('GW-3: nothing as long as the configuration cannot be read', () => {
    expect(reads({ config: { httpRoutes: 7 } })).toEqual([])
    expect(reads({ config: { httpRoutes: [{}] } })).toEqual([])
  })
})

describe('setWeight', () => {
  it.each([
    [0, 100, {}],
    [20, 80, { [labelKey]: 'in-progress' }],
    [100, 0, { [labelKey]: 'in-progress' }],
  ])('GW-7, GW-11: %d of 100 in an HTTPRoute that had no weights', (weight, rest, labels) => {
    const rules = [{ matches: [aPathMatch('/')], backendRefs: split() }]
    const route = weighed(aGatewayRequest({ weight }), front(...rules))
    expect(route.spec).toEqual({ rules: [{ matches: [aPathMatch('/')], backendRefs: split(rest, weight) }] })
    expect(route.metadata.labels ?? {}).toEqual(labels)
  })

  it('GW-7: promotion and abort put it back, with the header route gone', () => {
    const request = aGatewayRequest({ weight: 0 })
    const hdr = {
      name: 'hdr',
      matches: [{ headers: [exactHeader('X-Canary', '1')] }],
      backendRefs: [aRef('web-canary')],
    }
    const before = aRouteTable([
      aRouteObject(
        'httpRoutes',
        'front',
        { rules: [rule(...split(0, 100)), hdr] },
        { labels: { [labelKey]: 'in-progress' } },
      ),
    ])
    const removed = settled((routes) => gatewayApi.removeManagedRoutes?.(request, routes) ?? never(), before).routes
    const route = routeOf(weigh(request, removed), 'httpRoutes')
    expect(route.spec).toEqual({ rules: [rule(...split(100, 0))] })
    expect(route.metadata.labels).toEqual({})
  })

  it('GW-7: all rules that are not managed, by the names of Services alone; other refs keep their weight', () => {
    const other = { kind: 'Other', group: 'x', namespace: 'y', name: 'web-canary', port: 9 }
    const route = weighed(
      aGatewayRequest(),
      front(
        rule(...split()),
        rule(aRef('legacy', 7), aRef('web-stable', 1), other),
        { name: 'hdr', ...rule(aRef('web-canary')) },
        rule(aRef('web-canary')),
        { name: 'preview', ...rule(aRef('web-canary')) },
      ),
    )
    expect(route.spec).toEqual({
      rules: [
        rule(...split(80, 20)),
        rule(aRef('legacy', 7), aRef('web-stable', 80), { ...other, weight: 20 }),
        { name: 'hdr', ...rule(aRef('web-canary')) },
        rule(aRef('web-canary')),
        { name: 'preview', ...rule(aRef('web-canary', 20)) },
      ],
    })
  })

  it('GW-7: an HTTPRoute of which one rule has stable and another canary', () => {
    const route = weighed(
      aGatewayRequest(),
      front(rule(aRef('web-stable')), { name: 'c', ...rule(aRef('web-canary')) }),
    )
    expect(route.spec).toEqual({
      rules: [rule(aRef('web-stable', 80)), { name: 'c', ...rule(aRef('web-canary', 20)) }],
    })
  })

  it.each([
    ['httpRoutes', 'backendRef was not found in httpRoute'],
    ['grpcRoutes', 'backendRef was not found in grpcRoute'],
    ['tcpRoutes', 'backendRef list was not found in tcpRoute'],
    ['tlsRoutes', 'backendRef list was not found in tlsRoute'],
  ] as const)('GW-7, GW-8, PLG-3: %s without stable or canary', (kind, error) => {
    const request = aGatewayRequest({ config: { [kind]: [{ name: 'front' }] } })
    for (const service of ['web-stable', 'web-canary', 'other'])
      expect(
        errorOf(request, aRouteTable([aRouteObject(kind, 'front', { rules: [rule(aRef(service))] })])).message,
      ).toBe(`failed to set weight via plugin: ${error}`)
  })

  it('GW-7: managed rules do not count as having canary', () => {
    const table = aRouteTable([front(rule(aRef('web-stable')), { name: 'hdr-1', ...rule(aRef('web-canary')) })])
    expect(errorOf(aGatewayRequest(), table).message).toContain('backendRef was not found in httpRoute')
  })

  it.each([
    ['tcpRoutes', 0, 100],
    ['tcpRoutes', 20, 80],
    ['tcpRoutes', 100, 0],
    ['tlsRoutes', 20, 80],
  ] as const)('GW-8: %s at %d, of which no rule is managed', (kind, weight, rest) => {
    const request = aGatewayRequest({ config: { [kind]: [{ name: 'db' }] }, weight })
    const rules = [rule(...split(undefined, undefined, 5432)), { name: 'hdr', ...rule(aRef('web-canary')) }]
    const route = routeOf(weigh(request, aRouteTable([aRouteObject(kind, 'db', { rules })])), kind, 'db')
    expect(route.spec).toEqual({
      rules: [rule(...split(rest, weight, 5432)), { name: 'hdr', ...rule(aRef('web-canary', weight)) }],
    })
    expect(labelKey in (route.metadata.labels ?? {})).toBe(weight !== 0)
  })

  it('GW-7: a GRPCRoute, by method', () => {
    const matches = [{ method: { service: 'shop.Cart', method: 'Add' } }]
    const table = aRouteTable([aRouteObject('grpcRoutes', 'front', { rules: [{ matches, ...rule(...split()) }] })])
    const route = routeOf(weigh(aGatewayRequest({ config: { grpcRoute: 'front' } }), table), 'grpcRoutes')
    expect(route.spec).toEqual({ rules: [{ matches, ...rule(...split(80, 20)) }] })
  })

  it('GW-5: stable gets the rest of maxTrafficWeight', () => {
    const route = weighed(aGatewayRequest({ weight: 20, maxWeight: 1000 }), front(rule(...split())))
    expect(route.spec).toEqual({ rules: [rule(...split(980, 20))] })
  })

  it('GW-9: what is right already is not written, and fields that nobody here knows stay', () => {
    const rules = [{ ...rule(...split(80, 20)), newField: { a: 1 } }]
    const table = aRouteTable([
      aRouteObject(
        'httpRoutes',
        'front',
        { rules, parentRefs: [{ name: 'gw' }] },
        { labels: { [labelKey]: 'in-progress' } },
      ),
    ])
    expect(routeOf(weigh(aGatewayRequest(), table), 'httpRoutes')).toBe(routeOf(table, 'httpRoutes'))
    expect(routeOf(weigh(aGatewayRequest({ weight: 50 }), table), 'httpRoutes').spec).toEqual({
      rules: [{ ...rule(...split(50, 50)), newField: { a: 1 } }],
      parentRefs: [{ name: 'gw' }],
    })
  })

  it('GW-24, GW-25, FEA-2: a route of a mesh keeps its parents, and refs their group', () => {
    const parentRefs = [{ kind: 'Service', group: 'core', name: 'web', port: 80 }]
    const refs = split().map((ref) => ({ group: 'core', kind: 'Service', ...ref }))
    const route = weighed(
      aGatewayRequest(),
      aRouteObject('httpRoutes', 'front', { parentRefs, rules: [rule(...refs)] }),
    )
    expect(route.spec).toEqual({
      parentRefs,
      rules: [rule({ ...refs[0], weight: 80 }, { ...refs[1], weight: 20 })],
    })
  })

  it('GW-1: routes of another namespace', () => {
    const config = { httpRoute: 'front', namespace: 'net' }
    const table = aRouteTable([
      aRouteObject('httpRoutes', 'front', { rules: [rule(...split())] }, { namespace: 'net' }),
      front(rule(...split())),
    ])
    const after = weigh(aGatewayRequest({ config }), table)
    expect(routeOf(after, 'httpRoutes', 'front', 'net').spec).toEqual({ rules: [rule(...split(80, 20))] })
    expect(routeOf(after, 'httpRoutes')).toBe(routeOf(table, 'httpRoutes'))
  })

  it('GW-1, GW-2: routes with a label, besides those with a name', () => {
    const labelled = (name: string, app: string) =>
      aRouteObject('httpRoutes', name, { rules: [rule(...split())] }, { labels: { app } })
    const config = { httpRoute: 'a', httpRouteSelector: { matchLabels: { app: 'web' } } }
    const after = weigh(
      aGatewayRequest({ config }),
      aRouteTable([labelled('a', 'web'), labelled('b', 'web'), labelled('c', 'api')]),
    )
    const weights = ['a', 'b', 'c'].map((name) => routeOf(after, 'httpRoutes', name).spec)
    const done = { rules: [rule(...split(80, 20))] }
    expect(weights).toEqual([done, done, { rules: [rule(...split())] }])
  })
})

describe('the label of routes in progress', () => {
  const table = aRouteTable([
    aRouteObject('httpRoutes', 'front', { rules: [rule(...split(100, 0))] }, { labels: { app: 'web', mine: 'old' } }),
  ])
  const labels = (config: object, weight: number) =>
    routeOf(weigh(aGatewayRequest({ config: { httpRoute: 'front', ...config }, weight }), table), 'httpRoutes').metadata
      .labels

  it('GW-11: has a name and value of its own when they are told, and others are kept', () => {
    expect(labels({}, 20)).toEqual({ app: 'web', mine: 'old', [labelKey]: 'in-progress' })
    expect(labels({ inProgressLabelKey: 'mine', inProgressLabelValue: 'yes' }, 20)).toEqual({ app: 'web', mine: 'yes' })
    expect(labels({ inProgressLabelKey: 'mine' }, 0)).toEqual({ app: 'web' })
  })

  it('GW-11: can be turned off', () => {
    expect(labels({ inProgressLabelKey: 'mine', disableInProgressLabel: true }, 20)).toEqual({
      app: 'web',
      mine: 'old',
    })
    expect(labels({ inProgressLabelKey: 'mine', disableInProgressLabel: true }, 0)).toEqual({ app: 'web', mine: 'old' })
  })

  it('GW-11: a name that every object has is a name like any other', () => {
    expect(labels({ inProgressLabelKey: 'constructor' }, 0)).toEqual({ app: 'web', mine: 'old' })
    expect(labels({ inProgressLabelKey: 'constructor' }, 20)).toMatchObject({ constructor: 'in-progress' })
  })
})

describe('errors', () => {
  const asked = aGatewayRequest({ config: { httpRoutes: [{ name: 'a' }, { name: 'b' }], tcpRoute: 'db' } })
  const http = (name: string) => aRouteObject('httpRoutes', name, { rules: [rule(...split())] })

  it('GW-19, PLG-3: a route that is missing, as the API server says it', () => {
    expect(errorOf(aGatewayRequest(), noRoutes)).toMatchObject({
      message: 'failed to set weight via plugin: httproutes.gateway.networking.k8s.io "front" not found',
      events: [],
    })
  })

  it('GW-4: the first one ends it, and routes before it keep what they got', () => {
    const { message, routes: done } = errorOf(
      asked,
      aRouteTable([http('a'), aRouteObject('tcpRoutes', 'db', { rules: [rule(...split())] })]),
    )
    expect(message).toContain('"b" not found')
    expect(done && routeOf(done, 'httpRoutes', 'a').spec).toEqual({ rules: [rule(...split(80, 20))] })
    expect(done && routeOf(done, 'tcpRoutes', 'db').spec).toEqual({ rules: [rule(...split())] })
  })

  it('GW-4: HTTP comes before TCP', () => {
    expect(errorOf(asked, noRoutes).message).toContain('"a" not found')
    expect(errorOf(asked, aRouteTable([http('a'), http('b')])).message).toContain(
      'tcproutes.gateway.networking.k8s.io "db"',
    )
  })

  it('GW-3: a route without a name', () => {
    const request = aGatewayRequest({ config: { httpRoutes: [{ useHeaderRoutes: true }] } })
    expect(errorOf(request, noRoutes).message).toBe('failed to set weight via plugin: resource name may not be empty')
  })

  it.each([{}, { httpRoutes: [] }, { httpRouteSelector: { matchLabels: { app: 'none' } } }, null])(
    'GW-3: %j leads to no route, which only SetWeight minds',
    (config) => {
      const request = aGatewayRequest({ config })
      const table = aRouteTable([http('a')])
      expect(errorOf(request, table).message).toBe(
        "failed to set weight via plugin: No routes configured. At least one of 'httpRoutes', 'grpcRoutes', 'tcpRoutes', 'tlsRoutes', 'httpRoute', 'grpcRoute', 'tcpRoute' or 'tlsRoute' must be set",
      )
      expect(gatewayApi.removeManagedRoutes?.(request, table)).toEqual({
        ok: true,
        value: { routes: table, events: [] },
      })
      expect(gatewayApi.setHeaderRoute?.(request, { name: 'hdr' }, table).ok).toBe(true)
    },
  )

  it('GW-3, PLG-3: what is wrong with the configuration is told by every operation', () => {
    const request = aGatewayRequest({ config: { httpRoute: 7 } })
    const told = [
      gatewayApi.setWeight(request, noRoutes),
      gatewayApi.setHeaderRoute?.(request, { name: 'hdr' }, noRoutes),
      gatewayApi.removeManagedRoutes?.(request, noRoutes),
    ].map((result) => (result === undefined || result.ok ? 'done' : result.error.message))
    const text = 'json: cannot unmarshal number into Go struct field GatewayAPITrafficRouting.httpRoute of type string'
    expect(told).toEqual([
      `failed to set weight via plugin: ${text}`,
      `failed to set header route via plugin: ${text}`,
      `failed to remove managed routes via plugin: ${text}`,
    ])
  })

  it.each([
    undefined,
    null,
    7,
    [],
    {},
    { rules: 7 },
    { rules: [null, 7, { backendRefs: 'x' }, { backendRefs: [null, 3, {}] }] },
  ])('GW-7: a route with the spec %j splits nothing', (spec) => {
    for (const kind of kinds) {
      const request = aGatewayRequest({ config: { [kind]: [{ name: 'front', useHeaderRoutes: true }] } })
      const table = aRouteTable([aRouteObject(kind, 'front', spec)])
      expect(errorOf(request, table).message).toContain('was not found in')
      expect(stepOf(gatewayApi.removeManagedRoutes?.(request, table) ?? never()).routes).toEqual(table)
    }
  })

  it('GW-7: Services without a name match no ref without a name', () => {
    const request = aGatewayRequest({ canaryService: '', stableService: '' })
    expect(errorOf(request, aRouteTable([front(rule({}, { name: '' }))])).message).toContain('was not found')
  })

  it('GW-7: odd parts of a route that can be split stay as they are', () => {
    const route = weighed(aGatewayRequest(), front(null, 7, rule(null, ...split(), 'x'), { backendRefs: 'x' }))
    expect(route.spec).toEqual({ rules: [null, 7, rule(null, ...split(80, 20), 'x'), { backendRefs: 'x' }] })
  })
})

function never(): never {
  throw new Error('the router has this operation')
}
