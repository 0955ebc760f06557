import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { targetRollout } from '#engine/migration/migration.ts'
import { silentLog } from '#lib/log.ts'
import { historyFiles } from '#main/data-folder.ts'
import { listActions } from '#main/history/journal.ts'
import { readHistory } from '#main/history/store.ts'
import { aFolder } from '#test/support/cli-fleet.ts'
import { aMigrationStage } from '#test/support/migration-stage.ts'
import { runCli, runToEnd } from '#test/support/run-cli.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

type Stage = Awaited<ReturnType<typeof aMigrationStage>>

/** Somebody's cluster, not the sandbox: rails are around it. */
function argosy(stage: Stage, folder: string, ...args: string[]) {
  const kubeconfig = join(folder, 'own')
  writeFileSync(kubeconfig, readFileSync(stage.fleet.kubeconfig, 'utf8').replace(/^#.*\n/, ''))
  return runToEnd(['make-rollout', ...args, '--kubeconfig', kubeconfig], stage.clock, folder)
}

const actionsIn = (folder: string, clock: VirtualClock) => {
  const opened = readHistory({ path: join(folder, historyFiles.clusters), clock, log: silentLog })
  if (!opened.ok) throw new Error(opened.error.message)
  const actions = listActions(opened.value, { limit: 10 })
  opened.value.close()
  return actions
}

describe('make-rollout', { timeout: 60_000 }, () => {
  it('ACT-15: tells each step as it is done, there and back, and keeps both in the history', async () => {
    const stage = await aMigrationStage()
    const folder = aFolder()
    expect(await argosy(stage, folder, 'deployment/web', '--reason', 'steps')).toEqual({
      out: [
        'done: Create Rollout web, with the template of Deployment web',
        'done: Point HorizontalPodAutoscaler web at Rollout web',
        'done: The engine brings up the pods of Rollout web: it is Healthy',
        'done: The engine scales Deployment web to 0',
        "rollout 'web' made of deployment 'web'",
      ],
      err: [],
      code: 0,
    })
    expect(stage.deployment()?.spec.replicas).toBe(0)
    const back = await argosy(stage, folder, 'web', '--undo')
    expect(back).toMatchObject({ err: [], code: 0 })
    expect(back.out.at(-1)).toBe("deployment 'web' has its pods back, rollout 'web' is gone")
    expect([stage.rollout(), stage.deployment()?.status?.availableReplicas]).toEqual([undefined, 3])
    expect(actionsIn(folder, stage.clock)).toMatchObject([
      { action: 'backToDeployment', name: 'web', sent: true, via: 'cli' },
      { action: 'makeRollout', name: 'web', reason: 'steps', sent: true, via: 'cli' },
    ])
  })

  it('--dry-run: effects, warnings, each step with its kubectl command, and nothing is done', async () => {
    const stage = await aMigrationStage()
    const { out, code } = await argosy(stage, aFolder(), 'web', '--dry-run', '--steps', '10,pause:5m')
    expect(code).toBe(0)
    expect(out).toContain("# Later changes of the Deployment's template go out in steps: 10%, wait 5m")
    expect(out).toContain(
      '# Warning: Until the Deployment is at 0 there are up to 6 pods: nodes and quotas need room for 3 more',
    )
    const at = out.indexOf('# 1. Create Rollout web, with the template of Deployment web')
    expect(out[at + 1]).toMatch(/^kubectl --context eu -n default create .*"workloadRef":/s)
    expect(out.at(-1)).toBe('# 4. The engine scales Deployment web to 0 (waited for)')
    expect(stage.rollout()).toBeUndefined()
  })

  it('-o yaml: the objects alone, for Git', async () => {
    const stage = await aMigrationStage()
    const args = ['web', '-o', 'yaml', '--strategy', 'blueGreen', '--active-service', 'web', '--rollout-name', 'shop']
    const { out, err, code } = await argosy(stage, aFolder(), ...args)
    expect({ err, code }).toEqual({ err: [], code: 0 })
    const [rollout, scaler] = parseAllDocuments(out.join('\n')).map((each) => each.toJS() as unknown)
    expect(rollout).toMatchObject({
      kind: 'Rollout',
      metadata: { name: 'shop', namespace: 'default' },
      spec: { strategy: { blueGreen: { activeService: 'web' } } },
    })
    expect(scaler).toMatchObject({ kind: 'HorizontalPodAutoscaler', spec: { scaleTargetRef: targetRollout('shop') } })
  })

  it('--wait 0 sends what can be sent at once; -o json says how far it came, with 5', async () => {
    const stage = await aMigrationStage()
    const { out, code } = await argosy(stage, aFolder(), 'web', '--wait', '0', '-o', 'json')
    expect(code).toBe(5)
    expect(parse(out.join('\n'))).toMatchObject({
      context: 'eu',
      done: false,
      message: expect.stringMatching(
        /still to come: The engine brings up .* 2 of its steps are taken; the same command/,
      ),
    })
  })

  it('UI-ACT-2: a protected context takes its name, both ways; a freeze shuts only the way there', async () => {
    const stage = await aMigrationStage()
    const folder = aFolder()
    const freeze = { from: '2020-01-01T00:00:00Z', until: '2099-01-01T00:00:00Z', reason: 'peak' }
    writeFileSync(join(folder, 'clusters.json'), JSON.stringify({ eu: { protected: true, freezes: [freeze] } }))
    chmodSync(join(folder, 'clusters.json'), 0o600)
    const frozen = await argosy(stage, folder, 'web')
    expect(frozen.code).toBe(1)
    expect(frozen.err[0]).toContain('frozen until 2099')
    const broken = ['--break-glass', '--reason', 'must']
    const unnamed = await argosy(stage, folder, 'web', ...broken)
    expect(unnamed.err[0]).toContain('confirm it by its name, eu')
    expect((await argosy(stage, folder, 'web', ...broken, '--confirm', 'eu')).code).toBe(0)
    expect((await argosy(stage, folder, 'web', '--undo')).err[0]).toContain('confirm it by its name, eu')
    expect((await argosy(stage, folder, 'web', '--undo', '--confirm', 'eu')).code).toBe(0)
  })

  it('what cannot be is told with 1', async () => {
    const stage = await aMigrationStage({ driven: false })
    expect(await argosy(stage, aFolder(), 'none')).toEqual({
      out: [],
      err: ['make-rollout default/none: there is no such deployment'],
      code: 1,
    })
    expect((await argosy(stage, aFolder(), 'web', '--undo')).err).toEqual([
      'make-rollout default/web: no rollout of that name, or of a deployment web, takes its template from a deployment',
    ])
    expect((await argosy(stage, aFolder(), 'web', '--strategy', 'blueGreen')).err).toEqual([
      'make-rollout default/web: Choose the Service that blue-green is to switch (one of: web)',
    ])
  })

  it.each([
    [['job/web'], 'expected deployment/NAME, or NAME: job/web'],
    [['web', '--scale-down', 'soon'], 'Allowed choices are onsuccess, progressively, never'],
    [['web', '--wait', 'long'], 'invalid duration "long"'],
    [['web', '--undo', '-o', 'yaml'], 'not the way back'],
  ])('argosy make-rollout %j is a mistake', async (args, message) => {
    const { err, code } = await runCli(['make-rollout', ...args], new VirtualClock())
    expect(code).toBe(2)
    expect(err.join('\n')).toContain(message)
  })
})
