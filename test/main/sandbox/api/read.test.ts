import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { place } from '#main/sandbox/bootstrap.ts'
import { aSandbox, type Sandbox } from '#test/support/sandbox.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

interface List {
  readonly metadata: {
    readonly resourceVersion: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly items: readonly { readonly metadata: { readonly name: string; readonly namespace: string } }[]
}

interface Table {
  readonly kind: string
  readonly columnDefinitions: readonly { readonly name: string }[]
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: object | null }[]
}

let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await aSandbox(new VirtualClock())
  const { store } = sandbox.cluster
  for (const namespace of ['a', 'a-b'])
    place(store, resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  for (const [namespace, name, tier] of [
    ['a', 'one', 'gold'],
    ['a', 'two', 'tin'],
    ['a-b', 'one', 'gold'],
    ['default', 'one', 'tin'],
  ] as const)
    place(store, resources.configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace, name, labels: { tier } },
    })
})

afterEach(() => sandbox.stop())

const list = async (path: string) => (await sandbox.send<List>('GET', path)).body
const names = ({ items }: List) => items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)

describe('a list', () => {
  it('comes in pages that together are the whole, each object once', async () => {
    const whole = names(await list('/api/v1/configmaps'))
    expect(whole).toHaveLength(4)
    const paged: string[] = []
    let token = ''
    do {
      const page = await list(`/api/v1/configmaps?limit=1&continue=${token}`)
      paged.push(...names(page))
      expect(page.metadata.remainingItemCount ?? 0).toBe(4 - paged.length)
      token = page.metadata.continue ?? ''
    } while (token !== '')
    expect(paged).toEqual(whole)
  })

  it('goes on in its page although the object it stopped at is gone', async () => {
    const first = await list('/api/v1/namespaces/a/configmaps?limit=1')
    await sandbox.send('DELETE', '/api/v1/namespaces/a/configmaps/one')
    expect(names(await list(`/api/v1/namespaces/a/configmaps?limit=1&continue=${first.metadata.continue}`))).toEqual([
      'a/two',
    ])
  })

  it('refuses a page whose time was compacted away with 410, and a token it never gave with 400', async () => {
    const first = await list('/api/v1/configmaps?limit=1')
    await sandbox.send('DELETE', '/api/v1/namespaces/a/configmaps/two')
    sandbox.cluster.server.faults.compact()
    const late = await sandbox.send('GET', `/api/v1/configmaps?limit=1&continue=${first.metadata.continue}`)
    expect(late).toMatchObject({ code: 410, body: { reason: 'Expired' } })
    expect(await sandbox.send('GET', '/api/v1/configmaps?continue=nonsense')).toMatchObject({ code: 400 })
  })

  it.each([
    ['labelSelector=tier%3Dgold', ['a-b/one', 'a/one']],
    ['labelSelector=tier%20notin%20(gold)%2Ctier', ['a/two', 'default/one']],
    ['fieldSelector=metadata.name%3Done%2Cmetadata.namespace!%3Da', ['a-b/one', 'default/one']],
    ['labelSelector=tier%3Dtin&fieldSelector=metadata.namespace%3Da', ['a/two']],
  ])('is narrowed by %s', async (query, expected) => {
    expect(names(await list(`/api/v1/configmaps?${query}`)).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(expected)
  })

  it('refuses a field by which nothing can be selected', async () => {
    expect(await sandbox.send('GET', '/api/v1/configmaps?fieldSelector=data.x%3D1')).toMatchObject({
      code: 400,
      body: { message: expect.stringContaining('field label not supported: data.x') },
    })
  })

  it('never answers an exact past that it does not keep', async () => {
    const answer = await sandbox.send('GET', '/api/v1/configmaps?resourceVersion=1&resourceVersionMatch=Exact')
    expect(answer).toMatchObject({ code: 410 })
  })
})

describe('a representation', () => {
  it('is a table on request, with or without the objects', async () => {
    const headers = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' }
    const table = await sandbox.send<Table>('GET', '/apis/apps/v1/namespaces/kube-system/deployments', { headers })
    expect(table.body.columnDefinitions.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Name', 'Ready', 'Up-to-date', 'Available', 'Age']),
    )
    expect(table.body.rows[0]).toMatchObject({
      cells: expect.arrayContaining(['coredns']),
      object: { kind: 'PartialObjectMetadata' },
    })
    const bare = await sandbox.send<Table>('GET', '/api/v1/configmaps?includeObject=None', { headers })
    expect(bare.body.rows.every(({ object }) => object === null)).toBe(true)
  })

  it('is metadata alone on request', async () => {
    const headers = { Accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' }
    const { body } = await sandbox.send('GET', '/apis/apps/v1/namespaces/kube-system/deployments/coredns', { headers })
    expect(body).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'coredns' } })
    expect(body).not.toHaveProperty('spec')
  })

  it('is refused when nothing but something else will do', async () => {
    expect(await sandbox.send('GET', '/api/v1/configmaps', { headers: { Accept: 'text/html' } })).toMatchObject({
      code: 406,
    })
  })
})
