import { describe, expect, it } from 'vitest'
import { prependRoute, removeRoute, sortRoutes } from '#engine/traffic/alb/header-paths.ts'
import { backendForm, rulesOf } from '#engine/traffic/ingress.ts'
import { noRoutes } from '#engine/traffic/routes.ts'
import { aRouteObject } from '#test/support/builders/routing.ts'

const networking = backendForm(noRoutes)
const legacy = backendForm({
  served: {
    ingresses: { group: 'extensions', version: 'v1beta1', plural: 'ingresses', kind: 'Ingress', namespaced: true },
  },
})

const path = (name: string, at = '/') => ({ path: at, backend: { service: { name, port: { number: 80 } } } })
const ofRules = (...rules: readonly unknown[]) => aRouteObject('ingresses', 'front', { rules, tls: [] })[1]
const rule = (...names: readonly string[]) => ({ http: { paths: names.map((name) => path(name)) } })
const annotated = (name: string) => ({
  path: '/*',
  pathType: 'ImplementationSpecific',
  backend: { service: { name, port: { name: 'use-annotation' } } },
})

/** Where nothing can be routed. */
const odd = [null, 7, 'x', [], {}, { http: null }, { http: {} }, { http: { paths: 'x' } }]

describe('paths of header routes', () => {
  it('ALB-12: stand in front, in every rule', () => {
    const ingress = ofRules({ host: 'a', http: { paths: [path('web')] } }, rule())
    expect(prependRoute(networking, ingress, 'hdr').spec).toEqual({
      rules: [{ host: 'a', http: { paths: [annotated('hdr'), path('web')] } }, { http: { paths: [annotated('hdr')] } }],
      tls: [],
    })
  })

  it('ALB-12: name the Service as the legacy group does', () => {
    expect(rulesOf(prependRoute(legacy, ofRules(rule()), 'hdr'))).toEqual([
      {
        http: {
          paths: [
            {
              path: '/*',
              pathType: 'ImplementationSpecific',
              backend: { serviceName: 'hdr', servicePort: 'use-annotation' },
            },
          ],
        },
      },
    ])
  })

  it('ALB-13: the first of each rule goes', () => {
    const ingress = ofRules(rule('a', 'hdr', 'hdr'), rule('b'), rule('hdr'))
    expect(rulesOf(removeRoute(networking, ingress, 'hdr'))).toEqual([rule('a', 'hdr'), rule('b'), rule()])
  })

  it('ALB-14: are sorted as the spec lists them, and all others stay behind as they are', () => {
    const ingress = ofRules(rule('z', 'two', 'a', 'one'), rule('one', 'two'))
    expect(rulesOf(sortRoutes(networking, ingress, ['one', 'two', 'three']))).toEqual([
      rule('one', 'two', 'z', 'a'),
      rule('one', 'two'),
    ])
    const mixed = ofRules({ http: { paths: [null, { backend: { resource: {} } }, path('one')] } })
    expect(rulesOf(sortRoutes(networking, mixed, ['one']))).toEqual([
      { http: { paths: [path('one'), null, { backend: { resource: {} } }] } },
    ])
  })

  it('ALB-12, ALB-13, ALB-14: what is no rule stays as it is', () => {
    for (const ingress of [ofRules(...odd), { ...ofRules(), spec: null }, { ...ofRules(), spec: { rules: 7 } }]) {
      expect(prependRoute(networking, ingress, 'hdr')).toEqual(ingress)
      expect(removeRoute(networking, ingress, 'hdr')).toEqual(ingress)
      expect(sortRoutes(networking, ingress, ['hdr'])).toEqual(ingress)
    }
  })
})
