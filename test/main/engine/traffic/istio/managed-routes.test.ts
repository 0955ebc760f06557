import { describe, expect, it } from 'vitest'
import type { CanaryStep } from '#api/rollout.ts'
import { istio } from '#engine/traffic/istio/istio.ts'
import type { Routes } from '#engine/traffic/routes.ts'
import {
  anIstioRequest,
  aVirtualService,
  headerStep,
  messagesOf,
  mirrorStep,
  sectionIn,
  toHost,
} from '#test/support/builders/istio.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aRouteTable, stepOf } from '#test/support/builders/routing.ts'

const route = [toHost('web-stable', 80), toHost('web-canary', 20)]
const primary = { name: 'primary', route }
const named = (name: string) => ({ name, timeout: '1s' })

const request = (managed: readonly string[], steps: readonly CanaryStep[] = [], virtualServices = ['web']) =>
  anIstioRequest({
    rollout: aRollout({
      steps,
      canary: {
        canaryService: 'web-canary',
        stableService: 'web-stable',
        trafficRouting: {
          istio: { virtualServices: virtualServices.map((name) => ({ name, routes: ['primary'] })) },
          managedRoutes: managed.map((name) => ({ name })),
        },
      },
    }),
  })

const tableOf = (http: readonly unknown[]): Routes => aRouteTable([aVirtualService({ http })])

describe('IST-24: the order of routes', () => {
  it('IST-24: managed ones first, in their order, then the others in theirs', () => {
    const http = [named('z'), named('b'), { timeout: '2s' }, primary, { timeout: '3s' }, named('a'), named('b')]
    const { routes } = stepOf(istio.setWeight({ ...request(['a', 'gone', 'b']), weight: 30 }, tableOf(http)))
    expect(sectionIn(routes, 'http')).toEqual([
      named('a'),
      named('b'),
      named('b'),
      named('z'),
      { timeout: '2s' },
      { name: 'primary', route: [toHost('web-stable', 70), toHost('web-canary', 30)] },
      { timeout: '3s' },
    ])
  })

  it('IST-16: is left as it is when no weight changes', () => {
    const routes = tableOf([named('z'), primary, named('a')])
    expect(stepOf(istio.setWeight({ ...request(['a']), weight: 20 }, routes)).routes).toBe(routes)
  })

  it('IST-24: a managed route without a name is none', () => {
    const { routes } = stepOf(
      istio.setWeight({ ...request(['', 'a']), weight: 30 }, tableOf([{}, primary, named('a')])),
    )
    expect(sectionIn(routes, 'http')).toMatchObject([{ name: 'a' }, {}, { name: 'primary' }])
  })

  it('IST-24: one that is listed twice stays one', () => {
    const { routes } = stepOf(istio.setWeight({ ...request(['a', 'a']), weight: 30 }, tableOf([primary, named('a')])))
    expect(sectionIn(routes, 'http')).toMatchObject([{ name: 'a' }, { name: 'primary' }])
  })
})

describe('IST-28: removing managed routes', () => {
  it('IST-28: those of steps go, and those of the list; the others stay in their order', () => {
    const steps = [{ setHeaderRoute: headerStep }, { setMirrorRoute: mirrorStep }, { setWeight: 20 }]
    const http = [named('mir'), named('x'), primary, named('hdr'), {}, named('other')]
    const step = istio.removeManagedRoutes?.(request(['other'], steps), tableOf(http))
    const { routes, events } = stepOf(step ?? { ok: true, value: { routes: tableOf([]), events: [] } })
    expect(sectionIn(routes, 'http')).toEqual([named('x'), primary, {}])
    expect(messagesOf(events)).toEqual([
      'Normal Updated VirtualService: VirtualService `web` removed all managed routes.',
    ])
  })

  it('IST-28: only what was made by steps goes again, so that the primary route remains', () => {
    const asked = request(['mir', 'hdr'], [{ setHeaderRoute: headerStep }, { setMirrorRoute: mirrorStep }])
    let routes = tableOf([primary])
    for (const result of [
      istio.setHeaderRoute?.(asked, headerStep, routes),
      istio.setMirrorRoute?.(asked, mirrorStep, routes),
    ])
      if (result !== undefined) routes = stepOf(result).routes
    const step = istio.removeManagedRoutes?.(asked, routes)
    expect(step && sectionIn(stepOf(step).routes, 'http')).toEqual([primary])
  })

  it('IST-28: nothing is changed or told when there is nothing to remove', () => {
    const routes = tableOf([primary])
    const step = istio.removeManagedRoutes?.(request(['hdr'], [{ setHeaderRoute: headerStep }]), routes)
    expect(step).toEqual({ ok: true, value: { routes, events: [] } })
  })

  it('IST-28: a route without a name is nobody’s', () => {
    const routes = tableOf([{}, { name: '' }, { name: 7 }, primary, 'x', null])
    const steps = [{ setHeaderRoute: {} }, { setMirrorRoute: { name: '' } }]
    const step = istio.removeManagedRoutes?.(request([''], steps), routes)
    expect(step && stepOf(step).routes).toBe(routes)
  })

  it('IST-28: a VirtualService that is not there is told and passed over, one without HTTP routes passed over', () => {
    const before = aRouteTable([
      aVirtualService({ tcp: [] }, 'tcp'),
      aVirtualService({ http: [named('hdr'), primary] }, 'web'),
    ])
    const step = istio.removeManagedRoutes?.(request(['hdr'], [], ['gone', 'tcp', 'web']), before)
    const { routes, events } = stepOf(step ?? { ok: true, value: { routes: before, events: [] } })
    expect(sectionIn(routes, 'http')).toEqual([primary])
    expect(messagesOf(events)).toEqual([
      'Warning VirtualServiceNotFound: VirtualService `gone` not found',
      'Normal Updated VirtualService: VirtualService `web` removed all managed routes.',
    ])
  })
})
