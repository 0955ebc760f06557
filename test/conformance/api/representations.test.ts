import { beforeEach, describe, expect, it } from 'vitest'
import { aWorld, type World } from '#test/support/world.ts'

let world: World
let configMaps: string

beforeEach(async () => {
  world = await aWorld()
  configMaps = `/api/v1/namespaces/${world.namespace}/configmaps`
})

describe('a representation', () => {
  it('of a list is metadata alone on request', async () => {
    await world.send('POST', configMaps, { body: { metadata: { name: 'one' }, data: { a: '1' } } })
    const headers = { Accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' }
    const { body } = await world.send<{ items: readonly object[] }>(
      'GET',
      `${configMaps}?fieldSelector=metadata.name%3Done`,
      { headers },
    )
    expect(body).toMatchObject({ apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadataList' })
    expect(body.items[0]).toMatchObject({ metadata: { name: 'one' } })
    expect(body.items[0]).not.toHaveProperty('data')
  })

  it('of a watch is a table on request, its columns told once', async () => {
    await world.send('POST', configMaps, { body: { metadata: { name: 'one', labels: { a: 'b' } }, data: { a: '1' } } })
    const headers = { Accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }
    const watched = world.watch<{
      type: string
      object: { kind: string; columnDefinitions?: readonly object[]; rows: readonly { cells: readonly unknown[] }[] }
    }>(`${configMaps}?watch=true&labelSelector=a%3Db`, headers)
    await world.eventually('the first row', () => watched.events.length >= 1)
    await world.send('POST', configMaps, { body: { metadata: { name: 'two', labels: { a: 'b' } } } })
    await world.eventually('the second row', () => watched.events.length >= 2)
    watched.close()
    const [one, two] = watched.events
    expect(one).toMatchObject({
      type: 'ADDED',
      object: { kind: 'Table', rows: [{ cells: ['one', 1, expect.any(String)] }] },
    })
    expect(one?.object.columnDefinitions).toHaveLength(3)
    expect(two?.object.columnDefinitions ?? []).toHaveLength(0)
  })

  it('of a rollout is the table its definition says', async () => {
    const headers = { Accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }
    const { body } = await world.send<{ columnDefinitions: readonly { name: string }[] }>(
      'GET',
      `/apis/argoproj.io/v1alpha1/namespaces/${world.namespace}/rollouts`,
      { headers },
    )
    expect(body.columnDefinitions.map(({ name }) => name)).toEqual([
      'Name',
      'Desired',
      'Current',
      'Up-to-date',
      'Available',
      'Age',
    ])
  })
})
