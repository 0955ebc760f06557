import { beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import type { RawWatch } from '#test/support/raw-api.ts'
import { aWorld, type World } from '#test/support/world.ts'

interface Event {
  readonly type: string
  readonly object: KubeObject & { readonly code?: number; readonly reason?: string; readonly message?: string }
}

let world: World
let path: string

beforeEach(async () => {
  world = await aWorld()
  path = `/api/v1/namespaces/${world.namespace}/configmaps`
})

const put = async (name: string, tier = 'gold'): Promise<string> => {
  const { body } = await world.send<KubeObject>('POST', path, {
    body: { metadata: { name, labels: { tier, ours: 'yes' } } },
  })
  return body.metadata.resourceVersion ?? ''
}
const relabel = (name: string, tier: string) =>
  world.send('PATCH', `${path}/${name}`, {
    body: { metadata: { labels: { tier } } },
    headers: { 'Content-Type': 'application/merge-patch+json' },
  })
const remove = (name: string) => world.send('DELETE', `${path}/${name}`)
/** Other objects may be in the namespace: a real one has a certificate of its cluster. */
const watch = (query: string, selector = 'ours%3Dyes') =>
  world.watch<Event>(`${path}?watch=true&labelSelector=${selector}${query}`)
const told = ({ events }: RawWatch<Event>) => events.map(({ type, object }) => `${type} ${object.metadata.name}`)
const arrived = (watched: RawWatch<Event>, count: number) =>
  world.eventually(`${count} events`, () => watched.events.length >= count)

describe('a watch', () => {
  it('without a version begins with what is there, and tells changes as they come', async () => {
    await put('one')
    const watched = watch('')
    await arrived(watched, 1)
    await put('two')
    await relabel('one', 'tin')
    await remove('two')
    await arrived(watched, 4)
    expect(told(watched)).toEqual(['ADDED one', 'ADDED two', 'MODIFIED one', 'DELETED two'])
    watched.close()
  })

  it('goes on after the version it names', async () => {
    const from = await put('one')
    await put('two')
    await relabel('one', 'tin')
    const watched = watch(`&resourceVersion=${from}`)
    await arrived(watched, 2)
    expect(told(watched)).toEqual(['ADDED two', 'MODIFIED one'])
    watched.close()
  })

  it('tells an object that comes into its selection as added, and one that leaves it as deleted', async () => {
    const from = await put('one', 'tin')
    const watched = watch(`&resourceVersion=${from}`, 'tier%3Dgold')
    await relabel('one', 'gold')
    await relabel('one', 'tin')
    await arrived(watched, 2)
    expect(told(watched)).toEqual(['ADDED one', 'DELETED one'])
    watched.close()
  })

  it('is ended by the server after its timeout, without an error', async () => {
    const from = await put('one')
    const watched = watch(`&resourceVersion=${from}&timeoutSeconds=2`)
    await world.eventually('the end', () => watched.ended)
    expect(watched.events.filter(({ type }) => type !== 'BOOKMARK')).toEqual([])
  })

  it('marks the end of what was there when asked to send that first', async () => {
    await put('one')
    const watched = watch('&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true')
    await arrived(watched, 2)
    expect(watched.events.slice(0, 2)).toMatchObject([
      { type: 'ADDED' },
      { type: 'BOOKMARK', object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } } },
    ])
    watched.close()
  })

  it('of one name tells that object alone', async () => {
    const from = await put('one')
    const watched = watch(`&resourceVersion=${from}&fieldSelector=metadata.name%3Dtwo`)
    await relabel('one', 'tin')
    await put('two')
    await arrived(watched, 1)
    expect(told(watched)).toEqual(['ADDED two'])
    watched.close()
  })
})
