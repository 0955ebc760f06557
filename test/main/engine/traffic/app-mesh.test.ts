import { describe, expect, it } from 'vitest'
import type { RouteKind } from '#api/route-kinds.ts'
import type { AppMeshRouting } from '#api/traffic-routing.ts'
import { formatSpecError, type SpecError } from '#engine/rollout/validation/spec-error.ts'
import { appMesh } from '#engine/traffic/app-mesh.ts'
import type { RouterRequest, RouterResult } from '#engine/traffic/router.ts'
import { findRoute, noRoutes, type RouteObject, type Routes, withRoute } from '#engine/traffic/routes.ts'
import { aRouteObject, aRouterRequest, aRouteTable } from '#test/support/builders/routing.ts'
import { settled } from '#test/support/settled.ts'

const hashKey = 'rollouts-pod-template-hash'
const at = (kind: RouteKind, name: string, namespace = 'shop') => ({ kind, namespace, name })
const routerAt = at('meshVirtualRouters', 'router')

const nodes = {
  canaryVirtualNodeRef: { name: 'web-canary' },
  stableVirtualNodeRef: { name: 'web-stable' },
}

const aRequest = (parts: Partial<RouterRequest> = {}, routes?: readonly string[]) => {
  const appMesh: AppMeshRouting = {
    virtualService: { name: 'web', ...(routes !== undefined && { routes }) },
    virtualNodeGroup: nodes,
  }
  return aRouterRequest({ routing: { appMesh }, ...parts })
}

const service = (ref: unknown = { name: 'router' }) =>
  aRouteObject('meshVirtualServices', 'web', { provider: { virtualRouter: { virtualRouterRef: ref } } })
const router = (routes: unknown, namespace = 'shop') =>
  aRouteObject('meshVirtualRouters', 'router', { listeners: [], routes }, { namespace })
const node = (name: string, podSelector?: unknown) =>
  aRouteObject('meshVirtualNodes', name, { listeners: [], ...(podSelector !== undefined && { podSelector }) })

const target = (name: string, weight: unknown = 0, namespace?: string) => ({
  virtualNodeRef: { name, ...(namespace !== undefined && { namespace }) },
  weight,
})
const targets = (canary = 0, stable = 100) => [target('web-canary', canary), target('web-stable', stable)]
const route = (name: string, weightedTargets: unknown = targets(), type = 'httpRoute') => ({
  name,
  [type]: { match: { prefix: '/' }, action: { weightedTargets } },
})

const weigh = (request: RouterRequest, routes: Routes) => settled((each) => appMesh.setWeight(request, each), routes)

const routesAfter = (request: RouterRequest, routes: unknown) =>
  findRoute(weigh(request, aRouteTable([service(), router(routes)])).routes, routerAt)?.spec

const errorOf = (result: RouterResult | undefined) => {
  if (result === undefined || result.ok) throw new Error('the router did it')
  return result.error
}

describe('appMesh', () => {
  it('APM-2: reads the VirtualService, then the router that it names, and both nodes', () => {
    const { rollout } = aRequest()
    const both = [at('meshVirtualNodes', 'web-stable'), at('meshVirtualNodes', 'web-canary')]
    const own = at('meshVirtualServices', 'web')
    expect(appMesh.reads(rollout, noRoutes)).toEqual([own, ...both])
    expect(appMesh.reads(rollout, aRouteTable([service()]))).toEqual([own, routerAt, ...both])
    const far = aRouteTable([service({ name: 'router', namespace: 'net' })])
    expect(appMesh.reads(rollout, far)).toEqual([own, at('meshVirtualRouters', 'router', 'net'), ...both])
    expect(appMesh.reads(aRouterRequest({ routing: { appMesh: {} } }).rollout, noRoutes)).toEqual([])
  })

  it('FEA-1: makes no routes of its own, and says nothing besides when a write is refused', () => {
    const { type, setHeaderRoute, setMirrorRoute, removeManagedRoutes, refused } = appMesh
    expect(type).toBe('AppMesh')
    expect([setHeaderRoute, setMirrorRoute, removeManagedRoutes, refused]).toEqual(Array(4).fill(undefined))
  })
})

describe('updateHash', () => {
  const update = (parts: Partial<RouterRequest>, routes: Routes) =>
    settled((each) => appMesh.updateHash?.(aRequest(parts), each) ?? never(), routes).routes

  const selectors = (routes: Routes) =>
    ['web-stable', 'web-canary'].map((name) => findRoute(routes, at('meshVirtualNodes', name))?.spec)

  const bothNodes = aRouteTable([node('web-stable', { matchLabels: { app: 'web' } }), node('web-canary')])

  it.each([
    ['h2', 'h1', 'h1', 'h2'],
    ['', 'h1', 'h1', 'canary-hash'],
    ['h1', 'h1', 'h1', 'canary-hash'],
    ['h2', '', 'stable-hash', 'h2'],
    ['', '', 'stable-hash', 'canary-hash'],
    ['stable-hash', '', 'stable-hash', 'canary-hash'],
  ])('APM-1: canary "%s" and stable "%s"', (canaryHash, stableHash, stable, canary) => {
    expect(selectors(update({ canaryHash, stableHash }, bothNodes))).toEqual([
      { listeners: [], podSelector: { matchLabels: { app: 'web', [hashKey]: stable } } },
      { listeners: [], podSelector: { matchLabels: { [hashKey]: canary } } },
    ])
  })

  it('APM-1: the canary node keeps its pods until its weight has gone, though they are those of stable', () => {
    const ofCanary = node('web-canary', { matchLabels: { [hashKey]: 'h2' } })
    const withWeights = (canary: number) =>
      aRouteTable([
        service(),
        router([route('main', targets(canary, 100 - canary))]),
        node('web-stable', { matchLabels: { [hashKey]: 'h1' } }),
        ofCanary,
      ])
    const hashes = (routes: Routes) => selectors(update({ canaryHash: 'h2', stableHash: 'h2' }, routes))
    const selecting = (hash: string) => ({ listeners: [], podSelector: { matchLabels: { [hashKey]: hash } } })
    expect(hashes(withWeights(100))).toEqual([selecting('h2'), selecting('h2')])
    expect(hashes(withWeights(0))).toEqual([selecting('h2'), selecting('canary-hash')])
  })

  it('APM-1: what is right is not written, and no annotation is', () => {
    const right = (name: string, hash: string) => node(name, { matchLabels: { [hashKey]: hash } })
    const routes = aRouteTable([right('web-stable', 'h1'), right('web-canary', 'h2')])
    const after = update({}, routes)
    for (const name of ['web-stable', 'web-canary'])
      expect(findRoute(after, at('meshVirtualNodes', name))).toBe(findRoute(routes, at('meshVirtualNodes', name)))
    expect(findRoute(update({}, bothNodes), at('meshVirtualNodes', 'web-stable'))?.metadata.annotations).toBeUndefined()
  })

  it.each([undefined, null, 7, [], { matchLabels: null }, { matchLabels: 7 }])(
    'APM-1: a podSelector like %j becomes one',
    (podSelector) => {
      const after = update({}, aRouteTable([node('web-stable', podSelector), node('web-canary')]))
      expect(selectors(after)[0]).toMatchObject({ podSelector: { matchLabels: { [hashKey]: 'h1' } } })
    },
  )

  it('APM-1: a node that is missing; stable comes first and keeps what it got', () => {
    const told = (name: string) => ({
      message: 'Virtual-node is missing',
      events: [
        {
          type: 'Warning',
          reason: 'VirtualNodeNotFound',
          message: `VirtualNode \`${name}\` not found in namespace \`shop\``,
        },
      ],
    })
    expect(errorOf(appMesh.updateHash?.(aRequest(), noRoutes))).toMatchObject(told('web-stable'))
    const error = errorOf(appMesh.updateHash?.(aRequest(), aRouteTable([node('web-stable')])))
    expect(error).toMatchObject(told('web-canary'))
    expect(error.routes && selectors(error.routes)[0]).toMatchObject({
      podSelector: { matchLabels: { [hashKey]: 'h1' } },
    })
  })
})

describe('setWeight', () => {
  it.each([
    [0, 100],
    [20, 80],
    [100, 0],
  ])('APM-3: %d for canary', (weight, rest) => {
    expect(routesAfter(aRequest({ weight }), [route('main', targets(7, 7))])).toEqual({
      listeners: [],
      routes: [route('main', targets(weight, rest))],
    })
  })

  it('APM-3: in all routes and of all types, the first type of each', () => {
    const types = ['httpRoute', 'tcpRoute', 'http2Route', 'grpcRoute']
    const both = { ...route('both', targets(), 'grpcRoute'), ...route('both', targets(), 'tcpRoute') }
    expect(routesAfter(aRequest(), [...types.map((type) => route(type, targets(), type)), both])).toMatchObject({
      routes: [
        ...types.map((type) => route(type, targets(20, 80), type)),
        { ...both, ...route('both', targets(20, 80), 'tcpRoute') },
      ],
    })
  })

  it('APM-3: in those that are named; of the others only the name is looked at', () => {
    const odd = { name: 'odd', httpRoute: 7 }
    expect(routesAfter(aRequest({}, ['main', 'none']), [odd, route('main'), route('other')])).toMatchObject({
      routes: [odd, route('main', targets(20, 80)), route('other')],
    })
    expect(routesAfter(aRequest({}, []), [route('main')])).toMatchObject({ routes: [route('main', targets(20, 80))] })
  })

  it('APM-3: other nodes, and nodes of other namespaces, keep their weight', () => {
    const kept = [target('legacy', 5), target('web-canary', 3, 'net'), target('web-stable', 4, 'net')]
    const own = [target('web-canary', 0, 'shop'), target('web-stable', 0, '')]
    expect(routesAfter(aRequest(), [route('main', [...kept, ...own])])).toMatchObject({
      routes: [route('main', [...kept, target('web-canary', 20, 'shop'), target('web-stable', 80, '')])],
    })
  })

  it('APM-3: what is right is not written', () => {
    const routes = aRouteTable([service(), router([route('main', targets(20, 80))])])
    expect(findRoute(weigh(aRequest(), routes).routes, routerAt)).toBe(findRoute(routes, routerAt))
  })

  it('APM-2: a router of another namespace', () => {
    const routes = aRouteTable([service({ name: 'router', namespace: 'net' }), router([route('main')], 'net')])
    const after = weigh(aRequest(), routes).routes
    expect(findRoute(after, { ...routerAt, namespace: 'net' })?.spec).toMatchObject({
      routes: [route('main', targets(20, 80))],
    })
  })

  it('APM-2: a VirtualService that is missing', () => {
    expect(errorOf(appMesh.setWeight(aRequest(), noRoutes))).toEqual({
      message: 'Virtual-service is missing',
      events: [
        {
          type: 'Warning',
          reason: 'VirtualServiceNotFound',
          message: 'VirtualService `web` not found in namespace `shop`',
        },
      ],
    })
  })

  it('APM-2: a router that is missing', () => {
    expect(errorOf(appMesh.setWeight(aRequest(), aRouteTable([service()])))).toEqual({
      message: 'Virtual-router is missing',
      events: [
        {
          type: 'Warning',
          reason: 'VirtualRouterNotFound',
          message: 'VirtualRouter for `web` not found in namespace `shop`',
        },
      ],
    })
  })

  it.each([null, 7, {}, { name: '' }, { name: 7 }])(
    'APM-2, REF-9: a VirtualService that refers to the router %j',
    (ref) => {
      const routes = aRouteTable([service(ref), router([route('main')])])
      const text = 'Virtual-service is not associated with virtual-router'
      expect(errorOf(appMesh.setWeight(aRequest(), routes))).toEqual({ message: text, events: [] })
      expect(appMesh.unusable?.(aRequest().rollout, routes)).toBe(text)
      expect(appMesh.missing?.(aRequest().rollout, routes)).toBeUndefined()
    },
  )

  it('REF-9: is not unusable otherwise', () => {
    expect(appMesh.unusable?.(aRequest().rollout, noRoutes)).toBeUndefined()
    expect(appMesh.unusable?.(aRequest().rollout, aRouteTable([service()]))).toBeUndefined()
  })

  it.each([
    ['spec.routes', undefined],
    ['spec.routes', {}],
  ])('APM-3: there are no routes: %s', (path, routes) => {
    expect(errorOf(appMesh.setWeight(aRequest(), aRouteTable([service(), router(routes)]))).message).toBe(
      `${path}: Invalid value: "router": No routes found`,
    )
  })

  const list = 'spec.routes[0].httpRoute.action.weightedTargets'
  it.each([
    ['spec.routes[0]', [null]],
    ['spec.routes[1]', [route('main'), 7]],
    ['spec.routes[0].name', [{ httpRoute: {} }]],
    ['spec.routes[0]', [{ name: 'main' }]],
    ['spec.routes[0]', [{ name: 'main', httpRoute: null, tcpRoute: {} }]],
    [list, [{ name: 'main', httpRoute: {} }]],
    [list, [route('main', 7)]],
    [`${list}[0]`, [route('main', [null])]],
    [`${list}[1]`, [route('main', [target('web-canary'), 'x'])]],
    [`${list}[0].virtualNodeRef`, [route('main', [{ weight: 1 }])]],
    [`${list}[0].weight`, [route('main', [target('web-canary', null)])]],
    [`${list}[0].weight`, [route('main', [target('other', '5')])]],
    ['spec.routes[0].grpcRoute.action.weightedTargets[0]', [route('main', [7], 'grpcRoute')]],
  ])('APM-3: %s is malformed', (path, routes) => {
    const error = errorOf(appMesh.setWeight(aRequest(), aRouteTable([service(), router(routes)])))
    expect(error).toEqual({ message: `${path}: Invalid value: "router": not well-formed`, events: [] })
  })
})

describe('what a Rollout needs', () => {
  const { rollout } = aRequest()
  const path = 'spec.strategy.canary.trafficRouting.appmesh.virtualService'
  const text = (error: SpecError | undefined) => error && formatSpecError(error)

  it('REF-9, API-132: a VirtualService', () => {
    const bare = aRouterRequest({ routing: { appMesh: { virtualNodeGroup: nodes } } }).rollout
    expect(text(appMesh.missing?.(bare, noRoutes))).toBe(`${path}: Invalid value: null: must provide virtual-service`)
    expect(text(appMesh.missing?.(rollout, noRoutes))).toBe(
      `${path}: Invalid value: "web.shop": virtualservices.appmesh.k8s.aws "web" not found`,
    )
  })

  it('REF-9, API-132: and its router', () => {
    expect(text(appMesh.missing?.(rollout, aRouteTable([service()])))).toBe(
      `${path}: Invalid value: "web.shop": virtualrouters.appmesh.k8s.aws "router" not found`,
    )
    expect(appMesh.missing?.(rollout, aRouteTable([service(), router([])]))).toBeUndefined()
  })

  const mismatch = (routes: unknown) => text(appMesh.mismatch?.(rollout, aRouteTable([service(), router(routes)])))

  it('REF-22: a router whose routes are in order, those too that are not named', () => {
    expect(mismatch([route('main'), route('tcp', targets(), 'tcpRoute')])).toBeUndefined()
    expect(appMesh.mismatch?.(rollout, noRoutes)).toBeUndefined()
    const named = aRequest({}, ['main']).rollout
    const routes = aRouteTable([service(), router([route('main'), { name: 'other' }])])
    expect(text(appMesh.mismatch?.(named, routes))).toContain('route other')
  })

  it.each([
    ['spec.routes: Invalid value: "router": No routes defined for AppMesh virtual-router router', []],
    ['spec.routes: Invalid value: "router": No routes defined for AppMesh virtual-router router', undefined],
    ['spec.routes: Invalid value: "router": No routes defined for AppMesh virtual-router router', 7],
    [
      'spec.routes[1]: Invalid value: "router": Invalid route was found for AppMesh virtual-router router at index 1',
      [route('main'), null],
    ],
    [
      'spec.routes[0]: Invalid value: "router": Error getting route details for AppMesh virtual-router router and route main. Error: Route has unsupported route type',
      [{ name: 'main', udpRoute: {} }],
    ],
    [
      'spec.routes[0]: Invalid value: "router": Error getting route details for AppMesh virtual-router router and route %!s(<nil>). Error: Route has unsupported route type',
      [{}],
    ],
    [
      'spec.routes[0].tcpRoute.action.weightedTargets: Invalid value: "router": Invalid route action found for AppMesh virtual-router router and route main',
      [route('main', 7, 'tcpRoute')],
    ],
    [
      'spec.routes[0].httpRoute.action.weightedTargets: Invalid value: "router": Invalid number of weightedTargets (3) for AppMesh virtual-router router and route main, expected 2',
      [route('main', [1, 2, 3])],
    ],
  ])('REF-22: %s', (error, routes) => {
    expect(mismatch(routes)).toBe(error)
  })

  it('REF-22: a router that is one', () => {
    const [, object] = router([route('main')])
    const other: RouteObject = { ...object, kind: 'Router' }
    expect(text(appMesh.mismatch?.(rollout, withRoute(aRouteTable([service()]), routerAt, other)))).toBe(
      'kind: Invalid value: "Router": Expected object kind to be VirtualRouter but is Router',
    )
  })
})

function never(): never {
  throw new Error('the router has this operation')
}
