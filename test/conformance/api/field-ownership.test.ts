import { beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject, Status } from '#api/meta.ts'
import { aWorld, type World } from '#test/support/world.ts'

type Answered = KubeObject & Status & { readonly spec?: Readonly<Record<string, unknown>> }

let world: World
let configMaps: string
let services: string

beforeEach(async () => {
  world = await aWorld()
  configMaps = `/api/v1/namespaces/${world.namespace}/configmaps`
  services = `/api/v1/namespaces/${world.namespace}/services`
})

const apply = (manager: string, path: string, body: object, query = '') =>
  world.send<Answered>('PATCH', `${path}?fieldManager=${manager}${query}`, {
    headers: { 'Content-Type': 'application/apply-patch+yaml' },
    body: JSON.stringify(body),
  })
const configMap = (data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shared' }, data })
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
