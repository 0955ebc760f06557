import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aCliFleet, aFolder } from '#test/support/cli-fleet.ts'
import { runCli } from '#test/support/run-cli.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const run = (...args: string[]) => runCli(args, new VirtualClock())

describe('mistakes on the command line end with 2', () => {
  it.each([
    [['sail'], "unknown command 'sail'"],
    [['status'], "missing required argument 'name'"],
    [['get', '--colour'], "unknown option '--colour'"],
    [['get', '-o', 'yaml'], 'Allowed choices are json'],
    [['get', 'web', '-A'], 'a name is of one namespace'],
    [['watch', 'web', '--timeout', 'soon'], 'invalid duration "soon"'],
    [['status', 'web', '--generation', 'new'], '--generation must be a number'],
    [
      ['promote', 'web', '--skip-current-step', '--skip-all-steps'],
      'Cannot use skip-current-step and skip-all-steps flags at the same time',
    ],
    [['undo', 'web', '--to-revision', 'last'], '--to-revision must be a number'],
    [['set-image', 'web', 'web'], 'expected container=image'],
    [['serve', '--port', '70000'], 'a port from 0 to 65535'],
  ])('argosy %j', async (args, message) => {
    const { out, err, code } = await run(...args)
    expect({ out, code }).toEqual({ out: [], code: 2 })
    expect(err.join('\n')).toContain(message)
  })

  it('help is no mistake', async () => {
    const { out, code } = await run('help')
    expect(code).toBe(0)
    expect(out.join('\n')).toContain('promote [options] <name...>')
  })
})

describe('which clusters', () => {
  it('without a kubeconfig says where it looked', async () => {
    const path = join(aFolder(), 'none')
    const { err, code } = await run('get', '--kubeconfig', path)
    expect(code).toBe(2)
    expect(err[0]).toContain(path)
  })

  it('a malformed kubeconfig is told with its line', async () => {
    const path = join(aFolder(), 'bad')
    writeFileSync(path, 'apiVersion: v1\nclusters: [\ncontexts: }\n')
    const { err, code } = await run('get', '--kubeconfig', path)
    expect(code).toBe(2)
    expect(err[0]).toMatch(/line \d/)
  })

  it('an unknown context is told with those there are', async () => {
    const fleet = await aCliFleet('north', 'south')
    const { err, code } = await run('get', '--kubeconfig', fleet.kubeconfig, '--context', 'east')
    expect(code).toBe(2)
    expect(err).toEqual(['argosy: there is no context "east"; there are: north, south'])
  })
})

describe('argosy crds', () => {
  it('a cluster without the definitions says how to get them, and can be helped', async () => {
    const fleet = await aCliFleet('north')
    const { store } = fleet.cluster('north')
    for (const { metadata } of store.list(resources.customResourceDefinitions))
      store.delete(resources.customResourceDefinitions, { name: metadata.name })
    const argosy = (...args: string[]) => runCli([...args, '--kubeconfig', fleet.kubeconfig], fleet.clock)
    const before = await argosy('get')
    expect(before.code).toBe(1)
    expect(before.err[0]).toContain('argosy crds install')
    const installed = await argosy('crds', 'install')
    expect(installed).toMatchObject({ code: 0, err: [] })
    expect(installed.out).toContain('rollouts.argoproj.io created')
    fleet.place('north', aRollout(), { phase: 'Healthy' })
    expect((await argosy('get')).out[1]).toMatch(/^web /)
    const again = await argosy('crds', 'install')
    expect(again.out).toContain('rollouts.argoproj.io is there already')
  })

  it('ACT-15: what is installed is in the record, and what was there already with the refusal', async () => {
    const fleet = await aCliFleet('north')
    const folder = aFolder()
    const { store } = fleet.cluster('north')
    store.delete(resources.customResourceDefinitions, { name: 'rollouts.argoproj.io' })
    await runCli(['crds', 'install', '--kubeconfig', fleet.kubeconfig], fleet.clock, folder)
    const { out } = await runCli(['history', '--sandbox', '--writes', '-o', 'json'], fleet.clock, folder)
    const codes = JSON.parse(out.join('')).map((each: { name: string; code: number }) => [each.name, each.code])
    expect(codes).toHaveLength(5)
    expect(codes).toContainEqual(['rollouts.argoproj.io', 201])
    expect(codes).toContainEqual(['experiments.argoproj.io', 409])
  })

  it('prints them for kubectl', async () => {
    const { out, code } = await run('crds', 'print')
    expect(code).toBe(0)
    expect(out.join('\n')).toContain('name: rollouts.argoproj.io')
    expect(out.join('\n')).not.toMatch(/: [&*]a\d/)
  })
})
