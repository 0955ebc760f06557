import { describe, expect, it } from 'vitest'
import type { Lease as LeaseObject } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import { failure } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { Lease } from '#main/controller/lease.ts'
import { Network } from '#test/sim/network.ts'
import { Random } from '#test/sim/random.ts'
import { SimulatedApi } from '#test/sim/simulated-api.ts'
import { SimulatedClient } from '#test/sim/simulated-client.ts'
import { ProcessClock, SimulatedTime } from '#test/sim/simulated-time.ts'
import type { SimulatedWatch } from '#test/sim/simulated-watch.ts'

const namespace = 'argo-rollouts'
const at = { namespace, name: 'argo-rollouts-controller-lock' }

/** Several processes at one simulated API server that want the same lease. */
function aPlace() {
  const time = new SimulatedTime()
  const api = new SimulatedApi(time)
  const random = new Random(1)
  const network = new Network(time, random.fork('network'))
  const watches = new Set<SimulatedWatch>()
  const join = (identity: string, through = (client: ClusterClient): ClusterClient => client) => {
    const clock = new ProcessClock(time)
    const client = new SimulatedClient({
      process: identity,
      time,
      clock,
      api,
      network,
      watches,
      onEffect: () => undefined,
    })
    const next = random.fork(identity).next
    const lease = new Lease({ client: through(client), clock, random: next, namespace, identity })
    lease.drive()
    return { lease, clock, client }
  }
  const holder = () => (api.read(resources.leases, at) as LeaseObject | undefined)?.spec?.holderIdentity
  /** Ms until it is so. */
  const until = async (condition: () => boolean): Promise<number> => {
    const began = time.now()
    while (!condition() && time.now() - began < 60_000) await time.advance(10)
    return time.now() - began
  }
  return { time, network, watches, join, holder, until }
}

describe('while somebody else has the lease', () => {
  it('OPS-32, OPS-37: takes it well within two seconds when it is given back', async () => {
    for (let round = 0; round < 20; round++) {
      const { time, join, holder, until } = aPlace()
      const first = join('first')
      await time.advance(1_000)
      join('second')
      await time.advance(10_000 + round * 137)
      void first.lease.stop({ release: true })
      await until(() => holder() === '')
      expect(await until(() => holder() === 'second')).toBeLessThan(700)
    }
  })

  it('OPS-32: takes it when it has expired, and not a moment before', async () => {
    for (let round = 0; round < 20; round++) {
      const { time, join, holder, until } = aPlace()
      const first = join('first')
      await time.advance(1_000)
      join('second')
      await time.advance(10_000 + round * 137)
      first.clock.die()
      const ms = await until(() => holder() === 'second')
      expect(ms).toBeGreaterThan(15_000 - 2_100)
      expect(ms).toBeLessThan(15_000 + 2_000)
    }
  })

  it('OPS-32: sends one watch, and reads no more while the watch tells of renewals', async () => {
    const { time, join } = aPlace()
    join('first')
    await time.advance(1_000)
    const { client } = join('second')
    await time.advance(60_000)
    expect(client.requests).toMatchObject({ watch: 1, list: 0, create: 0, update: 0 })
    expect(client.requests.get).toBeLessThanOrEqual(8)
  })

  it('OPS-32: of ten that wait one gets it, and the others go on waiting in peace', async () => {
    const { time, join, holder, until } = aPlace()
    const first = join('first')
    await time.advance(1_000)
    const waiting = Array.from({ length: 10 }, (_, index) => join(`waiting-${index}`))
    await time.advance(10_000)
    const sent = () =>
      waiting.reduce((sum, { client }) => sum + Object.values(client.requests).reduce((a, b) => a + b, 0), 0)
    const before = sent()
    void first.lease.stop({ release: true })
    await until(() => holder() === '')
    await until(() => holder() !== '')
    await time.advance(1_000)
    expect(waiting.filter(({ lease }) => lease.isValid())).toHaveLength(1)
    expect(sent() - before).toBeLessThanOrEqual(30)
  })

  it('UI-ERR-2: goes on reading where watching is forbidden, and asks for it again much later only', async () => {
    const { time, join, holder, until } = aPlace()
    const first = join('first')
    await time.advance(1_000)
    let asked = 0
    const { client, lease } = join('second', (real) => ({
      ...real,
      requests: real.requests,
      async *watch() {
        asked++
        yield failure({ kind: 'Forbidden', message: 'no', verb: 'watch', resource: 'leases', namespace } as const)
      },
    }))
    await time.advance(60_000)
    expect(asked).toBe(1)
    expect(lease.state).toMatchObject({ state: 'other', holder: 'first' })
    expect(client.requests.get).toBeGreaterThan(13)
    void first.lease.stop({ release: true })
    await until(() => holder() === '')
    expect(await until(() => holder() === 'second')).toBeLessThan(4_500)
  })

  it('opens another watch when one has gone silent although the lease is renewed', async () => {
    const { time, join, watches } = aPlace()
    join('first')
    await time.advance(1_000)
    const { client } = join('second')
    await time.advance(5_000)
    const [silent] = watches
    if (silent === undefined) throw new Error('there is no watch')
    silent.push = () => undefined
    await time.advance(20_000)
    expect(client.requests.watch).toBe(2)
  })

  it('OPS-37: neither watches nor competes after it was told to stop', async () => {
    const { time, join, holder, watches } = aPlace()
    const first = join('first')
    await time.advance(1_000)
    const second = join('second')
    await time.advance(5_000)
    void second.lease.stop({ release: true })
    await time.advance(1_000)
    void first.lease.stop({ release: true })
    await time.advance(60_000)
    expect(holder()).toBe('')
    expect([...watches].filter((each) => !each.isOver)).toEqual([])
  })
})
