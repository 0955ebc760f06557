import { beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject, Status } from '#api/meta.ts'
import { aWorld, type World } from '#test/support/world.ts'

let world: World
let configMaps: string

beforeEach(async () => {
  world = await aWorld()
  configMaps = `/api/v1/namespaces/${world.namespace}/configmaps`
})

const send = (method: string, path: string, body?: unknown) =>
  world.send<KubeObject & Status>(method, path, body === undefined ? {} : { body })
const create = async (name = 'one') => (await send('POST', configMaps, { metadata: { name }, data: { a: '1' } })).body

describe('options nobody knows', () => {
  it.each([
    ['GET', '?resourceVersionMatch=Exact', 'ListOptions', 'resourceVersionMatch', 'FieldValueForbidden'],
    [
      'GET',
      '?resourceVersion=1&resourceVersionMatch=Perhaps',
      'ListOptions',
      'resourceVersionMatch',
      'FieldValueNotSupported',
    ],
    [
      'GET',
      '?resourceVersion=0&resourceVersionMatch=Exact',
      'ListOptions',
      'resourceVersionMatch',
      'FieldValueForbidden',
    ],
    ['GET', '?watch=true&sendInitialEvents=true', 'ListOptions', 'resourceVersionMatch', 'FieldValueForbidden'],
    ['POST', '?dryRun=Some', 'CreateOptions', 'dryRun', 'FieldValueNotSupported'],
    ['POST', '?fieldValidation=Some', 'CreateOptions', 'fieldValidation', 'FieldValueNotSupported'],
    ['PUT', '/one?dryRun=Some', 'UpdateOptions', 'dryRun', 'FieldValueNotSupported'],
    ['DELETE', '/one?dryRun=Some', 'DeleteOptions', 'dryRun', 'FieldValueNotSupported'],
    ['DELETE', '/one?propagationPolicy=Some', 'DeleteOptions', 'propagationPolicy', 'FieldValueNotSupported'],
  ])('%s %s is 422', async (method, query, kind, field, reason) => {
    const body = method === 'POST' || method === 'PUT' ? { metadata: { name: 'one' } } : undefined
    expect(await send(method, `${configMaps}${query}`, body)).toMatchObject({
      code: 422,
      body: {
        reason: 'Invalid',
        message: expect.stringContaining(`${kind}.meta.k8s.io "" is invalid: ${field}: `),
        details: { group: 'meta.k8s.io', kind, causes: [{ field, reason }] },
      },
    })
  })
})

describe('a version', () => {
  it.each([
    ['a list', '?', 400],
    ['an object', '/one?', 500],
    ['a watch', '?watch=true&', 500],
  ])('that cannot be read is refused for %s', async (_what, path, code) => {
    await create()
    expect(await send('GET', `${configMaps}${path}resourceVersion=abc`)).toMatchObject({
      code,
      body: { kind: 'Status', message: expect.stringContaining('Invalid value: "abc"') },
    })
  })

  it('of the future is 504 with a moment to wait', async () => {
    expect(await send('GET', `${configMaps}?resourceVersion=99999999999`)).toMatchObject({
      code: 504,
      body: {
        reason: 'Timeout',
        message: expect.stringContaining('Too large resource version: 99999999999, current: '),
        details: { retryAfterSeconds: 1, causes: [{ reason: 'ResourceVersionTooLarge' }] },
      },
    })
  })

  it('grows with every change', async () => {
    const first = Number((await create('one')).metadata.resourceVersion)
    const second = Number((await create('two')).metadata.resourceVersion)
    expect(second).toBeGreaterThan(first)
    const gone = await send('DELETE', `${configMaps}/one`)
    expect(gone.code).toBe(200)
    const list = (await send('GET', configMaps)).body
    expect(Number(list.metadata.resourceVersion)).toBeGreaterThan(second)
  })

  it('asked for exactly gives the list of then, or is too old', async () => {
    await create('one')
    const { metadata } = (await send('GET', configMaps)).body
    const exact = await send(
      'GET',
      `${configMaps}?resourceVersion=${metadata.resourceVersion}&resourceVersionMatch=Exact`,
    )
    expect(exact).toMatchObject({ code: 200, body: { metadata: { resourceVersion: metadata.resourceVersion } } })
  })

  it('may stand in a deletion as its condition', async () => {
    const { metadata } = await create()
    const options = (resourceVersion: string) => ({ preconditions: { resourceVersion } })
    const refused = await send('DELETE', `${configMaps}/one`, options('1'))
    expect(refused).toMatchObject({
      code: 409,
      body: {
        reason: 'Conflict',
        message: `Operation cannot be fulfilled on ConfigMap "one": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
        details: { name: 'one', kind: 'ConfigMap' },
      },
    })
    expect(await send('DELETE', `${configMaps}/one`, options(metadata.resourceVersion ?? ''))).toMatchObject({
      code: 200,
    })
  })

  it('of another object of that name is 409: the uid is its own', async () => {
    const { metadata } = await create()
    await send('DELETE', `${configMaps}/one`)
    await create()
    const { resourceVersion: _version, ...unversioned } = metadata
    expect(await send('PUT', `${configMaps}/one`, { metadata: unversioned })).toMatchObject({
      code: 409,
      body: { reason: 'Conflict', message: expect.stringContaining('Precondition failed: UID in precondition') },
    })
  })
})

describe('an update', () => {
  it('of nobody makes nobody', async () => {
    expect(await send('PUT', `${configMaps}/nobody`, { metadata: { name: 'nobody' } })).toMatchObject({
      code: 404,
      body: { reason: 'NotFound' },
    })
  })

  it('under another name is refused', async () => {
    await create()
    expect(await send('PUT', `${configMaps}/one`, { metadata: { name: 'other' } })).toMatchObject({
      code: 400,
      body: { message: 'the name of the object (other) does not match the name on the URL (one)' },
    })
  })

  it('replaces all, and without a version whatever is there', async () => {
    await create()
    const { code, body } = await send('PUT', `${configMaps}/one`, { metadata: { name: 'one' }, data: { b: '2' } })
    expect({ code, data: (body as KubeObject & { readonly data?: object }).data }).toEqual({
      code: 200,
      data: { b: '2' },
    })
  })

  it('that changes nothing makes no version', async () => {
    const one = await create()
    const same = await send('PUT', `${configMaps}/one`, { metadata: { name: 'one' }, data: { a: '1' } })
    expect(same.body.metadata.resourceVersion).toBe(one.metadata.resourceVersion)
  })
})

describe('a namespace that ends', () => {
  it('takes nothing new, and says why', async () => {
    const name = `${world.namespace}-ends`
    await send('POST', '/api/v1/namespaces', { metadata: { name } })
    const inside = `/api/v1/namespaces/${name}/configmaps`
    await send('POST', inside, { metadata: { name: 'held', finalizers: ['example.com/hold'] } })
    const marked = await send('DELETE', `/api/v1/namespaces/${name}`)
    expect(marked.body).toMatchObject({
      metadata: { deletionTimestamp: expect.any(String) },
      status: { phase: 'Terminating' },
    })
    expect(await send('POST', inside, { metadata: { name: 'late' } })).toMatchObject({
      code: 403,
      body: {
        reason: 'Forbidden',
        message: `configmaps "late" is forbidden: unable to create new content in namespace ${name} because it is being terminated`,
        details: { causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }] },
      },
    })
    // Lets it end, whenever its controller looks again; that may take minutes and is not waited for.
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    const released = await world.send('PATCH', `${inside}/held`, { body: { metadata: { finalizers: null } }, headers })
    expect(released.code).toBe(200)
  })
})
