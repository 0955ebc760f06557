import { beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject, Status } from '#api/meta.ts'
import { apiVersionOf, type Resource, resourcePath } from '#api/resources.ts'
import { routeDefinitions } from '#api/route-definitions.ts'
import { type RouteKind, routeKinds } from '#api/route-kinds.ts'
import { isTestbed } from '#test/support/testbed.ts'
import { aWorld, isRealWorld, type World } from '#test/support/world.ts'

let world: World

beforeEach(async () => {
  world = await aWorld()
})

type Answer = KubeObject & Status & { readonly spec: Record<string, unknown> }

const pathOf = (kind: RouteKind, more: Partial<Resource> = {}, name?: string) =>
  resourcePath({ ...routeKinds[kind], ...more }, { namespace: world.namespace, name })

const post = (kind: RouteKind, spec: object, more: Partial<Resource> = {}) =>
  world.send<Answer>('POST', pathOf(kind, more), {
    body: {
      apiVersion: apiVersionOf({ ...routeKinds[kind], ...more }),
      kind: routeKinds[kind].kind,
      metadata: { name: 'web' },
      spec,
    },
  })

const read = async (kind: RouteKind, more: Partial<Resource> = {}) =>
  (await world.send<Answer>('GET', pathOf(kind, more, 'web'))).body

/** As `kubectl get` shows it, without its age. */
async function shown(kind: RouteKind): Promise<unknown> {
  const headers = { Accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }
  const { body } = await world.send<{
    readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[]
    readonly rows: readonly { readonly cells: readonly unknown[] }[]
  }>('GET', pathOf(kind), { headers })
  const cells = body.columnDefinitions.map(({ name, priority }, index) => [
    priority === 0 ? name : `(${name})`,
    body.rows[0]?.cells[index],
  ])
  return Object.fromEntries(cells.filter(([name]) => String(name).toLowerCase() !== 'age'))
}

// Other clusters have the definitions that came with their routers, or none.
describe.skipIf(isRealWorld && !isTestbed)('a cluster that holds routes', () => {
  it('FEA-3: serves each kind in each version of its definition', async () => {
    for (const { spec } of routeDefinitions)
      for (const { name } of spec.versions) {
        const { body } = await world.send<{ readonly resources: readonly object[] }>(
          'GET',
          `/apis/${spec.group}/${name}`,
        )
        expect(body.resources).toContainEqual(
          expect.objectContaining({ name: spec.names.plural, kind: spec.names.kind, namespaced: true }),
        )
      }
  })

  it('FEA-3: serves each kind as it is asked for', async () => {
    const kinds = Object.keys(routeKinds) as readonly RouteKind[]
    const codes = await Promise.all(kinds.map(async (kind) => [kind, (await world.send('GET', pathOf(kind))).code]))
    expect(codes).toEqual(kinds.map((kind) => [kind, 200]))
  })
})

const service = { group: '', kind: 'Service' }

describe.skipIf(isRealWorld && !isTestbed)('GW-14: a route of the Gateway API', () => {
  it('is filled up with weights, kinds and a path', async () => {
    const created = await post('httpRoutes', {
      parentRefs: [{ name: 'gate' }],
      rules: [
        { backendRefs: [{ name: 'stable', port: 80 }] },
        {
          name: 'hdr',
          matches: [{ headers: [{ name: 'X-Canary', value: '1' }] }],
          backendRefs: [{ group: 'core', kind: 'Service', name: 'canary', port: 80, weight: 0 }],
        },
      ],
    })
    expect(created.code).toBe(201)
    expect(created.body.spec).toEqual({
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gate' }],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ ...service, name: 'stable', port: 80, weight: 1 }],
        },
        {
          name: 'hdr',
          matches: [
            {
              path: { type: 'PathPrefix', value: '/' },
              headers: [{ name: 'X-Canary', type: 'Exact', value: '1' }],
            },
          ],
          backendRefs: [{ group: 'core', kind: 'Service', name: 'canary', port: 80, weight: 0 }],
        },
      ],
    })
  })

  it('without rules takes every path', async () => {
    const { body } = await post('httpRoutes', { parentRefs: [{ name: 'gate' }] })
    expect(body.spec['rules']).toEqual([{ matches: [{ path: { type: 'PathPrefix', value: '/' } }] }])
  })

  it.each(['grpcRoutes', 'tcpRoutes', 'tlsRoutes'] as const)(
    'of kind %s has the same weights, and no path',
    async (kind) => {
      const rules = [{ backendRefs: [{ name: 'stable', port: 80 }] }]
      const { body } = await post(kind, { ...(kind === 'tlsRoutes' && { hostnames: ['a.example'] }), rules })
      expect(body.spec['rules']).toEqual([{ backendRefs: [{ ...service, name: 'stable', port: 80, weight: 1 }] }])
    },
  )

  it.each([
    ['a weight below 0', { weight: -1 }, 'spec.rules[0].backendRefs[0].weight'],
    ['no name', { name: null }, 'spec.rules[0].backendRefs[0].name'],
  ])('GW-5: with %s is refused', async (_what, more, field) => {
    const refused = await post('httpRoutes', { rules: [{ backendRefs: [{ name: 'stable', port: 80, ...more }] }] })
    expect(refused).toMatchObject({ code: 422, body: { reason: 'Invalid', message: expect.stringContaining(field) } })
  })

  it('loses what its definition does not know, and keeps what a filter says', async () => {
    const filters = [{ type: 'ExtensionRef', extensionRef: { group: 'example.com', kind: 'Any', name: 'x' } }]
    const { body } = await world.send<Answer>('POST', `${pathOf('httpRoutes')}?fieldValidation=Ignore`, {
      body: {
        apiVersion: apiVersionOf(routeKinds.httpRoutes),
        kind: 'HTTPRoute',
        metadata: { name: 'web' },
        spec: { rules: [{ filters, backendRef: [], backendRefs: [{ name: 'stable', wieght: 3 }] }] },
      },
    })
    expect(body.spec['rules']).toEqual([
      {
        matches: [{ path: { type: 'PathPrefix', value: '/' } }],
        filters,
        backendRefs: [{ ...service, name: 'stable', weight: 1 }],
      },
    ])
  })

  it('GW-9: takes a merge patch of its rules, and is the same in an older version', async () => {
    await post('httpRoutes', { hostnames: ['a.example'], rules: [{ backendRefs: [{ name: 'stable', weight: 100 }] }] })
    const patched = await world.send('PATCH', pathOf('httpRoutes', {}, 'web'), {
      headers: { 'Content-Type': 'application/merge-patch+json' },
      body: {
        metadata: { labels: { 'rollouts.argoproj.io/gatewayapi-canary': 'in-progress' } },
        spec: {
          rules: [
            {
              backendRefs: [
                { name: 'stable', weight: 80 },
                { name: 'canary', weight: 20 },
              ],
            },
          ],
        },
      },
    })
    expect(patched.code).toBe(200)
    const older = await read('httpRoutes', { version: 'v1beta1' })
    expect(older).toMatchObject({
      apiVersion: 'gateway.networking.k8s.io/v1beta1',
      metadata: { labels: { 'rollouts.argoproj.io/gatewayapi-canary': 'in-progress' } },
      spec: {
        hostnames: ['a.example'],
        rules: [
          {
            backendRefs: [
              { name: 'stable', weight: 80 },
              { name: 'canary', weight: 20 },
            ],
          },
        ],
      },
    })
    expect(older.spec).toEqual((await read('httpRoutes')).spec)
  })

  it('shows its hosts', async () => {
    await post('httpRoutes', { hostnames: ['a.example', 'b.example'] })
    expect(await shown('httpRoutes')).toEqual({ Name: 'web', Hostnames: '["a.example","b.example"]' })
  })
})

describe.skipIf(isRealWorld && !isTestbed)('a route of a mesh', () => {
  it('IST-5: of Istio is written in v1alpha3 and read in v1', async () => {
    const http = [
      {
        name: 'primary',
        timeout: '5s',
        match: [{ uri: { prefix: '/' } }],
        route: [
          { destination: { host: 'stable', port: { number: 80 } }, weight: 80 },
          { destination: { host: 'canary' }, weight: 20 },
        ],
        mirror: { host: 'canary' },
        mirrorPercentage: { value: 35 },
      },
    ]
    expect(await post('virtualServices', { hosts: ['shop'], gateways: ['gate'], http })).toMatchObject({ code: 201 })
    const stored = await read('virtualServices', { version: 'v1' })
    expect(stored).toMatchObject({ apiVersion: 'networking.istio.io/v1', spec: { http } })
    expect(await shown('virtualServices')).toEqual({ Name: 'web', Gateways: '["gate"]', Hosts: '["shop"]' })
  })

  it('IST-20: a DestinationRule keeps what its subsets say besides their labels', async () => {
    const subsets = [{ name: 'stable', labels: { app: 'web' }, trafficPolicy: { loadBalancer: { simple: 'RANDOM' } } }]
    const created = await post('destinationRules', { host: 'shop', subsets })
    expect(created.body.spec).toEqual({ host: 'shop', subsets })
    expect(await shown('destinationRules')).toEqual({ Name: 'web', Host: 'shop' })
  })

  it.each([
    ['v1alpha1', '20'],
    ['v1alpha2', 20],
    ['v1alpha3', 20],
  ])('SMI-3: a TrafficSplit of %s takes the weight %o', async (version, weight) => {
    const backends = [{ service: 'canary', weight }]
    const created = await post('trafficSplits', { service: 'shop', backends }, { version })
    expect(created).toMatchObject({ code: 201, body: { spec: { service: 'shop', backends } } })
    expect((await read('trafficSplits', { version })).spec['backends']).toEqual(backends)
    expect(await shown('trafficSplits')).toEqual({ Name: 'web', Service: 'shop' })
  })

  it('APM-3: a VirtualRouter of App Mesh refuses a target without a weight', async () => {
    const routes = (weight?: number) => [
      {
        name: 'main',
        httpRoute: {
          match: { prefix: '/' },
          action: {
            weightedTargets: [{ virtualNodeRef: { name: 'web-canary' }, ...(weight !== undefined && { weight }) }],
          },
        },
      },
    ]
    expect(await post('meshVirtualRouters', { routes: routes() })).toMatchObject({
      code: 422,
      body: { message: expect.stringContaining('weightedTargets[0].weight: Required value') },
    })
    const created = await post('meshVirtualRouters', { routes: routes(20) })
    expect(created.body.spec).toEqual({ routes: routes(20) })
  })
})

describe.skipIf(isRealWorld && !isTestbed)('a route of a gateway', () => {
  it('AMB-4: a Mapping keeps the many fields it may have', async () => {
    const spec = { prefix: '/shop', service: 'web-stable:80', timeout_ms: 4000, cors: { origins: ['*'] } }
    expect((await post('mappings', spec)).body.spec).toEqual(spec)
    expect(await shown('mappings')).toEqual({
      Name: 'web',
      'Source Host': null,
      'Source Prefix': '/shop',
      'Dest Service': 'web-stable:80',
      State: null,
      Reason: null,
    })
  })

  it('TFK-1: a TraefikService takes weights, and none', async () => {
    const weighted = {
      services: [
        { name: 'stable', port: 80, weight: 80 },
        { name: 'canary', port: 80 },
      ],
    }
    expect((await post('traefikServices', { weighted })).body.spec).toEqual({ weighted })
  })

  it('APX-8: an ApisixRoute takes expressions, and shows hosts and paths', async () => {
    const http = [
      {
        name: 'web',
        priority: 1,
        match: {
          hosts: ['a.example'],
          paths: ['/*'],
          exprs: [{ subject: { scope: 'Header', name: 'trace' }, op: 'Equal', value: 'debug' }],
        },
        backends: [{ serviceName: 'canary', servicePort: 80, weight: 100 }],
      },
    ]
    expect((await post('apisixRoutes', { http })).body.spec).toEqual({ http })
    expect(await shown('apisixRoutes')).toEqual({
      Name: 'web',
      Hosts: '["a.example"]',
      URIs: '["/*"]',
      '(Target Service (HTTP))': 'canary',
    })
  })

  it('a TargetGroupBinding shows its Service', async () => {
    await post('targetGroupBindings', { serviceRef: { name: 'canary', port: 80 }, targetGroupARN: 'arn:aws:1' })
    expect(await shown('targetGroupBindings')).toEqual({
      Name: 'web',
      'SERVICE-NAME': 'canary',
      'SERVICE-PORT': '80',
      'TARGET-TYPE': null,
      '(ARN)': 'arn:aws:1',
    })
  })
})

describe('an Ingress', () => {
  const backend = { service: { name: 'stable', port: { number: 80 } } }
  const ingress = (path: object, host?: string) => ({
    ingressClassName: 'nginx',
    rules: [{ ...(host !== undefined && { host }), http: { paths: [path] } }],
  })

  it('NGX-4: takes what a canary has, and shows class and hosts', async () => {
    const spec = ingress({ path: '/', pathType: 'Prefix', backend }, 'a.example')
    const created = await post('ingresses', spec)
    expect(created).toMatchObject({
      code: 201,
      body: { metadata: { generation: 1 }, spec, status: { loadBalancer: {} } },
    })
    expect(await shown('ingresses')).toEqual({
      Name: 'web',
      Class: 'nginx',
      Hosts: 'a.example',
      Address: '',
      Ports: '80',
    })
  })

  it('shows three hosts, and where its balancer is', async () => {
    const hosts = ['a.example', 'b.example', 'c.example', 'd.example', 'e.example']
    await post('ingresses', {
      defaultBackend: backend,
      tls: [{ hosts: ['a.example'], secretName: 'tls' }],
      rules: hosts.map((host) => ({ host, http: { paths: [{ path: '/', pathType: 'Exact', backend }] } })),
    })
    const balancers = [{ ip: '192.0.2.1' }, { hostname: 'lb.example' }]
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    await world.send('PATCH', `${pathOf('ingresses', {}, 'web')}/status`, {
      headers,
      body: { status: { loadBalancer: { ingress: balancers } } },
    })
    expect(await shown('ingresses')).toEqual({
      Name: 'web',
      Class: '<none>',
      Hosts: 'a.example,b.example,c.example + 2 more...',
      Address: '192.0.2.1,lb.example',
      Ports: '80, 443',
    })
  })

  it('ALB-12: takes a path that only an annotation knows', async () => {
    const named = { service: { name: 'hdr', port: { name: 'use-annotation' } } }
    const created = await post('ingresses', ingress({ path: '/*', pathType: 'ImplementationSpecific', backend: named }))
    expect(created.code).toBe(201)
    expect(await shown('ingresses')).toMatchObject({ Hosts: '*' })
  })

  it.each([
    ['no path type', { path: '/', backend }, 'spec.rules[0].http.paths[0].pathType: Required value'],
    ['another path type', { path: '/', pathType: 'Regex', backend }, 'pathType: Unsupported value: "Regex"'],
    ['a path that does not begin', { path: 'shop', pathType: 'Prefix', backend }, 'must be an absolute path'],
    [
      'a Service without a port',
      { path: '/', pathType: 'Prefix', backend: { service: { name: 'stable' } } },
      'port name or number is required',
    ],
    [
      'a Service without a name',
      { path: '/', pathType: 'Prefix', backend: { service: { name: '', port: { number: 80 } } } },
      'service.name: Required value',
    ],
  ])('with %s is refused', async (_what, path, message) => {
    expect(await post('ingresses', ingress(path))).toMatchObject({
      code: 422,
      body: { reason: 'Invalid', message: expect.stringContaining(message) },
    })
  })

  it('that leads nowhere is refused', async () => {
    expect(await post('ingresses', { ingressClassName: 'nginx' })).toMatchObject({
      code: 422,
      body: { message: expect.stringContaining('either `defaultBackend` or `rules` must be specified') },
    })
  })

  it('NGX-9: a weight alone makes no generation', async () => {
    await post('ingresses', ingress({ path: '/', pathType: 'Prefix', backend }))
    const annotations = { 'nginx.ingress.kubernetes.io/canary-weight': '20' }
    const patched = await world.send<Answer>('PATCH', pathOf('ingresses', {}, 'web'), {
      headers: { 'Content-Type': 'application/merge-patch+json' },
      body: { metadata: { annotations } },
    })
    expect(patched.body.metadata).toMatchObject({ annotations, generation: 1 })
  })
})
