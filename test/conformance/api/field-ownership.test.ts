import { beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject, Status } from '#api/meta.ts'
import { aWorld, type World } from '#test/support/world.ts'

interface Managed {
  readonly manager: string
  readonly operation: string
  readonly subresource?: string
  readonly fieldsV1: object
}
type Answered = KubeObject & Status & { readonly data?: object; readonly spec?: Readonly<Record<string, unknown>> }

let world: World
let configMaps: string
let services: string
let rollouts: string

beforeEach(async () => {
  world = await aWorld()
  configMaps = `/api/v1/namespaces/${world.namespace}/configmaps`
  services = `/api/v1/namespaces/${world.namespace}/services`
  rollouts = `/apis/argoproj.io/v1alpha1/namespaces/${world.namespace}/rollouts`
})

const apply = (manager: string, path: string, body: object, query = '') =>
  world.send<Answered>('PATCH', `${path}?fieldManager=${manager}${query}`, {
    headers: { 'Content-Type': 'application/apply-patch+yaml' },
    body: JSON.stringify(body),
  })
const merge = (manager: string, path: string, body: object) =>
  world.send<Answered>('PATCH', `${path}?fieldManager=${manager}`, {
    headers: { 'Content-Type': 'application/merge-patch+json' },
    body,
  })
const configMap = (data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shared' }, data })
const managed = ({ metadata }: KubeObject) =>
  (metadata.managedFields as readonly Managed[] | undefined)?.map(({ manager, operation, subresource }) =>
    [manager, operation, subresource].filter(Boolean).join(' '),
  )

describe('a plain write', () => {
  it('owns what it sets', async () => {
    const { body } = await world.send<KubeObject>('POST', `${configMaps}?fieldManager=a`, {
      body: configMap({ x: '1' }),
    })
    expect(body.metadata.managedFields).toMatchObject([
      {
        manager: 'a',
        operation: 'Update',
        apiVersion: 'v1',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:x': {} } },
      },
    ])
  })

  it('is told by its user agent when it names no manager', async () => {
    const headers = { 'User-Agent': 'shopkeeper/1.2 (test)' }
    const { body } = await world.send<KubeObject>('POST', configMaps, { body: configMap({ x: '1' }), headers })
    expect(managed(body)).toEqual(['shopkeeper Update'])
  })

  it('conflicts with who applies something else later', async () => {
    await world.send('POST', `${configMaps}?fieldManager=a`, { body: configMap({ x: '1' }) })
    const refused = await apply('b', `${configMaps}/shared`, configMap({ x: '2' }))
    expect(refused).toMatchObject({
      code: 409,
      body: {
        message: expect.stringMatching(/^Apply failed with 1 conflict: conflict with "a" using v1.*: \.data\.x$/),
        details: { causes: [{ reason: 'FieldManagerConflict', field: '.data.x' }] },
      },
    })
    expect(await apply('b', `${configMaps}/shared`, configMap({ x: '1' }))).toMatchObject({ code: 200 })
  })

  it('takes over what it changes from who applied it', async () => {
    await apply('a', `${configMaps}/shared`, configMap({ x: '1', y: '1' }))
    const { body } = await merge('b', `${configMaps}/shared`, { data: { x: '2' } })
    expect(body.metadata.managedFields).toMatchObject([
      { manager: 'a', operation: 'Apply', fieldsV1: { 'f:data': { 'f:y': {} } } },
      { manager: 'b', operation: 'Update', fieldsV1: { 'f:data': { 'f:x': {} } } },
    ])
    expect(await apply('a', `${configMaps}/shared`, configMap({ x: '1', y: '1' }))).toMatchObject({ code: 409 })
  })

  it('that sets what is set already owns nothing and makes no version', async () => {
    const { body } = await apply('a', `${configMaps}/shared`, configMap({ x: '1' }))
    const same = (await merge('b', `${configMaps}/shared`, { data: { x: '1' } })).body
    expect(managed(same)).toEqual(['a Apply'])
    expect(same.metadata.resourceVersion).toBe(body.metadata.resourceVersion)
  })

  it('that removes a field takes it from everybody', async () => {
    await apply('a', `${configMaps}/shared`, configMap({ x: '1', y: '1' }))
    const { body } = await merge('b', `${configMaps}/shared`, { data: { x: null } })
    expect(managed(body)).toEqual(['a Apply'])
    expect(JSON.stringify(body.metadata.managedFields)).not.toContain('f:x')
    expect((await merge('b', `${configMaps}/shared`, { data: null })).body.metadata).not.toHaveProperty('managedFields')
  })

  it('of the status is an entry of its own', async () => {
    const spec = {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
    }
    const rollout = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: 'web' }, spec }
    await world.send('POST', `${rollouts}?fieldManager=a`, { body: rollout })
    const { body } = await merge('a', `${rollouts}/web/status`, { status: { phase: 'Healthy' } })
    expect(managed(body)).toEqual(['a Update', 'a Update status'])
  })
})

describe('an object that is one field', () => {
  const service = (selector: object) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector, ports: [{ port: 80 }] },
  })

  it('is replaced whole by an apply, not merged', async () => {
    await apply('a', `${services}/web`, service({ app: 'web', tier: 'gold' }))
    const { body } = await apply('a', `${services}/web`, service({ app: 'web' }))
    expect(body.spec?.['selector']).toEqual({ app: 'web' })
  })

  it('conflicts as a whole', async () => {
    await apply('a', `${services}/web`, service({ app: 'web' }))
    const refused = await apply('b', `${services}/web`, service({ app: 'web', tier: 'gold' }))
    expect(refused).toMatchObject({ code: 409, body: { details: { causes: [{ field: '.spec.selector' }] } } })
    const forced = await apply('b', `${services}/web`, service({ tier: 'gold' }), '&force=true')
    expect(forced.body.spec?.['selector']).toEqual({ tier: 'gold' })
  })
})

describe('an apply', () => {
  it('that changes nothing makes no version', async () => {
    const one = await apply('a', `${configMaps}/shared`, configMap({ x: '1' }))
    const other = await apply('a', `${configMaps}/shared`, configMap({ x: '1' }))
    expect(other.body.metadata.resourceVersion).toBe(one.body.metadata.resourceVersion)
  })

  it('with a stale version is 409', async () => {
    const { body } = await apply('a', `${configMaps}/shared`, configMap({ x: '1' }))
    await apply('a', `${configMaps}/shared`, configMap({ x: '2' }))
    const { name, resourceVersion } = body.metadata
    const stale = { ...configMap({ x: '3' }), metadata: { name, resourceVersion } }
    expect(await apply('a', `${configMaps}/shared`, stale)).toMatchObject({ code: 409 })
  })

  it('must not say who manages', async () => {
    const body = { ...configMap({ x: '1' }), metadata: { name: 'shared', managedFields: [{ manager: 'z' }] } }
    expect(await apply('a', `${configMaps}/shared`, body)).toMatchObject({
      code: 400,
      body: { message: expect.stringContaining('metadata.managedFields must be nil') },
    })
  })
})
