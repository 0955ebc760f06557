import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { rolloutKey } from '#contract/keys.ts'
import { silentLog } from '#lib/log.ts'
import { historyFiles } from '#main/data-folder.ts'
import { createRecorder } from '#main/history/recorder.ts'
import { openHistory } from '#main/history/store.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aPodTemplate, aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aCliFleet, aFolder, type CliFleet } from '#test/support/cli-fleet.ts'
import { runCli } from '#test/support/run-cli.ts'

/** `web` with a variable that is a secret by its name. */
function aWeb(image: string, token: string): Rollout {
  const rollout = aRollout({ image, steps: [setWeight(20), pause()] })
  const [container] = rollout.spec.template?.spec?.containers ?? []
  const containers = [{ ...container, name: 'web', env: [{ name: 'API_TOKEN', value: token }] }]
  const metadata = { ...rollout.metadata, namespace: 'default' }
  return {
    ...rollout,
    metadata,
    spec: { ...rollout.spec, template: { ...rollout.spec.template, spec: { containers } } },
  }
}

async function aFleet(): Promise<CliFleet> {
  const fleet = await aCliFleet('north', 'south')
  fleet.place('north', aWeb('web:2', 'hunter2'))
  fleet.place('south', aWeb('web:3', 'hunter3'))
  return fleet
}

const diff = (fleet: CliFleet, args: readonly string[], dataFolder?: string) =>
  runCli(['diff', ...args, '--kubeconfig', fleet.kubeconfig], fleet.clock, dataFolder)

describe('argosy diff', () => {
  it('UI-DIFF-1: one rollout in two contexts, meaning first, then the text; exits with 1', async () => {
    const { out, err, code } = await diff(await aFleet(), ['web', '--context', 'north', '--context', 'south'])
    expect(code).toBe(1)
    expect(err).toEqual([])
    expect(out[0]).toMatch(/^~ +image +.*2 → 3$/)
    expect(out[out.indexOf('') + 1]).toBe('--- web · north · spec')
    expect(out[out.indexOf('') + 2]).toBe('+++ web · south · spec')
    expect(out.join('\n')).toMatch(/^-.*image: web:2$/m)
    expect(out.join('\n')).toMatch(/^\+.*image: web:3$/m)
  })

  it('UI-DIFF-3: secret values leave no trace, and still differ or not', async () => {
    const fleet = await aFleet()
    const file = join(fleet.folder, 'web.yaml')
    writeFileSync(file, stringify(aWeb('web:2', 'hunter2')))
    for (const args of [
      ['web', '--context', 'north', '--context', 'south'],
      [file, 'web', '--context', 'south', '-o', 'json'],
    ]) {
      const { out } = await diff(fleet, args)
      expect(out.join('\n')).not.toContain('hunter')
      expect(out.join('\n')).toContain('hidden, differs')
    }
  })

  it('a file and what the cluster has: what means the same is no difference, and exits with 0', async () => {
    const fleet = await aFleet()
    const file = join(fleet.folder, 'web.yaml')
    writeFileSync(file, stringify(aWeb('web:2', 'hunter2')))
    expect(await diff(fleet, [file, 'web'])).toEqual({
      out: [],
      err: [`No difference: ${file} · Rollout web, web · north · spec.`],
      code: 0,
    })
    const json = await diff(fleet, ['web', file, '--context', 'south', '-o', 'json'])
    expect(JSON.parse(json.out.join('\n'))).toMatchObject({
      summary: [{ group: 'image', before: '3', after: '2' }, {}],
    })
    expect(json.code).toBe(1)
  })

  it('ACT-101: two revisions, also one that only the history has', async () => {
    const fleet = await aFleet()
    const { uid = '' } = fleet.rollout('north', 'web')?.metadata ?? {}
    const set = aReplicaSet({ image: 'web:2', revision: 2, hash: 'v2' })
    const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid, controller: true }
    const metadata = { ...set.metadata, namespace: 'default', ownerReferences: [owner] }
    const made = fleet.cluster('north').store.create(resources.replicaSets, { ...set, metadata })
    expect(made.ok).toBe(true)
    const folder = aFolder()
    const history = openHistory({ path: join(folder, historyFiles.clusters), clock: fleet.clock, log: silentLog })
    const recorder = createRecorder({ history, clock: fleet.clock, log: silentLog })
    const key = rolloutKey({ context: 'north', namespace: 'default', name: 'web' })
    recorder.capture(key, uid, [{ revision: 1, template: aPodTemplate('web:1'), version: '1' }])
    history.close()
    const { out, code } = await diff(fleet, ['web@1', 'web@2'], folder)
    expect(code).toBe(1)
    expect(out[0]).toMatch(/^~ +image +.*1 → 2$/)
    expect(await diff(fleet, ['web@2', 'web@2'], folder)).toMatchObject({ code: 0, out: [] })
  })

  it('errors are not taken for a difference: they exit with 2 and more', async () => {
    const fleet = await aFleet()
    expect(await diff(fleet, ['web@9', 'web'])).toMatchObject({
      code: 2,
      err: [expect.stringContaining('web · north · revision 9 is neither in the cluster nor in the history')],
    })
    expect(await diff(fleet, ['nobody', 'web'])).toMatchObject({ code: 2, out: [] })
    expect(await diff(fleet, ['web@applied', 'web'])).toMatchObject({
      code: 2,
      err: [expect.stringContaining('was not applied with kubectl apply')],
    })
    expect(await diff(fleet, ['web'])).toMatchObject({
      code: 2,
      err: [expect.stringContaining('two sides are compared')],
    })
    expect(await diff(fleet, ['web@x', 'web'])).toMatchObject({ code: 2 })
    expect(await diff(fleet, ['missing.yaml', 'web'])).toMatchObject({
      code: 2,
      err: ['argosy: the file missing.yaml cannot be read'],
    })
    const limited = await fleet.grant('north', [])
    const refused = await runCli(['diff', 'web', 'web@1', '--kubeconfig', limited], fleet.clock)
    expect(refused).toMatchObject({ code: 4, out: [] })
  })
})
