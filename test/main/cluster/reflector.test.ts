import { beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Failure } from '#lib/failure.ts'
import { silentLog } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ObjectList, Reflector, ReflectorChange, WatchEvent, WatchOptions } from '#main/cluster/client.ts'
import { createReflector, retryDelayMs } from '#main/cluster/reflector.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const aPod = (name: string, resourceVersion: string, metadata: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'web', resourceVersion, ...metadata },
})

const gone: Failure = { kind: 'Gone', message: 'too old' }
const serverError: Failure = { kind: 'ServerError', message: 'etcd', status: 500 }
const reset: Failure = { kind: 'Unreachable', message: 'reset', since: 0 }

/** A watch under way, as the server's end sees it. */
interface OpenWatch {
  readonly options: WatchOptions
  readonly signal: AbortSignal
  send(event: WatchEvent): void
  fail(reason: Failure): void
  end(): void
}

/** Lists are answered from `lists`, the last one for ever; watches are driven by the test. */
class ScriptedClient {
  lists: Outcome<ObjectList, Failure>[] = []
  listed = 0
  readonly watches: OpenWatch[] = []
  refuseWatch: Failure | undefined

  readonly list = async (): Promise<Outcome<ObjectList, Failure>> => {
    this.listed++
    const [next] = this.lists.length > 1 ? this.lists.splice(0, 1) : this.lists
    return next ?? success({ resourceVersion: '1', items: [] })
  }

  async *watch(_: unknown, options: WatchOptions, signal: AbortSignal): AsyncGenerator<Outcome<WatchEvent, Failure>> {
    const queue: (Outcome<WatchEvent, Failure> | undefined)[] = []
    let wake = (): void => undefined
    const push = (item: Outcome<WatchEvent, Failure> | undefined): void => {
      queue.push(item)
      wake()
    }
    this.watches.push({
      options,
      signal,
      send: (event) => push(success(event)),
      fail: (reason) => push(failure(reason)),
      end: () => push(undefined),
    })
    signal.addEventListener('abort', () => push(undefined))
    if (this.refuseWatch !== undefined) return void (yield failure(this.refuseWatch))
    options.onOpen?.()
    for (;;) {
      while (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      const item = queue.shift()
      if (item === undefined) return
      yield item
    }
  }

  get watching(): OpenWatch {
    const last = this.watches.at(-1)
    if (last === undefined) throw new Error('nothing is watched')
    return last
  }
}

let clock: VirtualClock
let client: ScriptedClient
let reflector: Reflector
let changes: ReflectorChange[]

beforeEach(() => {
  clock = new VirtualClock()
  client = new ScriptedClient()
  changes = []
  reflector = createReflector({ client, resource: resources.pods, clock, random: () => 0, log: silentLog })
  reflector.onChange((change) => changes.push(change))
})

const listOf = (resourceVersion: string, ...items: readonly KubeObject[]) => success({ resourceVersion, items })
const names = (): readonly string[] => [...reflector.objects.keys()].sort()
const statesSeen = () => changes.flatMap((change) => (change.kind === 'state' ? [change.state.state] : []))
const objectChanges = () =>
  changes.flatMap((change) => (change.kind === 'state' ? [] : [`${change.kind} ${change.object.metadata.name}`]))

async function startLive(...items: readonly KubeObject[]): Promise<void> {
  client.lists = [listOf('10', ...items)]
  reflector.start()
  await clock.advance(0)
}

describe('list and watch', () => {
  it('lists, then watches from there for 5 to 10 minutes', async () => {
    await startLive(aPod('a', '3'))
    expect([reflector.state.state, names()]).toEqual(['live', ['web/a']])
    expect(client.watching.options).toMatchObject({ resourceVersion: '10', timeoutSeconds: 300 })
    const late = createReflector({ client, resource: resources.pods, clock, random: () => 0.999, log: silentLog })
    late.start()
    await clock.advance(0)
    expect(client.watching.options.timeoutSeconds).toBe(600)
  })

  it('follows changes, and tells of each with what was there before', async () => {
    await startLive(aPod('a', '3'))
    changes = []
    client.watching.send({ type: 'MODIFIED', object: aPod('a', '11') })
    client.watching.send({ type: 'ADDED', object: aPod('b', '12') })
    client.watching.send({ type: 'DELETED', object: aPod('a', '13') })
    await clock.advance(0)
    expect(changes).toEqual([
      { kind: 'upserted', object: aPod('a', '11'), previous: aPod('a', '3') },
      { kind: 'upserted', object: aPod('b', '12'), previous: undefined },
      { kind: 'removed', object: aPod('a', '13') },
    ])
    expect(names()).toEqual(['web/b'])
  })

  it('drops managedFields on arrival and keeps every annotation', async () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' }
    await startLive(aPod('a', '3', { managedFields: [{}], annotations }))
    expect(reflector.objects.get('web/a')).toEqual(aPod('a', '3', { annotations }))
  })

  it('what an event leaves as it was stays the same object', async () => {
    await startLive(aPod('a', '3', { labels: { app: 'web' } }))
    const before = reflector.objects.get('web/a')
    client.watching.send({ type: 'MODIFIED', object: aPod('a', '4', { labels: { app: 'web' } }) })
    await clock.advance(0)
    const after = reflector.objects.get('web/a')
    expect(after).toEqual(aPod('a', '4', { labels: { app: 'web' } }))
    expect(after?.metadata.labels).toBe(before?.metadata.labels)
    expect(before?.metadata.resourceVersion).toBe('3')
  })

  it('a bookmark moves the position on: the next watch begins there, without a list', async () => {
    await startLive()
    client.watching.send({ type: 'BOOKMARK', resourceVersion: '5000' })
    await clock.advance(300_000)
    client.watching.end()
    await clock.advance(0)
    expect(client.watching.options.resourceVersion).toBe('5000')
    expect([client.watches.length, client.listed]).toEqual([2, 1])
  })

  it('a watch that the server ends in its time is followed by the next at once, without a change of state', async () => {
    await startLive()
    changes = []
    await clock.advance(300_000)
    client.watching.end()
    await clock.advance(0)
    expect([client.watches.length, changes]).toEqual([2, []])
  })

  it('stop ends the watch and every wait; start goes on from there', async () => {
    await startLive(aPod('a', '3'))
    reflector.stop()
    expect(client.watching.signal.aborted).toBe(true)
    await clock.advance(0)
    expect([clock.pending, names()]).toEqual([0, ['web/a']])
    reflector.start()
    await clock.advance(0)
    expect([client.watches.length, client.listed]).toEqual([2, 1])
  })

  it('a listener that throws does not cost the others their copy', async () => {
    reflector.onChange(() => {
      throw new Error('bug')
    })
    await startLive(aPod('a', '3'))
    expect(names()).toEqual(['web/a'])
  })
})

describe('broken watches', () => {
  it.each([
    ['an HTTP 500', serverError],
    ['a reset connection', reset],
    ['a line that is not JSON', { kind: 'ServerError', message: 'not JSON', status: 200 } as const],
    [
      'a lost permission',
      { kind: 'Forbidden', message: '', verb: 'watch', resource: 'pods', namespace: undefined } as const,
    ],
  ])('goes on after %s, and the objects stay readable meanwhile', async (_, reason) => {
    await startLive(aPod('a', '3'))
    client.watching.fail(reason)
    await clock.advance(0)
    expect(reflector.state).toMatchObject({ state: 'stale', failure: reason })
    expect(names()).toEqual(['web/a'])
    await clock.advance(30_000)
    expect([reflector.state.state, client.watches.length]).toEqual(['live', 2])
  })

  it('backs off 0.8 s, 1.6 s, … up to 30 s, says when it tries next, and since when it is stale', async () => {
    await startLive()
    client.refuseWatch = serverError
    client.watching.fail(serverError)
    await clock.advance(0)
    const waits: number[] = []
    const { since } = reflector.state
    for (let i = 0; i < 8; i++) {
      const { state } = reflector
      if (state.state !== 'stale') throw new Error(state.state)
      expect(state.since).toBe(since)
      waits.push(state.retryAt - clock.now())
      await clock.advance(state.retryAt - clock.now())
    }
    expect(waits).toEqual([800, 1600, 3200, 6400, 12800, 25600, 30000, 30000])
  })

  it('begins the back-off anew after a watch that lived', async () => {
    await startLive()
    client.refuseWatch = serverError
    client.watching.fail(serverError)
    await clock.advance(2_400)
    client.refuseWatch = undefined
    await clock.advance(10_000)
    expect(reflector.state.state).toBe('live')
    client.watching.fail(reset)
    await clock.advance(0)
    const { state } = reflector
    expect(state.state === 'stale' && state.retryAt - clock.now()).toBe(800)
  })

  it('a server that ends every watch at once is not asked in a hot loop', async () => {
    await startLive()
    client.watching.end()
    await clock.advance(0)
    expect([reflector.state.state, client.watches.length]).toEqual(['stale', 1])
    await clock.advance(799)
    expect(client.watches.length).toBe(1)
  })

  it('is live again once the server accepts the watch, however quiet it is', async () => {
    await startLive()
    client.watching.fail(reset)
    await clock.advance(800)
    expect(reflector.state.state).toBe('live')
  })

  it('gives up a watch that stays open 30 s beyond its own time-out', async () => {
    await startLive()
    await clock.advance(329_000)
    expect(client.watching.signal.aborted).toBe(false)
    await clock.advance(1_000)
    expect(client.watches[0]?.signal.aborted).toBe(true)
    await clock.advance(1_000)
    expect([client.watches.length, reflector.state.state]).toEqual([2, 'live'])
  })

  it('retryNow ends the wait', async () => {
    await startLive()
    client.watching.fail(serverError)
    await clock.advance(0)
    reflector.retryNow()
    await clock.advance(0)
    expect([client.watches.length, reflector.state.state]).toEqual([2, 'live'])
  })

  it('waits at least as long as the server asks, and long for what only a person can mend', () => {
    const delay = (reason: Failure, failures = 1) => retryDelayMs(reason, failures, () => 0)
    expect(delay({ kind: 'Throttled', message: '', retryAfterMs: 45_000 })).toBe(45_000)
    expect(delay({ kind: 'Unauthorized', message: '' })).toBe(30_000)
    expect(delay({ kind: 'Unauthorized', message: '' }, 9)).toBe(300_000)
    expect(retryDelayMs(reset, 3, () => 0.5)).toBe(4_000)
  })
})

describe('lists', () => {
  it('a list that fails is tried again with back-off', async () => {
    client.lists = [failure(serverError), failure(reset), listOf('10', aPod('a', '3'))]
    reflector.start()
    await clock.advance(0)
    expect(reflector.state.state).toBe('stale')
    await clock.advance(800 + 1600)
    expect([reflector.state.state, client.listed]).toEqual(['live', 3])
  })

  it('410 lists again after a jitter, and tells only of what differs', async () => {
    reflector = createReflector({ client, resource: resources.pods, clock, random: () => 0.5, log: silentLog })
    reflector.onChange((change) => changes.push(change))
    await startLive(aPod('same', '1'), aPod('changed', '2'), aPod('removed', '3'))
    changes = []
    client.lists = [listOf('20', aPod('same', '1'), aPod('changed', '12'), aPod('added', '13'))]
    client.watching.fail(gone)
    await clock.advance(499)
    expect(client.listed).toBe(1)
    await clock.advance(1)
    expect(objectChanges()).toEqual(['upserted changed', 'upserted added', 'removed removed'])
    expect(statesSeen()).toEqual(['listing', 'live'])
    expect(client.watching.options.resourceVersion).toBe('20')
  })

  it('a server that answers 410 to every list is not asked in a hot loop', async () => {
    client.lists = [failure(gone)]
    reflector.start()
    await clock.advance(10_000)
    expect(client.listed).toBeLessThan(6)
  })
})
