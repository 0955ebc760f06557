import { expect, it } from 'vitest'
import { optionalNames } from '#main/controller/engine-rights.ts'
import { runCli } from '#test/support/run-cli.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'
import { aWorld, type World } from '#test/support/world.ts'

/** What `argosy manifests` prints, in a file of the world's kubectl. */
async function written({ kubectl, namespace }: World, ...args: readonly string[]): Promise<string> {
  const all = ['manifests', '--image', 'registry.example/argosy:1', '-n', namespace, '--with', optionalNames.join()]
  const { out, code } = await runCli([...all, ...args], new VirtualClock())
  expect(code).toBe(0)
  return kubectl.file('engine.yaml', out.join('\n'))
}

it.each([[[]], [['--namespaced']], [['--create-namespace', '--instance-id', 'blue', '--replicas', '2']]])(
  'OPS-110: an API server takes what argosy manifests prints with %j, field by field',
  async (args) => {
    const world = await aWorld()
    const file = await written(world, ...args)
    const out = await world.kubectl.ok('apply', '--dry-run=server', '--validate=strict', '-f', file)
    expect(out).toMatch(/^deployment\.apps\/argosy-engine\S* created \(server dry run\)$/m)
    expect(out).not.toContain('Warning')
  },
)

it('OPS-110: applied twice nothing changes', async () => {
  const world = await aWorld()
  const file = await written(world, '--namespaced')
  expect(await world.kubectl.ok('apply', '-f', file)).toContain('deployment.apps/argosy-engine created')
  const again = (await world.kubectl.ok('apply', '-f', file)).trim().split('\n')
  expect(again.filter((line) => !line.endsWith(' unchanged'))).toEqual([])
})
