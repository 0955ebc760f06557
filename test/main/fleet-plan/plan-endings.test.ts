import { expect, it, onTestFinished } from 'vitest'
import { PlanMemory } from '#main/fleet-plan/plan-memory.ts'
import { Plans } from '#main/fleet-plan/plans.ts'
import { aHistory, aHistoryPath } from '#test/support/builders/history.ts'
import { aPlanFleet } from '#test/support/plan-fleet.ts'

const steps = [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '10m' } }]

it('UI-CH: a plan tells when its gate waits for a person, and when it is done, and both come true', async () => {
  const fleet = await aPlanFleet(3, steps)
  const [a, b, c] = fleet.contexts
  const history = aHistory({ clock: fleet.ports.clock, path: aHistoryPath() })
  const memory = new PlanMemory(history)
  const plans = new Plans({ ...fleet.ports, memory, actor: 'ann@desk', pastRunsOf: () => [] })
  plans.start()
  onTestFinished(async () => {
    await fleet.meanwhile(plans.stop({ release: true }))
    history.close()
  })
  const created = await plans.create(
    `
name: web 2
home: {context: ${a}, namespace: default}
change: {setImage: {web: web:2}}
parking: freeze
members: [${[a, b, c].map((context) => `{context: ${context}, namespace: default, rollout: web}`).join(', ')}]
waves:
  - {name: pilot, select: {contexts: [${a}]}, gate: manual, waveSoak: 5m}
  - {name: rest, minSoak: 2m}
`,
    true,
  )
  const id = created.ok ? created.value : ''
  onTestFinished(plans.onPlan(id, () => {}))
  const ending = () => plans.view(id)?.ending
  const state = () => plans.view(id)?.waves[0]?.state

  await fleet.eventually('the first forecast', () => ending() !== undefined)
  const first = ending()
  expect(first).toMatchObject({ how: 'person', wave: 0, isAtLeast: true })
  await fleet.eventually('the timed pause', () => plans.view(id)?.waveViews[0]?.members[0]?.stepIndex === 3)
  await fleet.pass(2_000)
  const later = ending()
  await fleet.eventually('the gate', () => state() === 'Gate')
  const atGate = fleet.now()
  expect(Math.abs(atGate - (first?.at ?? 0))).toBeLessThan(60_000)
  expect(Math.abs(atGate - (later?.at ?? 0))).toBeLessThan(30_000)
  // It waits already: there is nothing to foretell.
  expect(ending()).toBeUndefined()

  await fleet.meanwhile(plans.command(id, { kind: 'openGate', wave: 0 }, 'fine'))
  await fleet.eventually('the forecast of the end', () => ending()?.how === 'done')
  const end = ending()?.at ?? 0
  await fleet.meanwhile(plans.command(id, { kind: 'hold' }, 'lunch'))
  await fleet.eventually('no forecast while it is held', () => ending() === undefined)
  await fleet.meanwhile(plans.command(id, { kind: 'release' }, 'back'))
  await fleet.eventually('the end', () => plans.view(id)?.phase === 'Completed')
  expect(Math.abs(fleet.now() - end)).toBeLessThan(2 * 60_000)
}, 120_000)
