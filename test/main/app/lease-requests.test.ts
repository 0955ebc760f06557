import { hostname, userInfo } from 'node:os'
import { expect, it, onTestFinished } from 'vitest'
import { resources } from '#api/resources.ts'
import { silentLog } from '#lib/log.ts'
import { success } from '#lib/outcome.ts'
import { ClusterSession, type OwnershipNews } from '#main/app/cluster-session.ts'
import { loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import type { WriteBy } from '#main/cluster/recorded-client.ts'
import { usualTraffic } from '#main/cluster-settings.ts'
import { noRails } from '#main/guard-settings.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aCliFleet, type CliFleet } from '#test/support/cli-fleet.ts'
import { someSettings } from '#test/support/measuring.ts'
import { advanceUntil } from '#test/support/until.ts'

const me = `${userInfo().username}@${hostname()}`

/** A window's session on a real server, with what it kept of its lease and of its writes. */
function aSession({ clock, kubeconfig }: CliFleet) {
  const config = loadKubeconfig({ paths: [kubeconfig] })
  const access = config.ok ? config.value.access('north') : undefined
  if (access === undefined) throw new Error('no context')
  const news: OwnershipNews[] = []
  const writes: WriteBy[] = []
  const session = new ClusterSession({
    access,
    clock,
    log: silentLog,
    sandbox: false,
    metricSettings: someSettings(),
    trafficSettings: usualTraffic,
    rails: () => noRails,
    onWrite: (write) => void writes.push(write),
    onOwnership: (each) => void news.push(each),
    directClientOf: () => undefined,
    counts: () => ({ rollouts: 0, objects: 0, natives: { state: 'hidden', count: 0 } }),
  })
  session.start()
  const settle = async <T>(task: Promise<T>): Promise<T> => {
    let [value, isDone] = [undefined as T | undefined, false]
    void task.then((result) => {
      value = result
      isDone = true
    })
    await advanceUntil(clock, 'the answer', () => isDone)
    return value as T
  }
  onTestFinished(() => settle(session.stop('the test ended')))
  return { session, news, writes, settle }
}

/** Two windows, the first of which drives and is asked by the second. */
async function setUp() {
  const fleet = await aCliFleet('north')
  fleet.place('north', aRollout({ image: 'web:1' }))
  const [holder, asker] = [aSession(fleet), aSession(fleet)]
  await holder.session.drive(true)
  await advanceUntil(fleet.clock, 'driven', () => holder.session.engine.mode === 'driven')
  await advanceUntil(fleet.clock, 'seen', () => asker.session.engine.lease.state === 'other')
  expect(await asker.settle(asker.session.ask('the release is mine'))).toEqual(success(undefined))
  await advanceUntil(fleet.clock, 'asked', () => holder.session.view().request !== undefined)
  return { fleet, holder, asker }
}

it('SR-6, ACT-15: the holder is asked, hands over, and who asked drives within two seconds', async () => {
  const { fleet, holder, asker } = await setUp()
  expect(holder.session.view().request).toMatchObject({
    by: me,
    reason: 'the release is mine',
    side: 'toUs',
    keptBy: undefined,
  })
  await advanceUntil(fleet.clock, 'read back', () => asker.session.view().request?.side === 'ours')
  expect(await holder.settle(holder.session.answer(true, ''))).toEqual(success(undefined))
  const givenAt = fleet.clock.now()
  await advanceUntil(fleet.clock, 'taken', () => asker.session.engine.mode === 'driven', 20)
  expect(fleet.clock.now() - givenAt).toBeLessThanOrEqual(2_000)
  expect(holder.session.drives).toBe(false)
  await advanceUntil(fleet.clock, 'noted', () => asker.news.length > 0)
  expect([...holder.news, ...asker.news].map(({ action }) => action)).toEqual(['leaseTaken', 'leaseTaken'])
  const [asking] = asker.writes.filter(({ cause }) => cause?.action !== undefined)
  expect(asking).toMatchObject({
    verb: 'update',
    resource: 'leases.coordination.k8s.io',
    code: 200,
    cause: { action: 'askToDrive', reason: 'the release is mine' },
  })
  const [lease] = fleet.cluster('north').store.list(resources.leases, 'argo-rollouts')
  expect(lease?.metadata.annotations ?? {}).toEqual({})
})

it('SR-6: the holder keeps it, who asked sees by whom, and nobody else drives', async () => {
  const { fleet, holder, asker } = await setUp()
  expect(await holder.settle(holder.session.answer(false, ''))).toEqual(success(undefined))
  await advanceUntil(fleet.clock, 'told', () => asker.session.view().request?.keptBy !== undefined)
  expect(asker.session.view().request).toMatchObject({ side: 'ours', keptBy: me })
  const end = fleet.clock.now() + 20_000
  await advanceUntil(fleet.clock, '20 s', () => fleet.clock.now() >= end, 500)
  expect([holder.session.engine.mode, asker.session.engine.mode]).toEqual(['driven', 'inCluster'])
  const again = await holder.settle(holder.session.answer(true, ''))
  expect(again).toMatchObject({ ok: false, error: { message: 'Nobody asks for the lease any more.' } })
  expect(holder.session.engine.mode).toBe('driven')
})

it('SR-6: five minutes later the request counts for nothing', async () => {
  const { fleet, holder, asker } = await setUp()
  const until = holder.session.view().request?.until ?? 0
  await advanceUntil(fleet.clock, 'five minutes', () => fleet.clock.now() > until + 1_000, 1_000)
  expect(await holder.settle(holder.session.answer(true, ''))).toMatchObject({ ok: false })
  expect(await holder.settle(holder.session.answer(false, ''))).toMatchObject({ ok: false })
  expect([holder.session.engine.mode, asker.session.engine.mode]).toEqual(['driven', 'inCluster'])
})

it('SR-6: who asks and goes away asks no more', async () => {
  const { fleet, holder, asker } = await setUp()
  await advanceUntil(fleet.clock, 'read back', () => asker.session.view().request?.side === 'ours')
  await asker.settle(asker.session.drive(false))
  await advanceUntil(fleet.clock, 'withdrawn', () => holder.session.view().request === undefined)
  expect(holder.session.engine.mode).toBe('driven')
})

it('SR-6: handed over to somebody who crashed, it is driven on here', async () => {
  const { fleet, holder, asker } = await setUp()
  await advanceUntil(fleet.clock, 'asked', () => asker.session.view().request?.side === 'ours')
  // As a crash does: nothing is taken back, and nothing is written any more.
  await asker.settle(asker.session.engine.stop({ release: false }))
  await holder.settle(holder.session.answer(true, ''))
  await advanceUntil(fleet.clock, 'free', () => holder.session.engine.mode === 'observed', 500)
  await advanceUntil(fleet.clock, 'taken back', () => holder.session.engine.mode === 'driven', 500)
  await advanceUntil(fleet.clock, 'noted', () => holder.news.length >= 3)
  const last = holder.news.filter(({ action }) => action === 'drive')
  expect(last).toMatchObject([
    { reason: `nobody had the lease after it was handed over to ${me}`, outcome: { ok: true } },
  ])
})

it('ACT-15: quitting while driving is kept as handing back', async () => {
  const fleet = await aCliFleet('north')
  const { session, news, settle } = aSession(fleet)
  await session.drive(true)
  await advanceUntil(fleet.clock, 'driven', () => news.length === 1)
  await settle(session.stop('Argosy was closed'))
  expect(news).toMatchObject([
    { context: 'north', action: 'leaseTaken' },
    { context: 'north', action: 'handBack', reason: 'Argosy was closed', outcome: { ok: true } },
  ])
  expect(news.map(({ user }) => user)).toEqual([news[0]?.user, news[0]?.user])
})
