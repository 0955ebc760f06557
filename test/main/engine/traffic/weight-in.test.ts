import { describe, expect, it } from 'vitest'
import type { Router, RouterRequest } from '#engine/traffic/router.ts'
import { routersOf } from '#engine/traffic/routers.ts'
import type { RouteObject, Routes } from '#engine/traffic/routes.ts'
import { weightIn } from '#engine/traffic/weight-in.ts'
import { routerScenes } from '#test/conformance/rollout/router-scenes.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aRouteObject, aRouterRequest, aRouteTable, stepOf } from '#test/support/builders/routing.ts'

type Scene = (typeof routerScenes)[number]

function sceneOf({ routing, canary, before }: Scene) {
  const services = { stableService: 'shop-stable', canaryService: 'shop-canary' }
  const rollout = aRollout({ canary: { ...services, trafficRouting: routing, ...canary } })
  const request = aRouterRequest({ rollout, ...services })
  const ports = [{ name: 'http', port: 80, targetPort: 8080 }]
  const roles = Object.values(services).map((name) => aRouteObject('services', name, { ports }))
  const objects = before.map(([kind, name, spec, metadata]) => aRouteObject(kind, name, spec, metadata))
  const [router] = routersOf(rollout)
  if (router === undefined) throw new Error('no router')
  const { maxTrafficWeight: maxWeight = 100 } = routing
  return { router, request: { ...request, maxWeight }, routes: aRouteTable([...objects, ...roles]) }
}

const sent = (router: Router, request: RouterRequest, routes: Routes, weight: number): Routes => {
  const hashed = router.updateHash === undefined ? routes : stepOf(router.updateHash(request, routes)).routes
  return stepOf(router.setWeight({ ...request, weight }, hashed)).routes
}

describe('the weight that route objects send', () => {
  it.each(routerScenes)('TR-1: $name: is the one last written, whatever is asked for', (scene) => {
    const { router, request, routes } = sceneOf(scene)
    for (const weight of [20, 37, 1]) {
      const at = sent(router, request, routes, weight)
      for (const asked of [0, 20, 37, 100])
        expect([asked, weightIn(router, { ...request, weight: asked }, at).weight]).toEqual([asked, weight])
    }
  })

  const virtualService = (name: string, canary: number): readonly ['virtualServices', RouteObject] => [
    'virtualServices',
    {
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'VirtualService',
      metadata: { name, namespace: 'shop' },
      spec: {
        http: [
          {
            route: [
              { destination: { host: 'web-stable' }, weight: 100 - canary },
              { destination: { host: 'web-canary' }, weight: canary },
            ],
          },
        ],
      },
    },
  ]
  const request = aRouterRequest({ routing: { istio: { virtualServices: [{ name: 'a' }, { name: 'b' }] } } })
  const [istio] = routersOf(request.rollout)
  const askedOf = (routes: Routes) => {
    if (istio === undefined) throw new Error('no router')
    const { weight, byObject } = weightIn(istio, request, routes)
    return { weight, byObject: [...byObject] }
  }

  it('is none where objects differ, and each has its own', () => {
    const routes = aRouteTable([virtualService('a', 20), virtualService('b', 40)])
    expect(askedOf(routes)).toEqual({
      weight: undefined,
      byObject: [
        ['virtualServices shop/a', 20],
        ['virtualServices shop/b', 40],
      ],
    })
  })

  it('is none where an object fits no weight, and an object without a part has none', () => {
    const [kind, object] = virtualService('b', 20)
    const halved = JSON.parse(JSON.stringify(object).replace('80', '50'))
    const rule = aRouteObject('destinationRules', 'rule', { host: 'web' })
    expect(askedOf(aRouteTable([virtualService('a', 20), [kind, halved], rule]))).toEqual({
      weight: undefined,
      byObject: [
        ['virtualServices shop/a', 20],
        ['virtualServices shop/b', undefined],
      ],
    })
  })

  it('is none where the router refuses the objects', () => {
    expect(askedOf(aRouteTable([virtualService('a', 20)]))).toEqual({ weight: undefined, byObject: [] })
  })
})
