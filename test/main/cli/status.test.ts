import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import type { RolloutStatus } from '#api/rollout.ts'
import { anAnalysisRun } from '#test/support/builders/analysis.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aCliFleet } from '#test/support/cli-fleet.ts'
import { runCli, startCli } from '#test/support/run-cli.ts'
import { advanceUntil, until } from '#test/support/until.ts'

const is = (phase: 'Healthy' | 'Degraded' | 'Progressing' | 'Paused', message = ''): RolloutStatus => ({
  phase,
  ...(message !== '' && { message }),
})

async function setUp(status: RolloutStatus) {
  const fleet = await aCliFleet('north')
  fleet.place('north', aRollout(), status)
  const args = ['status', 'web', '--kubeconfig', fleet.kubeconfig]
  return { fleet, args, start: (...more: string[]) => startCli([...args, ...more], fleet) }
}

describe('argosy status', () => {
  it('ACT-132: prints every distinct line until Healthy, then ends well', async () => {
    const { fleet, start } = await setUp(is('Progressing', 'more replicas need to be updated'))
    const run = start()
    await until('first line', () => run.out.length === 1)
    fleet.setStatus('north', 'web', is('Paused', 'CanaryPauseStep'))
    await until('second line', () => run.out.length === 2)
    fleet.setStatus('north', 'web', is('Healthy'))
    expect(await run.done).toBe(0)
    expect(run.out).toEqual(['Progressing - more replicas need to be updated', 'Paused - CanaryPauseStep', 'Healthy'])
  })

  it('ACT-133: Degraded ends with 1 and the message', async () => {
    const { start } = await setUp(is('Degraded', 'RolloutAborted: aborted'))
    const run = start()
    expect(await run.done).toBe(1)
    expect(run.err).toEqual([
      'Why: No controller is at work in this cluster. Start the controller, or drive this cluster from here.',
      'Why: RolloutAborted: aborted. (Rollout web)',
      'The rollout is in a degraded state with message: RolloutAborted: aborted',
    ])
  })

  it('ACT-133: neither before the timeout, or before an interrupt, ends with 1', async () => {
    const { fleet, start } = await setUp(is('Paused', 'CanaryPauseStep'))
    const timed = start('--timeout', '90s')
    await until('watching', () => timed.out.length === 1)
    await fleet.clock.advance(90_000)
    expect(await timed.done).toBe(1)
    const interrupted = start()
    await until('watching', () => interrupted.out.length === 1)
    interrupted.interrupt()
    expect(await interrupted.done).toBe(1)
    const ends = [timed, interrupted].map(({ err }) => err.at(-1))
    expect(ends).toEqual(Array(2).fill('Rollout status watch exceeded timeout'))
  })

  it('ACT-131: without watching prints the status of now', async () => {
    const { fleet, args } = await setUp(is('Paused', 'CanaryPauseStep'))
    const now = () => runCli([...args, '--watch=false'], fleet.clock)
    expect(await now()).toMatchObject({ out: ['Paused - CanaryPauseStep'], code: 0 })
    fleet.setStatus('north', 'web', is('Degraded', 'ProgressDeadlineExceeded: stuck'))
    expect(await now()).toMatchObject({ out: ['Degraded'], code: 1 })
  })

  it('ACT-134: Healthy of an older generation does not count', async () => {
    const { fleet, args } = await setUp(is('Healthy'))
    const { out, code } = await runCli([...args, '--watch=false', '--generation', '2'], fleet.clock)
    expect({ out, code }).toEqual({
      out: ['Progressing - waiting for rollout spec update to be observed'],
      code: 0,
    })
  })

  it('ACT-130: a rollout that is not there, or goes away, ends with 1', async () => {
    const { fleet, start } = await setUp(is('Progressing', 'waiting'))
    const run = start()
    await until('watching', () => run.out.length === 1)
    fleet.cluster('north').store.delete(resources.rollouts, { namespace: 'default', name: 'web' })
    expect(await run.done).toBe(1)
    expect(run.err).toEqual(['the rollout was deleted'])
    const again = start()
    expect(await again.done).toBe(1)
    expect(again.err[0]).toContain('"web" not found')
  })

  it('a broken watch is told, healed, and waited through', async () => {
    const { fleet, start } = await setUp(is('Progressing', 'waiting'))
    const run = start()
    await until('watching', () => run.out.length === 1 && fleet.cluster('north').server.openWatches > 0)
    const { faults } = fleet.cluster('north').server
    faults.inject({ times: 1, match: ({ verb }) => verb === 'watch', then: { kind: 'cut' } })
    faults.dropWatches()
    await advanceUntil(fleet.clock, 'told', () => run.err.length > 0)
    fleet.setStatus('north', 'web', is('Healthy'))
    await advanceUntil(fleet.clock, 'healed', () => run.out.at(-1) === 'Healthy')
    expect(await run.done).toBe(0)
  })

  it('VIEW-111: names the analyses that it waits for, with what they counted', async () => {
    const run = { name: 'web-v2-2', status: 'Failed' }
    const { fleet, start } = await setUp({
      ...is('Degraded', 'RolloutAborted: aborted'),
      canary: { currentBackgroundAnalysisRunStatus: run },
    })
    const uid = fleet.rollout('north', 'web')?.metadata.uid ?? ''
    const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid, controller: true }
    const metricResults = [{ name: 'rate', phase: 'Failed' as const, successful: 4, failed: 1 }]
    const made = fleet.cluster('north').store.create(resources.analysisRuns, {
      ...anAnalysisRun({}, { status: { phase: 'Failed', metricResults } }),
      metadata: { name: run.name, namespace: 'default', ownerReferences: [owner] },
    })
    expect(made).toMatchObject({ ok: true })
    const status = start()
    expect(await status.done).toBe(1)
    expect(status.err).toContain('AnalysisRun web-v2-2: Failed (✔ 4,✖ 1)')
  })

  it('VIEW-224: a line that stands for five seconds is explained, once, beside the output', async () => {
    const { fleet, start } = await setUp({
      ...is('Progressing', 'more replicas need to be updated'),
      currentPodHash: 'v2',
      stableRS: 'v1',
    })
    const store = fleet.cluster('north').store
    const uid = fleet.rollout('north', 'web')?.metadata.uid ?? ''
    const rs = aReplicaSet({ hash: 'v2', image: 'web:missing', size: 2, revision: 2 })
    const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid, controller: true }
    const { resourceVersion: _none, ...metadata } = rs.metadata
    const made = store.create(resources.replicaSets, {
      ...rs,
      metadata: { ...metadata, namespace: 'default', ownerReferences: [owner] },
    })
    expect(made).toMatchObject({ ok: true })
    const run = start()
    await until('first line', () => run.out.length === 1)
    expect(run.err).toEqual([])
    // Small steps: what is explained is read by real requests, which have three seconds of this clock.
    await advanceUntil(fleet.clock, 'an explanation', () => run.err.length >= 2, 50)
    expect(run.err[1]).toMatch(
      /^Why: . of 2 pods of revision 2 cannot pull image web:missing: .*\. \(Pod web-v2-\w+, for \d+s\) Check/,
    )
    fleet.setStatus('north', 'web', is('Healthy'))
    expect(await run.done).toBe(0)
    expect(run.out).toEqual(['Progressing - more replicas need to be updated', 'Healthy'])
  })
})
