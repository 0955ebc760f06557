import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AnalysisRun } from '#api/analysis.ts'
import type { Experiment } from '#api/experiment.ts'
import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import { silentLog } from '#lib/log.ts'
import { historyFiles } from '#main/data-folder.ts'
import { listActions } from '#main/history/journal.ts'
import { readHistory } from '#main/history/store.ts'
import { anAnalysisRun } from '#test/support/builders/analysis.ts'
import { anExperiment } from '#test/support/builders/experiment.ts'
import { aCliFleet, aFolder, type CliFleet } from '#test/support/cli-fleet.ts'
import { runCli, runToEnd } from '#test/support/run-cli.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const placed = (fleet: CliFleet, resource: Resource, object: KubeObject) => {
  const { uid: _uid, resourceVersion: _version, ...metadata } = object.metadata
  const made = fleet
    .cluster('north')
    .store.create(resource, { ...object, metadata: { ...metadata, namespace: 'default' } })
  if (!made.ok) throw new Error(made.error.message)
}
const stored = (fleet: CliFleet, resource: Resource, name: string) =>
  fleet.cluster('north').store.get(resource, { namespace: 'default', name })
const terminated = (fleet: CliFleet, resource: Resource, name: string) =>
  (stored(fleet, resource, name) as AnalysisRun | Experiment | undefined)?.spec.terminate

const running = anAnalysisRun(
  {},
  { metadata: { labels: { [labels.rolloutType]: 'Step' } }, status: { phase: 'Running' } },
)
const named = (name: string): AnalysisRun => ({ ...running, metadata: { ...running.metadata, name } })

async function aFleet(): Promise<CliFleet> {
  const fleet = await aCliFleet('north')
  placed(fleet, resources.analysisRuns, named('a'))
  placed(fleet, resources.analysisRuns, named('b'))
  placed(fleet, resources.experiments, anExperiment({ status: { phase: 'Running' } }))
  return fleet
}
const argosy = (fleet: CliFleet, ...args: string[]) =>
  runCli(['terminate', ...args, '--wait', '0', '--kubeconfig', fleet.kubeconfig], fleet.clock)

describe('terminate', () => {
  it('ACT-142, ACT-16: ends each that is named; one that is missing or has ended stops no other', async () => {
    const fleet = await aFleet()
    placed(fleet, resources.analysisRuns, { ...named('done'), status: { phase: 'Successful' } } as AnalysisRun)
    expect(await argosy(fleet, 'analysisrun', 'a', 'none', 'done', 'b')).toEqual({
      out: ["analysisRun 'a' terminated", "analysisRun 'b' terminated"],
      err: [
        'terminate analysisrun default/none: there is no such analysisRun',
        'terminate analysisrun default/done: Terminate is open until the AnalysisRun has ended: it is Successful',
      ],
      code: 1,
    })
    expect(['a', 'b', 'done'].map((name) => terminated(fleet, resources.analysisRuns, name))).toEqual([
      true,
      true,
      undefined,
    ])
  })

  it('ACT-142: an Experiment of nobody', async () => {
    const fleet = await aFleet()
    expect(await argosy(fleet, 'experiment', 'try')).toEqual({ out: ["experiment 'try' terminated"], err: [], code: 0 })
    expect(terminated(fleet, resources.experiments, 'try')).toBe(true)
  })

  it('--dry-run says what follows, above the kubectl command, and sends nothing', async () => {
    const fleet = await aFleet()
    const { out, code } = await argosy(fleet, 'analysisrun', 'a', '--dry-run')
    expect(code).toBe(0)
    expect(out).toEqual([
      '# Nothing of it is measured any more',
      '# It ends Successful, for no metric has failed',
      '# Warning: Rollout web counts it as passed and goes on with its next step. To go back, abort the rollout',
      expect.stringMatching(/^kubectl .*patch analysisruns.argoproj.io a --type=merge .*"terminate":true/),
    ])
    expect(terminated(fleet, resources.analysisRuns, 'a')).toBeUndefined()
  })

  it('ACT-14: a missing right is named, before and when it is sent', async () => {
    const fleet = await aFleet()
    const mayRead = { verbs: ['get', 'list', 'watch'], apiGroups: ['argoproj.io'], resources: ['analysisruns'] }
    const kubeconfig = await fleet.grant('north', [mayRead])
    const limited = (...more: string[]) =>
      runCli(['terminate', 'analysisrun', 'a', '--kubeconfig', kubeconfig, ...more], fleet.clock)
    const sent = await limited('--wait', '0')
    expect(sent.code).toBe(4)
    expect(sent.err).toEqual([
      expect.stringMatching(
        /permission denied: you need the right to patch analysisruns.argoproj.io in namespace default/,
      ),
    ])
    expect((await limited('--dry-run')).err).toEqual(['north: a: needs patch on analysisruns in namespace default'])
  })

  it('ACT-58: waits for an engine to end it, and says so when none does', async () => {
    const fleet = await aCliFleet('north')
    // Of nobody: the garbage collector takes what has an owner that is not there.
    for (const name of ['a', 'b']) placed(fleet, resources.analysisRuns, { ...running, metadata: { name } })
    const run = (name: string) =>
      runToEnd(['terminate', 'analysisrun', name, '--kubeconfig', fleet.kubeconfig], fleet.clock)
    expect(await run('a')).toEqual({
      out: ["analysisRun 'a' terminated"],
      err: [
        'terminate analysisrun default/a: accepted by the API server, but not seen to take effect after 30 s: no engine drives this cluster',
      ],
      code: 5,
    })
    const { store } = fleet.cluster('north')
    const end = (each: AnalysisRun): AnalysisRun => ({ ...each, status: { phase: 'Successful' } })
    store.onChange(({ object: { metadata } }) => {
      if (metadata.name === 'b') queueMicrotask(() => store.mutate(resources.analysisRuns, metadata, end))
    })
    expect(await run('b')).toEqual({ out: ["analysisRun 'b' terminated"], err: [], code: 0 })
  })

  it('ACT-15: is kept in the history, under the rollout it was for', async () => {
    const fleet = await aFleet()
    const folder = aFolder()
    const reason = 'the metric store is down, INC-7'
    const args = ['terminate', 'analysisrun', 'a', '--wait', '0', '--reason', reason, '--kubeconfig', fleet.kubeconfig]
    expect(await runCli(args, fleet.clock, folder)).toMatchObject({ code: 0 })
    const opened = readHistory({ path: join(folder, historyFiles.sandbox), clock: new VirtualClock(), log: silentLog })
    if (!opened.ok) throw new Error(opened.error.message)
    const kept = listActions(opened.value, { limit: 10 })
    opened.value.close()
    expect(kept).toMatchObject([{ action: 'terminateAnalysis', name: 'web', reason, via: 'cli', sent: true }])
  })
})
