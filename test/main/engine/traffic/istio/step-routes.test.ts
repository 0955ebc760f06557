import { describe, expect, it } from 'vitest'
import type { HeaderRoute, MirrorRoute } from '#api/rollout.ts'
import { istio } from '#engine/traffic/istio/istio.ts'
import type { RouterRequest } from '#engine/traffic/router.ts'
import type { Routes } from '#engine/traffic/routes.ts'
import {
  aDestinationRule,
  anIstioRequest,
  aVirtualService,
  bySubsets,
  headerStep,
  messagesOf,
  mirrorStep,
  sectionIn,
  toHost,
  toSubset,
} from '#test/support/builders/istio.ts'
import { aRouteTable, stepOf } from '#test/support/builders/routing.ts'

const port = { port: { number: 80 } }
const withPorts = { name: 'primary', route: [toHost('web-stable', 80, port), toHost('web-canary', 20, port)] }
const withoutPorts = { name: 'primary', route: [toHost('web-stable', 80), toHost('web-canary', 20)] }

const primaryOnly = { virtualService: { name: 'web', routes: ['primary'] } }
const managing = (...names: readonly string[]) =>
  anIstioRequest({ istio: primaryOnly, managedRoutes: names.map((name) => ({ name })) })

const withHeader = (request: RouterRequest, routes: Routes, step: HeaderRoute = headerStep) => {
  const result = istio.setHeaderRoute?.(request, step, routes)
  if (result === undefined) throw new Error('header routes are unknown')
  return result
}
const withMirror = (request: RouterRequest, routes: Routes, step: MirrorRoute = mirrorStep) => {
  const result = istio.setMirrorRoute?.(request, step, routes)
  if (result === undefined) throw new Error('mirror routes are unknown')
  return result
}

describe('IST-25: a header route', () => {
  const before = aRouteTable([aVirtualService({ http: [withPorts] })])
  const headerRoute = {
    name: 'hdr',
    match: [{ headers: { 'x-canary': { exact: 'yes' } } }],
    route: [{ weight: 100, destination: { host: 'web-canary', port: { number: 80 } } }],
  }

  it('IST-25: comes first, and sends all of its requests to the canary', () => {
    const step = stepOf(withHeader(managing('hdr'), before))
    expect(sectionIn(step.routes, 'http')).toEqual([headerRoute, withPorts])
    expect(messagesOf(step.events)).toEqual([
      "Normal Updated VirtualService: VirtualService `web` set headerRoute 'hdr'",
    ])
  })

  it('IST-25: is made once: asked again, nothing is changed or told', () => {
    const { routes } = stepOf(withHeader(managing('hdr'), before))
    expect(stepOf(withHeader(managing('hdr'), routes))).toEqual({ routes, events: [] })
  })

  it('IST-25: keeps its weights when the others are set', () => {
    const { routes } = stepOf(withHeader(managing('hdr'), before))
    const weighed = stepOf(istio.setWeight({ ...managing('hdr'), weight: 50 }, routes))
    expect(sectionIn(weighed.routes, 'http')).toEqual([
      headerRoute,
      { name: 'primary', route: [toHost('web-stable', 50, port), toHost('web-canary', 50, port)] },
    ])
  })

  it('IST-25: has one entry for each match, with just what is said', () => {
    const match = [
      { headerName: 'a', headerValue: { exact: 'x', prefix: '', regex: '' } },
      { headerName: 'b', headerValue: { prefix: 'y' } },
      { headerName: '__proto__', headerValue: { regex: 'z.*' } },
      { headerName: 'd' },
    ]
    const { routes } = stepOf(withHeader(managing('hdr'), before, { name: 'hdr', match }))
    expect(sectionIn(routes, 'http')).toMatchObject([
      {
        match: [
          { headers: { a: { exact: 'x' } } },
          { headers: { b: { prefix: 'y' } } },
          { headers: { ['__proto__']: { regex: 'z.*' } } },
          { headers: { d: {} } },
        ],
      },
      withPorts,
    ])
  })

  it('IST-25: replaces all routes of its name', () => {
    const stale = [{ name: 'hdr', match: [] }, withPorts, { name: 'hdr' }]
    const { routes } = stepOf(withHeader(managing('hdr'), aRouteTable([aVirtualService({ http: stale })])))
    expect(sectionIn(routes, 'http')).toEqual([headerRoute, withPorts])
  })

  it.each<[string, HeaderRoute]>([
    ['absent', { name: 'hdr' }],
    ['empty', { name: 'hdr', match: [] }],
  ])('IST-25: goes when its match is %s', (_what, step) => {
    const { routes } = stepOf(withHeader(managing('hdr'), before))
    const gone = stepOf(withHeader(managing('hdr'), routes, step))
    expect(sectionIn(gone.routes, 'http')).toEqual([withPorts])
    expect(stepOf(withHeader(managing('hdr'), gone.routes, step)).routes).toBe(gone.routes)
  })

  it('IST-24: comes last where no routes are managed', () => {
    const { routes } = stepOf(withHeader(anIstioRequest({ istio: primaryOnly }), before))
    expect(sectionIn(routes, 'http')).toEqual([withPorts, headerRoute])
  })

  it('IST-25: without a name is refused, for nothing could remove it again', () => {
    expect(withHeader(managing('hdr'), before, { ...headerStep, name: '' })).toMatchObject({
      ok: false,
      error: {
        message:
          '[SetHeaderRoute] failed to reconcile header routes: the route has no name, so that nothing could remove it again',
        events: [],
      },
    })
  })
})

describe('IST-23: where the canary is', () => {
  const rule = { virtualService: { name: 'web' }, destinationRule: bySubsets }
  const http = [{ route: [toSubset('stable', 100), toSubset('canary', 0)] }]
  const managedRoutes = [{ name: 'hdr' }, { name: 'mir' }]

  it.each([
    ['the host of the DestinationRule', { host: 'web.shop.svc' }, 'web.shop.svc'],
    ['the Service when that has none', {}, 'web-canary'],
    ['the Service when that has no spec', undefined, 'web-canary'],
  ])('IST-23: %s, and its subset', (_what, spec, host) => {
    const routes = aRouteTable([aVirtualService({ http }), aDestinationRule(spec)])
    const request = anIstioRequest({ istio: rule, managedRoutes })
    const destination = { host, subset: 'canary' }
    expect(sectionIn(stepOf(withHeader(request, routes)).routes, 'http')).toMatchObject([
      { name: 'hdr', route: [{ weight: 100, destination }] },
      http[0] ?? {},
    ])
    expect(sectionIn(stepOf(withMirror(request, routes)).routes, 'http')).toMatchObject([
      { name: 'mir', mirror: destination },
      http[0] ?? {},
    ])
  })

  it.each([
    ['header', withHeader, '[SetHeaderRoute] failed to reconcile header routes: '],
    ['mirror', withMirror, '[SetMirrorRoute] failed reconcile virtual service for mirror routes: '],
  ])('IST-27: a %s route needs the DestinationRule', (_what, operate, prefix) => {
    const routes = aRouteTable([aVirtualService({ http })])
    expect(operate(anIstioRequest({ istio: rule, managedRoutes }), routes)).toMatchObject({
      ok: false,
      error: {
        message: `${prefix}destinationrules.networking.istio.io "web" not found`,
        events: [{ type: 'Warning', reason: 'DestinationRuleNotFound', message: 'DestinationRule `web` not found' }],
      },
    })
  })

  it.each<[string, readonly unknown[], number | undefined]>([
    ['that of the first destination', [withPorts], 80],
    [
      'none when that says none',
      [{ name: 'primary', route: [toHost('web-stable'), toHost('web-canary', 0, port)] }],
      undefined,
    ],
    [
      'none when that is 0',
      [{ name: 'primary', route: [toHost('web-stable', 1, { port: { number: 0 } })] }],
      undefined,
    ],
    ['none when there is no such route', [{ name: 'other', route: withPorts.route }], undefined],
    ['none when routes cannot be read', [7, withPorts], undefined],
  ])('IST-23: the port of a header route is %s', (_what, some, number) => {
    const { routes } = stepOf(withHeader(managing('hdr'), aRouteTable([aVirtualService({ http: some })])))
    expect(sectionIn(routes, 'http')).toEqual([
      expect.objectContaining({
        name: 'hdr',
        route: [
          { weight: 100, destination: { host: 'web-canary', ...(number !== undefined && { port: { number } }) } },
        ],
      }),
      ...some,
    ])
  })

  it('IST-23: the only route that is not managed counts when none is configured', () => {
    const some = [{ name: 'other', route: [toHost('x', 1, { port: { number: 9 } })] }, withPorts]
    const request = anIstioRequest({ managedRoutes: [{ name: 'other' }, { name: 'hdr' }] })
    const { routes } = stepOf(withHeader(request, aRouteTable([aVirtualService({ http: some })])))
    expect(sectionIn(routes, 'http')).toMatchObject([{}, { route: [{ destination: port }] }, {}])
  })
})

describe('IST-26: a mirror route', () => {
  const before = aRouteTable([aVirtualService({ http: [withoutPorts] })])
  const mirrorRoute = {
    name: 'mir',
    match: [{ method: { exact: 'GET' }, uri: { prefix: '/' } }],
    route: [toHost('web-stable', 80), toHost('web-canary', 20)],
    mirror: { host: 'web-canary' },
    mirrorPercentage: { value: 35 },
  }

  it('IST-26: comes first, splits as the others do, and copies to the canary', () => {
    const step = stepOf(withMirror(managing('mir'), before))
    expect(sectionIn(step.routes, 'http')).toEqual([mirrorRoute, withoutPorts])
    expect(messagesOf(step.events)).toEqual([
      "Normal Updated VirtualService: VirtualService `web` set mirrorRoute 'mir'",
    ])
  })

  it('IST-26: comes first where no routes are managed too', () => {
    const { routes } = stepOf(withMirror(anIstioRequest({ istio: primaryOnly }), before))
    expect(sectionIn(routes, 'http')).toEqual([mirrorRoute, withoutPorts])
  })

  it('IST-26: is made once: asked again, nothing is changed or told', () => {
    const { routes } = stepOf(withMirror(managing('mir'), before))
    expect(stepOf(withMirror(managing('mir'), routes))).toEqual({ routes, events: [] })
  })

  it('IST-9: follows the weights that are set later', () => {
    const { routes } = stepOf(withMirror(managing('mir'), before))
    const weighed = stepOf(istio.setWeight({ ...managing('mir'), weight: 50 }, routes))
    const route = [toHost('web-stable', 50), toHost('web-canary', 50)]
    expect(sectionIn(weighed.routes, 'http')).toEqual([
      { ...mirrorRoute, route },
      { name: 'primary', route },
    ])
  })

  it('IST-26: copies everything unless it is told how much, and may have nothing to copy', () => {
    const percentages = [undefined, 0].map((percentage) => {
      const step = { name: 'mir', match: mirrorStep.match ?? [], ...(percentage !== undefined && { percentage }) }
      return sectionIn(stepOf(withMirror(managing('mir'), before, step)).routes, 'http')
    })
    expect(percentages).toMatchObject([
      [{ mirrorPercentage: { value: 100 } }, {}],
      [{ mirrorPercentage: { value: 0 } }, {}],
    ])
  })

  it('IST-26: has one entry for each match, with just what is said', () => {
    const match = [
      { headers: { a: { exact: 'x', regex: '' }, b: { prefix: 'y' } } },
      { method: { regex: 'P.*' }, headers: {} },
      { path: { exact: '/x' } },
    ]
    const { routes } = stepOf(withMirror(managing('mir'), before, { name: 'mir', match }))
    expect(sectionIn(routes, 'http')).toEqual([
      expect.objectContaining({
        match: [
          { headers: { a: { exact: 'x' }, b: { prefix: 'y' } } },
          { method: { regex: 'P.*' } },
          { uri: { exact: '/x' } },
        ],
      }),
      withoutPorts,
    ])
  })

  it('IST-26: the copy keeps host, subset, port and a weight that is not 0', () => {
    const primary = {
      name: 'primary',
      route: [
        { ...toHost('web-stable', 100, { ...port, subset: 's' }), headers: { request: {} } },
        toHost('web-canary', 0),
      ],
    }
    const { routes } = stepOf(withMirror(managing('mir'), aRouteTable([aVirtualService({ http: [primary] })])))
    expect(sectionIn(routes, 'http')).toEqual([
      expect.objectContaining({
        route: [toHost('web-stable', 100, { ...port, subset: 's' }), toHost('web-canary')],
        mirror: { host: 'web-canary', ...port },
      }),
      primary,
    ])
  })

  it('IST-26: goes when its match is absent', () => {
    const { routes } = stepOf(withMirror(managing('mir'), before))
    expect(sectionIn(stepOf(withMirror(managing('mir'), routes, { name: 'mir' })).routes, 'http')).toEqual([
      withoutPorts,
    ])
  })

  it.each<[string, readonly unknown[], string]>([
    ['no route is selected', [], "HTTP Route 'primary' is not found in the defined Virtual Service."],
    ['it has no destinations', [{ name: 'primary' }], 'VirtualService `web` has no destinations to split'],
    ['routes cannot be read', [{ name: 'primary', route: 7 }], 'Unable to get HTTP routes for Istio VirtualService'],
  ])('IST-23: where the reference crashes there is an error: %s', (_what, http, error) => {
    expect(withMirror(managing('mir'), aRouteTable([aVirtualService({ http })]))).toMatchObject({
      ok: false,
      error: {
        message: `[SetMirrorRoute] failed reconcile virtual service for mirror routes: ${error}`,
        events: [],
      },
    })
  })

  it('IST-23: of several routes none can be chosen', () => {
    const http = [{ name: 'a' }, { name: 'b' }]
    const request = anIstioRequest({ managedRoutes: [{ name: 'mir' }] })
    expect(withMirror(request, aRouteTable([aVirtualService({ http })]))).toMatchObject({
      error: {
        message:
          '[SetMirrorRoute] failed reconcile virtual service for mirror routes: VirtualService `web` has no destinations to split',
      },
    })
  })
})

describe('IST-27: errors of header and mirror routes', () => {
  const missing = { type: 'Warning', reason: 'VirtualServiceNotFound', message: 'VirtualService `web` not found' }
  const text = 'virtualservices.networking.istio.io "web" not found'

  it.each([
    ['header', withHeader, '[SetHeaderRoute] failed to get istio virtual service: '],
    ['mirror', withMirror, '[SetMirrorRoute] failed to get virtual service: '],
  ])('IST-27: a %s route needs its VirtualService', (_what, operate, prefix) => {
    expect(operate(managing('hdr', 'mir'), aRouteTable([]))).toMatchObject({
      ok: false,
      error: { message: `${prefix}${text}`, events: [missing] },
    })
  })

  it.each([
    ['header', withHeader, '[SetHeaderRoute] failed to reconcile header routes: spec.http not found'],
    ['mirror', withMirror, '[SetMirrorRoute] failed reconcile virtual service for mirror routes: spec.http not found'],
  ])('IST-27: a %s route needs HTTP routes', (_what, operate, message) => {
    for (const spec of [{ tcp: [] }, { http: 7 }, { http: null }, undefined, 'x'])
      expect(operate(managing('hdr', 'mir'), aRouteTable([aVirtualService(spec)]))).toMatchObject({
        ok: false,
        error: { message, events: [] },
      })
  })
})
