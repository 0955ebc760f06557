import { describe, expect, it } from 'vitest'
import type { RouterRequest } from '#engine/traffic/router.ts'
import { findRoute, noRoutes, type RouteRef, type Routes } from '#engine/traffic/routes.ts'
import { traefik } from '#engine/traffic/traefik.ts'
import { aRouteObject, aRouterRequest, aRouteTable } from '#test/support/builders/routing.ts'
import { settled } from '#test/support/settled.ts'

const ref: RouteRef = { kind: 'traefikServices', namespace: 'shop', name: 'web' }
const routing = { traefik: { weightedTraefikServiceName: 'web' } }
const aRequest = (parts: Partial<RouterRequest> = {}) => aRouterRequest({ routing, ...parts })

const service = (name: string, weight?: number) => ({ name, port: 80, ...(weight !== undefined && { weight }) })
const aService = (services: unknown) =>
  aRouteTable([aRouteObject('traefikServices', 'web', { weighted: { services } })])

const servicesAfter = (request: RouterRequest, routes: Routes) =>
  findRoute(settled((each) => traefik.setWeight(request, each), routes).routes, ref)?.spec

const errorOf = (request: RouterRequest, routes: Routes) => {
  const result = traefik.setWeight(request, routes)
  return result.ok ? 'done' : result.error.message
}

describe('traefik', () => {
  it('TFK-1: reads the weighted service, which may be served by the group of v2', () => {
    expect(traefik.type).toBe('Traefik')
    expect(traefik.reads(aRequest().rollout, noRoutes)).toEqual([ref])
    expect(traefik.reads(aRouterRequest({ routing: { traefik: {} } }).rollout, noRoutes)).toEqual([])
    const v2 = {
      group: 'traefik.containo.us',
      version: 'v1alpha1',
      plural: 'traefikservices',
      kind: 'TraefikService',
      namespaced: true,
    }
    expect(errorOf(aRequest(), { ...noRoutes, served: { traefikServices: v2 } })).toBe(
      'traefikservices.traefik.containo.us "web" not found',
    )
  })

  it.each([
    [0, 100],
    [20, 80],
    [100, 0],
  ])('TFK-1: %d for canary, in services that had no weights', (weight, rest) => {
    const routes = aService([service('web-stable'), service('web-canary')])
    expect(servicesAfter(aRequest({ weight }), routes)).toEqual({
      weighted: { services: [service('web-stable', rest), service('web-canary', weight)] },
    })
  })

  it('TFK-1: others keep their weight, and so does a second entry of the same name', () => {
    const kept = [service('legacy', 7), { ...service('web-canary', 3), kind: 'TraefikService' }]
    const routes = aService([service('web-canary', 50), ...kept, service('web-stable', 50)])
    expect(servicesAfter(aRequest(), routes)).toEqual({
      weighted: { services: [service('web-canary', 20), ...kept, service('web-stable', 80)] },
    })
  })

  it('TFK-1: what is right is not written; unknown fields stay', () => {
    const spec = { weighted: { services: [service('web-stable', 80), service('web-canary', 20)], sticky: {} }, own: 1 }
    const routes = aRouteTable([aRouteObject('traefikServices', 'web', spec)])
    expect(servicesAfter(aRequest(), routes)).toBe(spec)
    expect(servicesAfter(aRequest({ weight: 0 }), routes)).toEqual({
      weighted: { services: [service('web-stable', 100), service('web-canary', 0)], sticky: {} },
      own: 1,
    })
  })

  it.each([
    ['traefik canary service was not found', [service('web-stable')]],
    ['traefik canary service was not found', []],
    ['traefik stable service was not found', [service('web-canary')]],
    ['name field was not found in service', [{ port: 80 }, service('web-stable'), service('web-canary')]],
    ['name field was not found in service', [service('web-canary'), { name: 7 }, service('web-stable')]],
    ['Failed type assertion setting weight for traefik service', [null, service('web-stable'), service('web-canary')]],
    ['Failed type assertion setting weight for traefik service', [service('web-canary'), 'web-stable']],
    ['spec.weighted.services was not found in traefik service manifest', undefined],
    ['spec.weighted.services was not found in traefik service manifest', { name: 'web' }],
  ])('TFK-2: %s', (error, services) => {
    expect(errorOf(aRequest(), aService(services))).toBe(error)
  })

  it.each([undefined, null, 7, [], { weighted: null }, { weighted: [] }])('TFK-2: a spec like %j', (spec) => {
    expect(errorOf(aRequest(), aRouteTable([aRouteObject('traefikServices', 'web', spec)]))).toBe(
      'spec.weighted.services was not found in traefik service manifest',
    )
  })

  it('TFK-2: what comes after both does not matter', () => {
    const routes = aService([service('web-stable'), service('web-canary'), null])
    expect(servicesAfter(aRequest(), routes)).toEqual({
      weighted: { services: [service('web-stable', 80), service('web-canary', 20), null] },
    })
  })

  it('TFK-1: one that is missing, or has no name', () => {
    expect(errorOf(aRequest(), noRoutes)).toBe('traefikservices.traefik.io "web" not found')
    expect(errorOf(aRouterRequest({ routing: { traefik: {} } }), noRoutes)).toBe('resource name may not be empty')
  })

  it('TFK-2: what is said when a write is refused', () => {
    expect(traefik.refused?.('update', ref)).toEqual({
      error: '',
      event: { reason: 'TraefikServiceUpdateError', before: 'Error updating traefik service "web": ' },
    })
  })
})
