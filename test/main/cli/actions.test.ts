import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { controllerNamespace, leaseName } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { silentLog } from '#lib/log.ts'
import { historyFiles } from '#main/data-folder.ts'
import { listActions } from '#main/history/journal.ts'
import { readHistory } from '#main/history/store.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aCliFleet, aFolder, type CliFleet } from '#test/support/cli-fleet.ts'
import { runCli, runToEnd } from '#test/support/run-cli.ts'
import { anEngineOn } from '#test/support/sandbox-engine.ts'
import { advanceUntil } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const held = {
  phase: 'Paused',
  message: 'CanaryPauseStep',
  currentPodHash: 'v2',
  stableRS: 'v1',
  currentStepIndex: 1,
  controllerPause: true,
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' }],
} as const
const canary = aRollout({ image: 'registry.test/web:1.0.0', steps: [setWeight(20), pause(), setWeight(60)] })

/** Without an engine there is no effect to wait for. */
const argosy = (fleet: CliFleet, ...args: string[]) =>
  runCli([...args, '--wait', '0', '--kubeconfig', fleet.kubeconfig], fleet.clock)

async function aHeldCanary(...contexts: string[]): Promise<CliFleet> {
  const fleet = await aCliFleet(...contexts)
  for (const context of contexts) fleet.place(context, canary, held)
  return fleet
}

describe('commands that change a rollout', () => {
  it('ACT-35: promote ends the pause', async () => {
    const fleet = await aHeldCanary('north')
    expect(await argosy(fleet, 'promote', 'web')).toEqual({ out: ["rollout 'web' promoted"], err: [], code: 0 })
    expect(fleet.rollout('north', 'web')?.status).not.toHaveProperty('pauseConditions')
  })

  it('ACT-16: several contexts: a line and a result each; the dead one decides the code', async () => {
    const fleet = await aHeldCanary('north', 'south', 'west')
    await fleet.cluster('south').server.close()
    const { out, err, code } = await runToEnd(
      ['abort', 'web', '--all-contexts', '--wait', '0', '--kubeconfig', fleet.kubeconfig],
      fleet.clock,
    )
    expect(code).toBe(3)
    expect(out).toEqual(["north: rollout 'web' aborted", "west: rollout 'web' aborted"])
    expect(err).toEqual([expect.stringMatching(/^south: abort default\/web: the cluster does not answer: /)])
    expect(['north', 'west'].map((context) => fleet.rollout(context, 'web')?.status?.abort)).toEqual([true, true])
  })

  it('ACT-16: several names: the rest goes on after one that is missing', async () => {
    const fleet = await aHeldCanary('north')
    expect(await argosy(fleet, 'pause', 'gone', 'web')).toEqual({
      out: ["rollout 'web' paused"],
      err: ['pause default/gone: there is no such rollout'],
      code: 1,
    })
    expect(fleet.rollout('north', 'web')?.spec.paused).toBe(true)
  })

  it('ACT-158: what is not open is refused with its reason, and nothing is sent', async () => {
    const fleet = await aHeldCanary('north')
    const before = fleet.rollout('north', 'web')
    const { out, err, code } = await argosy(fleet, 'retry', 'web')
    expect({ out, code }).toEqual({ out: [], code: 1 })
    expect(err).toEqual([expect.stringMatching(/^retry default\/web: ./)])
    expect(fleet.rollout('north', 'web')).toEqual(before)
  })

  it('ACT-160: a missing right is named, with the code for it', async () => {
    const fleet = await aHeldCanary('north')
    const mayRead = { verbs: ['get', 'list', 'watch'], apiGroups: ['argoproj.io'], resources: ['rollouts'] }
    const limited = await fleet.grant('north', [mayRead])
    const { err, code } = await runCli(['promote', 'web', '--wait', '0', '--kubeconfig', limited], fleet.clock)
    expect(code).toBe(4)
    expect(err).toEqual([
      expect.stringMatching(
        /^promote default\/web: permission denied: you need the right to patch rollouts.argoproj.io\/status in namespace default/,
      ),
    ])
  })

  it('--dry-run prints kubectl commands and sends nothing', async () => {
    const fleet = await aHeldCanary('north')
    const before = fleet.rollout('north', 'web')
    const { out, code } = await argosy(fleet, 'promote', 'web', '--full', '--dry-run')
    expect(code).toBe(0)
    expect(out.filter((line) => !line.startsWith('# '))).toEqual([
      expect.stringMatching(/^kubectl .*--context[ =]'?north.*promoteFull/),
    ])
    expect(fleet.rollout('north', 'web')).toEqual(before)
  })

  it('prints results for programs', async () => {
    const fleet = await aHeldCanary('north')
    const { out, code } = await argosy(fleet, 'abort', 'web', 'gone', '-o', 'json')
    expect(code).toBe(1)
    expect(JSON.parse(out.join('\n'))).toEqual([
      { context: 'north', namespace: 'default', name: 'web', sent: true, message: "rollout 'web' aborted" },
      expect.objectContaining({ name: 'gone', sent: false, refusal: { kind: 'unknownTarget' } }),
    ])
  })
})

describe('waiting for the effect', () => {
  const waiting = (fleet: CliFleet, ...args: string[]) =>
    runToEnd([...args, '--kubeconfig', fleet.kubeconfig], fleet.clock)
  const unseen = 'accepted by the API server, but not seen to take effect after 30 s'

  it('ACT-58: with no engine there the wait ends after 30 s, says so, and has its own exit code', async () => {
    const fleet = await aHeldCanary('north')
    const { out, err, code } = await waiting(fleet, 'abort', 'web')
    expect({ out, code }).toEqual({ out: ["rollout 'web' aborted"], code: 5 })
    expect(err).toEqual([`abort default/web: ${unseen}: no engine drives this cluster`])
  })

  it('ACT-58, OPS-40: names the engine that should have acted', async () => {
    const fleet = await aHeldCanary('north')
    const metadata = { name: leaseName, namespace: controllerNamespace }
    const renewTime = new Date(fleet.clock.now() + 20_000).toISOString()
    const spec = { holderIdentity: 'argo-rollouts-7d9_1', leaseDurationSeconds: 15, renewTime }
    const { store } = fleet.cluster('north')
    store.create(resources.leases, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata,
      spec,
    } as KubeObject)
    const { err, code } = await waiting(fleet, 'promote', 'web')
    expect(code).toBe(5)
    expect(err).toEqual([
      `promote default/web: ${unseen}: the engine that drives this cluster (argo-rollouts-7d9_1) should have acted and may be down`,
    ])
  })

  it('ACT-58: a shorter wait, several names at once, results for programs', async () => {
    const fleet = await aHeldCanary('north')
    fleet.place('north', { ...canary, metadata: { name: 'api' } }, held)
    const before = fleet.clock.now()
    const { out, code } = await waiting(fleet, 'abort', 'web', 'api', '--wait', '5s', '-o', 'json')
    expect(code).toBe(5)
    expect(fleet.clock.now() - before).toBeLessThan(10_000)
    expect(JSON.parse(out.join('\n'))).toMatchObject([
      { name: 'web', sent: true, effect: 'notSeen' },
      { name: 'api', sent: true, effect: 'notSeen' },
    ])
  })

  it('ACT-58: who may not watch is told so at once', async () => {
    const fleet = await aHeldCanary('north')
    const mayAct = { verbs: ['get', 'patch'], apiGroups: ['argoproj.io'], resources: ['rollouts', 'rollouts/status'] }
    const limited = await fleet.grant('north', [mayAct])
    const before = fleet.clock.now()
    const { err, code } = await runToEnd(['abort', 'web', '--kubeconfig', limited], fleet.clock)
    expect(code).toBe(5)
    expect(err[0]).toMatch(/accepted by the API server, but its effect cannot be watched: permission denied/)
    expect(fleet.clock.now() - before).toBeLessThan(10_000)
  })

  it('ACT-45: promote --full right after a change waits for a controller, then gives up in words', async () => {
    const fleet = await aHeldCanary('north')
    fleet.setStatus('north', 'web', { ...held, observedGeneration: '0' })
    const { out, err, code } = await waiting(fleet, 'promote', 'web', '--full')
    expect({ out, code }).toEqual({ out: [], code: 1 })
    expect(err).toEqual(['promoteFull default/web: the change was not picked up by a controller'])
  })
})

describe('promote and its flags', () => {
  it('ACT-21: both skip flags are refused before any request', async () => {
    const fleet = await aHeldCanary('north')
    const before = fleet.cluster('north').server.requestCount.size
    const { err, code } = await argosy(fleet, 'promote', 'web', '--skip-current-step', '--skip-all-steps')
    expect(code).toBe(2)
    expect(err[0]).toContain('Cannot use skip-current-step and skip-all-steps flags at the same time')
    expect(fleet.cluster('north').server.requestCount.size).toBe(before)
  })

  it.each([
    ['--full', '--skip-current-step', 2],
    ['--full', '--skip-all-steps', 3],
  ])('ACT-20, ACT-23: %s gives way to %s', async (full, skip, currentStepIndex) => {
    const fleet = await aHeldCanary('north')
    expect(await argosy(fleet, 'promote', 'web', full, skip)).toMatchObject({ code: 0 })
    expect(fleet.rollout('north', 'web')?.status).toMatchObject({ currentStepIndex })
    expect(fleet.rollout('north', 'web')?.status).not.toHaveProperty('promoteFull')
  })

  it('ACT-24: says which promotion it was', async () => {
    const fleet = await aHeldCanary('north')
    expect((await argosy(fleet, 'promote', 'web', '--full')).out).toEqual(["rollout 'web' fully promoted"])
  })
})

describe('what a command line means', () => {
  it('ACT-7: a namespace is asked for, else it is the one of the context', async () => {
    const fleet = await aHeldCanary('north')
    const { err } = await argosy(fleet, 'pause', 'web', '--namespace', 'pay')
    expect(err).toEqual(['pause pay/web: there is no such rollout'])
    expect((await argosy(fleet, 'pause', 'web')).code).toBe(0)
  })

  it('ACT-71, ACT-72: resume ends the pause and moves no step', async () => {
    const fleet = await aHeldCanary('north')
    expect(await argosy(fleet, 'resume', 'web')).toMatchObject({ code: 0 })
    expect(fleet.rollout('north', 'web')?.status).toMatchObject({ currentStepIndex: 1 })
    expect(fleet.rollout('north', 'web')?.status).not.toHaveProperty('pauseConditions')
  })

  it('ACT-54: abort --resume sends status first, then ends the pause set by hand', async () => {
    const fleet = await aHeldCanary('north')
    await argosy(fleet, 'pause', 'web')
    expect(await argosy(fleet, 'abort', 'web', '--resume')).toMatchObject({ code: 0 })
    expect(fleet.rollout('north', 'web')).toMatchObject({ spec: { paused: false }, status: { abort: true } })
  })

  it.each(['web', 'web=', '=web:2', 'web=a=b'])(
    'ACT-110: set-image refuses %s before any request',
    async (assignment) => {
      const fleet = await aHeldCanary('north')
      const { err, code } = await argosy(fleet, 'set-image', 'web', assignment)
      expect(code).toBe(2)
      expect(err[0]).toContain(`expected container=image, not "${assignment}"`)
    },
  )
})

describe('restart', () => {
  it('ACT-80, ACT-81: --in sets a later time, in the words it was given in', async () => {
    const fleet = await aHeldCanary('north')
    const { out } = await argosy(fleet, 'restart', 'web', '--in', '1h30m')
    expect(out).toEqual(["rollout 'web' restarts in 1h30m"])
    expect(fleet.rollout('north', 'web')?.spec.restartAt).toBe('2026-01-15T11:30:00Z')
  })

  it('ACT-84: --cancel takes it back, and only while it is still to come', async () => {
    const fleet = await aHeldCanary('north')
    await argosy(fleet, 'restart', 'web', '--in', '1h')
    expect(await argosy(fleet, 'restart', 'web', '--cancel')).toMatchObject({ code: 0 })
    expect(fleet.rollout('north', 'web')?.spec).not.toHaveProperty('restartAt')
    const { err, code } = await argosy(fleet, 'restart', 'web', '--cancel')
    expect(code).toBe(1)
    expect(err).toEqual(['cancelRestart default/web: Cancel restart is open while a restart is scheduled'])
  })

  it.each([['5'], ['soon'], ['1d']])('ACT-80: refuses the duration %s', async (delay) => {
    const fleet = await aHeldCanary('north')
    const { err, code } = await argosy(fleet, 'restart', 'web', '--in', delay)
    expect(code).toBe(2)
    expect(err.join('\n')).toContain(`invalid duration "${delay}"`)
    expect(fleet.rollout('north', 'web')?.spec).not.toHaveProperty('restartAt')
  })
})

describe('commands and the engine', () => {
  it('ACT-36…110, ACT-58: an update held, aborted, tried again, promoted, undone, restarted', async () => {
    const fleet = await aCliFleet('north')
    const { kubeconfig, clock } = fleet
    const driven = anEngineOn(kubeconfig, 'north', clock)
    const rollout = () => fleet.rollout('north', 'web')
    const reaches = (phase: string, message = '') =>
      advanceUntil(clock, `${phase} ${message}`, () => {
        const { status, metadata } = rollout() ?? {}
        const observed = status?.observedGeneration === String(metadata?.generation)
        return observed && status?.phase === phase && (status.message ?? '').includes(message)
      })
    const run = (...args: string[]) => runToEnd([...args, '--kubeconfig', kubeconfig], clock)
    const done = async (...args: string[]) => expect(await run(...args)).toMatchObject({ code: 0, err: [] })
    try {
      fleet.place('north', canary)
      await reaches('Healthy')
      await done('set-image', 'web', 'web=registry.test/web:2.0.0')
      await reaches('Paused', 'CanaryPauseStep')
      await done('abort', 'web')
      await reaches('Degraded', 'RolloutAborted')
      expect(await run('status', 'web', '--watch=false')).toMatchObject({ out: ['Degraded'], code: 1 })
      await done('retry', 'web')
      await reaches('Paused', 'CanaryPauseStep')
      await done('pause', 'web')
      await reaches('Paused', 'manually paused')
      await done('resume', 'web')
      await reaches('Healthy')
      await done('undo', 'web')
      await reaches('Paused', 'CanaryPauseStep')
      await done('promote', 'web', '--full')
      await reaches('Healthy')
      expect(rollout()?.spec.template?.spec?.containers[0]?.image).toBe('registry.test/web:1.0.0')
      await done('restart', 'web')
      await advanceUntil(clock, 'restarted', () => rollout()?.status?.restartedAt === rollout()?.spec.restartAt)
      await done('restart', 'web', '--in', '1h')
      await done('restart', 'web', '--cancel')
      expect(rollout()?.spec).not.toHaveProperty('restartAt')
      const tree = await run('get', 'web')
      expect(tree.out).toContain('Images:          registry.test/web:1.0.0 (stable)')
      expect(tree.out.some((line) => /□ web-\S+ +Pod /.test(line))).toBe(true)
    } finally {
      await driven.stop()
    }
  })
})

const byContext = (a: { readonly context: string }, b: { readonly context: string }) => (a.context < b.context ? -1 : 1)

describe('the journal', () => {
  const listed = (folder: string, file: string = historyFiles.sandbox) => {
    const opened = readHistory({ path: join(folder, file), clock: new VirtualClock(), log: silentLog })
    if (!opened.ok) throw new Error(opened.error.message)
    const actions = listActions(opened.value, { limit: 10 })
    opened.value.close()
    return actions
  }
  const run = (fleet: CliFleet, folder: string, ...args: string[]) =>
    runCli([...args, '--wait', '0', '--kubeconfig', fleet.kubeconfig], fleet.clock, folder)

  it('ACT-15: each action is kept with who, when, why and what came of it; the reason goes nowhere else', async () => {
    const fleet = await aHeldCanary('north', 'south')
    const folder = aFolder()
    const reason = 'pool starvation, INC-4127'
    expect(await run(fleet, folder, 'abort', 'web', 'none', '--all-contexts', '--reason', reason)).toMatchObject({
      code: 1,
    })
    const about = { action: 'abort', actor: userInfo().username, reason, via: 'cli', at: fleet.clock.now() }
    expect(listed(folder).toSorted((a, b) => (a.key < b.key ? -1 : 1))).toMatchObject([
      { ...about, context: 'north', name: 'none', sent: false, result: 'refused: the rollout is not there' },
      { ...about, context: 'north', name: 'web', sent: true },
      { ...about, context: 'south', name: 'none', sent: false },
      { ...about, context: 'south', name: 'web', sent: true },
    ])
    const opened = new DatabaseSync(join(folder, historyFiles.sandbox))
    const row = opened.prepare(`SELECT body FROM journal WHERE key = 'north/default/web'`).get()
    opened.close()
    expect(JSON.parse(String(row?.['body']))).toMatchObject({
      uid: fleet.rollout('north', 'web')?.metadata.uid,
      requests: [{ method: 'PATCH', body: expect.stringContaining('{"status":{"abort":true}') }],
      result: { sent: true, resourceVersion: fleet.rollout('north', 'web')?.metadata.resourceVersion },
    })
    expect(JSON.stringify(fleet.rollout('north', 'web'))).not.toContain('INC-4127')
  })

  it('ACT-15: every request is in the record with who that is to the cluster, what for, and the answer', async () => {
    const fleet = await aHeldCanary('north', 'south')
    const folder = aFolder()
    await run(fleet, folder, 'abort', 'web', '--all-contexts', '--reason', 'INC-4127')
    const { out } = await runCli(['history', '--sandbox', '--writes', '-o', 'json'], fleet.clock, folder)
    const write = { verb: 'patch', resource: 'rollouts.argoproj.io', subresource: 'status', name: 'web', code: 200 }
    const why = { by: 'person', user: 'sandbox-admin', action: 'abort', reason: 'INC-4127', rule: 'ACT-50' }
    expect(JSON.parse(out.join('')).toSorted(byContext)).toMatchObject([
      { context: 'north', ...write, ...why },
      { context: 'south', ...write, ...why },
    ])
    const exported = await runCli(['history', 'export', '--sandbox'], fleet.clock, folder)
    expect(exported.code).toBe(0)
    expect(exported.out.map((line) => JSON.parse(line)).filter(({ context }) => context === 'north')).toMatchObject([
      { record: 'action', user: 'sandbox-admin', host: hostname(), reason: 'INC-4127', result: { sent: true } },
      { record: 'write', ...write, request: { body: { status: { abort: true } } } },
    ])
    expect((await runCli(['history', '--sandbox', '--writes'], fleet.clock, folder)).out[1]).toMatch(
      / patch +rollouts\.argoproj\.io\/status default\/web +200 +sandbox-admin \(.+ on .+\) +abort: /,
    )
  })

  it('what is done to somebody’s clusters is in the file of the window, and never beside the sandbox', async () => {
    const fleet = await aHeldCanary('north')
    const folder = aFolder()
    const own = join(fleet.folder, 'own')
    writeFileSync(own, readFileSync(fleet.kubeconfig, 'utf8').replace(/^#.*\n/, ''))
    expect(await runCli(['pause', 'web', '--wait', '0', '--kubeconfig', own], fleet.clock, folder)).toMatchObject({
      code: 0,
    })
    expect(listed(folder, historyFiles.clusters)).toMatchObject([{ action: 'pause', reason: '' }])
    expect(existsSync(join(folder, historyFiles.sandbox))).toBe(false)
  })

  it('ACT-15: a history that cannot be written stops nothing and is told once', async () => {
    const fleet = await aHeldCanary('north', 'south')
    const inTheWay = join(aFolder(), 'file')
    writeFileSync(inTheWay, '')
    const { out, err, code } = await run(fleet, inTheWay, 'pause', 'web', '--all-contexts')
    expect(code).toBe(0)
    expect(out).toHaveLength(2)
    expect(err).toEqual([expect.stringMatching(/^argosy: not kept in the history: .*history-sandbox\.db: /)])
  })

  it('refuses a reason that is a book, before any request', async () => {
    const fleet = await aHeldCanary('north')
    const { err, code } = await run(fleet, aFolder(), 'pause', 'web', '--reason', 'x'.repeat(2001))
    expect(code).toBe(2)
    expect(err[0]).toContain('--reason takes 2000 characters at most')
  })

  it('a preview is not journalled', async () => {
    const fleet = await aHeldCanary('north')
    const folder = aFolder()
    await run(fleet, folder, 'pause', 'web', '--dry-run')
    expect(existsSync(join(folder, historyFiles.sandbox))).toBe(false)
  })
})
