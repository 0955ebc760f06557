import { describe, expect, it } from 'vitest'
import type { IstioVirtualServiceRef } from '#api/traffic-routing.ts'
import { istio } from '#engine/traffic/istio/istio.ts'
import { anIstioRequest, aVirtualService, sectionIn, toHost } from '#test/support/builders/istio.ts'
import { aRouteTable } from '#test/support/builders/routing.ts'

type Json = Readonly<Record<string, unknown>>
type Section = 'http' | 'tls' | 'tcp'

/** A route to both Services, all to stable. */
const aRoute = (parts: Json = {}): Json => ({ route: [toHost('web-stable', 100), toHost('web-canary', 0)], ...parts })
const mirror = { host: 'web-canary' }

interface Situation {
  readonly spec: Json
  readonly config?: IstioVirtualServiceRef
  readonly managed?: readonly string[]
}

function weigh({ spec, config, managed }: Situation) {
  const request = anIstioRequest({
    istio: { virtualService: { name: 'web', ...config } },
    ...(managed !== undefined && { managedRoutes: managed.map((name) => ({ name })) }),
  })
  return istio.setWeight(request, aRouteTable([aVirtualService(spec)]))
}

/** Names, or indices, of the routes of a section that got 20; the error when there is one. */
function weighted(section: Section, situation: Situation): unknown {
  const result = weigh(situation)
  if (!result.ok) return result.error.message
  const routes = sectionIn(result.value.routes, section)
  if (!Array.isArray(routes)) return routes
  return routes.flatMap((route, i) => (route.route?.[1]?.weight === 20 ? [route.name ?? i] : []))
}

const ambiguous = (section: Section, field: string): string =>
  `spec.${section}[] should be set in VirtualService and it must have exactly one route when omitting spec.strategy.canary.trafficRouting.istio.virtualService.${field}`

describe('IST-8: HTTP routes', () => {
  const named = ['a', 'b', 'c'].map((name) => aRoute({ name }))

  it.each<[string, Situation, unknown]>([
    ['the named ones', { spec: { http: named }, config: { routes: ['c', 'a'] } }, ['a', 'c']],
    [
      'the first of a name that two have',
      { spec: { http: [aRoute({ name: 'a' }), aRoute({ name: 'a', timeout: '1s' })] }, config: { routes: ['a', 'a'] } },
      ['a'],
    ],
    ['the only one', { spec: { http: [aRoute()] } }, [0]],
    ['the only one, named or not', { spec: { http: [aRoute({ name: 'a' })] } }, ['a']],
    ['the only one, managed or not', { spec: { http: [aRoute({ name: 'a' })] }, managed: ['a'] }, ['a']],
    [
      'the first without a name when the others are managed',
      { spec: { http: [aRoute({ name: 'hdr' }), aRoute()] }, managed: ['hdr'] },
      [1],
    ],
    [
      'the only one that is not managed, though it has a name',
      { spec: { http: [aRoute({ name: 'hdr' }), aRoute({ name: 'a' })] }, managed: ['hdr'] },
      ['a'],
    ],
    ['none of an empty list', { spec: { http: [] } }, []],
    [
      'not one that is not there',
      { spec: { http: named }, config: { routes: ['a', 'x'] } },
      "HTTP Route 'x' is not found in the defined Virtual Service.",
    ],
    ['not one of several (IST-13)', { spec: { http: named } }, ambiguous('http', 'routes')],
    [
      'not the unnamed one of several that are not managed (IST-13)',
      { spec: { http: [aRoute(), aRoute({ name: 'a' })] } },
      ambiguous('http', 'routes'),
    ],
  ])('IST-8: %s', (_what, situation, expected) => {
    expect(weighted('http', situation)).toEqual(expected)
  })
})

describe('IST-9: managed routes that copy requests', () => {
  const http = [aRoute({ name: 'mir', mirror }), aRoute({ name: 'foreign', mirror }), aRoute({ name: 'primary' })]

  it('IST-9: get the same weights beside the configured routes', () => {
    expect(weighted('http', { spec: { http }, config: { routes: ['primary'] }, managed: ['mir'] })).toEqual([
      'mir',
      'primary',
    ])
  })

  it('IST-9: do so beside the default route too, which the reference then forgets', () => {
    const some = [aRoute({ name: 'mir', mirror }), aRoute()]
    expect(weighted('http', { spec: { http: some }, managed: ['mir'] })).toEqual(['mir', 1])
  })

  it('IST-9: are weighted once when they are configured themselves', () => {
    expect(weighted('http', { spec: { http }, config: { routes: ['primary', 'mir'] }, managed: ['mir'] })).toEqual([
      'mir',
      'primary',
    ])
  })

  it('IST-9: a header route of the list copies nothing and keeps its weights', () => {
    const some = [aRoute({ name: 'hdr' }), aRoute({ name: 'primary' })]
    expect(weighted('http', { spec: { http: some }, config: { routes: ['primary'] }, managed: ['hdr'] })).toEqual([
      'primary',
    ])
  })
})

describe('IST-10: TLS routes', () => {
  const match = (port: number | undefined, sniHosts: readonly string[] = ['a.example']) => ({
    ...(port !== undefined && { port }),
    sniHosts,
  })
  const tls = [
    aRoute({ match: [match(443), match(443, ['b.example'])] }),
    aRoute({ match: [match(443)] }),
    aRoute({ match: [match(443), match(8443)] }),
    aRoute({ match: [match(undefined, ['c.example'])] }),
    aRoute({ match: [match(443)] }),
  ]

  it.each<[string, Situation, unknown]>([
    [
      'all with this port and just these hosts',
      { spec: { tls }, config: { tlsRoutes: [{ port: 443, sniHosts: ['a.example'] }] } },
      [1, 4],
    ],
    [
      'hosts of all entries of its match together, in any order',
      { spec: { tls }, config: { tlsRoutes: [{ port: 443, sniHosts: ['b.example', 'a.example'] }] } },
      [0],
    ],
    [
      'no port is 0',
      { spec: { tls }, config: { tlsRoutes: [{ sniHosts: ['c.example'] }, { port: 443, sniHosts: ['a.example'] }] } },
      [1, 3, 4],
    ],
    [
      'not when more hosts are configured',
      { spec: { tls }, config: { tlsRoutes: [{ port: 443, sniHosts: ['a.example', 'x.example'] }] } },
      'No matching TLS routes found in the defined Virtual Service.',
    ],
    [
      'not when one is configured twice',
      { spec: { tls }, config: { tlsRoutes: [{ port: 443, sniHosts: ['a.example', 'a.example'] }] } },
      'No matching TLS routes found in the defined Virtual Service.',
    ],
    [
      'none with two ports',
      { spec: { tls }, config: { tlsRoutes: [{ port: 8443, sniHosts: ['a.example'] }] } },
      'No matching TLS routes found in the defined Virtual Service.',
    ],
    ['the only one without configuration', { spec: { tls: [aRoute({ match: [match(1)] })] } }, [0]],
    ['none of an empty list, where the reference crashes', { spec: { tls: [] } }, []],
    ['not one of several (IST-13)', { spec: { tls } }, ambiguous('tls', 'tlsRoutes')],
  ])('IST-10: %s', (_what, situation, expected) => {
    expect(weighted('tls', situation)).toEqual(expected)
  })
})

describe('IST-11: TCP routes', () => {
  const tcp = [
    aRoute({ match: [{ port: 3306 }] }),
    aRoute({ match: [{ port: 3306 }, { port: 3307 }] }),
    aRoute(),
    aRoute({ match: [{ port: 3306 }, { port: 3306 }] }),
  ]

  it.each<[string, Situation, unknown]>([
    ['all with this port', { spec: { tcp }, config: { tcpRoutes: [{ port: 3306 }] } }, [0, 3]],
    ['no port is 0', { spec: { tcp }, config: { tcpRoutes: [{}] } }, [2]],
    [
      'none with two ports',
      { spec: { tcp }, config: { tcpRoutes: [{ port: 3307 }] } },
      'No matching TCP routes found in the defined Virtual Service.',
    ],
    ['the only one without configuration', { spec: { tcp: [aRoute({ match: [{ port: 1 }] })] } }, [0]],
    ['none of an empty list', { spec: { tcp: [] } }, []],
    ['not one of several (IST-13)', { spec: { tcp } }, ambiguous('tcp', 'tcpRoutes')],
  ])('IST-11: %s', (_what, situation, expected) => {
    expect(weighted('tcp', situation)).toEqual(expected)
  })
})

describe('IST-12: sections', () => {
  const spec = { http: [aRoute({ name: 'a' })], tls: [aRoute()], tcp: [aRoute({ match: [{ port: 1 }] })] }

  it('IST-12: all that are there are split', () => {
    expect([weighted('http', { spec }), weighted('tls', { spec }), weighted('tcp', { spec })]).toEqual([
      ['a'],
      [0],
      [0],
    ])
  })

  it('IST-12: a list for a section that is not there is ignored', () => {
    const config = { routes: ['nope'], tcpRoutes: [{ port: 9 }] }
    expect(weighted('tls', { spec: { tls: [aRoute()] }, config })).toEqual([0])
  })

  it('IST-12: nothing is changed when one of them cannot be split', () => {
    const result = weigh({ spec: { ...spec, tcp: [aRoute(), aRoute()] } })
    expect(result).toMatchObject({ ok: false, error: { message: ambiguous('tcp', 'tcpRoutes'), events: [] } })
  })
})

describe('IST-13: a selected route needs both Services', () => {
  it.each<[string, readonly unknown[], string]>([
    ['canary first', [], "Canary Service 'web-canary' not found in route"],
    ['then stable', [toHost('web-canary', 0)], "Stable Service 'web-stable' not found in route"],
  ])('IST-13: %s', (_what, route, error) => {
    expect(weighted('http', { spec: { http: [{ route }] } })).toBe(error)
    expect(weighted('tls', { spec: { tls: [{ route }] } })).toBe(error)
    expect(weighted('tcp', { spec: { tcp: [{ route }] } })).toBe(error)
  })

  it('IST-13: routes that are not selected need nothing', () => {
    const http = [{ name: 'other', route: [toHost('other', 100)] }, aRoute({ name: 'a' })]
    expect(weighted('http', { spec: { http }, config: { routes: ['a'] } })).toEqual(['a'])
  })

  it('IST-13: a Service without a name is in no route', () => {
    const routes = aRouteTable([aVirtualService({ http: [{ route: [toHost('.x', 1), {}] }] })])
    expect(istio.setWeight(anIstioRequest({ canaryService: '', stableService: '' }), routes)).toMatchObject({
      ok: false,
      error: { message: "Canary Service '' not found in route", events: [] },
    })
  })
})
