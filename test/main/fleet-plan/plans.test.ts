import { describe, expect, it, onTestFinished } from 'vitest'
import type { PlanView } from '#contract/plan-views.ts'
import { PlanMemory } from '#main/fleet-plan/plan-memory.ts'
import { Plans } from '#main/fleet-plan/plans.ts'
import { aHistory, aHistoryPath } from '#test/support/builders/history.ts'
import { aPlanFleet, type PlanFleet } from '#test/support/plan-fleet.ts'

const steps = [{ setWeight: 25 }, { pause: {} }]

/** One Argosy of one person; `crash` ends it as a kill does. */
function anArgosy(fleet: PlanFleet, actor: string, path = aHistoryPath()) {
  const history = aHistory({ clock: fleet.ports.clock, path })
  const plans = new Plans({ ...fleet.ports, memory: new PlanMemory(history), actor })
  plans.start()
  let isOpen = true
  const end = async (release: boolean) => {
    if (!isOpen) return
    isOpen = false
    await fleet.meanwhile(plans.stop({ release }))
    history.close()
  }
  onTestFinished(() => end(false))
  return { plans, path, crash: () => end(false), quit: () => end(true) }
}

const text = ({ contexts }: PlanFleet, waves: string): string => `
name: web 2
home: {context: ${contexts[0]}, namespace: default}
change: {setImage: {web: web:2}}
members:
${contexts.map((context) => `  - {context: ${context}, namespace: default, rollout: web}`).join('\n')}
waves:
${waves}
`

const created = async (plans: Plans, written: string, isStarted = true): Promise<string> => {
  const answer = await plans.create(written, isStarted)
  if (!answer.ok) throw new Error(answer.error)
  return answer.value
}

describe('the plans of an Argosy', () => {
  it('W2, W14: a text becomes a plan that is carried out here, and what happened to it is kept', async () => {
    const fleet = await aPlanFleet(2, steps)
    const { plans } = anArgosy(fleet, 'ann@desk')
    const [a, b] = fleet.contexts
    const written = text(fleet, `  - {name: pilot, select: {contexts: [${a}]}, gate: manual}\n  - {name: rest}`)
    const id = await created(plans, written)
    const seen: (PlanView | null)[] = []
    onTestFinished(plans.onPlan(id, (view) => seen.push(view)))
    await fleet.eventually('the gate', () => plans.view(id)?.waves[0]?.state === 'Gate')
    expect(plans.view(id)).toMatchObject({
      phase: 'Running',
      change: ['web=web:2'],
      driver: { state: 'here' },
      unread: undefined,
      waveViews: [
        {
          name: 'pilot',
          doneCount: 1,
          memberCount: 1,
          members: [{ state: 'Succeeded', weight: 100, reach: 'reachable', trafficShare: 50 }],
        },
        { name: 'rest', state: 'Waiting', members: [{ state: 'Pending', weight: 0 }] },
      ],
      explanation: [{ because: '3.4.3', wave: 0, text: 'its gate waits for a person' }],
    })
    expect(await plans.command(id, { kind: 'openGate', wave: 0 }, '')).toEqual({
      ok: false,
      error: 'Say why: a reason is kept with the plan.',
    })
    expect(await fleet.meanwhile(plans.command(id, { kind: 'openGate', wave: 0 }, 'it looks good'))).toEqual({
      ok: true,
    })
    await fleet.eventually('the end', () => plans.view(id)?.phase === 'Completed')
    expect((await fleet.rollout(1)).spec.template?.spec?.containers?.[0]?.image).toBe('web:2')
    const told =
      plans
        .view(id)
        ?.events.toReversed()
        .map((event) => event.text) ?? []
    expect(told).toEqual([
      'ann@desk started the plan',
      'wave pilot: Active',
      ...['Admitting', 'Applying', 'Progressing', 'AtGate', 'Progressing', 'Soaking', 'Succeeded'].map(
        (state) => `${a}/default/web: ${state}`,
      ),
      'wave pilot: WaveSoak',
      'wave pilot: Gate',
      'ann@desk: openGate: it looks good',
      'ann@desk opened the gate of wave pilot: it looks good',
      'wave pilot: Passed',
      'wave rest: Active',
      ...['Admitting', 'Applying', 'Progressing', 'AtGate', 'Progressing', 'Soaking', 'Succeeded'].map(
        (state) => `${b}/default/web: ${state}`,
      ),
      'wave rest: WaveSoak',
      'wave rest: Gate',
      'wave rest: Passed',
      'the plan is Completed',
    ])
    await fleet.eventually('whoever looks is told', () => seen.at(-1)?.phase === 'Completed')
  })

  it('3.4.1 joinPolicy: a cluster that is opened while the plan runs catches up after the others', async () => {
    const fleet = await aPlanFleet(2, steps)
    const { plans } = anArgosy(fleet, 'ann@desk')
    const [a, b] = fleet.contexts
    fleet.cut(1, true)
    const waves = `  - {name: pilot, select: {contexts: [${a}]}, gate: manual}`
    const one = text({ ...fleet, contexts: [a ?? ''] }, waves)
    const id = await created(plans, `${one}joinPolicy: catchUp\n`)
    await fleet.eventually('the gate', () => plans.view(id)?.waves[0]?.state === 'Gate')
    expect(plans.view(id)?.waves[1]).toMatchObject({ name: 'late', isLate: true, memberCount: 0 })
    await fleet.renew(1)
    fleet.cut(1, false)
    plans.clustersChanged()
    await fleet.eventually('it has joined', () => plans.view(id)?.waves[1]?.memberCount === 1)
    expect(plans.view(id)?.waveViews[1]?.members).toMatchObject([{ context: b, state: 'Pending' }])
    await fleet.meanwhile(plans.command(id, { kind: 'openGate', wave: 0 }, 'it looks good'))
    await fleet.eventually('the end', () => plans.view(id)?.phase === 'Completed')
    expect((await fleet.rollout(1)).spec.template?.spec?.containers?.[0]?.image).toBe('web:2')
    expect(plans.view(id)?.events.map((event) => event.text)).toContain(
      `${b}/default/web came late: it catches up after the others`,
    )
  })

  it('SR-6: one that was killed goes on with its plans when it is started again, and nobody else does meanwhile', async () => {
    const fleet = await aPlanFleet(2, steps)
    const first = anArgosy(fleet, 'ann@desk')
    const id = await created(first.plans, text(fleet, '  - {name: all}'))
    await fleet.eventually('it is under way', () => first.plans.view(id)?.waveViews[0]?.members[0]?.state === 'AtGate')
    const spectator = anArgosy(fleet, 'bob@lap')
    expect(await fleet.meanwhile(spectator.plans.discover())).toMatchObject([{ id, phase: 'Running' }])
    await first.crash()
    await fleet.eventually('it is seen to be gone', () => spectator.plans.view(id)?.driver.state === 'nobody')
    await fleet.pass(60_000)
    expect(spectator.plans.view(id)?.waves[0]?.doneCount).toBe(0)
    const again = anArgosy(fleet, 'ann@desk', first.path)
    await fleet.eventually('the end', () => again.plans.view(id)?.phase === 'Completed')
    await fleet.eventually('the other one sees it too', () => spectator.plans.view(id)?.phase === 'Completed')
  })

  it('SR-6: who watches may hold it, and who decides stops at once; taken over, it goes on elsewhere', async () => {
    const fleet = await aPlanFleet(2, steps)
    const ann = anArgosy(fleet, 'ann@desk')
    const id = await created(ann.plans, text(fleet, '  - {name: all, gate: manual}'))
    const bob = anArgosy(fleet, 'bob@lap')
    await fleet.meanwhile(bob.plans.discover())
    await fleet.eventually('somebody decides', () => bob.plans.view(id)?.driver.state === 'elsewhere')
    await fleet.meanwhile(bob.plans.command(id, { kind: 'hold' }, 'errors rise'))
    await fleet.eventually('it is held', () => ann.plans.view(id)?.holds.length === 1)
    expect(ann.plans.view(id)?.holds).toMatchObject([{ reason: 'Manual', by: 'bob@lap', text: 'errors rise' }])
    bob.plans.drive(id, true)
    ann.plans.drive(id, false)
    await fleet.eventually('bob decides', () => bob.plans.view(id)?.driver.state === 'here')
    expect(ann.plans.view(id)?.driver.state).not.toBe('here')
    await fleet.meanwhile(bob.plans.command(id, { kind: 'release' }, 'they fell again'))
    await fleet.eventually('it goes on', () => bob.plans.view(id)?.waves[0]?.state === 'Gate')
  })

  it('SR-6: who watches asks for the plan; it is kept, and then handed over, and goes on with the one who asked', async () => {
    const fleet = await aPlanFleet(2, steps)
    const { plans: ann } = anArgosy(fleet, 'ann@desk')
    const { plans: bob } = anArgosy(fleet, 'bob@lap')
    const id = await created(ann, text(fleet, '  - {name: all, gate: manual}'))
    await fleet.eventually('ann decides', () => ann.view(id)?.driver.state === 'here')
    await fleet.meanwhile(bob.discover())
    await fleet.eventually('bob sees who decides', () => bob.view(id)?.driver.state === 'elsewhere')
    expect(await fleet.meanwhile(bob.ask(id, 'my shift'))).toEqual({ ok: true })
    await fleet.eventually('ann is asked', () => ann.view(id)?.request?.side === 'toUs')
    expect(ann.view(id)?.request).toMatchObject({ by: expect.stringMatching(/^bob@/), reason: 'my shift' })
    expect(await fleet.meanwhile(ann.answer(id, false, 'five more minutes'))).toEqual({ ok: true })
    await fleet.eventually('bob is told', () => bob.view(id)?.request?.keptBy !== undefined)
    expect([ann.view(id)?.driver.state, bob.view(id)?.driver.state]).toEqual(['here', 'waiting'])
    await fleet.meanwhile(bob.ask(id, 'now please'))
    await fleet.eventually('ann is asked anew', () => ann.view(id)?.request?.reason === 'now please')
    expect(await fleet.meanwhile(ann.answer(id, true, ''))).toEqual({ ok: true })
    await fleet.eventually('bob decides', () => bob.view(id)?.driver.state === 'here')
    expect(ann.view(id)?.driver.state).not.toBe('waiting')
    await fleet.eventually('the gate', () => bob.view(id)?.waves[0]?.state === 'Gate')
    const told = ann.view(id)?.events.map((event) => event.text) ?? []
    expect(told).toEqual(expect.arrayContaining(['ann@desk keeps deciding', 'ann@desk hands over to who asked']))
    expect(bob.view(id)?.events.map((event) => event.text)).toContain('bob@lap asks to decide: my shift')
    expect(await fleet.meanwhile(ann.answer(id, true, ''))).toMatchObject({ ok: false, error: { kind: 'Invalid' } })
  })

  it('W16: what stays at its pause for too long is at risk until the budget is spent, and the plan is held', async () => {
    const fleet = await aPlanFleet(2, steps)
    const { plans } = anArgosy(fleet, 'ann@desk')
    const capped = `${text(fleet, '  - {name: all}')}\nmaxErrorBudgetMinutes: 1`
    const id = await created(plans, capped)
    await fleet.eventually('it is under way', () => plans.view(id)?.waveViews[0]?.members[0]?.state === 'Applying')
    await fleet.meanwhile(plans.command(id, { kind: 'hold' }, 'lunch'))
    await fleet.eventually(
      'the budget is spent',
      () => plans.view(id)?.holds.some(({ reason }) => reason === 'Cap') === true,
    )
    const { budget, waveViews } = plans.view(id) ?? {}
    expect(waveViews?.[0]?.members[0]).toMatchObject({ state: 'AtGate' })
    expect(budget).toMatchObject({ lostMs: 0, maxMinutes: 1 })
    expect(budget?.atRiskMs).toBeGreaterThanOrEqual(60_000)
    expect(budget?.atRiskMs).toBeLessThan(65_000)
  })

  it('SR-5: with a long step and no controller in the cluster it has to be said what becomes of it; aborted, it waits for a person', async () => {
    const fleet = await aPlanFleet(1, [{ setWeight: 25 }, { pause: {} }, { pause: { duration: '1h' } }])
    const { plans } = anArgosy(fleet, 'ann@desk')
    const written = text(fleet, '  - {name: all}')
    const { faults, forecast } = await plans.check(written)
    const member = `${fleet.contexts[0]}/default/web`
    expect(forecast?.stranded).toEqual([{ member, step: 2, ms: 3_600_000 }])
    expect(faults).toMatchObject([
      { field: 'parking', message: expect.stringContaining(`${member} (60 min)`) as string },
    ])
    const required = await plans.check(`${written}parking: requireInClusterController\n`)
    expect(required.faults).toMatchObject([{ field: 'members[0]', line: 6 }])
    const id = await created(plans, `${written}parking: abort\nonBreach: rollbackAll\n`)
    await fleet.eventually('it is under way', () => plans.view(id)?.waveViews[0]?.members[0]?.state === 'Progressing')
    await fleet.meanwhile(plans.park())
    expect((await fleet.rollout(0)).status).toMatchObject({ abort: true })
    await fleet.eventually('it is seen', () => plans.view(id)?.waveViews[0]?.members[0]?.state === 'Failed')
    expect(plans.view(id)).toMatchObject({ phase: 'Running', holds: [{ reason: 'Budget' }] })
  })

  it('SR-5: with freeze nothing is sent when it ends or sleeps', async () => {
    const fleet = await aPlanFleet(1, [{ setWeight: 25 }, { pause: { duration: '1h' } }])
    const { plans } = anArgosy(fleet, 'ann@desk')
    const id = await created(plans, `${text(fleet, '  - {name: all}')}parking: freeze\n`)
    await fleet.eventually('it is under way', () => plans.view(id)?.waveViews[0]?.members[0]?.state === 'Progressing')
    // Its engine goes on meanwhile: what a plan could send is looked at, the spec, its notes and an abort.
    const sent = async () => {
      const { metadata, spec, status } = await fleet.rollout(0)
      const { 'argosy.dev/plan': plan, 'argosy.dev/epoch': epoch, 'argosy.dev/hold': hold } = metadata.annotations ?? {}
      return { spec, plan, epoch, hold, abort: status?.abort, abortedAt: status?.abortedAt }
    }
    const before = await sent()
    await fleet.meanwhile(plans.park())
    expect(await sent()).toEqual(before)
    expect(before).toMatchObject({ plan: id, spec: { template: { spec: { containers: [{ image: 'web:2' }] } } } })
    expect(before.abort ?? false).toBe(false)
  })

  it('UI-ACT-2: a start on a protected cluster takes the name of the plan here too, whoever asks', async () => {
    const fleet = await aPlanFleet(1, steps)
    const guarded = { ...fleet, ports: { ...fleet.ports, isProtected: () => true } }
    const { plans } = anArgosy(guarded, 'ann@desk')
    const written = text(fleet, '  - {name: all}')
    const refused = `${fleet.contexts[0]} is protected: confirm the start by the name of the plan, web 2`
    expect(await plans.create(written, true)).toEqual({ ok: false, error: refused })
    const kept = await created(plans, written, false)
    await fleet.eventually('it is read', () => plans.view(kept)?.unread === undefined)
    expect(await plans.command(kept, { kind: 'start' }, '', 'web')).toEqual({ ok: false, error: refused })
    expect(await fleet.meanwhile(plans.command(kept, { kind: 'start' }, '', 'web 2'))).toEqual({ ok: true })
    expect((await fleet.meanwhile(plans.create(written, true, 'web 2'))).ok).toBe(true)
  })

  it('what is wrong with a text is said, and nothing is made of it', async () => {
    const fleet = await aPlanFleet(1, steps)
    const { plans } = anArgosy(fleet, 'ann@desk')
    const wrong = text(fleet, '  - {name: all, maxConcurrent: 0}').replace('rollout: web', 'rollout: wbe')
    const check = await plans.check(wrong)
    expect(check.faults).toEqual([
      { field: 'members[0]', line: 6, message: `There is no wbe in ${fleet.contexts[0]}.` },
      { field: 'waves[0].maxConcurrent', line: 8, message: 'At least one member has to move at a time.' },
    ])
    expect(await plans.create(wrong, true)).toEqual({
      ok: false,
      error: `line 6: members[0]: There is no wbe in ${fleet.contexts[0]}.`,
    })
    expect(plans.list()).toEqual([])
  })

  it('before it starts: what goes out where and how long that takes; after it: what each act would send', async () => {
    const fleet = await aPlanFleet(2, [{ setWeight: 25 }, { pause: {} }, { pause: { duration: '5m' } }])
    const { plans } = anArgosy(fleet, 'ann@desk')
    const written = text(
      fleet,
      `  - {name: pilot, select: {contexts: [${fleet.contexts[0]}]}, minSoak: 10m}\n  - {name: rest}`,
    )
    const { forecast } = await plans.check(written)
    expect(
      forecast?.waves.map(({ name, pods, trafficShare, durationMs = 0 }) => [
        name,
        pods,
        trafficShare,
        Math.round(durationMs / 60_000),
      ]),
    ).toEqual([
      ['pilot', 4, 50, 15],
      ['rest', 4, 50, 5],
    ])
    // A quarter for 5 min, all of it while its last pods start and it bakes for 10 min, of half of all traffic (W16).
    expect(forecast?.waves.map(({ riskMs }) => Math.round(riskMs / 6_000) / 10)).toEqual([5.7, 0.6])
    const id = await created(plans, written, false)
    expect(plans.view(id)).toMatchObject({ phase: 'Ready', driver: { state: 'nobody' } })
    await fleet.meanwhile(plans.command(id, { kind: 'start' }, ''))
    await fleet.eventually('it is under way', () => plans.view(id)?.waveViews[0]?.members[0]?.state === 'Applying')
    await fleet.meanwhile(plans.command(id, { kind: 'hold' }, 'lunch'))
    const member = `${fleet.contexts[0]}/default/web`
    await fleet.eventually('it waits', () => plans.view(id)?.waveViews[0]?.members[0]?.state === 'AtGate')
    expect(plans.view(id)?.nextActs).toMatchObject([{ member, kind: 'promote' }])
    const shown = await fleet.meanwhile(plans.previewAct(id, member))
    expect(shown).toMatchObject({ open: true, writes: [{ method: 'PATCH' }] })
    expect(await plans.previewAct(id, `${fleet.contexts[1]}/default/web`)).toEqual({
      open: false,
      reason: 'Nothing is to be sent to it now.',
    })
  })

  it('3.4.1: one that others have to approve is written and not started, and is told of so', async () => {
    const fleet = await aPlanFleet(1, steps)
    const { plans } = anArgosy(fleet, 'ann@desk')
    const id = await created(plans, `${text(fleet, '  - {name: all}')}approvals: {count: 1}\n`)
    expect(plans.view(id)?.phase).toBe('Ready')
    expect(plans.view(id)?.events.map((event) => event.text)).toEqual(['ann@desk wrote the plan'])
  })

  it('a plan to begin with, from Rollouts that were chosen', async () => {
    const fleet = await aPlanFleet(2, steps)
    const { plans } = anArgosy(fleet, 'ann@desk')
    const draft = plans.draft(fleet.contexts.map((context) => `${context}/default/web`))
    expect(draft.ok && (await plans.check(draft.value)).faults).toEqual([])
    expect(draft.ok && draft.value).toContain('setImage:\n    web: web:1\n')
    expect(plans.draft([])).toEqual({ ok: false, error: 'Choose at least one Rollout.' })
  })
})
