import { expect, it } from 'vitest'
import { DrivenQueue, isInScope } from '#main/controller/driven-queue.ts'
import type { Round } from '#main/controller/queue.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

/** None of its rounds records an Event, so there is no cluster. */
function setUp(round: (key: string) => Promise<Round> = async () => ({ kind: 'settled', requeueAt: undefined })) {
  const clock = new VirtualClock()
  const state = { isDriving: true, mayWrite: true }
  const begun: string[] = []
  const driving = { isDriving: () => state.isDriving, mayWrite: () => state.mayWrite }
  const queue = new DrivenQueue({ ...driving, clock, log: () => {}, cluster: {} as never }, 10, (key) => {
    begun.push(key)
    return round(key)
  })
  return { clock, state, begun, queue }
}

it('OPS-37: takes no key while somebody else drives, and begins no round that waited when that began', async () => {
  const { clock, state, begun, queue } = setUp()
  state.isDriving = false
  queue.add('ns/a')
  state.isDriving = true
  queue.add('ns/b')
  state.isDriving = false
  await clock.advance(60_000)
  expect(begun).toEqual([])
})

it('OPS-33: waits with a round while the lease is in doubt', async () => {
  const { clock, state, begun, queue } = setUp()
  state.mayWrite = false
  queue.add('ns/a')
  await clock.advance(5_000)
  expect(begun).toEqual([])
  state.mayWrite = true
  await clock.advance(1_000)
  expect(begun).toEqual(['ns/a'])
})

it('OPS-37: stops after the rounds under way, or after the time given, and begins anew in another term', async () => {
  const held: ((round: Round) => void)[] = []
  const { clock, begun, queue } = setUp(() => new Promise((resolve) => held.push(resolve)))
  queue.add('ns/a')
  await clock.advance(0)
  let hasStopped = false
  const stopped = queue.stop(2_000).then(() => {
    hasStopped = true
  })
  await clock.advance(1_999)
  expect(hasStopped).toBe(false)
  await clock.advance(1)
  await stopped
  const { term } = queue
  queue.renew()
  expect(queue.term).not.toBe(term)
  queue.add('ns/b')
  await clock.advance(0)
  expect(begun).toEqual(['ns/a', 'ns/b'])
})

it.each([
  [undefined, undefined, true],
  [undefined, '', true],
  ['blue', undefined, false],
  ['blue', 'blue', true],
  [undefined, 'blue', false],
])('OPS-50: an object of the id %s is in the scope of an engine of the id %s: %s', (of, engine, is) => {
  const labels = of === undefined ? undefined : { 'argo-rollouts.argoproj.io/controller-instance-id': of }
  expect(isInScope({ metadata: { name: 'a', labels } } as never, engine)).toBe(is)
})
