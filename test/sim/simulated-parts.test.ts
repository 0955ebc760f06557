import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { WatchEvent } from '#main/cluster/client.ts'
import { Network } from './network.ts'
import { Random } from './random.ts'
import { SimulatedApi } from './simulated-api.ts'
import { SimulatedClient } from './simulated-client.ts'
import { ProcessClock, SimulatedTime } from './simulated-time.ts'
import type { SimulatedWatch } from './simulated-watch.ts'

const service = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
})

function aLink() {
  const time = new SimulatedTime()
  const api = new SimulatedApi(time)
  const clock = new ProcessClock(time)
  const network = new Network(time, new Random(1))
  const watches = new Set<SimulatedWatch>()
  const client = new SimulatedClient({ process: 'p', time, api, clock, network, watches, onEffect: () => undefined })
  return { time, api, clock, network, watches, client }
}

describe('ProcessClock', () => {
  it('stands still in a sleep, and goes on with what was left of every wait', async () => {
    const time = new SimulatedTime()
    const clock = new ProcessClock(time)
    const ran: number[] = []
    clock.after(1_000, () => ran.push(time.now()))
    await time.advance(400)
    const [asleepAt, elapsed] = [time.now(), clock.elapsed()]
    clock.sleep(10_000)
    await time.advance(9_000)
    expect([clock.elapsed(), ran]).toEqual([elapsed, []])
    await time.advance(5_000)
    expect(ran).toEqual([asleepAt + 10_000 + 600])
    expect(clock.now()).toBe(time.now())
    expect(clock.elapsed()).toBe(elapsed + 4_000)
  })

  it('runs nothing once it is dead', async () => {
    const time = new SimulatedTime()
    const clock = new ProcessClock(time)
    clock.after(10, () => expect.unreachable())
    clock.die()
    await time.advance(100)
    expect(clock.isDead).toBe(true)
  })
})

describe('SimulatedApi', () => {
  it('refuses another version, keeps status apart, and counts generations of the spec', () => {
    const { api } = aLink()
    api.create(resources.services, { ...service('a'), spec: { x: 1 } } as KubeObject, 'me')
    const at = { namespace: 'shop', name: 'a' }
    const old = { metadata: { resourceVersion: '1' }, spec: { x: 2 } }
    expect(api.patch(resources.services, at, { type: 'merge', body: old }, 'me')).toMatchObject({
      error: { kind: 'Conflict' },
    })
    api.patch(resources.services, at, { type: 'merge', body: { spec: { x: 2 }, status: { y: 1 } } }, 'me')
    expect(api.read(resources.services, at)).toMatchObject({ metadata: { generation: 2 }, spec: { x: 2 } })
    expect(api.read(resources.services, at)).not.toHaveProperty('status')
  })

  it('forgets what it compacted', () => {
    const { api } = aLink()
    const before = Number(api.version)
    api.create(resources.services, service('a'), 'me')
    expect(api.changesSince(resources.services, before)).toHaveLength(1)
    api.compact()
    expect(api.changesSince(resources.services, before)).toBeUndefined()
  })
})

describe('SimulatedClient', () => {
  it('carries a request out although its reply is lost, and says that nothing was heard', async () => {
    const { client, api, network, time } = aLink()
    network.open({ kind: 'lostReplies', process: 'p', forMs: 1_000, rate: 1 })
    const answer = client.create(resources.services, service('a'))
    await time.advance(10_000)
    expect(await answer).toMatchObject({ ok: false, error: { kind: 'Unreachable' } })
    expect(api.read(resources.services, { namespace: 'shop', name: 'a' })).toBeDefined()
  })

  it('carries out nothing of a lost request', async () => {
    const { client, api, network, time } = aLink()
    network.cut('p', 1_000)
    const answer = client.create(resources.services, service('a'))
    await time.advance(10_000)
    expect(await answer).toMatchObject({ ok: false, error: { kind: 'Unreachable' } })
    expect(api.all(resources.services)).toEqual([])
  })

  it('brings watch events late and twice, but always in order', async () => {
    const { client, api, network, time, clock } = aLink()
    const seen: string[] = []
    const follow = async () => {
      const options = { resourceVersion: api.version, timeoutSeconds: 100 }
      for await (const event of client.watch(resources.services, options, new AbortController().signal))
        seen.push(event.ok ? nameIn(event.value) : event.error.kind)
    }
    void follow()
    await time.advance(100)
    network.open({ kind: 'lateEvents', process: 'p', forMs: 1_000, rate: 1 })
    network.open({ kind: 'duplicatedEvents', process: 'p', forMs: 1_000, rate: 1 })
    api.create(resources.services, service('a'), 'me')
    clock.sleep(30_000)
    await time.advance(500)
    api.create(resources.services, service('b'), 'me')
    await time.advance(29_000)
    expect(seen).toEqual([])
    await time.advance(20_000)
    expect(seen).toEqual(['a', 'a', 'b', 'b'])
  })
})

const nameIn = (event: WatchEvent): string => ('object' in event ? event.object.metadata.name : event.type)
