import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { HeaderRoute } from '#api/rollout.ts'
import type { AlbRouting, TrafficRouting } from '#api/traffic-routing.ts'
import { servicePair } from '#engine/rollout/canary/service-pair.ts'
import { formatSpecError } from '#engine/rollout/validation/spec-error.ts'
import { alb } from '#engine/traffic/alb/alb.ts'
import type { RouterRequest, RouterResult } from '#engine/traffic/router.ts'
import { findRoute, type RouteObject, type RouteRef, type Routes } from '#engine/traffic/routes.ts'
import { createMergePatch } from '#lib/merge-patch.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aRouteObject, aRouterRequest, aRouteTable, stepOf } from '#test/support/builders/routing.ts'

const front = { namespace: 'shop', kind: 'ingresses', name: 'front' } as const
const side = { ...front, name: 'side' }
const action = 'alb.ingress.kubernetes.io/actions.web-root'
const managed = 'rollouts.argoproj.io/managed-alb-annotations'

/** Of the specification, before anything was sent. */
const asApplied: RouteObject = parse(`
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: front
  namespace: shop
  annotations:
    kubernetes.io/ingress.class: alb
spec:
  rules:
  - http:
      paths:
      - {path: /*, pathType: ImplementationSpecific, backend: {service: {name: web-root, port: {name: use-annotation}}}}
`)
const named = (name: string, more: Partial<RouteObject> = {}) =>
  ['ingresses', { ...asApplied, ...more, metadata: { ...asApplied.metadata, name } }] as const
const untouched = aRouteTable([named('front')])
const path = (name: string, port: object = { name: 'use-annotation' }) => ({
  path: '/*',
  pathType: 'ImplementationSpecific',
  backend: { service: { name, port } },
})

const groupsText = (...groups: readonly (readonly [string, number])[]) =>
  `{"Type":"forward","ForwardConfig":{"TargetGroups":[${groups
    .map(([name, weight]) => `{"ServiceName":"${name}","ServicePort":"80","Weight":${weight}}`)
    .join(',')}]}}`
const annotated = (value: string) => ({
  metadata: { annotations: { [action]: value, [managed]: `{"web":["${action}"]}` } },
})

type Parts = Partial<RouterRequest> & { readonly routing?: TrafficRouting }
const request = (config: AlbRouting = {}, parts: Parts = {}) =>
  aRouterRequest({
    ...parts,
    routing: { alb: { ingress: 'front', rootService: 'web-root', servicePort: 80, ...config }, ...parts.routing },
  })
const at = (weight: number, routes: Routes, parts: Parts = {}) =>
  stepOf(alb.setWeight(request({}, { weight, ...parts }), routes))
const patch = (before: Routes, after: Routes, ref: RouteRef = front) =>
  createMergePatch(findRoute(before, ref), findRoute(after, ref))
const events = (message: string) => [{ type: 'Normal', reason: 'PatchingALBIngress', message }]
const errorOf = (result: RouterResult | undefined) =>
  result === undefined || result.ok ? undefined : result.error.message

describe('weights of an ALB', () => {
  it('ALB-3, ALB-4, ALB-5: are an annotation of the Ingress, and another tells whose it is', () => {
    const step = at(20, untouched)
    expect(patch(untouched, step.routes)).toEqual(annotated(groupsText(['web-canary', 20], ['web-stable', 80])))
    expect(step.events).toEqual(events("Updating Ingress `front` to desiredWeight '20'"))
  })

  it.each([0, 20, 100])('ALB-3: %i leaves the rest to stable', (weight) => {
    const { routes } = at(weight, untouched)
    const value = groupsText(['web-canary', weight], ['web-stable', 100 - weight])
    expect(patch(untouched, routes)).toEqual(annotated(value))
  })

  it('ALB-5, ALB-7: follow with the action alone, after an abort back to 0, and rest when all is as it shall be', () => {
    const during = at(20, untouched).routes
    const after = at(0, during)
    expect(patch(during, after.routes)).toEqual({
      metadata: { annotations: { [action]: groupsText(['web-canary', 0], ['web-stable', 100]) } },
    })
    const again = at(0, after.routes)
    expect(again).toEqual({ routes: after.routes, events: [] })
    expect(findRoute(again.routes, front)).toBe(findRoute(after.routes, front))
  })

  it('ALB-3: those of an Experiment stand between canary and stable', () => {
    const destinations = [{ serviceName: 'exp-1', podTemplateHash: 'h3', weight: 10 }]
    expect(patch(untouched, at(20, untouched, { destinations }).routes)).toEqual(
      annotated(groupsText(['web-canary', 20], ['exp-1', 10], ['web-stable', 70])),
    )
  })

  it.each<[number, string | undefined, ...(readonly [string, number])[]]>([
    [25, 'ping', ['pong', 25], ['ping', 75]],
    [0, 'pong', ['ping', 0], ['pong', 100]],
    [0, undefined, ['ping', 0], ['pong', 100]],
  ])('ALB-1, ALB-7: %i with ping-pong, when %s is stable', (weight, stablePingPong, ...groups) => {
    const rollout = aRollout({
      canary: {
        pingPong: { pingService: 'ping', pongService: 'pong' },
        trafficRouting: { alb: { ingress: 'front', rootService: 'web-root', servicePort: 80 } },
      },
    })
    const status = stablePingPong === undefined ? {} : { canary: { stablePingPong } }
    const pair = servicePair(rollout, status, true)
    const asked = aRouterRequest({ rollout, weight, canaryService: pair.canary, stableService: pair.stable })
    const { routes } = stepOf(alb.setWeight(asked, untouched))
    expect(findRoute(routes, front)?.metadata.annotations?.[action]).toBe(groupsText(...groups))
  })

  it('ALB-6: are out of 100, whatever the spec says', () => {
    const { routes } = at(20, untouched, { maxWeight: 1000, routing: { maxTrafficWeight: 1000 } })
    expect(patch(untouched, routes)).toEqual(annotated(groupsText(['web-canary', 20], ['web-stable', 80])))
  })

  it('ALB-1: without a root Service the action is that of stable; another prefix is used', () => {
    const routes = aRouteTable([
      aRouteObject('ingresses', 'front', { rules: [{ http: { paths: [path('web-stable')] } }] }),
    ])
    const asked = aRouterRequest({
      routing: { alb: { ingress: 'front', servicePort: 80, annotationPrefix: 'lb.example' } },
    })
    const key = 'lb.example/actions.web-stable'
    expect(findRoute(stepOf(alb.setWeight(asked, routes)).routes, front)?.metadata.annotations).toEqual({
      [key]: groupsText(['web-canary', 20], ['web-stable', 80]),
      [managed]: `{"web":["${key}"]}`,
    })
  })

  it('ALB-4: other Rollouts keep what is theirs', () => {
    const shared = named('front', {})
    const { annotations } = shared[1].metadata
    const routes = aRouteTable([
      [
        'ingresses',
        {
          ...shared[1],
          metadata: { ...shared[1].metadata, annotations: { ...annotations, [managed]: '{"api":["k"]}' } },
        },
      ],
    ])
    expect(findRoute(at(20, routes).routes, front)?.metadata.annotations?.[managed]).toBe(
      `{"api":["k"],"web":["${action}"]}`,
    )
  })

  it('ALB-1, ALB-5: every Ingress gets them, also when one of them needs no change', () => {
    const asked = request({ ingress: '', ingresses: ['front', 'side'] })
    const half = aRouteTable([['ingresses', findRoute(at(20, untouched).routes, front)!], named('side')])
    const { routes, events: told } = stepOf(alb.setWeight(asked, half))
    expect(findRoute(routes, front)).toBe(findRoute(half, front))
    expect(patch(half, routes, side)).toEqual(annotated(groupsText(['web-canary', 20], ['web-stable', 80])))
    expect(told).toEqual(events("Updating Ingress `side` to desiredWeight '20'"))
    expect(alb.reads(asked.rollout, half)).toEqual([front, side])
  })

  it('ALB-5: what the API server refuses is told with the Ingress', () => {
    expect(alb.refused?.('update', front)).toEqual({ error: 'error patching alb ingress `front`: ' })
  })
})

describe('an Ingress', () => {
  it('ALB-2: that has no path to the Service of the action', () => {
    const text = 'ingress does not have service `web-root` in rules'
    for (const spec of [
      null,
      {},
      { rules: [{ http: { paths: [path('web-stable')] } }] },
      { rules: [null, { http: 7 }] },
    ])
      expect(errorOf(alb.setWeight(request(), aRouteTable([named('front', { spec })])))).toBe(text)
  })

  it('ALB-3: whose spec asks for what AWS refuses', () => {
    const asked = request({ stickinessConfig: { enabled: true, durationSeconds: 0 } })
    const text = "TargetGroupStickinessConfig's duration must be between 1 and 604800 seconds (7 days)!"
    expect(errorOf(alb.setWeight(asked, untouched))).toBe(text)
    expect(errorOf(alb.setHeaderRoute?.(asked, { name: 'hdr', match: [] }, untouched))).toBe(text)
  })

  it('ALB-4: whose bookkeeping cannot be read', () => {
    const object = aRouteObject('ingresses', 'front', asApplied.spec, { annotations: { [managed]: 'web' } })
    const error = "invalid character 'w' looking for beginning of value"
    expect(errorOf(alb.setWeight(request(), aRouteTable([object])))).toBe(error)
    const asked = request({}, { routing: { managedRoutes: [{ name: 'hdr' }] } })
    expect(errorOf(alb.setHeaderRoute?.(asked, { name: 'hdr' }, aRouteTable([object])))).toBe(error)
    expect(errorOf(alb.removeManagedRoutes?.(asked, aRouteTable([object])))).toBe(error)
  })

  it('ALB-2: that is not there', () => {
    expect(errorOf(alb.setWeight(request(), aRouteTable([])))).toBe('ingress.networking.k8s.io "front" not found')
  })
})

describe('header routes of an ALB', () => {
  const managedRoutes = [{ name: 'first' }, { name: 'hdr' }]
  const hdr: HeaderRoute = { name: 'hdr', match: [{ headerName: 'x-canary', headerValue: { exact: 'yes' } }] }
  const hdrAction = 'alb.ingress.kubernetes.io/actions.hdr'
  const hdrCondition = 'alb.ingress.kubernetes.io/conditions.hdr'
  const asked = request({}, { routing: { managedRoutes } })
  const made = (routes: Routes, route = hdr, by = asked) => stepOf(alb.setHeaderRoute!(by, route, routes))
  const rules = (...names: readonly string[]) => [{ http: { paths: names.map((name) => path(name)) } }]

  it('ALB-10, ALB-11, ALB-12, ALB-15: are an action, a condition and a path in front', () => {
    const step = made(untouched)
    expect(patch(untouched, step.routes)).toEqual({
      metadata: {
        annotations: {
          [hdrAction]: groupsText(['web-canary', 100]),
          [hdrCondition]: '[{"field":"http-header","httpHeaderConfig":{"httpHeaderName":"x-canary","values":["yes"]}}]',
          [managed]: `{"web":["${hdrAction}","${hdrCondition}"]}`,
        },
      },
      spec: { rules: rules('hdr', 'web-root') },
    })
    expect(step.events).toEqual(events("Updating Ingress `front` to headerRoute 'hdr'"))
    expect(made(step.routes)).toEqual({ routes: step.routes, events: [] })
  })

  it('ALB-10: stick as weights do', () => {
    const by = request({ stickinessConfig: { enabled: true, durationSeconds: 60 } }, { routing: { managedRoutes } })
    expect(findRoute(made(untouched, hdr, by).routes, front)?.metadata.annotations?.[hdrAction]).toContain(
      '"TargetGroupStickinessConfig":{"Enabled":true,"DurationSeconds":60}',
    )
  })

  it('ALB-12, ALB-14: another value changes the condition alone; routes are in the order of the spec', () => {
    const { routes } = made(untouched)
    const other = { name: 'hdr', match: [{ headerName: 'x-canary', headerValue: { exact: 'no' } }] }
    expect(patch(routes, made(routes, other).routes)).toEqual({
      metadata: { annotations: { [hdrCondition]: expect.stringContaining('["no"]') } },
    })
    const both = made(routes, { ...hdr, name: 'first' }).routes
    expect(findRoute(both, front)?.spec).toEqual({ rules: rules('first', 'hdr', 'web-root') })
    const reversed = request({}, { routing: { managedRoutes: managedRoutes.toReversed() } })
    expect(findRoute(made(both, hdr, reversed).routes, front)?.spec).toEqual({
      rules: rules('hdr', 'first', 'web-root'),
    })
  })

  it('ALB-13: are removed without a match, with all that was made for them', () => {
    const { routes } = made(untouched)
    const gone = made(routes, { name: 'hdr' })
    expect(findRoute(gone.routes, front)).toEqual({
      ...asApplied,
      metadata: { ...asApplied.metadata, annotations: { ...asApplied.metadata.annotations, [managed]: '{"web":[]}' } },
    })
    expect(gone.events).toEqual(events("Updating Ingress `front` to headerRoute 'hdr'"))
    expect(made(gone.routes, { name: 'hdr' }).events).toEqual([])
  })

  it('ALB-10: stay in place when the weight moves', () => {
    const { routes } = made(at(20, untouched).routes)
    const moved = at(40, routes).routes
    expect(patch(routes, moved)).toEqual({
      metadata: { annotations: { [action]: groupsText(['web-canary', 40], ['web-stable', 60]) } },
    })
  })

  it('ALB-16: all that the spec lists are removed, and the entry stays', () => {
    const { routes } = made(made(at(20, untouched).routes).routes, { ...hdr, name: 'first' })
    const step = stepOf(alb.removeManagedRoutes!(asked, routes))
    const before = findRoute(at(20, untouched).routes, front)
    expect(findRoute(step.routes, front)).toEqual(before)
    expect(step.events).toEqual(events('Updating Ingress `front` removing managed routes'))
    expect(stepOf(alb.removeManagedRoutes!(asked, step.routes))).toEqual({ routes: step.routes, events: [] })
  })

  it('ALB-16: in the first pass there are none, and the entry is made all the same', () => {
    const bare = aRouteTable([aRouteObject('ingresses', 'front', asApplied.spec)])
    const step = stepOf(alb.removeManagedRoutes!(asked, bare))
    expect(patch(bare, step.routes)).toEqual({ metadata: { annotations: { [managed]: '{"web":[]}' } } })
  })

  it('ALB-16: nothing is touched where no routes are listed', () => {
    expect(stepOf(alb.removeManagedRoutes!(request(), untouched))).toEqual({ routes: untouched, events: [] })
    const empty = request({}, { routing: { managedRoutes: [] } })
    expect(stepOf(alb.removeManagedRoutes!(empty, untouched))).toEqual({ routes: untouched, events: [] })
  })

  it('ALB-10, ALB-16: every Ingress has them, also when one needs no change', () => {
    const several = request({ ingress: '', ingresses: ['front', 'side'] }, { routing: { managedRoutes } })
    const half = aRouteTable([['ingresses', findRoute(made(untouched).routes, front)!], named('side')])
    const both = made(half, hdr, several)
    expect(both.events).toEqual(events("Updating Ingress `side` to headerRoute 'hdr'"))
    const cleaned = aRouteTable([
      ['ingresses', findRoute(stepOf(alb.removeManagedRoutes!(asked, untouched)).routes, front)!],
      ['ingresses', findRoute(both.routes, side)!],
    ])
    expect(stepOf(alb.removeManagedRoutes!(several, cleaned)).events).toEqual(
      events('Updating Ingress `side` removing managed routes'),
    )
  })
})

describe('references', () => {
  const base = 'spec.strategy.canary.trafficRouting.alb'
  const told = (rule: 'missing' | 'mismatch', routing: TrafficRouting, routes = aRouteTable([])) => {
    const error = alb[rule]?.(aRouterRequest({ routing }).rollout, routes)
    return error && formatSpecError(error)
  }

  it.each<[AlbRouting, string]>([
    [{ ingress: 'front', ingresses: ['side'] }, 'Both'],
    [{}, 'Neither'],
    [{ ingress: '' }, 'Neither'],
  ])('REF-4, API-128: %j', (config, are) => {
    expect(told('missing', { alb: config })).toBe(
      `${base}: Internal error: Either Ingress or Ingresses must be configured. ${are} are configured.`,
    )
  })

  it('REF-5: an Ingress that is not there', () => {
    expect(told('missing', { alb: { ingress: 'front' } })).toBe(
      `${base}.ingress: Invalid value: "front": ingress.networking.k8s.io "front" not found`,
    )
    expect(told('missing', { alb: { ingresses: ['front', 'side'] } }, untouched)).toBe(
      `${base}.ingresses: Invalid value: ["front","side"]: ingress.networking.k8s.io "side" not found`,
    )
    expect(told('missing', { alb: { ingress: 'front' } }, untouched)).toBeUndefined()
  })

  it('REF-14, API-130: an Ingress without a path to the root Service, or to stable where there is none', () => {
    expect(told('mismatch', { alb: { ingress: 'front', rootService: 'web-root' } }, untouched)).toBeUndefined()
    expect(told('mismatch', { alb: { ingress: 'front', rootService: 'nope' } }, untouched)).toBe(
      `${base}.ingress: Invalid value: "front": ingress \`front\` has no rules using service nope backend`,
    )
    expect(told('mismatch', { alb: { ingresses: ['front'] } }, untouched)).toBe(
      `${base}.ingresses: Invalid value: "front": ingress \`front\` has no rules using service web-stable backend`,
    )
  })

  it('REF-14: one that NGINX names too is looked at for NGINX alone', () => {
    const config = { ingress: 'front', rootService: 'nope' }
    expect(told('mismatch', { alb: config, nginx: { stableIngress: 'front' } }, untouched)).toBeUndefined()
    expect(told('mismatch', { alb: config, nginx: { stableIngresses: ['front'] } }, untouched)).toBeUndefined()
    expect(told('mismatch', { alb: config, nginx: { stableIngress: 'side' } }, untouched)).toContain('nope')
  })
})
