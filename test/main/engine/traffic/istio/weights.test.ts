import { describe, expect, it } from 'vitest'
import type { TrafficWeight } from '#api/rollout.ts'
import type { IstioRouting } from '#api/traffic-routing.ts'
import { istio } from '#engine/traffic/istio/istio.ts'
import {
  anIstioRequest,
  aVirtualService,
  bySubsets,
  messagesOf,
  sectionIn,
  toExperiment,
  toHost,
  toSubset,
} from '#test/support/builders/istio.ts'
import { aRouteTable, stepOf } from '#test/support/builders/routing.ts'

const primary = { name: 'primary', timeout: '5s', route: [toHost('web-stable', 100), toHost('web-canary', 0)] }
const byPrimary: IstioRouting = { virtualService: { name: 'web', routes: ['primary'] } }
const hostSplit = aRouteTable([aVirtualService({ hosts: ['web'], http: [primary] })])

interface Wanted {
  readonly weight: number
  readonly destinations?: readonly TrafficWeight[]
}

/** The destinations of the only HTTP route after the weights are set. */
function shares(
  before: readonly unknown[],
  wanted: Wanted,
  destinationRule?: IstioRouting['destinationRule'],
): unknown {
  const routes = aRouteTable([aVirtualService({ http: [{ route: before }] })])
  const request = anIstioRequest({ istio: destinationRule && { destinationRule }, ...wanted })
  const http = sectionIn(stepOf(istio.setWeight(request, routes)).routes, 'http')
  return Array.isArray(http) ? http[0].route : http
}

describe('IST-14, IST-15: weights between hosts', () => {
  it.each([
    [0, 100, 0],
    [20, 80, 20],
    [100, 0, 100],
  ])('IST-14: at %i stable has %i and canary %i, and nothing else is changed', (weight, stable, canary) => {
    const { routes } = stepOf(istio.setWeight(anIstioRequest({ istio: byPrimary, weight }), hostSplit))
    expect(routes.objects.get('virtualServices shop/web')?.object).toEqual({
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'VirtualService',
      metadata: { name: 'web', namespace: 'shop', uid: 'uid-web', resourceVersion: '1' },
      spec: {
        hosts: ['web'],
        http: [{ name: 'primary', timeout: '5s', route: [toHost('web-stable', stable), toHost('web-canary', canary)] }],
      },
    })
  })

  it('IST-16: weights that are there already change nothing', () => {
    const step = stepOf(istio.setWeight(anIstioRequest({ istio: byPrimary, weight: 0 }), hostSplit))
    expect(step.routes).toBe(hostSplit)
    expect(step.events).toEqual([])
  })

  it('IST-5: what is set is told', () => {
    const { events } = stepOf(istio.setWeight(anIstioRequest({ istio: byPrimary, weight: 20 }), hostSplit))
    expect(messagesOf(events)).toEqual([
      "Normal Updated VirtualService: VirtualService `web` set to desiredWeight '20'",
    ])
  })
})

describe('IST-15: what becomes of each destination', () => {
  it('IST-15: a destination of an Experiment that is not there is added at the end, and stable gives it its weight', () => {
    const before = [toHost('web-stable', 100), toHost('web-canary', 0)]
    expect(shares(before, { weight: 20, destinations: [toExperiment('exp-1', 10)] })).toEqual([
      toHost('web-stable', 70),
      toHost('web-canary', 20),
      { weight: 10, destination: { host: 'exp-1' } },
    ])
  })

  it('IST-15: several are added by name, without those that get nothing or have no Service', () => {
    const destinations = [
      toExperiment('exp-b', 5),
      toExperiment('exp-0', 0),
      { weight: 7, podTemplateHash: 'h3' },
      toExperiment('exp-a', 10),
    ]
    expect(shares([toHost('web-stable'), toHost('web-canary')], { weight: 20, destinations })).toEqual([
      toHost('web-stable', 65),
      toHost('web-canary', 20),
      toHost('exp-a', 10),
      toHost('exp-b', 5),
    ])
  })

  it('IST-15: one that is there gets its weight in its place', () => {
    const before = [toHost('exp-1', 3), toHost('web-stable', 77), toHost('web-canary', 20)]
    expect(shares(before, { weight: 20, destinations: [toExperiment('exp-1', 10)] })).toEqual([
      toHost('exp-1', 10),
      toHost('web-stable', 70),
      toHost('web-canary', 20),
    ])
  })

  it('IST-15: when the Experiment ends its destinations go', () => {
    const before = [toHost('exp-1', 10), toHost('web-stable', 65), toHost('exp-2', 5), toHost('web-canary', 20)]
    expect(shares(before, { weight: 20 })).toEqual([toHost('web-stable', 80), toHost('web-canary', 20)])
  })

  it('IST-15: a foreign destination goes when it has a weight, and stays without one', () => {
    const before = [
      toHost('other', 30),
      toHost('web-stable', 70),
      toHost('spare', 0),
      toHost('mute'),
      toHost('web-canary', 0),
    ]
    expect(shares(before, { weight: 20 })).toEqual([
      toHost('web-stable', 80),
      toHost('spare', 0),
      toHost('mute'),
      toHost('web-canary', 20),
    ])
  })

  it('IST-15: a missing weight reads as 0, and is not written when that is wanted', () => {
    expect(shares([toHost('web-stable'), toHost('web-canary')], { weight: 0 })).toEqual([
      toHost('web-stable', 100),
      toHost('web-canary'),
    ])
  })

  it('IST-15a: of two destinations of one Experiment the second goes', () => {
    const before = [toHost('web-stable', 60), toHost('web-canary', 20), toHost('exp-1', 10), toHost('exp-1', 10)]
    expect(shares(before, { weight: 20, destinations: [toExperiment('exp-1', 10)] })).toEqual([
      toHost('web-stable', 70),
      toHost('web-canary', 20),
      toHost('exp-1', 10),
    ])
  })

  it('IST-14: stable is never negative', () => {
    expect(
      shares([toHost('web-stable', 100), toHost('web-canary')], {
        weight: 95,
        destinations: [toExperiment('exp-1', 10)],
      }),
    ).toEqual([toHost('web-stable', 0), toHost('web-canary', 95), toHost('exp-1', 10)])
  })

  it('IST-7: a host counts by what stands before its first dot, and one that begins with a dot not at all', () => {
    const before = [
      toHost('web-canary.shop.svc.cluster.local', 0),
      toHost('web-stable.shop', 90),
      toHost('.web-canary', 10),
    ]
    expect(shares(before, { weight: 25 })).toEqual([
      toHost('web-canary.shop.svc.cluster.local', 25),
      toHost('web-stable.shop', 75),
      toHost('.web-canary', 10),
    ])
  })

  it('IST-16: fields of a destination that say nothing of the split stay', () => {
    const headers = { request: { set: { from: 'istio' } } }
    const port = { number: 80 }
    const before = [{ ...toHost('web-stable', 100, { port }), headers }, toHost('web-canary', 0, { port })]
    expect(shares(before, { weight: 20 })).toEqual([
      { ...toHost('web-stable', 80, { port }), headers },
      toHost('web-canary', 20, { port }),
    ])
  })
})

describe('IST-6: weights between subsets', () => {
  const legacy = { ...bySubsets, additionalSubsetNames: ['legacy'] }
  const before = [toSubset('stable', 80), toSubset('canary', 0), toSubset('legacy', 20, 'old')]

  it.each([
    [0, 80, 0],
    [20, 60, 20],
    [100, 0, 100],
  ])('IST-14: at %i an additional subset keeps its weight: stable has %i, canary %i', (weight, stable, canary) => {
    expect(shares(before, { weight }, legacy)).toEqual([
      toSubset('stable', stable),
      toSubset('canary', canary),
      toSubset('legacy', 20, 'old'),
    ])
  })

  it('IST-15: without being named, such a subset is foreign', () => {
    expect(shares(before, { weight: 20 }, bySubsets)).toEqual([toSubset('stable', 80), toSubset('canary', 20)])
  })

  it('IST-17: hosts of the Services count too', () => {
    const mixed = [toSubset('stable', 0), toSubset('canary', 0), toHost('web-stable', 0), toHost('web-canary', 0)]
    expect(shares(mixed, { weight: 20 }, bySubsets)).toEqual([
      toSubset('stable', 80),
      toSubset('canary', 20),
      toHost('web-stable', 80),
      toHost('web-canary', 20),
    ])
  })

  it('IST-6: no host is enough where subsets are configured', () => {
    const routes = aRouteTable([aVirtualService({ http: [{ route: [toHost('web-stable'), toHost('web-canary')] }] })])
    expect(istio.setWeight(anIstioRequest({ istio: { destinationRule: bySubsets } }), routes)).toMatchObject({
      ok: false,
      error: { message: "Canary DestinationRule subset 'canary' not found in route", events: [] },
    })
  })
})

describe('SVC-13: ping-pong', () => {
  const route = [toHost('ping', 100), toHost('pong', 0)]

  it.each([
    ['in the update', { weight: 25, canaryService: 'pong', stableService: 'ping' }, 75, 25],
    ['after the promotion', { weight: 0, canaryService: 'ping', stableService: 'pong' }, 0, 100],
  ])('SVC-13: %s the roles come with the request', (_when, roles, ping, pong) => {
    const routes = aRouteTable([aVirtualService({ http: [{ route }] })])
    const step = stepOf(istio.setWeight(anIstioRequest(roles), routes))
    expect(sectionIn(step.routes, 'http')).toEqual([{ route: [toHost('ping', ping), toHost('pong', pong)] }])
  })
})
