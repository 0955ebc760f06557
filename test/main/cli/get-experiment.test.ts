import { expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { anExperiment } from '#test/support/builders/experiment.ts'
import { aCliFleet } from '#test/support/cli-fleet.ts'
import { runCli } from '#test/support/run-cli.ts'

it('ACT-121: one of nobody, as a tree or as it is; what is missing is told', async () => {
  const fleet = await aCliFleet('north')
  const { metadata: _metadata, ...rest } = anExperiment({ status: { phase: 'Running' } })
  fleet
    .cluster('north')
    .store.create(resources.experiments, { ...rest, metadata: { name: 'try', namespace: 'default' } })
  const get = (...words: string[]) => runCli(['get', ...words, '--kubeconfig', fleet.kubeconfig], fleet.clock)
  const tree = await get('experiment', 'try')
  expect(tree).toMatchObject({ err: [], code: 0 })
  expect(tree.out).toContain('Status:          ◌ Running')
  expect(JSON.parse((await get('exp', 'try', '-o', 'json')).out.join('\n'))).toMatchObject({
    kind: 'Experiment',
    metadata: { name: 'try' },
  })
  const missing = await get('experiment', 'gone')
  expect(missing).toMatchObject({ out: [], code: 1 })
  expect(missing.err[0]).toContain('"gone" not found')
  expect(await get('experiment', 'a', 'b')).toMatchObject({ code: 2 })
})
