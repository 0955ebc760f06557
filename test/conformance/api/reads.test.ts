import { beforeEach, describe, expect, it } from 'vitest'
import { aWorld, type World } from '#test/support/world.ts'

interface List {
  readonly metadata: {
    readonly resourceVersion: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly items: readonly { readonly metadata: { readonly name: string } }[]
}

interface Table {
  readonly kind: string
  readonly columnDefinitions: readonly { readonly name: string }[]
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: object | null }[]
}

let world: World
let path: string

beforeEach(async () => {
  world = await aWorld()
  path = `/api/v1/namespaces/${world.namespace}/secrets`
  for (const [name, tier] of [
    ['four', 'tin'],
    ['one', 'gold'],
    ['three', 'gold'],
    ['two', 'tin'],
  ] as const)
    await world.send('POST', path, { body: { metadata: { name, labels: { tier } } } })
})

const list = async (query = '') => (await world.send<List>('GET', `${path}?${query}`)).body
const names = ({ items }: List) => items.map(({ metadata }) => metadata.name)

describe('a list', () => {
  it('comes in pages that together are the whole, each object once', async () => {
    expect(names(await list())).toEqual(['four', 'one', 'three', 'two'])
    const paged: string[] = []
    let token = ''
    do {
      const page = await list(`limit=1&continue=${token}`)
      paged.push(...names(page))
      expect(page.metadata.remainingItemCount ?? 0).toBe(4 - paged.length)
      token = page.metadata.continue ?? ''
    } while (token !== '')
    expect(paged).toEqual(['four', 'one', 'three', 'two'])
  })

  it('goes on in its page although the object it stopped at is gone', async () => {
    const first = await list('limit=1')
    await world.send('DELETE', `${path}/four`)
    expect(names(await list(`limit=1&continue=${first.metadata.continue}`))).toEqual(['one'])
  })

  it('refuses a token it never gave with 400', async () => {
    expect(await world.send('GET', `${path}?limit=1&continue=nonsense`)).toMatchObject({
      code: 400,
      body: { reason: 'BadRequest' },
    })
  })

  it.each([
    ['labelSelector=tier%3Dgold', ['one', 'three']],
    ['labelSelector=tier%20notin%20(gold)%2Ctier', ['four', 'two']],
    ['labelSelector=tier%20in%20(gold%2Ctin)%2C!other', ['four', 'one', 'three', 'two']],
    ['fieldSelector=metadata.name%3Done', ['one']],
    ['fieldSelector=metadata.name!%3Done&labelSelector=tier%3Dgold', ['three']],
  ])('is narrowed by %s', async (query, expected) => {
    expect(names(await list(query))).toEqual(expected)
  })

  it('refuses a field by which nothing can be selected', async () => {
    expect(await world.send('GET', `${path}?fieldSelector=data.x%3D1`)).toMatchObject({
      code: 400,
      body: { message: expect.stringContaining('field label not supported: data.x') },
    })
  })

  it('refuses a selector that cannot be read', async () => {
    expect(await world.send('GET', `${path}?labelSelector=a%20in`)).toMatchObject({ code: 400 })
  })

  it('is no older than the version it is asked for', async () => {
    const { metadata } = await list()
    expect(
      names(await list(`resourceVersion=${metadata.resourceVersion}&resourceVersionMatch=NotOlderThan`)),
    ).toHaveLength(4)
    expect(names(await list('resourceVersion=0'))).toHaveLength(4)
  })
})

describe('a representation', () => {
  it('is a table on request, with or without the objects', async () => {
    const headers = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' }
    const table = await world.send<Table>('GET', path, { headers })
    expect(table.body.columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Type', 'Data', 'Age'])
    expect(table.body.rows[0]).toMatchObject({
      cells: ['four', 'Opaque', 0, expect.any(String)],
      object: { kind: 'PartialObjectMetadata' },
    })
    const bare = await world.send<Table>('GET', `${path}?includeObject=None`, { headers })
    expect(bare.body.rows.every(({ object }) => object === null)).toBe(true)
  })

  it('is metadata alone on request', async () => {
    const headers = { Accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' }
    const { body } = await world.send('GET', `${path}/one`, { headers })
    expect(body).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'one' } })
    expect(body).not.toHaveProperty('type')
  })

  it('is refused when nothing but something else will do', async () => {
    expect(await world.send('GET', path, { headers: { Accept: 'text/html' } })).toMatchObject({ code: 406 })
  })
})

describe('what is not there', () => {
  it('an object is 404 with its kind and name', async () => {
    expect(await world.send('GET', `${path}/nobody`)).toMatchObject({
      code: 404,
      body: {
        kind: 'Status',
        reason: 'NotFound',
        message: 'secrets "nobody" not found',
        details: { name: 'nobody', kind: 'secrets' },
      },
    })
  })

  it('a namespace has no objects, and takes none', async () => {
    expect(names((await world.send<List>('GET', '/api/v1/namespaces/nowhere/secrets')).body)).toEqual([])
    expect(
      await world.send('POST', '/api/v1/namespaces/nowhere/secrets', { body: { metadata: { name: 'x' } } }),
    ).toMatchObject({
      code: 404,
      body: { message: 'namespaces "nowhere" not found' },
    })
  })

  it('a resource is 404', async () => {
    expect(await world.send('GET', '/apis/example.com/v1/widgets')).toMatchObject({ code: 404 })
  })
})
