import { beforeEach, describe, expect, it } from 'vitest'
import { aWorld, type World } from '#test/support/world.ts'

let world: World
let configMaps: string

beforeEach(async () => {
  world = await aWorld()
  configMaps = `/api/v1/namespaces/${world.namespace}/configmaps`
})

interface Discovered {
  readonly items: readonly {
    readonly metadata: { readonly name?: string }
    readonly versions: readonly {
      readonly version: string
      readonly resources: readonly {
        readonly resource: string
        readonly scope: string
        readonly responseKind: { readonly kind: string }
        readonly verbs: readonly string[]
        readonly shortNames?: readonly string[]
        readonly subresources?: readonly { readonly subresource: string }[]
      }[]
    }[]
  }[]
}

const aggregated = { Accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' }

describe('discovery', () => {
  it.each([
    ['/api', '', 'v1', 'pods', 'Namespaced', ['po'], ['eviction', 'log', 'status']],
    ['/apis', 'apps', 'v1', 'replicasets', 'Namespaced', ['rs'], ['scale', 'status']],
    ['/apis', 'argoproj.io', 'v1alpha1', 'rollouts', 'Namespaced', ['ro'], ['scale', 'status']],
    ['/apis', 'argoproj.io', 'v1alpha1', 'analysisruns', 'Namespaced', ['ar'], []],
    ['/apis', 'coordination.k8s.io', 'v1', 'leases', 'Namespaced', [], []],
  ])('in one piece, %s tells %s/%s %s', async (...row) => {
    const [path, group, version, plural, scope, shortNames, subresources] = row
    const { code, headers, body } = await world.send<Discovered>('GET', path, { headers: aggregated })
    expect(code).toBe(200)
    expect(headers['content-type']).toContain('as=APIGroupDiscoveryList')
    const found = body.items
      .find(({ metadata }) => (metadata.name ?? '') === group)
      ?.versions.find((each) => each.version === version)
      ?.resources.find(({ resource }) => resource === plural)
    expect(found).toMatchObject({ scope })
    expect(found?.shortNames ?? []).toEqual(shortNames)
    expect(found?.verbs.toSorted()).toEqual([
      'create',
      'delete',
      'deletecollection',
      'get',
      'list',
      'patch',
      'update',
      'watch',
    ])
    expect(found?.subresources?.map(({ subresource }) => subresource) ?? []).toEqual(
      expect.arrayContaining(subresources),
    )
  })

  it.each([
    ['/api', { kind: 'APIVersions', versions: ['v1'] }],
    [
      '/apis',
      { kind: 'APIGroupList', groups: expect.arrayContaining([expect.objectContaining({ name: 'argoproj.io' })]) },
    ],
    ['/apis/apps', { kind: 'APIGroup', name: 'apps', preferredVersion: { groupVersion: 'apps/v1', version: 'v1' } }],
    [
      '/apis/argoproj.io/v1alpha1',
      {
        kind: 'APIResourceList',
        groupVersion: 'argoproj.io/v1alpha1',
        resources: expect.arrayContaining([
          expect.objectContaining({ name: 'rollouts', kind: 'Rollout', namespaced: true, singularName: 'rollout' }),
          expect.objectContaining({ name: 'rollouts/scale', kind: 'Scale', group: 'autoscaling', version: 'v1' }),
        ]),
      },
    ],
    ['/version', { major: '1', gitVersion: expect.stringMatching(/^v1\.\d+/), platform: expect.any(String) }],
  ])('piece by piece, %s', async (path, expected) => {
    expect(await world.send('GET', path)).toMatchObject({ code: 200, body: expected })
  })

  it.each(['/livez', '/readyz', '/healthz'])('%s is ok', async (path) => {
    expect(await world.send('GET', path)).toMatchObject({ code: 200, body: 'ok' })
  })

  it('OpenAPI v3 has a document for each group and version', async () => {
    const read = async <Body>(path: string): Promise<Body> => {
      const { body } = await world.send('GET', path, { headers: { Accept: 'application/json' } })
      // Upstream calls the index plain text.
      return (typeof body === 'string' ? JSON.parse(body) : body) as Body
    }
    const { paths } = await read<{ paths: Record<string, { serverRelativeURL: string }> }>('/openapi/v3')
    expect(paths).toHaveProperty('apis/apps/v1')
    const document = await read<{ openapi: string; paths: object }>(
      paths['apis/argoproj.io/v1alpha1']?.serverRelativeURL ?? '',
    )
    expect(document.openapi).toMatch(/^3\./)
    expect(document.paths).toHaveProperty(['/apis/argoproj.io/v1alpha1/namespaces/{namespace}/rollouts'])
  })
})

describe('the rights of who asks', () => {
  it('a SelfSubjectAccessReview tells of one', async () => {
    const resourceAttributes = { verb: 'patch', group: 'argoproj.io', resource: 'rollouts', namespace: world.namespace }
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    expect(
      await world.send('POST', path, {
        body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } },
      }),
    ).toMatchObject({
      code: 201,
      body: { kind: 'SelfSubjectAccessReview', spec: { resourceAttributes }, status: { allowed: true } },
    })
  })

  it('a SelfSubjectRulesReview tells of all in a namespace', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews'
    const { code, body } = await world.send<{ status: { resourceRules: readonly object[] } }>('POST', path, {
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectRulesReview',
        spec: { namespace: world.namespace },
      },
    })
    expect(code).toBe(201)
    expect(body.status).toMatchObject({ incomplete: expect.any(Boolean) })
    expect(body.status.resourceRules).toContainEqual({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] })
  })

  it('a SelfSubjectReview tells who', async () => {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
    expect(await world.send('POST', path, { body })).toMatchObject({
      code: 201,
      body: {
        status: {
          userInfo: { username: expect.any(String), groups: expect.arrayContaining(['system:authenticated']) },
        },
      },
    })
  })
})

type Failure = readonly [
  what: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  code: number,
  reason: string,
  message?: string,
]

describe('an answer that is a failure', () => {
  const rows: readonly Failure[] = [
    [
      'POST to an object',
      'POST',
      '/x',
      {},
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
    ],
    [
      'PUT of a collection',
      'PUT',
      '',
      {},
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
    ],
    ['PATCH of an unknown type', 'PATCH', '/x', { 'Content-Type': 'text/plain' }, 415, 'UnsupportedMediaType'],
    ['POST of an unknown type', 'POST', '', { 'Content-Type': 'text/plain' }, 415, 'UnsupportedMediaType'],
    ['GET of HTML', 'GET', '/x', { Accept: 'text/html' }, 406, 'NotAcceptable'],
    ['GET of nobody', 'GET', '/x', {}, 404, 'NotFound', 'configmaps "x" not found'],
    ['DELETE of nobody', 'DELETE', '/x', {}, 404, 'NotFound', 'configmaps "x" not found'],
  ]
  it.each(rows.map((row) => ({ what: row[0], row })))('is a Status: $what', async ({ row }) => {
    const [, method, path, headers, code, reason, message] = row
    const body = method === 'GET' || method === 'DELETE' ? undefined : '{"metadata":{"name":"x"}}'
    expect(await world.send(method, `${configMaps}${path}`, { body, headers })).toMatchObject({
      code,
      body: {
        apiVersion: 'v1',
        kind: 'Status',
        metadata: {},
        status: 'Failure',
        reason,
        code,
        ...(message && { message }),
      },
    })
  })

  it.each(['/api/v1/frobs', '/apis/frob.io/v1/frobs', '/frob', '/api/v2'])('%s is nowhere', async (path) => {
    expect(await world.send('GET', path)).toMatchObject({ code: 404 })
  })
})
