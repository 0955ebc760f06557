import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import type { Failure } from '#lib/failure.ts'
import { FreshReads } from '#main/fleet-plan/fresh-reads.ts'
import { aMember, aPlan, aWave } from '#test/support/builders/fleet-plan.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const member = aMember('a')
const plan = aPlan([aWave(['a'])])

function setUp() {
  const api = new FakeApi()
  api.put(resources.rollouts, aRollout())
  const cluster = new FakeCluster(api)
  cluster.cache('rollouts')
  const reads = new FreshReads(new VirtualClock())
  reads.renew(plan)
  const read = async () => {
    let answers = 0
    reads.read(
      plan,
      () => ({ cluster }),
      () => void answers++,
    )
    await new Promise((resolve) => setImmediate(resolve))
    return answers
  }
  return { api, cluster, reads, read, isStale: () => reads.isStale(member, cluster) }
}

describe('what counts as read after a take-over or a sleep', () => {
  it('SR-2, I9: nothing, before it was read past its cache', async () => {
    const { read, isStale, api } = setUp()
    expect(isStale()).toBe(true)
    expect(await read()).toBe(1)
    expect([isStale(), await read(), api.requests.length]).toEqual([false, 0, 1])
  })

  it('SR-2: and not before the cache is as new as that', async () => {
    const { api, cluster, read, isStale } = setUp()
    cluster.freeze()
    api.put(resources.rollouts, { ...aRollout(), spec: { ...aRollout().spec, replicas: 9 } } as never)
    await read()
    expect(isStale()).toBe(true)
    cluster.thaw()
    expect(isStale()).toBe(false)
  })

  it('PC-5: what could not be read is asked for again, and a cluster that is out of reach is not asked', async () => {
    const { api, cluster, read, isStale } = setUp()
    const gone: Failure = { kind: 'Unreachable', message: 'no route', since: T0 }
    api.intercept = () => gone
    expect([await read(), isStale()]).toEqual([1, true])
    cluster.setConnection({ state: 'unreachable', since: T0, failure: gone, retryAt: T0, attempt: 1 })
    expect(await read()).toBe(0)
    cluster.setConnection({ state: 'connected', since: T0 })
    api.intercept = () => undefined
    expect([await read(), isStale()]).toEqual([1, false])
  })

  it('3.4.2: a Rollout that is gone was read too', async () => {
    const { api, read, isStale } = setUp()
    api.remove(resources.rollouts, { namespace: 'shop', name: 'web' })
    expect([await read(), isStale()]).toEqual([1, false])
  })
})
