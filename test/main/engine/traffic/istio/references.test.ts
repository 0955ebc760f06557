import { describe, expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import type { RouteKind } from '#api/route-kinds.ts'
import type { IstioRouting } from '#api/traffic-routing.ts'
import { formatSpecError } from '#engine/rollout/validation/spec-error.ts'
import { istio } from '#engine/traffic/istio/istio.ts'
import type { RouteObject } from '#engine/traffic/routes.ts'
import { anIstioRequest, aVirtualService, bySubsets, toHost, toSubset } from '#test/support/builders/istio.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aRouteTable } from '#test/support/builders/routing.ts'

type Objects = readonly (readonly [RouteKind, RouteObject])[]

const rolloutWith = (routing: IstioRouting, status?: RolloutStatus) =>
  aRollout({
    canary: { canaryService: 'web-canary', stableService: 'web-stable', trafficRouting: { istio: routing } },
    ...(status !== undefined && { status }),
  })

const path = 'spec.strategy.canary.trafficRouting.istio'

function missing(routing: IstioRouting, objects: Objects = []): string | undefined {
  const error = istio.missing?.(rolloutWith(routing), aRouteTable(objects))
  return error && formatSpecError(error)
}

function mismatch(spec: unknown, routing: IstioRouting = { virtualService: { name: 'web' } }): string | undefined {
  const error = istio.mismatch?.(rolloutWith(routing), aRouteTable([aVirtualService(spec)]))
  return error && formatSpecError(error)
}

const both = { route: [toHost('web-stable', 100), toHost('web-canary', 0)] }

describe('REF-6: one or several VirtualServices', () => {
  const error = `${path}: Internal error: either VirtualService or VirtualServices must be configured`

  it.each<[string, IstioRouting, string | undefined]>([
    ['not both', { virtualService: { name: 'web' }, virtualServices: [{ name: 'web' }] }, error],
    ['not neither', {}, error],
    ['one', { virtualService: { name: 'web' } }, undefined],
    ['a list', { virtualServices: [{ name: 'web' }] }, undefined],
  ])('API-129, REF-6: %s', (_what, routing, expected) => {
    expect(missing(routing, [aVirtualService({})])).toBe(expected)
  })
})

describe('REF-7: a VirtualService that is not there', () => {
  it('REF-7: is told by its bare name', () => {
    expect(missing({ virtualService: { name: 'vsvc.istio-system' } }, [aVirtualService({}, 'vsvc')])).toBe(
      `${path}.virtualService.name: Invalid value: "vsvc": virtualservices.networking.istio.io "vsvc" not found`,
    )
  })

  it('REF-7: the first of a list is told', () => {
    const virtualServices = [{ name: 'web' }, { name: 'b' }, { name: 'c' }]
    expect(missing({ virtualServices }, [aVirtualService({})])).toBe(
      `${path}.virtualServices.name: Invalid value: "b": virtualservices.networking.istio.io "b" not found`,
    )
  })

  it('REF-7: another namespace is looked into', () => {
    expect(missing({ virtualService: { name: 'web.istio' } }, [aVirtualService({}, 'web', 'istio')])).toBeUndefined()
  })

  it('REF-10: a DestinationRule that is not there is told later, by the pass', () => {
    expect(
      missing({ virtualService: { name: 'web' }, destinationRule: bySubsets }, [aVirtualService({})]),
    ).toBeUndefined()
  })
})

describe('IST-22: canary and stable with one subset', () => {
  it('IST-22: are refused', () => {
    const destinationRule = { name: 'web', canarySubsetName: 'all', stableSubsetName: 'all' }
    expect(missing({ virtualService: { name: 'web' }, destinationRule }, [aVirtualService({})])).toBe(
      `${path}.destinationRule.canarySubsetName: Invalid value: "all": canary and stable must be different subsets`,
    )
  })
})

describe('REF-20: the content of a VirtualService', () => {
  const at = `${path}.virtualService.name: Invalid value: "web": `
  const none = `${at}Unable to get any of the HTTP, TCP or TLS routes for the Istio VirtualService`

  it.each<[string, unknown, string | undefined]>([
    ['no spec', undefined, none],
    ['no section', { hosts: ['web'] }, none],
    ['sections that are no lists', { http: 7, tls: null, tcp: {} }, none],
    ['HTTP that cannot be read', { http: [{ name: 7 }] }, `${at}Unable to get HTTP routes for Istio VirtualService`],
    ['TLS that cannot be read', { tls: [[]] }, `${at}Unable to get TLS routes for Istio VirtualService`],
    [
      'TCP that cannot be read',
      { tcp: [{ route: [{ weight: '20' }] }] },
      `${at}Unable to get TCP routes for Istio VirtualService`,
    ],
    [
      'no canary',
      { http: [{ route: [toHost('web-stable', 100)] }] },
      `${at}Istio VirtualService has invalid HTTP routes. Error: Canary Service 'web-canary' not found in route`,
    ],
    [
      'no stable in TLS, after good HTTP',
      { http: [both], tls: [{ route: [toHost('web-canary', 0)] }] },
      `${at}Istio VirtualService has invalid TLS routes. Error: Stable Service 'web-stable' not found in route`,
    ],
    [
      'two TCP routes to choose from',
      { tcp: [both, both] },
      `${at}Istio VirtualService has invalid TCP routes. Error: spec.tcp[] should be set in VirtualService and it must have exactly one route when omitting spec.strategy.canary.trafficRouting.istio.virtualService.tcpRoutes`,
    ],
    [
      'two HTTP routes to choose from',
      {
        http: [
          { name: 'a', ...both },
          { name: 'b', ...both },
        ],
      },
      `${at}Istio VirtualService has invalid HTTP routes. Error: spec.http[] should be set in VirtualService and it must have exactly one route when omitting spec.strategy.canary.trafficRouting.istio.virtualService.routes`,
    ],
    ['a good one', { http: [both] }, undefined],
    ['a good one of all sections', { http: [both], tls: [both], tcp: [both] }, undefined],
  ])('REF-20: %s', (_what, spec, expected) => {
    expect(mismatch(spec)).toBe(expected)
  })

  it.each<[string, unknown]>([
    ['a destination that is a number', { http: [{ route: [7] }] }],
    ['a host that is a number', { http: [{ route: [{ destination: { host: 7 } }] }] }],
    ['a subset that is a list', { http: [{ route: [{ destination: { subset: [] } }] }] }],
    ['a port that is a number', { http: [{ route: [{ destination: { port: 80 } }] }] }],
    ['a port number that is text', { http: [{ route: [{ destination: { port: { number: '80' } } }] }] }],
    ['a weight that is a fraction', { http: [{ route: [{ weight: 1.5 }] }] }],
    ['destinations that are no list', { http: [{ route: {} }] }],
    ['a mirror that is text', { http: [{ ...both, mirror: 'web' }] }],
    ['a match that is text', { http: [{ ...both, match: 'x' }] }],
    ['an entry of a match that is a number', { http: [{ ...both, match: [1] }] }],
    ['hosts of a match that are no list', { http: [{ ...both, match: [{ sniHosts: 'a' }] }] }],
    ['a port of a match that is text', { http: [{ ...both, match: [{ port: '1' }] }] }],
  ])('REF-20: %s cannot be read, neither here nor by setWeight', (_what, spec) => {
    const text = 'Unable to get HTTP routes for Istio VirtualService'
    expect(mismatch(spec)).toBe(`${at}${text}`)
    expect(istio.setWeight(anIstioRequest(), aRouteTable([aVirtualService(spec)]))).toMatchObject({
      ok: false,
      error: { message: text, events: [] },
    })
  })

  it('REF-20: subsets count where they are configured', () => {
    const routing = { virtualService: { name: 'web' }, destinationRule: bySubsets }
    const rightly = `${at}Istio VirtualService has invalid HTTP routes. Error: `
    expect(mismatch({ http: [both] }, routing)).toBe(
      `${rightly}Canary DestinationRule subset 'canary' not found in route`,
    )
    expect(mismatch({ http: [{ route: [toSubset('canary', 0)] }] }, routing)).toBe(
      `${rightly}Stable DestinationRule subset 'stable' not found in route`,
    )
    expect(mismatch({ http: [{ route: [toSubset('canary', 0), toSubset('stable', 0)] }] }, routing)).toBeUndefined()
  })

  it('REF-20: the first entry of a name says which routes, whatever its namespace', () => {
    const virtualServices = [{ name: 'web', routes: ['a'] }, { name: 'web.istio' }]
    const http = [{ name: 'b', ...both }]
    const error = istio.mismatch?.(
      rolloutWith({ virtualServices }),
      aRouteTable([aVirtualService({ http: [{ name: 'a', ...both }] }), aVirtualService({ http }, 'web', 'istio')]),
    )
    expect(error && formatSpecError(error)).toBe(
      `${path}.virtualServices.name: Invalid value: "web": Istio VirtualService has invalid HTTP routes. Error: HTTP Route 'a' is not found in the defined Virtual Service.`,
    )
  })

  it('SVC-13: with ping-pong the Services that take turns count', () => {
    const rollout = aRollout({
      canary: {
        pingPong: { pingService: 'ping', pongService: 'pong' },
        trafficRouting: { istio: { virtualService: { name: 'web' } } },
      },
      status: { canary: { stablePingPong: 'ping' } },
    })
    const routes = aRouteTable([aVirtualService({ http: [{ route: [toHost('ping', 100)] }] })])
    expect(istio.mismatch?.(rollout, routes)?.detail).toBe(
      "Istio VirtualService has invalid HTTP routes. Error: Canary Service 'pong' not found in route",
    )
  })
})
