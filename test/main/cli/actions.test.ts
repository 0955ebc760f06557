import { describe, expect, it } from 'vitest'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aCliFleet, type CliFleet } from '#test/support/cli-fleet.ts'
import { runCli, runToEnd } from '#test/support/run-cli.ts'
import { anEngineOn } from '#test/support/sandbox-engine.ts'
import { advanceUntil } from '#test/support/until.ts'

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

const argosy = (fleet: CliFleet, ...args: string[]) => runCli([...args, '--kubeconfig', fleet.kubeconfig], fleet.clock)

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
      ['abort', 'web', '--all-contexts', '--kubeconfig', fleet.kubeconfig],
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
    const { err, code } = await runCli(['promote', 'web', '--kubeconfig', limited], fleet.clock)
    expect(code).toBe(4)
    expect(err).toEqual([
      'promote default/web: permission denied: you need the right to patch rollouts.argoproj.io/status in namespace default',
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

describe('commands and the engine', () => {
  it('ACT-36…110: an update held, aborted, tried again, promoted, undone, restarted', async () => {
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
    const done = async (...args: string[]) => expect(await argosy(fleet, ...args)).toMatchObject({ code: 0, err: [] })
    try {
      fleet.place('north', canary)
      await reaches('Healthy')
      await done('set-image', 'web', 'web=registry.test/web:2.0.0')
      await reaches('Paused', 'CanaryPauseStep')
      await done('abort', 'web')
      await reaches('Degraded', 'RolloutAborted')
      expect(await argosy(fleet, 'status', 'web', '--watch=false')).toMatchObject({ out: ['Degraded'], code: 1 })
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
      const tree = await argosy(fleet, 'get', 'web')
      expect(tree.out).toContain('Images:          registry.test/web:1.0.0 (stable)')
      expect(tree.out.some((line) => /□ web-\S+ +Pod /.test(line))).toBe(true)
    } finally {
      await driven.stop()
    }
  })
})
