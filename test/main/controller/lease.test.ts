import { expect, it } from 'vitest'
import type { Lease as LeaseObject } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import type { Failure } from '#lib/failure.ts'
import { Lease, leaseNameFor } from '#main/controller/lease.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const at = { namespace: 'argo-rollouts', name: 'argo-rollouts-controller-lock' }
const unreachable: Failure = { kind: 'Unreachable', message: 'connection refused', since: T0 }

function setUp(identity = 'argosy-laptop_1', api = new FakeApi(), clock = new VirtualClock()) {
  const asleep = { ms: 0 }
  const lease = new Lease({
    client: api.client(),
    clock: {
      now: () => clock.now() + asleep.ms,
      elapsed: () => clock.elapsed(),
      after: (delayMs, task) => clock.after(delayMs, task),
    },
    random: () => 0,
    namespace: at.namespace,
    identity,
  })
  const spec = () => (api.read(resources.leases, at) as LeaseObject | undefined)?.spec
  return { api, clock, lease, spec, asleep }
}

const heldByAnother = (renewTime: string): LeaseObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: at,
  spec: {
    holderIdentity: 'reference_1',
    leaseDurationSeconds: 15,
    renewTime,
    acquireTime: renewTime,
    leaseTransitions: 4,
  },
})

it('OPS-30: the name carries the instance id', () => {
  expect([leaseNameFor(undefined), leaseNameFor(''), leaseNameFor('blue')]).toEqual([
    'argo-rollouts-controller-lock',
    'argo-rollouts-controller-lock',
    'argo-rollouts-controller-lock-blue',
  ])
})

it('OPS-31: creates the lease with identity, duration and microsecond times', async () => {
  const { clock, lease, spec } = setUp()
  lease.drive()
  await clock.advance(0)
  expect(spec()).toEqual({
    holderIdentity: 'argosy-laptop_1',
    leaseDurationSeconds: 15,
    acquireTime: '2026-01-15T10:00:00.000000Z',
    renewTime: '2026-01-15T10:00:00.000000Z',
    leaseTransitions: 0,
  })
  expect(lease.isValid()).toBe(true)
})

it('OPS-33: renews every two seconds with one request each, and nothing else', async () => {
  const { api, clock, lease, spec } = setUp()
  lease.drive()
  await clock.advance(0)
  api.requests.length = 0
  await clock.advance(60_000)
  expect(api.requests.map((each) => each.verb)).toEqual(Array(30).fill('update'))
  expect(spec()?.renewTime).toBe('2026-01-15T10:01:00.000000Z')
})

it('OPS-32: waits for a holder that renews, however its clock stands, and takes over once it stopped', async () => {
  const { api, clock, lease, spec } = setUp()
  api.put(resources.leases, heldByAnother('2030-01-01T00:00:00.000000Z'))
  lease.drive()
  for (const second of [1, 2, 3]) {
    await clock.advance(9_000)
    api.put(resources.leases, heldByAnother(`2030-01-01T00:00:0${second}.000000Z`))
  }
  expect(lease.state).toMatchObject({ state: 'other', holder: 'reference_1' })
  await clock.advance(12_000)
  expect(spec()?.holderIdentity).toBe('reference_1')
  await clock.advance(8_000)
  expect(spec()).toMatchObject({ holderIdentity: 'argosy-laptop_1', leaseTransitions: 5 })
})

it('OPS-37: hands back so that a successor acquires on its next attempt', async () => {
  const first = setUp('argosy-a_1')
  const second = setUp('argosy-b_1', first.api, first.clock)
  first.lease.drive()
  await first.clock.advance(0)
  second.lease.drive()
  await first.clock.advance(5_000)
  expect(second.lease.state).toMatchObject({ state: 'other', holder: 'argosy-a_1' })
  await first.lease.stop({ release: true })
  expect(first.spec()).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 })
  await first.clock.advance(4_400)
  expect(second.lease.state).toMatchObject({ state: 'held' })
  expect(first.spec()?.leaseTransitions).toBe(1)
})

it('leaves the lease as it is when stopped without hand-back', async () => {
  const { clock, lease, spec } = setUp()
  lease.drive()
  await clock.advance(0)
  await lease.stop({ release: false })
  expect(spec()?.holderIdentity).toBe('argosy-laptop_1')
  await clock.advance(60_000)
  expect(lease.isValid()).toBe(false)
})

it('OPS-33: may not write once renewing failed for ten seconds, and says why', async () => {
  const { api, clock, lease } = setUp()
  lease.drive()
  await clock.advance(1_000)
  api.intercept = () => unreachable
  await clock.advance(8_000)
  expect(lease.isValid()).toBe(true)
  await clock.advance(1_000)
  expect(lease.isValid()).toBe(false)
  await clock.advance(5_000)
  expect(lease.state).toMatchObject({ state: 'failed', failure: { kind: 'Unreachable' } })
  api.intercept = () => undefined
  await clock.advance(3_000)
  expect(lease.isValid()).toBe(true)
})

it('OPS-41: may not write after sleep, although the monotonic clock stood still, until it renewed', async () => {
  const { clock, lease, asleep } = setUp()
  lease.drive()
  await clock.advance(1_000)
  const seen: string[] = []
  lease.onChange(() => seen.push(lease.state.state))
  asleep.ms = 3_600_000
  expect(lease.isValid()).toBe(false)
  await clock.advance(2_000)
  expect(seen).toEqual(['unknown', 'held'])
  expect(lease.isValid()).toBe(true)
})

it('steps back when another took the lease during sleep', async () => {
  const { api, clock, lease } = setUp()
  lease.drive()
  await clock.advance(1_000)
  api.put(resources.leases, heldByAnother('2026-01-15T10:00:01.500000Z'))
  await clock.advance(2_000)
  expect(lease.state).toMatchObject({ state: 'other', holder: 'reference_1' })
  expect(lease.isValid()).toBe(false)
})

it('two that start at once: one holds, the other waits', async () => {
  const first = setUp('argosy-a_1')
  const second = setUp('argosy-b_1', first.api, first.clock)
  first.lease.drive()
  second.lease.drive()
  await first.clock.advance(6_000)
  expect([first.lease.state.state, second.lease.state.state].sort()).toEqual(['held', 'other'])
})

it('observes without ever writing', async () => {
  const { api, clock, lease } = setUp()
  lease.observe()
  await clock.advance(0)
  expect(lease.state).toEqual({ state: 'free' })
  api.put(resources.leases, heldByAnother('2026-01-15T10:00:00.000000Z'))
  await clock.advance(10_000)
  expect(lease.state).toMatchObject({ state: 'other', holder: 'reference_1' })
  await clock.advance(30_000)
  expect(lease.state).toEqual({ state: 'free' })
  expect(api.writes).toEqual([])
})

it('SR-6: handed over, it is taken by who asked for it; another that waits holds back for two seconds', async () => {
  const holder = setUp('argosy-a_1')
  const asker = setUp('argosy-b_1', holder.api, holder.clock)
  const other = setUp('argosy-c_1', holder.api, holder.clock)
  holder.lease.drive()
  await holder.clock.advance(0)
  for (const { lease } of [other, asker]) lease.drive()
  await holder.clock.advance(5_000)
  await holder.lease.stop({ release: true, to: 'argosy-b_1' })
  other.lease.drive()
  await holder.clock.advance(0)
  expect(other.lease.state).toMatchObject({ state: 'other', holder: 'argosy-b_1' })
  await holder.clock.advance(2_000)
  expect(holder.spec()).toMatchObject({ holderIdentity: 'argosy-b_1', leaseTransitions: 1 })
  expect(holder.api.read(resources.leases, at)?.metadata.annotations).toEqual({})
})

it('SR-6: handed over to somebody who is gone, it is anybody’s after two seconds', async () => {
  const holder = setUp('argosy-a_1')
  const other = setUp('argosy-c_1', holder.api, holder.clock)
  holder.lease.drive()
  await holder.clock.advance(0)
  await holder.lease.stop({ release: true, to: 'argosy-gone_1' })
  other.lease.drive()
  await holder.clock.advance(1_900)
  expect(holder.spec()?.holderIdentity).toBe('')
  await holder.clock.advance(300)
  expect(holder.spec()?.holderIdentity).toBe('argosy-c_1')
})

it('SR-6, OPS-37: asked while it is given back, it is given back all the same, and kept by its holder until then', async () => {
  const { api, clock, lease, spec } = setUp()
  const annotate = () => {
    const now = api.read(resources.leases, at)
    if (now === undefined) throw new Error('no lease')
    const annotations = { 'argosy.dev/requested-by': 'ada@rome' }
    api.put(resources.leases, { ...now, metadata: { ...now.metadata, annotations } })
  }
  lease.drive()
  await clock.advance(0)
  annotate()
  await clock.advance(2_000)
  expect(lease.isValid()).toBe(true)
  expect(spec()).toMatchObject({ holderIdentity: 'argosy-laptop_1', leaseTransitions: 0 })
  annotate()
  expect(await lease.stop({ release: true })).toMatchObject({ ok: true })
  expect(spec()?.holderIdentity).toBe('')
})
