import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aSandbox, type Sandbox } from '#test/support/sandbox.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

interface Aggregated {
  readonly kind: string
  readonly items: readonly {
    readonly metadata: { readonly name?: string }
    readonly versions: readonly {
      readonly version: string
      readonly resources: readonly {
        readonly resource: string
        readonly shortNames?: readonly string[]
        readonly subresources?: readonly { readonly subresource: string }[]
      }[]
    }[]
  }[]
}

let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await aSandbox(new VirtualClock())
})

afterEach(() => sandbox.stop())

describe('discovery', () => {
  it('is one document for clients that read it', async () => {
    const headers = { Accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' }
    const { body } = await sandbox.send<Aggregated>('GET', '/apis', { headers })
    expect(body.kind).toBe('APIGroupDiscoveryList')
    const group = body.items.find(({ metadata }) => metadata.name === 'argoproj.io')
    const rollouts = group?.versions[0]?.resources.find(({ resource }) => resource === 'rollouts')
    expect(rollouts?.shortNames).toEqual(['ro'])
    expect(rollouts?.subresources?.map(({ subresource }) => subresource).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'scale',
      'status',
    ])
    const core = await sandbox.send<Aggregated>('GET', '/api', { headers })
    expect(core.body.items[0]?.versions[0]?.resources.map(({ resource }) => resource)).toContain('pods')
  })

  it('is many documents for clients that do not', async () => {
    expect((await sandbox.send('GET', '/apis')).body).toMatchObject({ kind: 'APIGroupList' })
    expect((await sandbox.send('GET', '/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] })
    expect((await sandbox.send('GET', '/apis/argoproj.io')).body).toMatchObject({ kind: 'APIGroup' })
    const list = await sandbox.send<{ readonly resources: readonly { readonly name: string }[] }>(
      'GET',
      '/apis/apps/v1',
    )
    expect(list.body.resources.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['deployments', 'deployments/scale', 'deployments/status', 'replicasets']),
    )
    expect(await sandbox.send('GET', '/apis/nonsense')).toMatchObject({ code: 404 })
  })

  it('follows the definitions: a kind is served once it is defined, and no more once that is gone', async () => {
    const definition = {
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'widgets', kind: 'Widget' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    }
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    const widgets = '/apis/example.com/v1/namespaces/default/widgets'
    expect(await sandbox.send('GET', widgets)).toMatchObject({ code: 404 })
    expect(await sandbox.send('POST', definitions, { body: definition })).toMatchObject({ code: 201 })
    expect(await sandbox.send('GET', widgets)).toMatchObject({ code: 200, body: { kind: 'WidgetList' } })
    await sandbox.send('DELETE', `${definitions}/widgets.example.com`)
    expect(await sandbox.send('GET', widgets)).toMatchObject({ code: 404 })
  })

  it('describes fields in OpenAPI v3, and has no v2', async () => {
    expect((await sandbox.send('GET', '/openapi/v3')).body).toMatchObject({
      paths: { 'apis/argoproj.io/v1alpha1': { serverRelativeURL: expect.stringContaining('hash=') } },
    })
    expect(await sandbox.send('GET', '/openapi/v2')).toMatchObject({ code: 406 })
  })
})
