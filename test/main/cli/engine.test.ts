import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { controllerNamespace } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import { loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aCliFleet } from '#test/support/cli-fleet.ts'
import { startCli } from '#test/support/run-cli.ts'
import { advanceUntil } from '#test/support/until.ts'

async function setUp() {
  const fleet = await aCliFleet('north')
  fleet.place('north', aRollout({ image: 'web:1' }))
  const run = startCli(['engine', '--kubeconfig', fleet.kubeconfig], { clock: fleet.clock })
  const lines = () => run.out.map((line) => JSON.parse(line) as { readonly msg: string; readonly mode?: string })
  // In steps, so that the requests that fall due on the way are answered.
  const pass = (ms: number) => {
    const end = fleet.clock.now() + ms
    return advanceUntil(fleet.clock, `${ms} ms`, () => fleet.clock.now() >= end, 500)
  }
  const modes = () => lines().flatMap(({ mode }) => (mode === undefined ? [] : [mode]))
  await advanceUntil(fleet.clock, 'Healthy', () => fleet.rollout('north', 'web')?.status?.phase === 'Healthy', 250)
  return { fleet, run, lines, modes, pass }
}

describe('argosy engine', () => {
  it('OPS-37: drives until interrupted, hands the lease back, and says who drives only when that changes', async () => {
    const { fleet, run, lines, modes, pass } = await setUp()
    const before = modes()
    expect(before.at(-1)).toBe('driven')
    await pass(60_000)
    expect(modes()).toEqual(before)
    run.interrupt()
    expect(await run.done).toBe(0)
    expect(lines().at(-1)).toMatchObject({ msg: 'engine stopped', context: 'north', released: true })
    const leases = fleet.cluster('north').store.list(resources.leases, controllerNamespace)
    expect(leases).toMatchObject([{ spec: { holderIdentity: '' } }])
  })

  it('OPS-37: a cluster that no longer answers keeps it from ending for ten seconds at most', async () => {
    const { fleet, run } = await setUp()
    await fleet.cluster('north').server.close()
    run.interrupt()
    const asked = fleet.clock.now()
    let code: number | undefined
    void run.done.then((exit) => {
      code = exit
    })
    await advanceUntil(fleet.clock, 'the end', () => code !== undefined, 500)
    expect(code).toBe(0)
    expect(fleet.clock.now() - asked).toBeLessThanOrEqual(11_000)
  })

  it('OPS-38: --dry-run says what it would find and write there, and writes nothing', async () => {
    const fleet = await aCliFleet('north')
    fleet.place('north', aRollout({ image: 'web:1' }))
    const run = startCli(['engine', '--dry-run', '--kubeconfig', fleet.kubeconfig], { clock: fleet.clock })
    let code: number | undefined
    void run.done.then((exit) => {
      code = exit
    })
    await advanceUntil(fleet.clock, 'the end', () => code !== undefined, 50)
    expect([code, run.err]).toEqual([0, []])
    expect(run.out[0]).toBe('north: nobody has the lease; it would be taken at once.')
    expect(run.out.join('\n')).toMatch(/default\/web {2}Create ReplicaSet web-\w+/)
    expect(fleet.rollout('north', 'web')?.status).toBeUndefined()
    expect(fleet.cluster('north').store.list(resources.leases, controllerNamespace)).toEqual([])
  })

  it('OPS-7, OPS-34: tells on request that it is well, ready and what it drives', async () => {
    const fleet = await aCliFleet('north')
    fleet.place('north', aRollout({ image: 'web:1' }))
    const run = startCli(['engine', '--kubeconfig', fleet.kubeconfig, '--listen', '0'], { clock: fleet.clock })
    await advanceUntil(fleet.clock, 'Healthy', () => fleet.rollout('north', 'web')?.status?.phase === 'Healthy', 250)
    const port = /"msg":"listening",.*"port":(\d+)/.exec(run.out.join('\n'))?.[1]
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
    expect([await ask('/healthz'), await ask('/readyz')]).toEqual(['ok', 'ok'])
    expect(await ask('/metrics')).toMatch(
      /^rollout_info\{cluster="north",namespace="default",name="web",strategy="\w+",traffic_router="",phase="Completed"\} 1$/m,
    )
    const second = startCli(['engine', '--kubeconfig', fleet.kubeconfig, '--listen', `${port}`], { clock: fleet.clock })
    let code: number | undefined
    void second.done.then((exit) => {
      code = exit
    })
    await advanceUntil(fleet.clock, 'the end of the second', () => code !== undefined, 500)
    expect([code, second.err]).toEqual([1, [`argosy: 127.0.0.1:${port} cannot be listened on (EADDRINUSE)`]])
    run.interrupt()
    expect(await run.done).toBe(0)
    await expect(ask('/healthz')).rejects.toThrow('fetch failed')
  })

  it('API-254, OPS-20: drives the cluster around its pod, with the lease of its own namespace, where there is no kubeconfig, and looks for none that was named', async () => {
    const fleet = await aCliFleet('north')
    const absent = join(fleet.folder, 'absent')
    vi.stubEnv('KUBECONFIG', absent)
    onTestFinished(() => void vi.unstubAllEnvs())
    const config = loadKubeconfig({ paths: [fleet.kubeconfig] })
    const access = config.ok ? config.value.access('north') : undefined
    if (access === undefined) throw new Error('no access')
    const options = { clock: fleet.clock, inCluster: { ...access, context: 'in-cluster', namespace: 'engines' } }
    const named = startCli(['engine', '--kubeconfig', absent], options)
    expect(await named.done).toBe(2)
    expect(named.err.join()).toContain('No kubeconfig with a context was found')

    const { store } = fleet.cluster('north')
    store.create(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'engines' } })
    fleet.place('north', aRollout({ image: 'web:1' }))
    const run = startCli(['engine'], options)
    const isHealthy = () => fleet.rollout('north', 'web')?.status?.phase === 'Healthy'
    await advanceUntil(fleet.clock, 'Healthy', isHealthy, 250)
    run.interrupt()
    expect(await run.done).toBe(0)
    expect(run.out.at(-1)).toContain('"context":"in-cluster"')
    expect(store.list(resources.leases, 'engines')).toHaveLength(1)
  })
})
