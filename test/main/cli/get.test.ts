import { describe, expect, it } from 'vitest'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aCliFleet } from '#test/support/cli-fleet.ts'
import { runCli, runToEnd } from '#test/support/run-cli.ts'

const canary = aRollout({ image: 'web:2', steps: [setWeight(20), pause()] })
const healthy = { phase: 'Healthy', currentStepIndex: 2, observedGeneration: '1' } as const

describe('argosy get', () => {
  it('ACT-122: lists the namespace of the context, or all', async () => {
    const fleet = await aCliFleet('north')
    fleet.place('north', canary, healthy)
    const list = await runCli(['get', '--kubeconfig', fleet.kubeconfig], fleet.clock)
    expect(list).toMatchObject({ code: 0, err: [] })
    expect(list.out[1]).toMatch(/^web +Canary +Healthy +2\/2 +100 +0\/0 +1 +0 +0$/)
    const all = await runCli(['get', '-A', '--kubeconfig', fleet.kubeconfig], fleet.clock)
    expect(all.out[1]).toMatch(/^default +web /)
  })

  it('ACT-122: nothing there is told on stderr', async () => {
    const fleet = await aCliFleet('north')
    expect(await runCli(['get', '-n', 'empty', '--kubeconfig', fleet.kubeconfig], fleet.clock)).toEqual({
      out: [],
      err: ['No resources found.'],
      code: 0,
    })
  })

  it('ACT-120: one by name, as a tree', async () => {
    const fleet = await aCliFleet('north')
    fleet.place('north', canary, healthy)
    await fleet.clock.advance(65_000)
    const { out, code } = await runCli(['get', 'web', '--kubeconfig', fleet.kubeconfig], fleet.clock)
    expect(code).toBe(0)
    expect(out[2]).toBe('Status:          ✔ Healthy')
    expect(out.at(-1)).toBe('⟳ web   Rollout   ✔ Healthy   65s')
  })

  it('ACT-120: takes the kind in front of the name, as the plugin does', async () => {
    const fleet = await aCliFleet('north')
    fleet.place('north', canary, healthy)
    const get = (...words: readonly string[]) =>
      runCli(['get', ...words, '--kubeconfig', fleet.kubeconfig], fleet.clock)
    expect(await get('rollout', 'web')).toEqual(await get('web'))
    expect(await get('rollouts')).toEqual(await get())
    expect(await get('web', 'api')).toMatchObject({ code: 2, out: [] })
  })

  it('ACT-16: a dead cluster costs its own line only, and the code', async () => {
    const fleet = await aCliFleet('north', 'south')
    for (const context of ['north', 'south']) fleet.place(context, canary, healthy)
    await fleet.cluster('south').server.close()
    const { out, err, code } = await runToEnd(['get', '--all-contexts', '--kubeconfig', fleet.kubeconfig], fleet.clock)
    expect(code).toBe(3)
    expect(out.map((line) => line.split(/ +/).slice(0, 2))).toEqual([
      ['CONTEXT', 'NAME'],
      ['north', 'web'],
    ])
    expect(err).toEqual([expect.stringMatching(/^south: the cluster does not answer: .*nothing accepts connections/)])
  })

  it('prints objects as they are for programs', async () => {
    const fleet = await aCliFleet('north')
    fleet.place('north', canary, healthy)
    const stored = JSON.parse(JSON.stringify(fleet.rollout('north', 'web')))
    const one = await runCli(['get', 'web', '-o', 'json', '--kubeconfig', fleet.kubeconfig], fleet.clock)
    expect(JSON.parse(one.out.join('\n'))).toEqual(stored)
    const list = await runCli(['get', '-o', 'json', '--kubeconfig', fleet.kubeconfig], fleet.clock)
    expect(JSON.parse(list.out.join('\n'))).toEqual({ context: 'north', items: [stored] })
  })

  it('tells what is missing: the rollout, or the right to read it', async () => {
    const fleet = await aCliFleet('north')
    const missing = await runCli(['get', 'web', '--kubeconfig', fleet.kubeconfig], fleet.clock)
    expect(missing).toMatchObject({ out: [], code: 1 })
    expect(missing.err[0]).toContain('"web" not found')
    const limited = await fleet.grant('north', [])
    expect(await runCli(['get', '--kubeconfig', limited], fleet.clock)).toEqual({
      out: [],
      err: [
        'permission denied: you need the right to list rollouts.argoproj.io in namespace default; your account there is limited',
      ],
      code: 4,
    })
  })

  const reads = (apiGroups: readonly string[], resources: readonly string[]) => ({
    verbs: ['get', 'list', 'watch'],
    apiGroups,
    resources,
  })
  const needed = [reads(['argoproj.io'], ['rollouts']), reads(['apps'], ['replicasets']), reads([''], ['pods'])]

  it.each([
    ['get', [], []],
    ['get', ['web'], []],
    ['status', ['web'], []],
    ['watch', ['web'], ['--timeout', '5s']],
  ])('ACT-169: %s %j needs no more than to read rollouts, ReplicaSets and pods', async (command, names, more) => {
    const fleet = await aCliFleet('north')
    fleet.place('north', canary, healthy)
    const limited = await fleet.grant('north', needed)
    const { err, code } = await runToEnd([command, ...names, ...more, '--kubeconfig', limited], fleet.clock)
    expect({ err, code }).toEqual({ err: [], code: 0 })
  })

  it.each([0, 1, 2])('ACT-169: a tree without right %i is refused, naming it', async (index) => {
    const fleet = await aCliFleet('north')
    fleet.place('north', canary, healthy)
    const limited = await fleet.grant('north', needed.toSpliced(index, 1))
    const { err, code } = await runCli(['get', 'web', '--kubeconfig', limited], fleet.clock)
    expect(code).toBe(4)
    expect(err[0]).toContain(needed[index]?.resources[0])
  })
})
