import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { RouteKind } from '#api/route-kinds.ts'
import type { NginxRouting, TrafficRouting } from '#api/traffic-routing.ts'
import { formatSpecError } from '#engine/rollout/validation/spec-error.ts'
import { nginx } from '#engine/traffic/nginx.ts'
import type { RouterRequest } from '#engine/traffic/router.ts'
import { findRoute, type RouteObject, type Routes } from '#engine/traffic/routes.ts'
import { createMergePatch } from '#lib/merge-patch.ts'
import { aRouteObject, aRouterRequest, aRouteTable, stepOf } from '#test/support/builders/routing.ts'

const prefix = 'nginx.ingress.kubernetes.io'
const front = { namespace: 'shop', kind: 'ingresses', name: 'front' } as const
const canary = { ...front, name: 'web-front-canary' } as const

const backend = (name: string) => ({ service: { name, port: { number: 80 } } })
const rule = (host: string, ...services: readonly string[]) => ({
  host,
  http: { paths: services.map((name) => ({ path: '/', pathType: 'Prefix', backend: backend(name) })) },
})
const stableSpec = {
  ingressClassName: 'nginx',
  tls: [{ hosts: ['a.example'], secretName: 't' }],
  rules: [rule('a.example', 'web-stable'), rule('b.example', 'other')],
}
const anIngress = (name = 'front', spec: unknown = stableSpec, metadata: Partial<RouteObject['metadata']> = {}) =>
  aRouteObject('ingresses', name, spec, metadata)

const request = (config: NginxRouting = {}, parts: Partial<RouterRequest> & { routing?: TrafficRouting } = {}) =>
  aRouterRequest({ ...parts, routing: { nginx: { stableIngress: 'front', ...config }, ...parts.routing } })

const at = (weight: number, routes: Routes, config: NginxRouting = {}, routing: TrafficRouting = {}) =>
  stepOf(nginx.setWeight(request(config, { weight, routing }), routes))
const refused = (asked: RouterRequest, routes: Routes) => {
  const result = nginx.setWeight(asked, routes)
  return result.ok ? undefined : result.error.message
}
const untouched = aRouteTable([anIngress()])

/** Of the specification, at weight 0. */
const created = parse(`
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web-front-canary
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/canary: "true"
    nginx.ingress.kubernetes.io/canary-weight: "0"
  ownerReferences:
  - {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, uid: uid-web, controller: true, blockOwnerDeletion: true}
spec:
  ingressClassName: nginx
  tls: [{hosts: [a.example], secretName: t}]
  rules:
  - host: a.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web-canary, port: {number: 80}}}}]}
`)
const weightOnly = (weight: string) => ({ metadata: { annotations: { [`${prefix}/canary-weight`]: weight } } })
const patch = (before: Routes, after: Routes) => createMergePatch(findRoute(before, canary), findRoute(after, canary))
const events = (reason: string, message: string) => [{ type: 'Normal', reason, message }]

describe('the canary Ingress', () => {
  it('NGX-4, NGX-7: is made from the stable one, which stays as it is', () => {
    const { routes, events: told } = at(0, untouched)
    expect(findRoute(routes, canary)).toEqual(created)
    expect(findRoute(routes, front)).toBe(findRoute(untouched, front))
    expect(told).toEqual(events('CreatingCanaryIngress', 'Creating canary ingress `web-front-canary` with weight `0`'))
  })

  it('NGX-9: follows the weight with nothing but the weight', () => {
    const { routes } = at(0, untouched)
    for (const weight of [20, 100]) {
      const next = at(weight, routes)
      expect(patch(routes, next.routes)).toEqual(weightOnly(`${weight}`))
      const message = `Updating Ingress \`web-front-canary\` to desiredWeight '${weight}'`
      expect(next.events).toEqual(events('PatchingCanaryIngress', message))
    }
  })

  it('NGX-9: is left alone, the very object, once all is as it shall be', () => {
    const { routes } = at(20, untouched)
    const again = at(20, routes)
    expect(again).toEqual({ routes, events: [] })
    expect(findRoute(again.routes, canary)).toBe(findRoute(routes, canary))
  })

  it('NGX-11: after an abort and after a promotion it stays, with weight 0 and the rules of the stable one', () => {
    const during = at(20, untouched).routes
    const edited = aRouteTable([
      anIngress('front', { ...stableSpec, rules: [rule('new.example', 'web-stable')] }),
      ['ingresses', findRoute(during, canary)!],
    ])
    const after = at(0, edited).routes
    expect(patch(edited, after)).toEqual({
      ...weightOnly('0'),
      spec: { rules: [rule('new.example', 'web-canary')] },
    })
    expect(nginx.removeManagedRoutes).toBeUndefined()
  })

  it('NGX-4: with the total that maxTrafficWeight says', () => {
    const { routes } = at(200, untouched, {}, { maxTrafficWeight: 1000 })
    expect(findRoute(routes, canary)?.metadata.annotations).toEqual({
      [`${prefix}/canary`]: 'true',
      [`${prefix}/canary-weight`]: '200',
      [`${prefix}/canary-weight-total`]: '1000',
    })
  })

  it('NGX-4: takes over the class annotation, and no label, other annotation or default backend', () => {
    const noisy = anIngress(
      'front',
      { defaultBackend: backend('web-stable'), rules: stableSpec.rules },
      {
        labels: { app: 'web' },
        annotations: { 'kubernetes.io/ingress.class': 'own', [`${prefix}/ssl-redirect`]: 'true' },
      },
    )
    const made = findRoute(at(20, aRouteTable([noisy])).routes, canary)
    expect(made?.spec).toEqual({ rules: [rule('a.example', 'web-canary')] })
    expect(made?.metadata).toEqual({
      ...created.metadata,
      annotations: {
        'kubernetes.io/ingress.class': 'own',
        [`${prefix}/canary`]: 'true',
        [`${prefix}/canary-weight`]: '20',
      },
    })
  })

  it('NGX-4: a rule that leads to stable is copied whole, others are dropped', () => {
    const rules = [
      rule('a.example', 'other', 'web-stable', 'web-stable'),
      { host: 'c.example' },
      rule('b.example', 'other'),
    ]
    const { routes } = at(20, aRouteTable([anIngress('front', { rules })]))
    expect(findRoute(routes, canary)?.spec).toEqual({
      rules: [rule('a.example', 'other', 'web-canary', 'web-canary')],
    })
  })

  it('NGX-3, NGX-4, NGX-12: annotations of the spec come with the prefix, those in full win, the weight wins over all', () => {
    const config: NginxRouting = {
      annotationPrefix: 'nginx.example',
      additionalIngressAnnotations: {
        'canary-by-header': 'x-canary',
        'nginx.example/canary-by-cookie': 'c',
        'canary-weight': '99',
      },
      canaryIngressAnnotations: {
        'nginx.example/canary-by-cookie': 'd',
        team: 'shop',
        'nginx.example/canary': 'false',
      },
    }
    expect(findRoute(at(20, untouched, config).routes, canary)?.metadata.annotations).toEqual({
      'nginx.example/canary-by-header': 'x-canary',
      'nginx.example/canary-by-cookie': 'd',
      team: 'shop',
      'nginx.example/canary': 'true',
      'nginx.example/canary-weight': '20',
    })
  })

  it('NGX-8, NGX-9: keeps annotations and labels that others put there, and what is stale', () => {
    const stale = at(20, untouched, { additionalIngressAnnotations: { old: 'x' } }).routes
    const object = findRoute(stale, canary)!
    const marked = { ...object, metadata: { ...object.metadata, labels: { by: 'rancher' } } }
    const found = aRouteTable([anIngress(), ['ingresses', marked]])
    expect(patch(found, at(40, found).routes)).toEqual(weightOnly('40'))
  })

  it('NGX-8: of somebody else is not touched', () => {
    const owned = (ownerReferences: RouteObject['metadata']['ownerReferences']) =>
      aRouteTable([anIngress(), anIngress('web-front-canary', {}, { ownerReferences: ownerReferences ?? [] })])
    const text = 'canary ingress `web-front-canary` controlled by different object'
    const [owner] = created.metadata.ownerReferences
    expect(refused(request(), owned([]))).toBe(text)
    expect(refused(request(), owned([{ ...owner, uid: 'uid-other' }]))).toBe(text)
    expect(refused(request(), owned([{ ...owner, controller: false }]))).toBe(text)
  })

  it('NGX-2: has a name of at most 253 characters', () => {
    const long = 'n'.repeat(253)
    const { routes } = at(20, aRouteTable([anIngress(long)]), { stableIngress: long })
    const name = `web-${'n'.repeat(242)}-canary`
    expect(name).toHaveLength(253)
    expect(findRoute(routes, { ...canary, name })?.metadata.name).toBe(name)
    expect(
      nginx.reads(request({ stableIngress: long }).rollout, routes).map((ref) => 'name' in ref && ref.name),
    ).toEqual([long, name])
  })

  it('NGX-7, NGX-9: what the API server refuses is told with what was tried', () => {
    expect(nginx.refused?.('create', canary)).toEqual({ error: 'error creating canary ingress `web-front-canary`: ' })
    expect(nginx.refused?.('update', canary)).toEqual({ error: 'error patching canary ingress `web-front-canary`: ' })
  })
})

describe('several stable Ingresses', () => {
  const both = { stableIngresses: ['front', 'side'] }
  const asked = aRouterRequest({ routing: { nginx: both } })

  it('NGX-1: each gets its canary', () => {
    const { routes, events: told } = stepOf(
      nginx.setWeight(asked, aRouteTable([anIngress('front'), anIngress('side')])),
    )
    expect(findRoute(routes, canary)).toBeDefined()
    expect(findRoute(routes, { ...canary, name: 'web-side-canary' })).toBeDefined()
    expect(told.map(({ message }) => message)).toEqual([
      'Creating canary ingress `web-front-canary` with weight `20`',
      'Creating canary ingress `web-side-canary` with weight `20`',
    ])
    expect(nginx.reads(asked.rollout, routes).map((ref) => 'name' in ref && ref.name)).toEqual([
      'front',
      'web-front-canary',
      'side',
      'web-side-canary',
    ])
  })

  it('NGX-1, NGX-5: the first error stops, and names the Ingress; what was done before it stands', () => {
    const result = nginx.setWeight(asked, aRouteTable([anIngress('front'), anIngress('side', { rules: [] })]))
    expect(result).toMatchObject({
      ok: false,
      error: {
        message: 'ingress `side` has no rules using service web-stable backend',
        events: [{ reason: 'CreatingCanaryIngress' }],
      },
    })
    const left = result.ok ? undefined : result.error.routes
    expect(left && findRoute(left, canary)).toBeDefined()
  })
})

describe('a stable Ingress', () => {
  const noRules = 'ingress `front` has no rules using service web-stable backend'

  it('NGX-6: that is not there', () => {
    expect(refused(request(), aRouteTable([]))).toBe(
      'error retrieving stableIngress `front` from cache: ingress.networking.k8s.io "front" not found',
    )
  })

  it.each<[string, unknown]>([
    ['no spec', null],
    ['a spec that is none', 7],
    ['no rules', {}],
    ['rules that are none', { rules: [null, 7, 'x', []] }],
    ['a rule without http', { rules: [{ host: 'a' }] }],
    ['http that is none', { rules: [{ http: 7 }, { http: null }, { http: { paths: 'x' } }] }],
    [
      'paths that are none',
      { rules: [{ http: { paths: [null, 7, {}, { backend: null }, { backend: { service: 3 } }] } }] },
    ],
    [
      'a resource backend',
      { rules: [{ http: { paths: [{ backend: { resource: { kind: 'B', name: 'web-stable' } } }] } }] },
    ],
    ['only a default backend', { defaultBackend: backend('web-stable') }],
    ['rules of the legacy group', { rules: [{ http: { paths: [{ backend: { serviceName: 'web-stable' } }] } }] }],
  ])('NGX-5: that has %s leads nowhere', (_what, spec) => {
    expect(refused(request(), aRouteTable([anIngress('front', spec)]))).toBe(noRules)
  })

  it('NGX-5: keeps paths that are none beside those that lead to stable', () => {
    const paths = [null, { path: '/', backend: backend('web-stable') }]
    const { routes } = at(20, aRouteTable([anIngress('front', { rules: [{ http: { paths } }] })]))
    expect(findRoute(routes, canary)?.spec).toEqual({
      rules: [{ http: { paths: [null, { path: '/', backend: backend('web-canary') }] } }],
    })
  })
})

describe('servers before 1.19', () => {
  const resource = { group: 'extensions', version: 'v1beta1', plural: 'ingresses', kind: 'Ingress', namespaced: true }
  const served = { ingresses: resource }
  const legacyRule = (serviceName: string) => ({
    host: 'a.example',
    http: { paths: [{ path: '/', backend: { serviceName, servicePort: 80 } }] },
  })
  const table = (spec: unknown) => aRouteTable([anIngress('front', spec)], served)

  it('NGX-10: name the Service of a backend in another way', () => {
    const { routes } = at(20, table({ rules: [legacyRule('web-stable'), legacyRule('other')] }))
    expect(findRoute(routes, canary)).toMatchObject({
      apiVersion: 'extensions/v1beta1',
      kind: 'Ingress',
      spec: { rules: [legacyRule('web-canary')] },
    })
    expect(refused(request(), table(stableSpec))).toContain('has no rules using service web-stable backend')
  })

  it('NGX-10, REF-5: and the group in what is told', () => {
    expect(nginx.missing?.(request().rollout, aRouteTable([], served))?.detail).toBe(
      'ingress.extensions "front" not found',
    )
  })
})

describe('references', () => {
  const path = 'spec.strategy.canary.trafficRouting.nginx'
  const missing = (routing: TrafficRouting, objects: readonly (readonly [RouteKind, RouteObject])[] = []) => {
    const error = nginx.missing?.(aRouterRequest({ routing }).rollout, aRouteTable(objects))
    return error && formatSpecError(error)
  }
  const mismatch = (routing: TrafficRouting, objects: readonly (readonly [RouteKind, RouteObject])[]) => {
    const error = nginx.mismatch?.(aRouterRequest({ routing }).rollout, aRouteTable(objects))
    return error && formatSpecError(error)
  }

  it.each<[NginxRouting, string]>([
    [{ stableIngress: 'front', stableIngresses: ['side'] }, 'Both'],
    [{}, 'Neither'],
    [{ stableIngress: '' }, 'Neither'],
  ])('REF-3, API-127: %j', (config, are) => {
    expect(missing({ nginx: config })).toBe(
      `${path}: Internal error: Either StableIngress or StableIngresses must be configured. ${are} are configured.`,
    )
  })

  it('REF-5: an Ingress that is not there', () => {
    expect(missing({ nginx: { stableIngress: 'front' } })).toBe(
      `${path}.stableIngress: Invalid value: "front": ingress.networking.k8s.io "front" not found`,
    )
    expect(missing({ nginx: { stableIngresses: ['front', 'side'] } }, [anIngress('front')])).toBe(
      `${path}.StableIngresses: Invalid value: ["front","side"]: ingress.networking.k8s.io "side" not found`,
    )
    expect(missing({ nginx: { stableIngress: 'front' } }, [anIngress()])).toBeUndefined()
  })

  it('REF-5: beside an ALB is not looked up, REF-3 holds all the same', () => {
    expect(missing({ nginx: { stableIngress: 'front' }, alb: { ingress: 'lb' } })).toBeUndefined()
    expect(missing({ nginx: {}, alb: { ingress: 'lb' } })).toContain('Neither')
  })

  it('REF-13, API-130: an Ingress that leads nowhere', () => {
    const bare = (name: string) => anIngress(name, { rules: [rule('a', 'other')] })
    const text = (name: string) =>
      `Invalid value: "${name}": ingress \`${name}\` has no rules using service web-stable backend`
    expect(mismatch({ nginx: { stableIngress: 'front' } }, [anIngress()])).toBeUndefined()
    expect(mismatch({ nginx: { stableIngress: 'front' } }, [bare('front')])).toBe(
      `${path}.stableIngress: ${text('front')}`,
    )
    expect(mismatch({ nginx: { stableIngresses: ['front', 'side'] } }, [anIngress(), bare('side')])).toBe(
      `${path}.stableIngresses: ${text('side')}`,
    )
  })

  it('REF-14: beside an ALB only what both name', () => {
    const bare = anIngress('front', { rules: [] })
    const config = { stableIngress: 'front' }
    expect(mismatch({ nginx: config, alb: { ingress: 'lb' } }, [bare])).toBeUndefined()
    expect(mismatch({ nginx: config, alb: { ingress: 'front' } }, [bare])).toContain(`${path}.stableIngress`)
    expect(mismatch({ nginx: config, alb: { ingresses: ['lb', 'front'] } }, [bare])).toContain(`${path}.stableIngress`)
  })
})
