import { describe, expect, it } from 'vitest'
import { aPlanFleet, type PlanFleet, waveOf } from '#test/support/plan-fleet.ts'

const steps = [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: {} }]
const imagesOf = async (fleet: PlanFleet) =>
  Promise.all(
    fleet.contexts.map(async (_, index) => {
      const { spec, status } = await fleet.rollout(index)
      return `${spec.template?.spec?.containers?.[0]?.image} ${status?.phase}`
    }),
  )

describe('a plan over sandbox clusters', () => {
  it('W2: three waves over four clusters go through, one after the other', async () => {
    const fleet = await aPlanFleet(4, steps)
    const waves = [
      waveOf(fleet, [0], { pilot: true, firstSoakMs: 60_000 }),
      waveOf(fleet, [1, 2], { maxConcurrent: 2, sync: 'step' }),
      waveOf(fleet, [3], { gate: 'manual' }),
    ]
    const { id } = await fleet.plan(waves)
    const runner = fleet.runner(id, 'ann@desk/1')
    await fleet.eventually('the second wave', () => runner.view?.plan.status.waves[1]?.state === 'Active')
    expect(await imagesOf(fleet)).toEqual(['web:2 Healthy', 'web:1 Healthy', 'web:1 Healthy', 'web:1 Healthy'])
    await fleet.eventually('the gate', () => runner.view?.plan.status.waves[2]?.state === 'Gate')
    expect(runner.view?.explanation).toEqual([{ because: '3.4.3', wave: 2, text: 'its gate waits for a person' }])
    const opened = await runner.command({ kind: 'openGate', wave: 2 }, { by: 'ann', at: 1, reason: 'it looks good' })
    expect(opened.ok).toBe(true)
    await fleet.eventually('the end', () => runner.view?.plan.status.phase === 'Completed')
    expect(await imagesOf(fleet)).toEqual(Array.from({ length: 4 }, () => 'web:2 Healthy'))
    const marks = await Promise.all(
      fleet.contexts.map(async (_, index) => (await fleet.rollout(index)).metadata.annotations?.['argosy.dev/plan']),
    )
    expect(marks).toEqual(['01JQ', '01JQ', '01JQ', '01JQ'])
  })

  it('RB-1, RB-2: sent back by a person, it is aborted where it moves, and undone where it was done', async () => {
    const fleet = await aPlanFleet(3, steps)
    const { id } = await fleet.plan([waveOf(fleet, [0]), waveOf(fleet, [1, 2], { maxConcurrent: 2 })], {
      onBreach: 'rollbackAll',
    })
    const runner = fleet.runner(id, 'ann@desk/1')
    const stateOf = (index: number) => runner.view?.plan.status.members[`${fleet.contexts[index]}/default/web`]?.state
    await fleet.eventually(
      'the second wave at its first pause',
      () => stateOf(1) === 'AtGate' || stateOf(1) === 'Progressing',
    )
    const asked = { by: 'ann', at: 1, reason: 'errors rise' }
    expect((await runner.command({ kind: 'rollBack', scope: 'all' }, asked)).ok).toBe(true)
    await fleet.eventually('all is back', () => runner.view?.plan.status.phase === 'RolledBack')
    const hashes = await Promise.all(
      fleet.contexts.map(async (_, index) => (await fleet.rollout(index)).status?.stableRS),
    )
    expect(hashes).toEqual(runner.view?.plan.spec.members.map(({ priorHash }) => priorHash))
    expect(await imagesOf(fleet)).toContain('web:1 Healthy')
  })

  it('SR-6, OPS-42: who plans is killed in the middle; another one takes over with the next epoch and ends it', async () => {
    const fleet = await aPlanFleet(3, steps)
    const { id } = await fleet.plan([waveOf(fleet, [0]), waveOf(fleet, [1, 2])])
    const first = fleet.runner(id, 'ann@desk/1')
    await fleet.eventually('it is under way', () =>
      Object.values(first.view?.plan.status.members ?? {}).some(({ state }) => state === 'AtGate'),
    )
    const second = fleet.runner(id, 'bob@lap/2')
    await fleet.pass(15_000)
    expect([first.isHolder, second.isHolder]).toEqual([true, false])
    await first.stop({ release: false })
    await fleet.eventually('the other one plans', () => second.isHolder)
    await fleet.eventually('the end', () => second.view?.plan.status.phase === 'Completed')
    expect(second.view?.plan.status.epoch).toBe(2)
    expect(await imagesOf(fleet)).toEqual(Array.from({ length: 3 }, () => 'web:2 Healthy'))
  })

  it('W18: a cluster that is away for a while is waited for, and nothing is lost', async () => {
    const fleet = await aPlanFleet(2, steps)
    const { id } = await fleet.plan([waveOf(fleet, [0, 1], { maxConcurrent: 2 })])
    const runner = fleet.runner(id, 'ann@desk/1')
    await fleet.eventually('it is under way', async () => (await fleet.rollout(1)).status?.phase === 'Paused')
    fleet.cut(1, true)
    const stateOf = (index: number) => runner.view?.plan.status.members[`${fleet.contexts[index]}/default/web`]?.state
    await fleet.eventually('the first is done', () => stateOf(0) === 'Succeeded')
    expect(runner.view?.plan.status.phase).toBe('Running')
    fleet.cut(1, false)
    await fleet.eventually('the end', () => runner.view?.plan.status.phase === 'Completed')
    expect(await imagesOf(fleet)).toEqual(['web:2 Healthy', 'web:2 Healthy'])
  })

  it('W12: one act stops every cluster, with who and why on each; released, each is what it was, and the plan ends', async () => {
    const fleet = await aPlanFleet(3, steps)
    const { id } = await fleet.plan([waveOf(fleet, [0]), waveOf(fleet, [1, 2], { maxConcurrent: 2 })])
    const runner = fleet.runner(id, 'ann@desk/1')
    const all = () => Promise.all(fleet.contexts.map((_, index) => fleet.rollout(index)))
    await fleet.eventually('it is under way', async () => (await fleet.rollout(0)).status?.phase === 'Paused')
    const asked = { by: 'ann', at: 1, reason: 'errors rise' }
    const from = fleet.now()
    expect((await runner.command({ kind: 'hold', stopsLine: true }, asked)).ok).toBe(true)
    await fleet.eventually('all are paused', async () => (await all()).every(({ spec }) => spec.paused === true))
    expect(fleet.now() - from).toBeLessThanOrEqual(10_000)
    const marks = (await all()).map(
      ({ metadata }) => JSON.parse(metadata.annotations?.['argosy.dev/hold'] ?? '') as unknown,
    )
    expect(marks).toEqual(
      Array.from(
        { length: 3 },
        () => expect.objectContaining({ by: 'ann', reason: 'errors rise', paused: null }) as unknown,
      ),
    )
    await fleet.pass(60_000)
    expect(await imagesOf(fleet)).toEqual(['web:2 Paused', 'web:1 Paused', 'web:1 Paused'])
    expect((await runner.command({ kind: 'release' }, { ...asked, reason: 'found it' })).ok).toBe(true)
    await fleet.eventually('the end', () => runner.view?.plan.status.phase === 'Completed')
    expect(await imagesOf(fleet)).toEqual(Array.from({ length: 3 }, () => 'web:2 Healthy'))
    expect((await all()).map(({ spec, metadata }) => [spec.paused, metadata.annotations?.['argosy.dev/hold']])).toEqual(
      Array.from({ length: 3 }, () => [undefined, undefined]),
    )
  })

  it('3.4.1: while a window denies changes nothing is written to a member; when it has ended the plan goes on by itself', async () => {
    const fleet = await aPlanFleet(1, [{ setWeight: 50 }])
    const windows = [
      { kind: 'deny', rrule: freezeFrom(fleet.now()), timeZone: 'UTC', durationMs: 600_000, reason: 'freeze' },
    ] as const
    const { id } = await fleet.plan([waveOf(fleet, [0])], { windows })
    const runner = fleet.runner(id, 'ann@desk/1')
    await fleet.eventually('the hold', () => runner.view?.plan.status.holds[0]?.reason === 'Window')
    await fleet.pass(500_000)
    expect((await fleet.rollout(0)).metadata.annotations?.['argosy.dev/plan']).toBeUndefined()
    expect(runner.view?.explanation[0]).toMatchObject({
      because: 'Window',
      text: expect.stringMatching(/^freeze, until 20/) as string,
    })
    await fleet.eventually('the end', () => runner.view?.plan.status.phase === 'Completed')
    expect(await imagesOf(fleet)).toEqual(['web:2 Healthy'])
  })
})

/** Once, from the second of that moment on. */
const freezeFrom = (at: number): string => `DTSTART:${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}`
