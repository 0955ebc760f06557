import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aCliFleet } from '#test/support/cli-fleet.ts'
import { runCli, startCli } from '#test/support/run-cli.ts'
import { advanceUntil } from '#test/support/until.ts'

async function setUp(isTerminal: boolean, ...more: string[]) {
  const fleet = await aCliFleet('north')
  fleet.place('north', aRollout(), { phase: 'Progressing', message: 'waiting' })
  const args = ['watch', 'web', '--kubeconfig', fleet.kubeconfig, ...more]
  const run = startCli(args, { clock: fleet.clock, isTerminal })
  const shows = (text: string) => advanceUntil(fleet.clock, text, () => run.out.at(-1)?.includes(text) === true, 50)
  await shows('Progressing')
  return { fleet, run, shows }
}

describe('argosy watch', () => {
  it('ACT-120: redraws on a terminal, and ends with 0 when interrupted', async () => {
    const { fleet, run, shows } = await setUp(true)
    fleet.setStatus('north', 'web', { phase: 'Healthy' })
    await shows('✔ Healthy')
    const { length } = run.out
    await fleet.clock.advance(3000)
    expect(run.out.length).toBe(length + 3)
    run.interrupt()
    expect(await run.done).toBe(0)
  })

  it('ACT-120: elsewhere prints after changes only, and ends with 0 after the timeout', async () => {
    const { fleet, run, shows } = await setUp(false, '--timeout', '5m')
    await fleet.clock.advance(60_000)
    expect(run.out).toHaveLength(1)
    fleet.setStatus('north', 'web', { phase: 'Paused', message: 'CanaryPauseStep' })
    await shows('॥ Paused')
    fleet.cluster('north').store.delete(resources.rollouts, { namespace: 'default', name: 'web' })
    await shows('! the rollout was deleted')
    await fleet.clock.advance(300_000)
    expect(await run.done).toBe(0)
    expect(run.out).toHaveLength(3)
  })

  it('ACT-130: a rollout that is not there is an error', async () => {
    const fleet = await aCliFleet('north')
    const { err, code } = await runCli(['watch', 'web', '--kubeconfig', fleet.kubeconfig], fleet.clock)
    expect(code).toBe(1)
    expect(err[0]).toContain('"web" not found')
  })
})
