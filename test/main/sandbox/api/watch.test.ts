import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { place } from '#main/sandbox/bootstrap.ts'
import { aSandbox, type RawWatch, type Sandbox } from '#test/support/sandbox.ts'
import { until } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

interface Event {
  readonly type: string
  readonly object: KubeObject & { readonly code?: number; readonly reason?: string; readonly message?: string }
}

const path = '/api/v1/namespaces/default/configmaps'
let clock: VirtualClock
let sandbox: Sandbox

beforeEach(async () => {
  clock = new VirtualClock()
  sandbox = await aSandbox(clock)
})

afterEach(() => sandbox.stop())

const put = (name: string, tier = 'gold') =>
  place(sandbox.cluster.store, resources.configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'default', name, labels: { tier } },
  })
const relabel = (name: string, tier: string) =>
  sandbox.cluster.store.mutate(resources.configMaps, { namespace: 'default', name }, (draft: KubeObject) => ({
    ...draft,
    metadata: { ...draft.metadata, labels: { tier } },
  }))
const remove = (name: string) => sandbox.cluster.store.delete(resources.configMaps, { namespace: 'default', name })
const watch = (query: string) => sandbox.watch<Event>(`${path}?watch=true${query}`)
const told = ({ events }: RawWatch<Event>) => events.map(({ type, object }) => `${type} ${object.metadata.name}`)
const isOpen = () => sandbox.cluster.server.openWatches === 1

describe('a watch', () => {
  it('without a version begins with what is there, and tells changes as they come', async () => {
    put('one')
    const watched = watch('')
    await until('the first', () => watched.events.length === 1)
    put('two')
    relabel('one', 'tin')
    remove('two')
    await until('all', () => watched.events.length === 4)
    expect(told(watched)).toEqual(['ADDED one', 'ADDED two', 'MODIFIED one', 'DELETED two'])
  })

  it('goes on after the version it names', async () => {
    put('one')
    const from = sandbox.cluster.store.revision
    put('two')
    relabel('one', 'tin')
    const watched = watch(`&resourceVersion=${from}`)
    await until('both', () => watched.events.length === 2)
    expect(told(watched)).toEqual(['ADDED two', 'MODIFIED one'])
  })

  it('is told 410 inside a 200 when that version was compacted away, and ended', async () => {
    put('one')
    const from = sandbox.cluster.store.revision
    put('two')
    sandbox.cluster.server.faults.compact()
    const watched = watch(`&resourceVersion=${from}`)
    await until('the end', () => watched.ended)
    expect(watched.events).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }])
    expect(watched.events[0]?.object.message).toContain(`too old resource version: ${from}`)
  })

  it('tells an object that comes into its selection as added, and one that leaves it as deleted', async () => {
    put('one', 'tin')
    const watched = watch('&labelSelector=tier%3Dgold')
    await until('open', isOpen)
    relabel('one', 'gold')
    relabel('one', 'tin')
    await until('both', () => watched.events.length === 2)
    expect(told(watched)).toEqual(['ADDED one', 'DELETED one'])
  })

  it('gets a bookmark every minute if it wants, and is ended after its timeout', async () => {
    put('one')
    const watched = watch(
      `&resourceVersion=${sandbox.cluster.store.revision}&allowWatchBookmarks=true&timeoutSeconds=90&fieldSelector=metadata.name%3Done`,
    )
    await until('open', isOpen)
    await clock.advance(61_000)
    await until('a bookmark', () => watched.events.length === 1)
    expect(watched.events[0]).toMatchObject({ type: 'BOOKMARK', object: { kind: 'ConfigMap' } })
    expect(Number(watched.events[0]?.object.metadata.resourceVersion)).toBeLessThanOrEqual(
      sandbox.cluster.store.revision,
    )
    expect(watched.ended).toBe(false)
    await clock.advance(30_000)
    await until('the end', () => watched.ended)
    expect(sandbox.cluster.server.openWatches).toBe(0)
  })

  it('marks the end of what was there when asked to send that first', async () => {
    put('one')
    const watched = watch('&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true')
    await until('both', () => watched.events.length === 2)
    expect(watched.events).toMatchObject([
      { type: 'ADDED' },
      { type: 'BOOKMARK', object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } } },
    ])
  })

  it('leaves nothing behind when its client goes away', async () => {
    const watched = watch('')
    await until('open', isOpen)
    watched.close()
    await until('closed', () => sandbox.cluster.server.openWatches === 0)
    expect(sandbox.cluster.server.requestCount.get('watch configmaps')).toBe(1)
  })
})
