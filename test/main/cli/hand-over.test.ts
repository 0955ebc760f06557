import { hostname, userInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { Lease } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import { withRequest } from '#main/controller/lease-request.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aCliFleet, aFolder, type CliFleet } from '#test/support/cli-fleet.ts'
import { type CliRun, startCli } from '#test/support/run-cli.ts'
import { advanceUntil } from '#test/support/until.ts'

const me = `${userInfo().username}@${hostname()}`
const at = { namespace: 'argo-rollouts', name: 'argo-rollouts-controller-lock' }

const isDriven = (run: CliRun) => run.out.findLast((line) => line.includes('"msg":"mode"'))?.includes('"mode":"driven"')
const says = (run: CliRun, words: string) => run.out.some((line) => line.includes(words))

async function setUp(...more: readonly string[]) {
  const fleet = await aCliFleet('north')
  fleet.place('north', aRollout({ image: 'web:1' }))
  const { clock, kubeconfig } = fleet
  const dataFolder = aFolder()
  const run = (...args: readonly string[]) => startCli([...args, '--kubeconfig', kubeconfig], { clock, dataFolder })
  const finish = async (started: CliRun): Promise<number> => {
    let code: number | undefined
    void started.done.then((exit) => {
      code = exit
    })
    await advanceUntil(clock, 'the end', () => code !== undefined, 100)
    return code ?? -1
  }
  const holder = run('engine', ...more)
  await advanceUntil(clock, 'driven', () => isDriven(holder) === true, 250)
  const actions = async () => {
    const listed = run('history', '--sandbox', '--actions', '-o', 'json')
    await finish(listed)
    return JSON.parse(listed.out.join('\n')) as readonly Record<string, unknown>[]
  }
  return { fleet, clock, run, finish, holder, actions }
}

const leaseOf = (fleet: CliFleet) => fleet.cluster('north').store.get(resources.leases, at) as Lease | undefined

describe('argosy engine and who asks for its lease', () => {
  it('SR-6, ACT-15: prints the request with the command that hands over, which hands over to who asked', async () => {
    const { clock, run, finish, holder, actions } = await setUp('--reason', 'night shift')
    const looking = run('engine', '--dry-run')
    expect(await finish(looking)).toBe(0)
    expect(looking.out[0]).toMatch(/has had the lease since .* for as long as it lasts\. --ask asks for it\.$/)
    const asker = run('engine', '--ask', '--reason', 'the release is mine')
    await advanceUntil(clock, 'asked', () => says(holder, 'somebody asks to drive'), 250)
    expect(JSON.parse(holder.out.find((line) => line.includes('somebody asks')) ?? '')).toMatchObject({
      context: 'north',
      by: me,
      reason: 'the release is mine',
      handOver: 'argosy hand-over --context north',
      keep: 'argosy hand-over --context north --keep',
    })
    expect(says(asker, 'asked for the lease')).toBe(true)
    const answer = run('hand-over', '--context', 'north', '--reason', 'off to bed')
    expect([await finish(answer), answer.err]).toEqual([0, []])
    expect(answer.out).toEqual(['north: its holder hands over within a few seconds'])
    await advanceUntil(clock, 'handed over', () => isDriven(asker) === true, 100)
    await advanceUntil(clock, 'waits again', () => isDriven(holder) === false, 100)
    for (const each of [asker, holder]) each.interrupt()
    expect([await finish(asker), await finish(holder)]).toEqual([0, 0])
    const kept = await actions()
    const about = { context: 'north', namespace: '', name: '', via: 'cli', actor: userInfo().username, sent: true }
    for (const each of kept) expect(each).toMatchObject({ ...about, host: hostname() })
    const told = kept.map(({ action, reason }) => `${String(action)}: ${String(reason)}`)
    expect(told.at(-1)).toBe('drive: night shift')
    expect(told).toEqual(
      expect.arrayContaining([
        'drive: the release is mine',
        'askToDrive: the release is mine',
        'handOver: off to bed',
        `handOver: told by ${me}`,
        'handBack: the engine was stopped',
      ]),
    )
    expect(told.filter((each) => each === 'leaseTaken: ')).toHaveLength(2)
    expect(told.filter((each) => each.startsWith('leaseLost'))).toEqual([])
  })

  it('SR-6: keeps it when told to, and who asked is told by whom', async () => {
    const { clock, run, finish, holder } = await setUp()
    const asker = run('engine', '--ask')
    await advanceUntil(clock, 'asked', () => says(holder, 'somebody asks to drive'), 250)
    const answer = run('hand-over', '--context', 'north', '--keep')
    expect([await finish(answer), answer.out]).toEqual([0, ['north: kept, and they are told']])
    await advanceUntil(clock, 'told', () => says(asker, 'the lease is kept'), 250)
    expect(says(asker, `"by":"${me}"`)).toBe(true)
    expect([isDriven(holder), isDriven(asker)]).toEqual([true, false])
    for (const each of [asker, holder]) each.interrupt()
    await finish(asker)
    await finish(holder)
  })

  it('SR-6: --hand-over-on-request needs nobody', async () => {
    const { clock, run, finish, holder } = await setUp('--hand-over-on-request')
    const asker = run('engine', '--ask')
    await advanceUntil(clock, 'handed over', () => isDriven(asker) === true, 100)
    expect(says(holder, 'somebody asks to drive: handing over')).toBe(true)
    asker.interrupt()
    await finish(asker)
    await advanceUntil(clock, 'taken up again after half a minute', () => isDriven(holder) === true, 500)
    holder.interrupt()
    await finish(holder)
  })

  it('SR-6: hand-over answers nobody who does not ask, and not for another machine', async () => {
    const { fleet, clock, run, finish, holder } = await setUp()
    const early = run('hand-over', '--context', 'north')
    expect([await finish(early), early.err]).toEqual([1, ['argosy: north: Nobody asks for the lease.']])
    holder.interrupt()
    await finish(holder)
    const lease = leaseOf(fleet)
    if (lease === undefined) throw new Error('no lease')
    const held = { ...lease, spec: { ...lease.spec, holderIdentity: 'argosy-oslo_1', leaseDurationSeconds: 15 } }
    const asked = { by: 'ada@rome', at: clock.now(), of: 'argosy-oslo_1', for: 'argosy-rome_2', reason: '' }
    fleet.cluster('north').store.mutate(resources.leases, at, () => withRequest(held, asked))
    const elsewhere = run('hand-over', '--context', 'north')
    expect(await finish(elsewhere)).toBe(1)
    expect(elsewhere.err).toEqual([
      'argosy: north: it is held by Argosy on oslo: answer there, at its window or by this command',
    ])
    expect(leaseOf(fleet)?.metadata.annotations?.['argosy.dev/hand-over-by']).toBeUndefined()
  })

  it('SR-6: asks no controller that would not read it', async () => {
    const { fleet, clock, run, finish, holder } = await setUp()
    holder.interrupt()
    await finish(holder)
    const lease = leaseOf(fleet)
    if (lease === undefined) throw new Error('no lease')
    const renewTime = new Date(clock.now()).toISOString().replace('Z', '000Z')
    const spec = { ...lease.spec, holderIdentity: 'argo-rollouts-6b_4', leaseDurationSeconds: 15, renewTime }
    fleet.cluster('north').store.mutate(resources.leases, at, () => ({ ...lease, spec }) as Lease)
    const asker = run('engine', '--ask')
    await advanceUntil(clock, 'refused', () => says(asker, 'not asked for the lease'), 100)
    expect(says(asker, 'argo-rollouts-6b_4 is no Argosy and reads nothing that it is asked')).toBe(true)
    asker.interrupt()
    await finish(asker)
  })
})
