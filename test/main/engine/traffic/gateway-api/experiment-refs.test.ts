import { describe, expect, it } from 'vitest'
import type { TrafficWeight } from '#api/rollout.ts'
import { gatewayApi } from '#engine/traffic/gateway-api/gateway-api.ts'
import { fieldAt } from '#engine/traffic/route-json.ts'
import type { RouterRequest } from '#engine/traffic/router.ts'
import { aGatewayRequest, aRef, routeOf, split } from '#test/support/builders/gateway-api.ts'
import { aRouteObject, aRouteTable } from '#test/support/builders/routing.ts'
import { settled } from '#test/support/settled.ts'

const to = (serviceName: string, weight: number): TrafficWeight => ({ serviceName, weight, podTemplateHash: 'hx' })

const service = (name: string, ports: unknown) => aRouteObject('services', name, { ports })
const http80 = [{ name: 'http', port: 80 }]

/** What the Rollout had stored when the pass began. */
const stored = (...additional: readonly TrafficWeight[]) => ({
  canary: {
    currentExperiment: 'try',
    weights: { canary: to('web-canary', 20), stable: to('web-stable', 70), additional },
  },
})

/** An HTTPRoute `front` with these rules after the weights were set; there are Services `exp` and `exp2`. */
function rulesAfter(request: RouterRequest, ...rules: readonly unknown[]): unknown {
  const table = aRouteTable([
    aRouteObject('httpRoutes', 'front', { rules }),
    service('exp', http80),
    service('exp2', [{ name: 'metrics', port: 9090 }]),
  ])
  const after = settled((routes) => gatewayApi.setWeight(request, routes), table).routes
  return fieldAt(routeOf(after, 'httpRoutes'), 'spec', 'rules')
}

const expRef = (name: string, weight: number, port: unknown = 80) => ({ name, namespace: 'shop', port, weight })
const rule = (...refs: readonly unknown[]) => ({ backendRefs: refs })

describe('templates of an Experiment', () => {
  it('GW-22: get refs of their own, and stable what canary and they leave', () => {
    const request = aGatewayRequest({ destinations: [to('exp', 10), to('exp2', 5)] })
    expect(rulesAfter(request, rule(...split()))).toEqual([
      rule(...split(65, 20), expRef('exp', 10), expRef('exp2', 5, 9090)),
    ])
  })

  it('GW-22: a weight that changed is changed', () => {
    const request = aGatewayRequest({ destinations: [to('exp', 30)], status: stored(to('exp', 10)) })
    expect(rulesAfter(request, rule(...split(70, 20), expRef('exp', 10)))).toEqual([
      rule(...split(50, 20), expRef('exp', 30)),
    ])
  })

  it('GW-22: stable gets nothing, never less, when they want more than there is', () => {
    const request = aGatewayRequest({ weight: 50, destinations: [to('exp', 60)] })
    expect(rulesAfter(request, rule(...split()))).toEqual([rule(...split(0, 50), expRef('exp', 60))])
  })

  it('GW-22: out of maxTrafficWeight', () => {
    const request = aGatewayRequest({ maxWeight: 1000, weight: 200, destinations: [to('exp', 100)] })
    expect(rulesAfter(request, rule(...split()))).toEqual([rule(...split(700, 200), expRef('exp', 100))])
  })

  it.each([
    [
      'the port named http',
      [
        { name: 'grpc', port: 9 },
        { name: 'http', port: 8081 },
      ],
      8081,
    ],
    [
      'else the first one',
      [
        { name: 'a', port: 7 },
        { name: 'b', port: 8 },
      ],
      7,
    ],
    ['8080 when there is none', [], 8080],
    ['8080 when its ports cannot be read', 'x', 8080],
  ])('GW-22: %s', (_what, ports, port) => {
    const table = aRouteTable([
      aRouteObject('httpRoutes', 'front', { rules: [rule(...split())] }),
      service('new', ports),
    ])
    const request = aGatewayRequest({ destinations: [to('new', 10)] })
    const after = settled((routes) => gatewayApi.setWeight(request, routes), table).routes
    expect(routeOf(after, 'httpRoutes').spec).toEqual({ rules: [rule(...split(70, 20), expRef('new', 10, port))] })
  })

  it('GW-22: one whose Service is not there gets no ref', () => {
    const request = aGatewayRequest({ destinations: [to('gone', 10), { weight: 5 }] })
    expect(rulesAfter(request, rule(...split()))).toEqual([rule(...split(70, 20))])
  })

  it('GW-21: in the first rule that splits; managed ones and others are left alone', () => {
    const managed = { name: 'hdr', ...rule(aRef('web-canary')) }
    const request = aGatewayRequest({ destinations: [to('exp', 10)] })
    expect(rulesAfter(request, managed, rule(aRef('docs')), rule(...split()), rule(...split()))).toEqual([
      managed,
      rule(aRef('docs')),
      rule(...split(70, 20), expRef('exp', 10)),
      rule(...split(80, 20)),
    ])
  })

  it('GW-21: in the first rule that has one of the two', () => {
    const request = aGatewayRequest({ destinations: [to('exp', 10)] })
    const canary = { name: 'canary', ...rule(aRef('web-canary')) }
    expect(rulesAfter(request, canary, rule(...split()))).toEqual([
      { name: 'canary', ...rule(aRef('web-canary', 20), expRef('exp', 10)) },
      rule(...split(80, 20)),
    ])
    expect(rulesAfter(request, rule(aRef('web-stable')), rule(...split()))).toEqual([
      rule(aRef('web-stable', 70), expRef('exp', 10)),
      rule(...split(80, 20)),
    ])
  })

  it('GW-22: HTTP routes alone have them', () => {
    const request = aGatewayRequest({
      config: { grpcRoute: 'g', tcpRoute: 't', tlsRoute: 's' },
      destinations: [to('exp', 10)],
    })
    const table = aRouteTable([
      aRouteObject('grpcRoutes', 'g', { rules: [rule(...split())] }),
      aRouteObject('tcpRoutes', 't', { rules: [rule(...split())] }),
      aRouteObject('tlsRoutes', 's', { rules: [rule(...split())] }),
      service('exp', http80),
    ])
    const after = settled((routes) => gatewayApi.setWeight(request, routes), table).routes
    for (const [kind, name] of [
      ['grpcRoutes', 'g'],
      ['tcpRoutes', 't'],
      ['tlsRoutes', 's'],
    ] as const)
      expect(routeOf(after, kind, name).spec).toEqual({ rules: [rule(...split(80, 20))] })
  })

  it('GW-23: go as soon as they get no weight, and only those that had one', () => {
    const request = aGatewayRequest({ status: stored(to('exp', 10)) })
    const mine = aRef('mirror', 1)
    expect(rulesAfter(request, rule(...split(70, 20), expRef('exp', 10), mine))).toEqual([rule(...split(80, 20), mine)])
  })

  it('GW-23: one of two ends', () => {
    const request = aGatewayRequest({ destinations: [to('exp2', 5)], status: stored(to('exp', 10), to('exp2', 5)) })
    expect(rulesAfter(request, rule(...split(65, 20), expRef('exp', 10), expRef('exp2', 5, 9090)))).toEqual([
      rule(...split(75, 20), expRef('exp2', 5, 9090)),
    ])
  })

  it('GW-23: after an abort they are gone and stable has everything', () => {
    const request = aGatewayRequest({ weight: 0, isAborted: true, status: stored(to('exp', 10)) })
    expect(rulesAfter(request, rule(...split(70, 20), expRef('exp', 10)))).toEqual([rule(...split(100, 0))])
  })

  it('GW-23: stable and canary never go, whatever was stored', () => {
    const request = aGatewayRequest({ status: stored(to('web-stable', 1), to('web-canary', 1), { weight: 3 }) })
    expect(rulesAfter(request, rule(...split(70, 20)))).toEqual([rule(...split(80, 20))])
  })
})
