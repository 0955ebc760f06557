import { join } from 'node:path'
import { expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { silentLog } from '#lib/log.ts'
import { historyFiles } from '#main/data-folder.ts'
import { openHistory } from '#main/history/store.ts'
import { aMetric } from '#test/support/builders/analysis.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aCliFleet, aFolder } from '#test/support/cli-fleet.ts'
import { recordReleases } from '#test/support/recorded-releases.ts'
import { runToEnd } from '#test/support/run-cli.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

/** A data folder in which updates of `web` are recorded; there was something stable beside the last two. */
function recorded(): string {
  const folder = aFolder()
  const path = join(folder, historyFiles.clusters)
  const history = openHistory({ path, clock: new VirtualClock(), log: silentLog })
  recordReleases(history, { context: 'north', namespace: 'default', name: 'web' }, [
    'Completed',
    'Completed',
    'Completed',
  ])
  history.close()
  return folder
}

const analysis = { templates: [{ templateName: 'smoke' }] }

async function aFleet() {
  const fleet = await aCliFleet('north')
  fleet.place('north', aRollout({ steps: [{ analysis }] }))
  const cluster = fleet.cluster('north')
  const template = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'smoke', namespace: 'default' },
    spec: {
      metrics: [
        aMetric({
          successCondition: 'result > 0.9',
          provider: { prometheus: { address: cluster.metricsUrl, query: '0.5' } },
        }),
      ],
    },
  }
  cluster.store.create(resources.analysisTemplates, template as never)
  const run = (folder: string, ...args: string[]) =>
    runToEnd(['back-test', 'web', ...args, '--kubeconfig', fleet.kubeconfig], fleet.clock, folder)
  return { run }
}

it('W6: tells what the analyses of a rollout would have said of its recorded releases', async () => {
  const { run } = await aFleet()
  const { out, err, code } = await run(recorded())
  expect({ err, code }).toEqual({ err: [], code: 0 })
  expect(out[0]).toBe('spec.strategy.canary.steps[0].analysis:')
  expect(out.slice(2, 4).map((line) => line.split(/\s+/).slice(1, 4))).toEqual([
    ['1.2', 'Completed', 'Failed'],
    ['1.1', 'Completed', 'Failed'],
  ])
  expect(out.at(-1)).toBe('Of 2 releases it would have aborted 2 (100 %), 2 of them completed ones, and paused 0.')
})

it('W6: tries out a template that the rollout does not name yet', async () => {
  const { run } = await aFleet()
  const { out, code } = await run(recorded(), '--template', 'smoke', '--releases', '1', '-o', 'json')
  expect(code).toBe(0)
  expect(JSON.parse(out.join('\n'))).toMatchObject({ analysis: 'smoke', releases: [{ release: { version: '1.2' } }] })
})

it('W6: says what is missing', async () => {
  const { run } = await aFleet()
  const nothing = await run(aFolder())
  expect(nothing).toMatchObject({ code: 1, err: [expect.stringContaining('no finished release of web is recorded')] })
  const unknown = await run(recorded(), '--template', 'none')
  expect(unknown).toMatchObject({ code: 1, err: ["argosy: none: AnalysisTemplate 'none' not found"] })
})
