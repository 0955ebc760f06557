import { expect, it, onTestFinished } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { nothingToDo } from '#engine/decision.ts'
import { silentLog } from '#lib/log.ts'
import { createEngine } from '#main/controller/engine.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const at = { namespace: 'shop', name: 'web' }
const mark = 'argo-rollouts.argoproj.io/managed-by-rollouts'
const hashKey = 'rollouts-pod-template-hash'

/** An engine that drives `shop/web`, whose stable Service `live` is marked, and `blank` is not. */
async function driving(options: { readonly withRollout?: boolean } = {}) {
  const api = new FakeApi()
  const clock = new VirtualClock()
  const cluster = new FakeCluster(api)
  const rounds: string[] = []
  const reconcile = () => {
    rounds.push('round')
    return nothingToDo
  }
  const engine = createEngine({
    cluster,
    clock,
    log: silentLog,
    reconcile,
    random: () => 0,
    identity: 'argosy-laptop_1',
    leaseNamespace: 'argo-rollouts',
  })
  onTestFinished(async () => void (await engine.stop({ release: false })))
  api.put(resources.services, aService('live', 'v1', { [mark]: 'web' }))
  api.put(resources.services, aService('blank', 'v1'))
  if (options.withRollout !== false)
    api.put(resources.rollouts, aRollout({ canary: { stableService: 'live', canaryService: 'blank' } }))
  engine.start()
  await clock.advance(2_000)
  const service = (name: string) => api.read(resources.services, { namespace: 'shop', name }) as KubeObject
  const selected = (name: string): unknown =>
    (service(name) as { readonly spec?: { readonly selector?: object } }).spec?.selector
  const writes = () => api.writes.filter(({ resource }) => resource === 'services').length
  return { api, clock, cluster, engine, rounds, service, selected, writes }
}

it('DEL-5, REC-14, REC-6: leaves Services alone while a Rollout names them, and gives it a round when one changes', async () => {
  const { api, clock, rounds, service, writes } = await driving()
  const before = rounds.length
  api.put(resources.services, { ...service('live'), metadata: { ...service('live').metadata, labels: { a: 'b' } } })
  await clock.advance(1_000)
  expect(rounds.length).toBeGreaterThan(before)
  expect(writes()).toBe(0)
})

it('DEL-5, REC-14: when the Rollout is deleted its Services select all pods again, and one without a mark too', async () => {
  const { api, clock, service, selected, writes } = await driving()
  api.remove(resources.rollouts, at)
  await clock.advance(1_000)
  expect([selected('live'), selected('blank')]).toEqual([{ app: 'web' }, { app: 'web' }])
  expect(service('live').metadata.annotations ?? {}).not.toHaveProperty(mark)
  expect(writes()).toBe(2)
  await clock.advance(60_000)
  expect(writes()).toBe(2)
})

it('REC-14: when the Rollout names another Service the former one is let go', async () => {
  const { api, clock, selected } = await driving()
  api.put(resources.rollouts, aRollout({ canary: { stableService: 'other', canaryService: 'blank' } }))
  await clock.advance(1_000)
  expect(selected('live')).toEqual({ app: 'web' })
  expect(selected('blank')).toHaveProperty(hashKey)
})

it('REC-14: what was left behind while nobody drove is made good, but only where the mark says so', async () => {
  const { selected } = await driving({ withRollout: false })
  expect(selected('live')).toEqual({ app: 'web' })
  expect(selected('blank')).toHaveProperty(hashKey)
})

it('DEL-5, REC-14: asks the API server before letting go: the cache may not know the newest Rollout yet', async () => {
  const { api, clock, cluster, selected, writes } = await driving()
  api.remove(resources.rollouts, at)
  cluster.freeze()
  api.put(resources.rollouts, aRollout({ canary: { stableService: 'live', canaryService: 'blank' } }))
  await clock.advance(1_000)
  expect(writes()).toBe(0)
  expect(selected('live')).toHaveProperty(hashKey)
  cluster.thaw()
})

it('DEL-5, REC-14: an API server that does not answer is asked again', async () => {
  const { api, clock, selected } = await driving()
  let failures = 2
  api.intercept = ({ verb, resource }) =>
    resource === 'rollouts.argoproj.io' && verb === 'list' && failures-- > 0
      ? { kind: 'ServerError', status: 500, message: 'later' }
      : undefined
  api.remove(resources.rollouts, at)
  await clock.advance(2_000)
  expect(selected('live')).toEqual({ app: 'web' })
})

it('REC-14: nothing is written once somebody else drives', async () => {
  const { api, clock, engine, selected } = await driving()
  await engine.stop({ release: true })
  api.remove(resources.rollouts, at)
  await clock.advance(60_000)
  expect(selected('live')).toHaveProperty(hashKey)
})
