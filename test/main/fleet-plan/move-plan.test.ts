import { expect, it, onTestFinished } from 'vitest'
import { isLater } from '#engine/fleet-plan/move-home.ts'
import { movePlan } from '#main/fleet-plan/move-plan.ts'
import { PlanMemory } from '#main/fleet-plan/plan-memory.ts'
import { PlanStore } from '#main/fleet-plan/plan-store.ts'
import { Plans, type PlansOptions } from '#main/fleet-plan/plans.ts'
import { aHistory, aHistoryPath } from '#test/support/builders/history.ts'
import { aPlanFleet, type PlanFleet, waveOf } from '#test/support/plan-fleet.ts'

const steps = [{ setWeight: 25 }, { pause: { duration: '2m' } }]

function anArgosy(fleet: PlanFleet, actor: string, clientOf: PlansOptions['clientOf']) {
  const history = aHistory({ clock: fleet.ports.clock, path: aHistoryPath() })
  const plans = new Plans({ ...fleet.ports, clientOf, memory: new PlanMemory(history), actor })
  plans.start()
  onTestFinished(async () => {
    await fleet.meanwhile(plans.stop({ release: false }))
    history.close()
  })
  return plans
}

it('PC-4: a plan whose home is lost goes on at a new one; who decides at the old home stops, and its copy is marked once it is back', async () => {
  const fleet = await aPlanFleet(3, steps)
  const [a = '', b = ''] = fleet.contexts
  const { clientOf, clock } = fleet.ports
  const plan = await fleet.plan([waveOf(fleet, [0], { gate: 'manual' }), waveOf(fleet, [1, 2], { maxConcurrent: 2 })])
  // Ann reaches the old home still; Bob, who believes it lost, does not.
  const ann = anArgosy(fleet, 'ann@desk', clientOf)
  ann.know({ id: plan.id, home: plan.spec.home, isDriven: true, plan })
  await fleet.eventually('the gate', () => ann.view(plan.id)?.waves[0]?.state === 'Gate')
  const known = await new PlanStore(clientOf(a) as never, 'default').read(plan.id)
  if (!known.ok) throw new Error(known.error.message)
  let isBack = false
  const bobs: PlansOptions['clientOf'] = (context) => (context === a && !isBack ? undefined : clientOf(context))
  const to = { context: b, namespace: 'default' }
  const asked = { by: 'bob@desk', at: clock.now(), reason: 'INC-7' }
  const moved = await fleet.meanwhile(movePlan(known.value.plan, to, asked, { clientOf: bobs }))
  if (!moved.ok) throw new Error(moved.error)
  expect(moved.value.unmarked).toContain('no context')
  expect(moved.value.plan.status.moved?.epoch).toBe(1001)
  const again = await fleet.meanwhile(movePlan(known.value.plan, to, asked, { clientOf: bobs }))
  expect(again).toMatchObject({ ok: false, error: expect.stringContaining('keeps a plan of that id already') })

  const bob = anArgosy(fleet, 'bob@desk', bobs)
  bob.know({ id: plan.id, home: to, isDriven: true, plan: moved.value.plan })
  await fleet.eventually(
    'ann stops',
    () => ann.view(plan.id)?.holds.some(({ reason }) => reason === 'ControllerConflict') === true,
  )
  const epochs = async () =>
    Promise.all([0, 1, 2].map(async (index) => (await fleet.rollout(index)).metadata.annotations?.['argosy.dev/epoch']))
  expect(await fleet.meanwhile(epochs())).toEqual(['1001', '1001', '1001'])
  // She opens the gate there, and nothing comes of it.
  await fleet.meanwhile(ann.command(plan.id, { kind: 'openGate', wave: 0 }, 'go on'))
  await fleet.pass(60_000)
  expect((await fleet.meanwhile(fleet.rollout(1))).spec.template?.spec?.containers?.[0]?.image).toBe('web:1')

  isBack = true
  const old = async () => {
    const read = await new PlanStore(clientOf(a) as never, 'default').read(plan.id)
    return read.ok ? read.value.plan : undefined
  }
  await fleet.eventually('the old copy is marked', async () => (await old())?.status.movedTo?.context === b)
  const left = await old()
  expect(left?.status).toMatchObject({ phase: 'Superseded', movedTo: { epoch: 1001 } })
  expect(left !== undefined && isLater(moved.value.plan, left)).toBe(true)
  await fleet.eventually('ann follows it to its new home', () => ann.view(plan.id)?.home.context === b)

  // And back, with the copy that was left there written over.
  const atNew = await new PlanStore(clientOf(b) as never, 'default').read(plan.id)
  if (!atNew.ok) throw new Error(atNew.error.message)
  const home = { context: a, namespace: 'default' }
  const back = await fleet.meanwhile(movePlan(atNew.value.plan, home, asked, { clientOf: bobs }))
  if (!back.ok) throw new Error(back.error)
  expect(back.value).toMatchObject({ unmarked: undefined, plan: { status: { moved: { epoch: 2001 } } } })
  expect((await old())?.status).toMatchObject({ phase: 'Running', moved: { epoch: 2001 } })
  await fleet.eventually('both follow it', () =>
    [ann, bob].every((each) => each.view(plan.id)?.home.context === a && each.view(plan.id)?.phase === 'Running'),
  )
  await fleet.eventually('its members are told', async () => (await epochs()).every((each) => Number(each) >= 2001))

  await fleet.meanwhile(bob.command(plan.id, { kind: 'openGate', wave: 0 }, 'the pilot looks good'))
  await fleet.eventually('the end', () => bob.view(plan.id)?.phase === 'Completed')
  expect(bob.view(plan.id)?.events.map(({ text }) => text)).toContain(`the copy in ${a} says that the plan has moved`)
  expect((await fleet.meanwhile(epochs())).every((each) => Number(each) >= 2001)).toBe(true)
}, 120_000)
