import { describe, expect, it } from 'vitest'
import { istio } from '#engine/traffic/istio/istio.ts'
import { anIstioRequest, aVirtualService, messagesOf, sectionIn, toHost } from '#test/support/builders/istio.ts'
import { aRouteTable, stepOf } from '#test/support/builders/routing.ts'

const both = (stable: number, canary: number) => [
  { route: [toHost('web-stable', stable), toHost('web-canary', canary)] },
]
const request = anIstioRequest({ istio: { virtualServices: [{ name: 'a' }, { name: 'b.edge' }, { name: 'c' }] } })

describe('IST-2: an operation on several VirtualServices', () => {
  it('IST-2: is done and told for each that it changes', () => {
    const before = aRouteTable([
      aVirtualService({ http: both(100, 0) }, 'a'),
      aVirtualService({ tcp: both(100, 0) }, 'b', 'edge'),
      aVirtualService({ tls: both(80, 20) }, 'c'),
    ])
    const { routes, events } = stepOf(istio.setWeight(request, before))
    expect([
      sectionIn(routes, 'http', 'shop/a'),
      sectionIn(routes, 'tcp', 'edge/b'),
      sectionIn(routes, 'tls', 'shop/c'),
    ]).toEqual([both(80, 20), both(80, 20), both(80, 20)])
    expect(messagesOf(events)).toEqual([
      "Normal Updated VirtualService: VirtualService `a` set to desiredWeight '20'",
      "Normal Updated VirtualService: VirtualService `b` set to desiredWeight '20'",
    ])
  })

  it('IST-4: ends at the first that is not there; what was done before it stands', () => {
    const before = aRouteTable([
      aVirtualService({ http: both(100, 0) }, 'a'),
      aVirtualService({ http: both(100, 0) }, 'c'),
    ])
    const result = istio.setWeight(request, before)
    if (result.ok) throw new Error('a VirtualService that is not there was weighed')
    const { message, events, routes = before } = result.error
    expect(message).toBe('virtualservices.networking.istio.io "b" not found')
    expect(messagesOf(events)).toEqual([
      "Normal Updated VirtualService: VirtualService `a` set to desiredWeight '20'",
      'Warning VirtualServiceNotFound: VirtualService `b` not found',
    ])
    expect(sectionIn(routes, 'http', 'shop/a')).toEqual(both(80, 20))
    expect(sectionIn(routes, 'http', 'shop/c')).toEqual(both(100, 0))
  })

  it('IST-4: a version that the cluster serves otherwise is told so', () => {
    const before = aRouteTable([], {
      virtualServices: {
        group: 'mesh.example',
        version: 'v1',
        plural: 'virtualservices',
        kind: 'VirtualService',
        namespaced: true,
      },
    })
    expect(istio.setWeight(request, before)).toMatchObject({
      error: { message: 'virtualservices.mesh.example "a" not found' },
    })
  })
})
