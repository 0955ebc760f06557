import { describe, expect, it } from 'vitest'
import type { IstioRouting } from '#api/traffic-routing.ts'
import { destinationRuleRef, virtualServicesOf } from '#engine/traffic/istio/addressing.ts'
import { istio } from '#engine/traffic/istio/istio.ts'
import { noRoutes } from '#engine/traffic/routes.ts'
import { anIstioRequest, bySubsets } from '#test/support/builders/istio.ts'

const rolloutWith = (routing: IstioRouting) => anIstioRequest({ istio: routing }).rollout
const placesOf = (routing: IstioRouting) =>
  virtualServicesOf(rolloutWith(routing)).map(({ ref }) => `${ref.namespace}/${ref.name}`)

describe('IST-1: a VirtualService is named', () => {
  it.each([
    ['web', 'shop/web'],
    ['web.istio', 'istio/web'],
    ['a.b.istio', 'istio/a.b'],
    ['web.istio.cluster.local', 'istio/web'],
    ['web.cluster.local', 'shop/web'],
    ['web.shop.svc.cluster.local', 'svc/web.shop'],
    ['web.', 'shop/web'],
    ['', 'shop/'],
  ])('IST-1: %s means %s', (name, place) => {
    expect(placesOf({ virtualService: { name } })).toEqual([place])
  })

  it('IST-1: a DestinationRule is always beside its Rollout, whatever its name', () => {
    const rollout = rolloutWith({ destinationRule: { ...bySubsets, name: 'web.istio' } })
    expect(destinationRuleRef(rollout)).toEqual({ kind: 'destinationRules', namespace: 'shop', name: 'web.istio' })
  })
})

describe('IST-2: the VirtualServices of a Rollout', () => {
  it('IST-2: are those of the list, in order', () => {
    expect(placesOf({ virtualServices: [{ name: 'b' }, { name: 'a.istio' }] })).toEqual(['shop/b', 'istio/a'])
  })

  it('IST-2: the list counts when there is a single one too', () => {
    expect(placesOf({ virtualService: { name: 'one' }, virtualServices: [{ name: 'many' }] })).toEqual(['shop/many'])
  })
})

describe('IST-6: what is read', () => {
  it('IST-6: each VirtualService, and the DestinationRule when there is one', () => {
    const { rollout } = anIstioRequest({
      istio: { virtualServices: [{ name: 'web' }, { name: 'edge.istio' }, { name: '' }], destinationRule: bySubsets },
    })
    expect(istio.reads(rollout, noRoutes)).toEqual([
      { kind: 'virtualServices', namespace: 'shop', name: 'web' },
      { kind: 'virtualServices', namespace: 'istio', name: 'edge' },
      { kind: 'destinationRules', namespace: 'shop', name: 'web' },
    ])
  })

  it('IST-6: no rule where it splits by host', () => {
    expect(istio.reads(anIstioRequest().rollout, noRoutes)).toEqual([
      { kind: 'virtualServices', namespace: 'shop', name: 'web' },
    ])
  })
})
