import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aCliFleet, aFolder, type CliFleet } from '#test/support/cli-fleet.ts'
import { runToEnd } from '#test/support/run-cli.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const held = {
  phase: 'Paused',
  observedGeneration: '1',
  currentPodHash: 'new',
  stableRS: 'old',
  currentStepIndex: 1,
  controllerPause: true,
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' }],
} as const
const resting = { phase: 'Healthy', observedGeneration: '1', currentPodHash: 'a', stableRS: 'a' } as const
const canary = aRollout({ image: 'registry.test/web:1', steps: [setWeight(20), pause(), setWeight(60)] })

/** Somebody's clusters, not the sandbox: rails are around them. */
async function aFleet(status: typeof held | typeof resting, ...contexts: readonly string[]) {
  const fleet: CliFleet = await aCliFleet(...contexts)
  for (const context of contexts) fleet.place(context, canary, status)
  const folder = aFolder()
  const kubeconfig = join(folder, 'own')
  writeFileSync(kubeconfig, readFileSync(fleet.kubeconfig, 'utf8').replace(/^#.*\n/, ''))
  const set = (file: string, content: unknown) => {
    writeFileSync(join(folder, file), JSON.stringify(content))
    chmodSync(join(folder, file), 0o600)
  }
  const argosy = (...args: readonly string[]) =>
    runToEnd(
      [...args, ...(args[0] === 'history' ? [] : ['--wait', '0', '--kubeconfig', kubeconfig])],
      fleet.clock,
      folder,
    )
  return { fleet, argosy, set }
}

const iso = (at: number) => new Date(at).toISOString()
const freeze = { from: iso(T0 - 1000), until: iso(T0 + 3_600_000), reason: 'year-end close' }

describe('argosy and protected contexts', () => {
  it('UI-ACT-2: a context whose name says production is confirmed by its name; an abort is not', async () => {
    const { argosy, fleet } = await aFleet(held, 'prod-eu')
    const refused = await argosy('promote', 'web')
    expect(refused).toMatchObject({ code: 1, out: [] })
    expect(refused.err).toEqual([
      'promote default/web: the context is protected: confirm it by its name, prod-eu (--confirm prod-eu)',
    ])
    expect(fleet.rollout('prod-eu', 'web')?.status).toHaveProperty('pauseConditions')
    expect(await argosy('promote', 'web', '--confirm', 'prod-eu')).toMatchObject({ code: 0 })
    expect(await argosy('abort', 'web')).toMatchObject({ code: 0 })
  })

  it('a full promote there takes one more word', async () => {
    const { argosy } = await aFleet(held, 'prod-eu')
    const refused = await argosy('promote', 'web', '--full', '--confirm', 'prod-eu')
    expect(refused.err).toEqual([expect.stringContaining('(--confirm prod-eu --skip-checks)')])
    expect(await argosy('promote', 'web', '--full', '--confirm', 'prod-eu', '--skip-checks')).toMatchObject({ code: 0 })
  })

  it('settings say otherwise, and a dry run tells what it takes', async () => {
    const { argosy, set } = await aFleet(held, 'prod-eu', 'lab')
    set('clusters.json', { 'prod-eu': { protected: false }, lab: { protected: true } })
    expect(
      (await argosy('promote', 'web', '--dry-run', '--all-contexts')).out.filter((line) => /Takes/.test(line)),
    ).toEqual(['# Takes (--confirm lab): the context is protected'])
    expect(await argosy('promote', 'web', '--all-contexts')).toMatchObject({
      out: ["prod-eu: rollout 'web' promoted"],
      err: [expect.stringMatching(/^lab: /)],
    })
  })
})

describe('argosy in a freeze', () => {
  it('refuses, and takes a reason from who breaks the glass; that is in the record', async () => {
    const { argosy, set } = await aFleet(held, 'lab')
    set('clusters.json', { lab: { freezes: [freeze] } })
    expect((await argosy('promote', 'web', '--break-glass')).err).toEqual([
      'promote default/web: a written reason is needed to break the glass: frozen until 2026-01-15T11:00:00Z: year-end close (--break-glass --reason <why>)',
    ])
    expect(await argosy('promote', 'web', '--break-glass', '--reason', 'INC-4127')).toMatchObject({ code: 0 })
    const { out } = await argosy('history', '--actions', '-o', 'json')
    expect(JSON.parse(out.join(''))).toMatchObject([
      { sent: true, reason: 'INC-4127', setAside: expect.stringContaining('year-end close') },
      { sent: false, result: expect.stringContaining('a written reason is needed') },
    ])
    expect((await argosy('history', '--actions')).out[1]).toContain('(set aside: frozen until')
    expect(await argosy('undo', 'web', '--dry-run')).toMatchObject({
      code: 1,
      err: [expect.not.stringContaining('frozen')],
    })
  })

  it('ACT-142: an analysis is not ended either', async () => {
    const { argosy, set, fleet } = await aFleet(held, 'lab')
    set('settings.json', { freezes: [freeze] })
    const run = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', spec: { metrics: [] } }
    fleet
      .cluster('lab')
      .store.create(resources.analysisRuns, { ...run, metadata: { name: 'run', namespace: 'default' } })
    expect((await argosy('terminate', 'analysisrun', 'run')).err).toEqual([expect.stringContaining('year-end close')])
    const broken = await argosy('terminate', 'analysisrun', 'run', '--break-glass', '--reason', 'INC-1')
    expect(broken).toMatchObject({ code: 0, err: [] })
  })
})

describe('argosy and the limit of changes', () => {
  it('counts those of all its clusters, and those of the command itself', async () => {
    const { argosy, set, fleet } = await aFleet(resting, 'a', 'b', 'c')
    set('settings.json', { maxConcurrentChanges: 2 })
    fleet.setStatus('c', 'web', held)
    const { out, err } = await argosy('set-image', 'web', 'web=registry.test/web:2', '--all-contexts')
    // One was under way, that one may go on, and one more may begin.
    expect(out.toSorted()).toEqual([expect.stringMatching(/^[ab]: /), expect.stringMatching(/^c: /)])
    expect(err).toEqual([expect.stringContaining('2 changes are under way in the fleet, and no more than 2 may be')])
    expect(
      await argosy('restart', 'web', '--context', err[0]?.[0] ?? '', '--break-glass', '--reason', 'INC-1'),
    ).toMatchObject({
      code: 0,
    })
  })

  it('a cluster that does not tell is not taken for one at rest', async () => {
    const { argosy, set, fleet } = await aFleet(resting, 'a', 'b')
    set('settings.json', { maxConcurrentChanges: 2 })
    await fleet.cluster('b').server.close()
    const { err } = await argosy('restart', 'web', '--all-contexts')
    expect(err[0]).toContain('not known')
  })
})
