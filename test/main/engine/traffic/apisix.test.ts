import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import type { CanaryStep, HeaderRoute } from '#api/rollout.ts'
import { controlledBy } from '#engine/ownership.ts'
import { apisix } from '#engine/traffic/apisix.ts'
import { fieldAt } from '#engine/traffic/route-json.ts'
import type { RouterRequest, RouterResult } from '#engine/traffic/router.ts'
import { findRoute, noRoutes, type RouteObject, type Routes } from '#engine/traffic/routes.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aRouteObject, aRouterRequest, aRouteTable } from '#test/support/builders/routing.ts'
import { settled } from '#test/support/settled.ts'

const owner = controlledBy(resources.rollouts, aRollout())
const at = (name: string) => ({ kind: 'apisixRoutes', namespace: 'shop', name }) as const

interface Options extends Partial<RouterRequest> {
  readonly rules?: readonly string[]
  readonly managed?: readonly string[]
  readonly steps?: readonly CanaryStep[]
}

const aRequest = ({ rules, managed = ['hdr'], steps, ...parts }: Options = {}) =>
  aRouterRequest({
    rollout: aRollout({
      canary: {
        trafficRouting: {
          apisix: { route: { name: 'web', ...(rules !== undefined && { rules }) } },
          managedRoutes: managed.map((name) => ({ name })),
        },
      },
      ...(steps !== undefined && { steps }),
    }),
    ...parts,
  })

const backend = (serviceName: string, weight?: number) => ({
  serviceName,
  servicePort: 80,
  ...(weight !== undefined && { weight }),
})
const rule = (name: string, stable?: number, canary?: number) => ({
  name,
  match: { paths: ['/*'] },
  backends: [backend('web-stable', stable), backend('web-canary', canary)],
})

const main = (http: unknown, metadata: Partial<RouteObject['metadata']> = {}) =>
  aRouteObject('apisixRoutes', 'web', { http }, metadata)

const exact: HeaderRoute = { name: 'hdr', match: [{ headerName: 'trace', headerValue: { exact: 'debug' } }] }
const exprs = [{ subject: { scope: 'Header', name: 'trace' }, op: 'Equal', value: 'debug' }]
const headerRule = (name: string, priority?: number) => ({
  name,
  match: { paths: ['/*'], exprs },
  backends: [backend('web-canary', 100)],
  ...(priority !== undefined && { priority }),
})

const weigh = (request: RouterRequest, routes: Routes) =>
  settled((each) => apisix.setWeight(request, each), routes).routes

const setHeader = (request: RouterRequest, route: HeaderRoute) => (routes: Routes) =>
  some(apisix.setHeaderRoute?.(request, route, routes))

const httpAfter = (request: RouterRequest, http: unknown) =>
  fieldAt(findRoute(weigh(request, aRouteTable([main(http)])), at('web'))?.spec, 'http')

const errorOf = (result: RouterResult) => (result.ok ? 'done' : result.error.message)

function some(result: RouterResult | undefined): RouterResult {
  if (result === undefined) throw new Error('the router has this operation')
  return result
}

describe('setWeight', () => {
  it.each([
    [0, 100],
    [20, 80],
    [100, 0],
  ])('APX-2: %d for canary, in the rule with the name of the route', (weight, rest) => {
    expect(httpAfter(aRequest({ weight }), [rule('other'), rule('web')])).toEqual([
      rule('other'),
      rule('web', rest, weight),
    ])
  })

  it('APX-1, APX-2: the rules that are told, others and their backends stay', () => {
    const more = { ...rule('a'), backends: [...rule('a').backends, backend('legacy', 9)] }
    expect(httpAfter(aRequest({ rules: ['b', 'a'] }), [more, rule('web', 1, 1), rule('b')])).toEqual([
      { ...more, backends: [...rule('a', 80, 20).backends, backend('legacy', 9)] },
      rule('web', 1, 1),
      rule('b', 80, 20),
    ])
  })

  it('APX-2: what is right is not written, and unknown fields stay', () => {
    const routes = aRouteTable([main([{ ...rule('web', 80, 20), plugins: [{ name: 'x' }] }])])
    expect(findRoute(weigh(aRequest(), routes), at('web'))).toBe(findRoute(routes, at('web')))
    expect(findRoute(weigh(aRequest({ weight: 0 }), routes), at('web'))?.spec).toEqual({
      http: [{ ...rule('web', 100, 0), plugins: [{ name: 'x' }] }],
    })
  })

  it.each([
    ['spec.http was not found in Apisix Route manifest', undefined],
    ['spec.http was not found in Apisix Route manifest', { name: 'web' }],
    ['Apisix http route rule web not found', []],
    ['Apisix http route rule web not found', [rule('other')]],
    ['Apisix http route rule name field not found', [{}, rule('web')]],
    ['Failed type assertion for Apisix http route rule name', [{ name: null }, rule('web')]],
    ['Failed type assertion for Apisix http route', [null, rule('web')]],
    ['Apisix http route backends not found', [{ name: 'web' }]],
    ['Failed type assertion for Apisix http route backends', [{ name: 'web', backends: {} }]],
    ['Failed type assertion for Apisix http route backends', [{ name: 'web', backends: [7] }]],
    ['serviceName field was not found in backend', [{ name: 'web', backends: [{}] }]],
    ['serviceName field was not found in backend', [{ name: 'web', backends: [{ serviceName: 7 }] }]],
    ['apisix route web-canary backend was not found', [{ name: 'web', backends: [backend('web-stable')] }]],
    ['apisix route web-stable backend was not found', [{ name: 'web', backends: [backend('web-canary')] }]],
  ])('APX-3: %s', (error, http) => {
    expect(errorOf(apisix.setWeight(aRequest(), aRouteTable([main(http)])))).toBe(error)
  })

  it('APX-1: a route that is missing, or has no name', () => {
    expect(errorOf(apisix.setWeight(aRequest(), noRoutes))).toBe('apisixroutes.apisix.apache.org "web" not found')
    expect(errorOf(apisix.setWeight(aRouterRequest({ routing: { apisix: {} } }), noRoutes))).toBe(
      'resource name may not be empty',
    )
  })
})

describe('setHeaderRoute', () => {
  const annotated = { labels: { app: 'web' }, annotations: { note: 'x' }, generation: 7, finalizers: ['x'] }
  const routes = aRouteTable([main([rule('web', 80, 20)], annotated)])

  it('APX-6, APX-7, APX-8: makes another ApisixRoute, owned and before the main one', () => {
    const after = settled(setHeader(aRequest(), exact), routes).routes
    expect(findRoute(after, at('hdr'))).toEqual({
      apiVersion: 'apisix.apache.org/v2',
      kind: 'ApisixRoute',
      metadata: {
        name: 'hdr',
        namespace: 'shop',
        labels: { app: 'web' },
        annotations: { note: 'x' },
        ownerReferences: [owner],
      },
      spec: { http: [headerRule('web', 1)] },
    })
    expect(findRoute(after, at('web'))).toBe(findRoute(routes, at('web')))
  })

  it('APX-7: one more than the priority of the rule; rules that are not routed are there twice', () => {
    const http = [{ ...rule('a', 80, 20), priority: 4 }, rule('docs'), { ...rule('b', 80, 20), priority: 'high' }]
    const after = settled(setHeader(aRequest({ rules: ['a', 'b'] }), exact), aRouteTable([main(http)])).routes
    expect(findRoute(after, at('hdr'))?.spec).toEqual({
      http: [headerRule('a', 5), rule('docs'), headerRule('b', 1)],
    })
  })

  it('APX-7: all stable backends go, others stay', () => {
    const backends = [backend('web-stable'), backend('legacy', 3), backend('web-canary'), backend('web-stable', 4)]
    const after = settled(setHeader(aRequest(), exact), aRouteTable([main([{ ...rule('web'), backends }])])).routes
    expect(fieldAt(findRoute(after, at('hdr'))?.spec, 'http')).toMatchObject([
      { backends: [backend('legacy', 3), backend('web-canary', 100)] },
    ])
  })

  it('APX-8: exact, then regex, then prefix, of each match', () => {
    const route: HeaderRoute = {
      name: 'hdr',
      match: [
        { headerName: 'A', headerValue: { prefix: 'p', regex: 'r', exact: 'e' } },
        { headerName: 'B', headerValue: { prefix: 'p' } },
        { headerName: 'C' },
      ],
    }
    const of = (name: string, op: string, value: string) => ({ subject: { scope: 'Header', name }, op, value })
    const http = [{ ...rule('web'), match: { paths: ['/*'], exprs: [of('old', 'Equal', 'x')], hosts: ['h'] } }]
    const after = settled(setHeader(aRequest(), route), aRouteTable([main(http)])).routes
    expect(fieldAt(findRoute(after, at('hdr'))?.spec, 'http')).toMatchObject([
      {
        match: {
          paths: ['/*'],
          hosts: ['h'],
          exprs: [
            of('A', 'Equal', 'e'),
            of('A', 'RegexMatch', 'r'),
            of('A', 'RegexMatch', '^p.*'),
            of('B', 'RegexMatch', '^p.*'),
          ],
        },
      },
    ])
  })

  it('APX-7: one that is there gets the headers of this step, its priority stays, and so does what the main route has now', () => {
    const there = aRouteObject(
      'apisixRoutes',
      'hdr',
      { http: [{ ...headerRule('web', 1), match: { exprs: [] }, own: 1 }] },
      {
        ownerReferences: [owner],
      },
    )
    const table = aRouteTable([main([{ ...rule('web'), priority: 9, timeout: {} }]), there])
    const after = settled(setHeader(aRequest(), exact), table).routes
    expect(findRoute(after, at('hdr'))).toEqual({
      ...there[1],
      spec: { http: [{ ...headerRule('web', 1), match: { exprs }, own: 1 }] },
    })
  })

  it.each([[[]], [[{ ...owner, uid: 'another' }]]])('APX-4: one of %j has its name', (ownerReferences) => {
    const table = aRouteTable([main([rule('web')]), aRouteObject('apisixRoutes', 'hdr', {}, { ownerReferences })])
    for (const route of [exact, { name: 'hdr' }])
      expect(errorOf(setHeader(aRequest(), route)(table))).toBe('duplicate ApisixRoute [hdr] already exists')
  })

  it('APX-4: the main route must be there, to delete too', () => {
    for (const route of [exact, { name: 'hdr' }])
      expect(errorOf(setHeader(aRequest(), route)(noRoutes))).toBe('apisixroutes.apisix.apache.org "web" not found')
  })

  it('APX-4: a step without a name', () => {
    expect(errorOf(setHeader(aRequest(), {})(routes))).toBe('resource name may not be empty')
  })

  it('APX-5: without match it goes, if it is there', () => {
    const there = aRouteObject('apisixRoutes', 'hdr', { http: [] }, { ownerReferences: [owner] })
    const after = settled(setHeader(aRequest(), { name: 'hdr' }), aRouteTable([main([rule('web')]), there])).routes
    expect(findRoute(after, at('hdr'))).toBeUndefined()
    expect(findRoute(after, at('web'))).toBeDefined()
    expect(settled(setHeader(aRequest(), { name: 'hdr', match: [] }), routes).routes).toEqual(routes)
  })

  it.each([
    ['spec.http was not found in Apisix Route manifest', undefined],
    ['Apisix http route rule web not found', []],
    ['apisix route web-canary backend was not found', [{ ...rule('web'), backends: [backend('web-stable')] }]],
    ['Failed type assertion for Apisix http route backend', [{ ...rule('web'), backends: [...rule('x').backends, 7] }]],
    ['serviceName field was not found in backend', [{ ...rule('web'), backends: [...rule('x').backends, {}] }]],
  ])('APX-3: %s', (error, http) => {
    expect(errorOf(setHeader(aRequest(), exact)(aRouteTable([main(http)])))).toBe(error)
  })
})

describe('removeManagedRoutes', () => {
  const header = (name: string, ownerReferences: RouteObject['metadata']['ownerReferences'] = [owner]) =>
    aRouteObject('apisixRoutes', name, { http: [] }, { ...(ownerReferences !== undefined && { ownerReferences }) })

  it('APX-10: those that are managed and our own', () => {
    const table = aRouteTable([main([rule('web')]), header('hdr'), header('mine', []), header('unmanaged')])
    const request = aRequest({ managed: ['hdr', 'mine', 'missing'] })
    const after = settled((routes) => some(apisix.removeManagedRoutes?.(request, routes)), table).routes
    expect([...after.objects.values()].map(({ ref }) => ref.name)).toEqual(['web', 'mine', 'unmanaged'])
  })

  it('APX-10: none are managed', () => {
    const table = aRouteTable([header('hdr')])
    expect(
      apisix.removeManagedRoutes?.(aRouterRequest({ routing: { apisix: { route: { name: 'web' } } } }), table),
    ).toEqual({
      ok: true,
      value: { routes: table, events: [] },
    })
  })
})

describe('apisix', () => {
  it('APX-4: reads the main route, and what has the name of a header route', () => {
    const steps = [{ setHeaderRoute: exact }, { setHeaderRoute: { name: 'late' } }, { setHeaderRoute: {} }]
    expect(apisix.reads(aRequest({ managed: ['hdr', 'other'], steps }).rollout, noRoutes)).toEqual(
      ['web', 'hdr', 'other', 'late'].map(at),
    )
    expect(apisix.reads(aRouterRequest({ routing: { apisix: {} } }).rollout, noRoutes)).toEqual([])
  })

  it('APX-3, APX-5, APX-9, APX-10: what is said when a write is refused', () => {
    const told = (['create', 'update', 'delete'] as const).map((verb) => apisix.refused?.(verb, at('hdr')))
    expect(told).toEqual([
      { error: '', event: { reason: 'ApisixRouteCreateError', before: 'Error create apisix route "hdr": ' } },
      { error: '', event: { reason: 'ApisixRouteUpdateError', before: 'Error updating apisix route "hdr": ' } },
      { error: '', event: { reason: 'ApisixRouteDeleteError', before: 'Error deleting apisix route "hdr": ' } },
    ])
  })

  it('FEA-1: has nothing to mirror with', () => {
    expect(apisix.type).toBe('Apisix')
    expect(apisix.setMirrorRoute).toBeUndefined()
    expect(apisix.updateHash).toBeUndefined()
  })

  it.each([undefined, null, 7, []])('APX-3: a spec like %j', (spec) => {
    const table = aRouteTable([aRouteObject('apisixRoutes', 'web', spec)])
    for (const result of [apisix.setWeight(aRequest(), table), setHeader(aRequest(), exact)(table)])
      expect(errorOf(result)).toBe('spec.http was not found in Apisix Route manifest')
  })
})
