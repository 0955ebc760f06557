import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { place } from '#main/sandbox/bootstrap.ts'
import { aSandbox, type Sandbox } from '#test/support/sandbox.ts'
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
const watch = (query: string) => sandbox.watch<Event>(`${path}?watch=true${query}`)
const isOpen = () => sandbox.cluster.server.openWatches === 1

describe('a watch', () => {
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

  it('leaves nothing behind when its client goes away', async () => {
    const watched = watch('')
    await until('open', isOpen)
    watched.close()
    await until('closed', () => sandbox.cluster.server.openWatches === 0)
    expect(sandbox.cluster.server.requestCount.get('watch configmaps')).toBe(1)
  })
})
