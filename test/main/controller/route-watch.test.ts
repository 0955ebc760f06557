import { expect, it, onTestFinished } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { type RouteKind, routeKinds } from '#api/route-kinds.ts'
import type { RouteQuery, RouteRef } from '#engine/traffic/routes.ts'
import { RouteWatch } from '#main/controller/route-watch.ts'
import { aRouteObject } from '#test/support/builders/routing.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'

const named = (kind: RouteKind, name: string, namespace = 'shop'): RouteRef => ({ kind, namespace, name })

/** Nobody has looked at anything yet; `after` says whom a change concerns. */
function watching() {
  const api = new FakeApi()
  const concerned: string[] = []
  const watch = new RouteWatch(new FakeCluster(api), (rollout) => concerned.push(rollout))
  onTestFinished(() => watch.stop())
  const after = (change: () => void): readonly string[] => {
    concerned.length = 0
    change()
    return concerned
  }
  const put = (kind: RouteKind, object: object) => () =>
    void api.put(routeKinds[kind], JSON.parse(JSON.stringify(object)) as KubeObject)
  return { api, watch, after, put }
}

const virtualService = (spec: unknown = {}, metadata: Partial<KubeObject['metadata']> = {}) =>
  aRouteObject('virtualServices', 'web', spec, metadata)[1]

it('DEL-1, IST-35: an object that a round looked at concerns its Rollout when it changes and when it goes', () => {
  const { api, watch, after, put } = watching()
  put('virtualServices', virtualService())()
  watch.read('shop/web', [named('virtualServices', 'web')])
  expect(after(put('virtualServices', virtualService({ http: [] })))).toEqual(['shop/web'])
  expect(after(() => api.remove(routeKinds.virtualServices, { namespace: 'shop', name: 'web' }))).toEqual(['shop/web'])
})

it('DEL-1, IST-35: one that it missed does when it comes', () => {
  const { watch, after, put } = watching()
  watch.read('shop/web', [named('destinationRules', 'web')])
  expect(after(put('destinationRules', aRouteObject('destinationRules', 'web', {})[1]))).toEqual(['shop/web'])
})

it.each<[string, RouteKind, object]>([
  ['another name', 'virtualServices', aRouteObject('virtualServices', 'other', {})[1]],
  ['another namespace', 'virtualServices', virtualService({}, { namespace: 'bank' })],
  ['another kind', 'meshVirtualServices', aRouteObject('meshVirtualServices', 'web', {})[1]],
])('DEL-1: %s concerns nobody', (_what, kind, object) => {
  const { watch, after, put } = watching()
  watch.read('shop/web', [named('virtualServices', 'web')])
  watch.read('shop/mesh', [named('meshVirtualServices', 'mesh')])
  expect(after(put(kind, object))).toEqual([])
})

it('DEL-1: several Rollouts that look at one are all concerned, one in another namespace too (IST-1)', () => {
  const { watch, after, put } = watching()
  watch.read('shop/web', [named('virtualServices', 'web')])
  watch.read('bank/web', [named('virtualServices', 'web')])
  watch.read('shop/api', [named('virtualServices', 'api')])
  expect(after(put('virtualServices', virtualService()))).toEqual(['shop/web', 'bank/web'])
})

it('DEL-1: who asked by labels is concerned by each that has them', () => {
  const { watch, after, put } = watching()
  const query: RouteQuery = { kind: 'httpRoutes', namespace: 'shop', labelSelector: { matchLabels: { team: 'shop' } } }
  watch.read('shop/web', [query])
  const labelled = (labels: Readonly<Record<string, string>>) => aRouteObject('httpRoutes', 'any', {}, { labels })[1]
  expect(after(put('httpRoutes', labelled({ team: 'bank' })))).toEqual([])
  expect(after(put('httpRoutes', labelled({ team: 'shop' })))).toEqual(['shop/web'])
})

it.each<[string, RouteKind, object, boolean]>([
  ['its labels', 'virtualServices', { metadata: { labels: { a: 'b' } } }, true],
  ['its annotations', 'virtualServices', { metadata: { annotations: { a: 'b' } } }, true],
  ['its deletion', 'virtualServices', { metadata: { deletionTimestamp: '2026-01-15T10:00:00Z' } }, true],
  ['its status', 'virtualServices', { status: { ready: true } }, false],
  ['its version alone', 'virtualServices', {}, false],
  ['the status of an Ingress', 'ingresses', { status: { loadBalancer: {} } }, true],
])('DEL-1, IST-35: %s of a %s counts: %j %s', (_what, kind, change, counts) => {
  const { api, watch, after } = watching()
  const [, object] = aRouteObject(kind, 'web', {})
  const stored = api.put(routeKinds[kind], object as KubeObject)
  watch.read('shop/web', [named(kind, 'web')])
  const { metadata = {}, ...rest } = change as { readonly metadata?: object }
  const changed = { ...stored, ...rest, metadata: { ...stored.metadata, ...metadata } }
  expect(after(() => void api.put(routeKinds[kind], changed))).toEqual(counts ? ['shop/web'] : [])
})

it('DEL-1: one that is looked at no more concerns nobody', () => {
  const { watch, after, put } = watching()
  watch.read('shop/web', [named('virtualServices', 'web')])
  watch.read('shop/web', [named('virtualServices', 'next')])
  expect(after(put('virtualServices', virtualService()))).toEqual([])
  watch.read('shop/web', [named('virtualServices', 'web')])
  watch.read('shop/web', [])
  expect(after(put('virtualServices', virtualService({ http: [] })))).toEqual([])
  watch.read('shop/web', [named('virtualServices', 'web')])
  watch.forget('shop/web')
  expect(after(put('virtualServices', virtualService({ http: [1] })))).toEqual([])
  watch.read('shop/web', [named('virtualServices', 'web')])
  watch.stop()
  expect(after(put('virtualServices', virtualService({ http: [2] })))).toEqual([])
})

it('REC-6: Services are followed by whoever names them', () => {
  const { watch, after, put } = watching()
  watch.read('shop/web', [named('services', 'web')])
  expect(after(put('services', aRouteObject('services', 'web', {})[1]))).toEqual([])
})
