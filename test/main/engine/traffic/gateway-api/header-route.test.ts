import { describe, expect, it } from 'vitest'
import type { CanaryStep, HeaderRoute } from '#api/rollout.ts'
import { gatewayApi } from '#engine/traffic/gateway-api/gateway-api.ts'
import { fieldAt } from '#engine/traffic/route-json.ts'
import type { RouterRequest, RouterResult } from '#engine/traffic/router.ts'
import type { Routes } from '#engine/traffic/routes.ts'
import { aGatewayRequest, aPathMatch, aRef, exactHeader, routeOf, split } from '#test/support/builders/gateway-api.ts'
import { aRouteObject, aRouteTable } from '#test/support/builders/routing.ts'
import { settled } from '#test/support/settled.ts'

const hdr: HeaderRoute = { name: 'hdr', match: [{ headerName: 'X-Canary', headerValue: { exact: '1' } }] }
const xCanary = exactHeader('X-Canary', '1')
const canaryRef = { group: '', kind: 'Service', name: 'web-canary', port: 80 }

const source = (path: string, more: object = {}) => ({
  matches: [aPathMatch(path)],
  ...more,
  backendRefs: split(80, 20),
})
const managed = (name: string, ...matches: readonly object[]) => ({ name, matches, backendRefs: [canaryRef] })
const unnamed = (...headers: readonly string[]) => ({
  matches: [{ headers: headers.map((name) => exactHeader(name, 'any')) }],
  backendRefs: [aRef('web-canary')],
})

const operate =
  (request: RouterRequest, route: HeaderRoute) =>
  (routes: Routes): RouterResult => {
    const result = gatewayApi.setHeaderRoute?.(request, route, routes)
    if (result === undefined) throw new Error('the router has header routes')
    return result
  }

/** Rules of the HTTPRoute `front` after the step. */
const rulesAfter = (
  rules: readonly unknown[],
  route: HeaderRoute = hdr,
  request: RouterRequest = aGatewayRequest(),
  ...others: Parameters<typeof aRouteTable>[0]
): unknown => {
  const table = aRouteTable([aRouteObject('httpRoutes', 'front', { rules }), ...others])
  return rulesIn(settled(operate(request, route), table).routes)
}

const rulesIn = (routes: Routes, kind: 'httpRoutes' | 'grpcRoutes' = 'httpRoutes'): unknown =>
  fieldAt(routeOf(routes, kind), 'spec', 'rules')

const errorOf = (rules: readonly unknown[], route: HeaderRoute): string => {
  const result = operate(aGatewayRequest(), route)(aRouteTable([aRouteObject('httpRoutes', 'front', { rules })]))
  return result.ok ? 'done' : result.error.message
}

const withMatch = (...match: NonNullable<HeaderRoute['match']>): HeaderRoute => ({ name: 'hdr', match })

describe('a step that sets a header route', () => {
  it('GW-14: one rule, at the end, to the canary alone', () => {
    expect(rulesAfter([source('/')])).toEqual([
      source('/'),
      { name: 'hdr', matches: [{ ...aPathMatch('/'), headers: [xCanary] }], backendRefs: [canaryRef] },
    ])
  })

  it('GW-14: one for each rule that splits, numbered from the second one on', () => {
    expect(rulesAfter([source('/products'), { backendRefs: [aRef('docs')] }, source('/orders')])).toEqual([
      source('/products'),
      { backendRefs: [aRef('docs')] },
      source('/orders'),
      managed('hdr', { ...aPathMatch('/products'), headers: [xCanary] }),
      managed('hdr-1', { ...aPathMatch('/orders'), headers: [xCanary] }),
    ])
  })

  it('GW-14: filters go along, timeouts, retries and filters of refs do not', () => {
    const filters = [{ type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x', value: 'y' }] } }]
    const rule = source('/', { filters, timeouts: { request: '5s' }, retry: { attempts: 2 }, sessionPersistence: {} })
    const refs = split(80, 20).map((ref) => ({ ...ref, filters, namespace: 'shop' }))
    expect(rulesAfter([{ ...rule, backendRefs: refs }])).toEqual([
      { ...rule, backendRefs: refs },
      { ...managed('hdr', { ...aPathMatch('/'), headers: [xCanary] }), filters },
    ])
  })

  it('GW-14: path, query and method of each match are kept, its headers come first, and nothing else is copied', () => {
    const kept = { path: { type: 'Exact', value: '/a' }, queryParams: [{ name: 'q', value: '1' }], method: 'GET' }
    const rule = {
      matches: [{ ...kept, headers: [exactHeader('X-A', 'a')], other: 1 }, { headers: [exactHeader('X-B', 'b')] }],
      backendRefs: split(80, 20),
    }
    expect(rulesAfter([rule])).toEqual([
      rule,
      managed(
        'hdr',
        { ...kept, headers: [exactHeader('X-A', 'a'), xCanary] },
        { headers: [exactHeader('X-B', 'b'), xCanary] },
      ),
    ])
  })

  it('GW-14: a rule without matches asks for the headers alone; the port is that of the first canary ref', () => {
    const refs = [aRef('web-stable'), aRef('web-canary', 1, 8080), aRef('web-canary', 1, 9090)]
    expect(rulesAfter([{ backendRefs: refs }])).toEqual([
      { backendRefs: refs },
      { name: 'hdr', matches: [{ headers: [xCanary] }], backendRefs: [{ ...canaryRef, port: 8080 }] },
    ])
    const portless = [{ name: 'web-stable' }, { name: 'web-canary' }]
    expect(rulesAfter([{ backendRefs: portless }])).toEqual([
      { backendRefs: portless },
      {
        name: 'hdr',
        matches: [{ headers: [xCanary] }],
        backendRefs: [{ group: '', kind: 'Service', name: 'web-canary' }],
      },
    ])
  })

  it('GW-14: rules of the same name make way, also more of them than there are now', () => {
    const before = [
      managed('hdr', { headers: [exactHeader('X-Old', '1')] }),
      source('/'),
      managed('hdr-1', { headers: [exactHeader('X-Old', '1')] }),
    ]
    expect(rulesAfter(before)).toEqual([source('/'), managed('hdr', { ...aPathMatch('/'), headers: [xCanary] })])
  })

  it('GW-14: rules of another managed route stay, though they ask for these headers too', () => {
    const other = managed('other', { headers: [xCanary, exactHeader('X-More', '1')] })
    expect(rulesAfter([source('/'), other], hdr, aGatewayRequest({ managedRoutes: ['hdr', 'other'] }))).toEqual([
      source('/'),
      other,
      managed('hdr', { ...aPathMatch('/'), headers: [xCanary] }),
    ])
  })

  it('GW-14, GW-16: a rule without a name that asks for these headers makes way, whatever their values; others do not', () => {
    const named = { ...unnamed('X-Canary'), name: 'preview' }
    const lower = unnamed('x-canary')
    expect(rulesAfter([source('/'), unnamed('X-Canary', 'X-More'), unnamed('X-Other'), lower, named])).toEqual([
      source('/'),
      unnamed('X-Other'),
      lower,
      named,
      managed('hdr', { ...aPathMatch('/'), headers: [xCanary] }),
    ])
  })

  it('GW-16: all headers of the step must be asked for in one match', () => {
    const two = withMatch(
      { headerName: 'A', headerValue: { exact: 'a' } },
      { headerName: 'B', headerValue: { exact: 'b' } },
    )
    const apart = {
      matches: [{ headers: [exactHeader('A', 'a')] }, { headers: [exactHeader('B', 'b')] }],
      backendRefs: [aRef('web-canary')],
    }
    const made = managed('hdr', { ...aPathMatch('/'), headers: [exactHeader('A', 'a'), exactHeader('B', 'b')] })
    expect(rulesAfter([source('/'), unnamed('A'), apart, unnamed('B', 'A')], two)).toEqual([
      source('/'),
      unnamed('A'),
      apart,
      made,
    ])
  })

  it('GW-14: what the API server filled in makes no difference', () => {
    const filled = {
      name: 'hdr',
      matches: [{ path: { type: 'PathPrefix', value: '/' }, headers: [xCanary] }],
      backendRefs: [{ ...canaryRef, weight: 1 }],
    }
    const rules = [{ backendRefs: split(80, 20) }, filled]
    const table = aRouteTable([aRouteObject('httpRoutes', 'front', { rules })])
    const after = settled(operate(aGatewayRequest(), hdr), table).routes
    expect(routeOf(after, 'httpRoutes')).toBe(routeOf(table, 'httpRoutes'))
  })

  it.each([
    ['weight', { backendRefs: [{ ...canaryRef, weight: 5 }] }],
    ['path', { matches: [{ ...aPathMatch('/x'), headers: [xCanary] }] }],
    ['timeouts', { timeouts: { request: '1s' } }],
  ])('GW-14: a %s of somebody else is put right', (_what, change) => {
    const right = managed('hdr', { ...aPathMatch('/'), headers: [xCanary] })
    expect(rulesAfter([source('/'), { ...right, ...change }])).toEqual([source('/'), right])
  })

  it('GW-14: a rule of that name that splits is not taken for a source', () => {
    const mine = { name: 'hdr', ...source('/mine') }
    expect(errorOf([mine], hdr)).toBe('failed to set header route via plugin: backendRef was not found in httpRoute')
    expect(rulesAfter([mine, source('/')])).toEqual([
      source('/'),
      managed('hdr', { ...aPathMatch('/'), headers: [xCanary] }),
    ])
  })

  it('GW-14: no rule that splits', () => {
    const text = 'failed to set header route via plugin: backendRef was not found in httpRoute'
    expect(errorOf([{ backendRefs: [aRef('web-stable')] }, { backendRefs: [aRef('web-canary')] }], hdr)).toBe(text)
    expect(errorOf([null, 7], hdr)).toBe(text)
  })

  it('GW-15: exact, prefix and regex, all of them in one match', () => {
    const route = withMatch(
      { headerName: 'A', headerValue: { exact: 'a' } },
      { headerName: 'B', headerValue: { prefix: 'b' } },
      { headerName: 'C', headerValue: { regex: 'c.+' } },
      { headerName: 'D', headerValue: { regex: 'd', prefix: 'p', exact: 'e' } },
      { headerName: 'E', headerValue: { regex: 'd', prefix: 'p' } },
    )
    const headers = [
      exactHeader('A', 'a'),
      { name: 'B', type: 'RegularExpression', value: 'b.*' },
      { name: 'C', type: 'RegularExpression', value: 'c.+' },
      exactHeader('D', 'e'),
      { name: 'E', type: 'RegularExpression', value: 'p.*' },
    ]
    expect(rulesAfter([source('/')], route)).toEqual([source('/'), managed('hdr', { ...aPathMatch('/'), headers })])
  })

  it.each([{}, { headerValue: {} }, { headerValue: { exact: '' } }])('GW-15: %j looks for nothing', (value) => {
    expect(errorOf([source('/')], withMatch({ headerName: 'A', ...value }))).toBe(
      'failed to set header route via plugin: invalid header match type',
    )
  })
})

describe('which routes have header routes', () => {
  const table = aRouteTable([
    aRouteObject('httpRoutes', 'front', { rules: [source('/')] }),
    aRouteObject('grpcRoutes', 'front', { rules: [{ backendRefs: split(80, 20) }] }),
    aRouteObject('tcpRoutes', 'front', { rules: [{ backendRefs: split(80, 20) }] }),
  ])
  const after = (config: unknown) => settled(operate(aGatewayRequest({ config }), hdr), table).routes

  it('GW-12: HTTP and gRPC routes that are to use them', () => {
    const useHeaderRoutes = true
    const all = after({
      httpRoutes: [{ name: 'front', useHeaderRoutes }],
      grpcRoutes: [{ name: 'front', useHeaderRoutes }],
      tcpRoutes: [{ name: 'front', useHeaderRoutes }],
    })
    expect(rulesIn(all)).toHaveLength(2)
    expect(rulesIn(all, 'grpcRoutes')).toHaveLength(2)
    expect(routeOf(all, 'tcpRoutes')).toBe(routeOf(table, 'tcpRoutes'))
  })

  it('GW-12: not those that are to use none, or have a label only', () => {
    expect(after({ httpRoutes: [{ name: 'front' }], tcpRoute: 'front', tlsRoute: 'front' })).toEqual(table)
    expect(after({ httpRouteSelector: {} })).toEqual(table)
  })

  it('GW-14: of a match of a GRPCRoute the method is kept', () => {
    const method = { service: 'shop.Cart', method: 'Add' }
    const rules = [{ matches: [{ method, path: { value: '/x' } }], backendRefs: split(80, 20) }]
    const grpc = aRouteTable([aRouteObject('grpcRoutes', 'front', { rules })])
    const request = aGatewayRequest({ config: { grpcRoute: 'front' } })
    expect(rulesIn(settled(operate(request, hdr), grpc).routes, 'grpcRoutes')).toEqual([
      ...rules,
      managed('hdr', { method, headers: [xCanary] }),
    ])
  })

  it('GW-11: the label in progress is not touched', () => {
    expect(routeOf(after({ httpRoute: 'front' }), 'httpRoutes').metadata.labels).toBeUndefined()
  })
})

describe('a step that takes a header route away', () => {
  const asked = (name: string): CanaryStep => ({ setHeaderRoute: { ...hdr, name } })
  const request = aGatewayRequest({
    managedRoutes: ['hdr', 'other'],
    steps: [asked('hdr'), { setHeaderRoute: { name: 'hdr' } }],
  })
  const own = [managed('hdr', { headers: [xCanary] }), managed('hdr-1', { headers: [xCanary] })]
  const other = managed('other', { headers: [xCanary] })

  it('GW-13: only the rules of that name', () => {
    expect(rulesAfter([source('/'), ...own, other], { name: 'hdr' }, request)).toEqual([source('/'), other])
    expect(rulesAfter([source('/'), ...own, other], { name: 'hdr', match: [] }, request)).toEqual([source('/'), other])
  })

  it('GW-13: and those without a name that ask for the headers of its earlier steps', () => {
    expect(rulesAfter([source('/'), unnamed('X-Canary', 'Y'), unnamed('X-Other')], { name: 'hdr' }, request)).toEqual([
      source('/'),
      unnamed('X-Other'),
    ])
    const never = aGatewayRequest({ steps: [asked('other')] })
    expect(rulesAfter([source('/'), unnamed('X-Canary')], { name: 'hdr' }, never)).toHaveLength(2)
  })
})

describe('removeManagedRoutes', () => {
  const remove = (rules: readonly unknown[], request = aGatewayRequest()) => {
    const table = aRouteTable([aRouteObject('httpRoutes', 'front', { rules })])
    const operation = (routes: Routes): RouterResult => {
      const result = gatewayApi.removeManagedRoutes?.(request, routes)
      if (result === undefined) throw new Error('the router has managed routes')
      return result
    }
    return { table, after: settled(operation, table).routes }
  }

  it('GW-18, GW-16: rules with a managed name, and those without a name to the canary alone', () => {
    const kept = [source('/'), { name: 'preview', backendRefs: [aRef('web-canary')] }, { backendRefs: [aRef('docs')] }]
    const gone = [
      managed('hdr', {}),
      managed('hdr-1', {}),
      unnamed('Any'),
      { name: null, backendRefs: [aRef('web-canary')] },
    ]
    expect(rulesIn(remove([...gone, ...kept]).after)).toEqual(kept)
  })

  it('GW-16: of every managed route', () => {
    const rules = [source('/'), managed('hdr', {}), managed('other-3', {})]
    expect(rulesIn(remove(rules, aGatewayRequest({ managedRoutes: ['hdr', 'other'] })).after)).toEqual([source('/')])
    expect(rulesIn(remove(rules, aGatewayRequest({ managedRoutes: [''] })).after)).toEqual(rules)
  })

  it('GW-17, TR-33: a rule of the user that has such a name goes as well', () => {
    expect(rulesIn(remove([source('/'), { name: 'hdr-7', backendRefs: [aRef('docs')] }]).after)).toEqual([source('/')])
  })

  it.each(['hdr-', 'hdr-x', 'hdr-1x', 'hdrs', 'hdr2', 'x-hdr', 'hdr-1.5'])('GW-16: %s is no managed name', (name) => {
    expect(rulesIn(remove([source('/'), { name, backendRefs: [aRef('docs')] }]).after)).toHaveLength(2)
  })

  it('GW-18: nothing is changed when there is none', () => {
    const { table, after } = remove([source('/')])
    expect(routeOf(after, 'httpRoutes')).toBe(routeOf(table, 'httpRoutes'))
  })

  it('GW-18: weights stay as they are, and so do routes without header routes', () => {
    expect(rulesIn(remove([source('/'), managed('hdr', {})]).after)).toEqual([source('/')])
    const config = { httpRoutes: [{ name: 'front' }] }
    expect(rulesIn(remove([source('/'), managed('hdr', {})], aGatewayRequest({ config })).after)).toHaveLength(2)
  })
})

describe('what versions up to 0.12 noted', () => {
  const [, configMap] = aRouteObject('configMaps', 'argo-gatewayapi-configmap', undefined)
  const record = (data: unknown) => ['configMaps', Object.assign({ data }, configMap)] as const
  const noted = (index: unknown) => record({ httpManagedRoutes: JSON.stringify({ hdr: { front: index } }) })
  const made = managed('hdr', { ...aPathMatch('/'), headers: [xCanary] })
  const old = unnamed('X-Before')

  it('GW-20: the rule at that place makes way for the managed route it was made for', () => {
    expect(rulesAfter([old, source('/')], hdr, aGatewayRequest(), noted(0))).toEqual([source('/'), made])
    expect(rulesAfter([old, source('/')], { name: 'hdr' }, aGatewayRequest(), noted(0))).toEqual([source('/')])
  })

  it('GW-20: not one at another place, of another managed route, or that looks otherwise', () => {
    expect(rulesAfter([source('/'), old], hdr, aGatewayRequest(), noted(0))).toEqual([source('/'), old, made])
    const others = record({ httpManagedRoutes: JSON.stringify({ other: { front: 0 }, hdr: { back: 0 } }) })
    expect(rulesAfter([old, source('/')], hdr, aGatewayRequest(), others)).toEqual([old, source('/'), made])
    const named = { ...old, name: 'preview' }
    expect(rulesAfter([named, source('/')], hdr, aGatewayRequest(), noted(0))).toEqual([named, source('/'), made])
  })

  it('GW-20: it is never written', () => {
    const table = aRouteTable([aRouteObject('httpRoutes', 'front', { rules: [old, source('/')] }), noted(0)])
    const after = settled(operate(aGatewayRequest(), hdr), table).routes
    const name = 'argo-gatewayapi-configmap'
    expect(routeOf(after, 'configMaps', name)).toBe(routeOf(table, 'configMaps', name))
  })

  it('GW-20: gRPC routes have notes of their own', () => {
    const rules = [old, { backendRefs: split(80, 20) }]
    const table = aRouteTable([
      aRouteObject('grpcRoutes', 'front', { rules }),
      record({ grpcManagedRoutes: JSON.stringify({ hdr: { front: 0 } }), httpManagedRoutes: '{}' }),
    ])
    const request = aGatewayRequest({ config: { grpcRoute: 'front' } })
    expect(rulesIn(settled(operate(request, { name: 'hdr' }), table).routes, 'grpcRoutes')).toEqual([rules[1]])
  })

  it.each([undefined, null, 7, { httpManagedRoutes: 7 }, { httpManagedRoutes: '{' }, { httpManagedRoutes: '[1]' }])(
    'GW-20: %j notes nothing',
    (data) => {
      expect(rulesAfter([old, source('/')], hdr, aGatewayRequest(), record(data))).toEqual([old, source('/'), made])
    },
  )

  it.each(['0', null, {}, -1, 0.5])('GW-20: %j is no place', (index) => {
    expect(rulesAfter([old, source('/')], hdr, aGatewayRequest(), noted(index))).toEqual([old, source('/'), made])
  })
})
