import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TrafficRouting } from '#api/traffic-routing.ts'
import { alb } from '#engine/traffic/alb/alb.ts'
import { ingressFate } from '#engine/traffic/alb/release-ingress.ts'
import { verifyWeight } from '#engine/traffic/alb/verify-weight.ts'
import { nginx } from '#engine/traffic/nginx.ts'
import type { RouterRequest, RouterResult } from '#engine/traffic/router.ts'
import type { RouteObject, Routes } from '#engine/traffic/routes.ts'
import { anAwsVerification } from '#test/support/builders/aws.ts'
import { aRouteObject, aRouterRequest, aRouteTable } from '#test/support/builders/routing.ts'

const seed = 20260115

/** Mostly what an Ingress has, with something else in every place now and then. */
const orAny = (usual: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: fc.jsonValue() })
const service = fc.constantFrom('web-stable', 'web-root', 'hdr', 'other')
const backend = orAny(
  fc.oneof(
    fc.record({ service: orAny(fc.record({ name: orAny(service), port: orAny(fc.constant({ number: 80 })) })) }),
    fc.record({ serviceName: orAny(service), servicePort: orAny(fc.constant(80)) }),
    fc.constant({ resource: { kind: 'Bucket', name: 'b' } }),
  ),
)
const path = orAny(fc.record({ path: orAny(fc.constant('/')), backend }, { requiredKeys: [] }))
const rule = orAny(
  fc.record({ http: orAny(fc.record({ paths: orAny(fc.array(path, { maxLength: 4 })) })) }, { requiredKeys: [] }),
)
const spec = orAny(
  fc.record({ rules: orAny(fc.array(rule, { maxLength: 4 })), tls: orAny(fc.constant([])) }, { requiredKeys: [] }),
)
const bookkeeping = fc.oneof(
  fc.string(),
  fc.json(),
  fc
    .dictionary(
      fc.constantFrom('web', 'api'),
      orAny(fc.array(orAny(fc.constantFrom('a/actions.web-root', 'a/actions.hdr', 'a/conditions.hdr')))),
    )
    .map((value) => JSON.stringify(value)),
)
const annotations = fc.record(
  {
    'rollouts.argoproj.io/managed-alb-annotations': bookkeeping,
    'a/actions.web-root': fc.oneof(fc.string(), fc.json()),
    'a/actions.hdr': fc.string(),
    'kubernetes.io/ingress.class': fc.constant('alb'),
  },
  { requiredKeys: ['kubernetes.io/ingress.class'] },
)
const ingress: fc.Arbitrary<RouteObject> = fc
  .record({
    spec,
    annotations,
    status: orAny(
      fc.record({
        loadBalancer: orAny(fc.record({ ingress: orAny(fc.array(orAny(fc.constant({ hostname: 'h' })))) })),
      }),
    ),
  })
  .map(({ spec: said, annotations: notes, status }) => {
    const [, object] = aRouteObject('ingresses', 'front', said, { annotations: notes })
    return { ...object, status }
  })
const legacy = {
  ingresses: { group: 'extensions', version: 'v1beta1', plural: 'ingresses', kind: 'Ingress', namespaced: true },
}
const table = fc
  .tuple(ingress, fc.boolean())
  .map(([object, isLegacy]) => aRouteTable([['ingresses', object]], isLegacy ? legacy : {}))

/** Done once more it changes nothing, and tells nothing. */
function expectSettled(operate: (routes: Routes) => RouterResult, routes: Routes): void {
  const first = operate(routes)
  if (!first.ok) return
  expect(operate(first.value.routes)).toEqual({ ok: true, value: { routes: first.value.routes, events: [] } })
}
const holds = (
  name: string,
  routing: TrafficRouting,
  operations: (request: RouterRequest) => readonly ((routes: Routes) => RouterResult)[],
) =>
  it(`${name}`, () => {
    const request = aRouterRequest({ routing })
    fc.assert(
      fc.property(table, (routes) => {
        for (const operate of operations(request)) expectSettled(operate, routes)
      }),
      { seed, numRuns: 500 },
    )
    expect.hasAssertions()
  })

describe('an Ingress of any shape', () => {
  holds(
    'NGX-5, NGX-9: is refused or settled by NGINX, and nothing throws',
    { nginx: { stableIngress: 'front' } },
    (request) => [(routes) => nginx.setWeight(request, routes)],
  )

  const byAlb = {
    alb: { ingress: 'front', rootService: 'web-root', annotationPrefix: 'a' },
    managedRoutes: [{ name: 'hdr' }],
  }
  holds('ALB-5, ALB-15, ALB-16: is refused or settled by an ALB, and nothing throws', byAlb, (request) => [
    (routes) => alb.setWeight(request, routes),
    (routes) => alb.setHeaderRoute!(request, { name: 'hdr', match: [] }, routes),
    (routes) => alb.setHeaderRoute!(request, { name: 'hdr' }, routes),
    (routes) => alb.removeManagedRoutes!(request, routes),
  ])

  it('ALB-20, ALB-24: is looked at and let go without throwing', () => {
    const request = aRouterRequest({ routing: byAlb })
    fc.assert(
      fc.property(ingress, (object) => {
        const routes = aRouteTable([['ingresses', object]])
        expect(verifyWeight(request, routes, anAwsVerification()).verified).toBe(false)
        const { release, trouble } = ingressFate(object, { rollouts: [], classes: ['alb'], served: {} })
        expect(release === undefined || trouble === undefined).toBe(true)
      }),
      { seed, numRuns: 500 },
    )
  })
})
