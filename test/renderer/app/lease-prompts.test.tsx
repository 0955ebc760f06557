import { act } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import type { LeaseRequestView } from '#contract/lease-requests.ts'
import type { ClusterView } from '#contract/views.ts'
import { openOverlay } from '#renderer/store/app.ts'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import { T0 } from '#test/support/virtual-clock.ts'

let fixture: FixtureApp
afterEach(() => fixture.close())

const asked: LeaseRequestView = {
  by: 'ada@rome',
  at: T0,
  until: T0 + 300_000,
  reason: 'the release is mine',
  side: 'toUs',
  keptBy: undefined,
}
const prompt = () => document.querySelector('.lease-prompt')
const buttons = () => [...(prompt()?.querySelectorAll('button') ?? [])]
const dialog = () => document.querySelector('[role=dialog]')
const footer = () => [...(dialog()?.querySelectorAll('footer button') ?? [])].at(-1) as HTMLButtonElement
const calls = (channel: string) =>
  fixture.bridge.calls.filter((each) => each.channel === channel).map(({ input }) => input)

async function open(request: LeaseRequestView, ...contexts: readonly string[]) {
  fixture = await openFixtureApp()
  await change((each) => (contexts.includes(each.context) ? { ...each, request } : each))
}

async function change(to: (cluster: ClusterView) => ClusterView) {
  const next = fixture.app.clusters.getState().clusters.map(to)
  await fixture.tell(() => fixture.bridge.changeClusters(next))
  await fixture.advance(50)
}

describe('SR-6: somebody asks for a cluster that is driven here', () => {
  it('is told by whom, why and until when; keeping it needs one press, and the prompt is gone', async () => {
    await open(asked, 'prod-eu-west')
    expect(prompt()?.textContent).toContain('prod-eu-west: ada@rome asks to drive it')
    expect(prompt()?.textContent).toContain('the release is mine')
    expect(prompt()?.textContent).toContain('until 10:05 UTC')
    expect(prompt()?.querySelector('[role=alert]')).not.toBeNull()
    const [, keep] = buttons()
    await act(async () => keep?.click())
    expect(calls('cluster.answer')).toEqual([{ context: 'prod-eu-west', handOver: false, reason: '' }])
    expect(prompt()).toBeNull()
  })

  it('UI-ACT-2: handing over says what it means first, and asks for the name of a protected context', async () => {
    await open(asked, 'prod-eu-west')
    await act(async () => buttons()[0]?.click())
    await fixture.advance(100)
    expect(dialog()?.textContent).toContain('Hand prod-eu-west over to ada@rome')
    expect(dialog()?.textContent).toContain('They write: the release is mine')
    expect(dialog()?.textContent).toContain('ada@rome takes over at once')
    expect(dialog()?.textContent).toContain('3 are in the middle of an update')
    await act(async () => footer().click())
    expect(calls('cluster.answer')).toEqual([])
    const [guard] = dialog()?.querySelectorAll('.dialog-form input') ?? []
    await fixture.type(guard as HTMLInputElement, 'prod-eu-west')
    await act(async () => footer().click())
    expect(calls('cluster.answer')).toEqual([{ context: 'prod-eu-west', handOver: true, reason: '' }])
    expect(calls('cluster.drive')).toEqual([])
  })

  it('is gone when its time is over; what was about to be handed over is not handed back instead', async () => {
    await open({ ...asked, until: T0 + 10_000 }, 'prod-eu-west')
    await act(async () => buttons()[0]?.click())
    await fixture.advance(100)
    const [guard] = dialog()?.querySelectorAll('.dialog-form input') ?? []
    await fixture.type(guard as HTMLInputElement, 'prod-eu-west')
    await fixture.advance(10_000)
    expect(prompt()).toBeNull()
    await act(async () => footer().click())
    expect([...calls('cluster.answer'), ...calls('cluster.drive')]).toEqual([])
    expect(footer().textContent).toContain('Nobody asks for it any more')
  })

  it('counts the others, and asks nothing of who only watches', async () => {
    await open(asked, 'prod-eu-west', 'prod-us-west')
    expect(prompt()?.textContent).toContain('and 1 more')
    await change((each) => (each.request === undefined ? each : { ...each, request: { ...asked, side: 'others' } }))
    expect(prompt()).toBeNull()
  })
})

describe('SR-6: somebody asks for a plan that is decided here', () => {
  const ofPlan = async (request: LeaseRequestView) => {
    fixture = await openFixtureApp({ scene: 'plans' })
    const all = [...fixture.app.plans.getState().underWay.values()].map(({ plan }) => plan)
    const changed = all.map((plan) =>
      plan.id === planId ? { ...plan, request, driver: { state: 'here' as const } } : plan,
    )
    await fixture.tell(() => fixture.bridge.changePlans(changed))
    await fixture.advance(50)
  }
  const planId = '01JDF4LEDGER'

  it('is told so; keeping it needs one press', async () => {
    await ofPlan(asked)
    expect(prompt()?.textContent).toContain('ledger 9.2, quarter end: ada@rome asks to drive it')
    await act(async () => buttons()[1]?.click())
    expect(calls('plan.answer')).toEqual([{ id: planId, handOver: false, reason: '' }])
    expect(prompt()).toBeNull()
  })

  it('handing over says what it means first', async () => {
    await ofPlan(asked)
    await act(async () => buttons()[0]?.click())
    await fixture.advance(100)
    expect(dialog()?.textContent).toContain('ada@rome decides from then on.')
    expect(dialog()?.textContent).toContain('They write: the release is mine')
    await act(async () => footer().click())
    expect(calls('plan.answer')).toEqual([{ id: planId, handOver: true, reason: '' }])
    expect(calls('plan.command')).toEqual([])
  })
})

describe('SR-6: this Argosy asks', () => {
  it('asks by default where an Argosy on a machine has the lease', async () => {
    fixture = await openFixtureApp()
    await act(async () => openOverlay(fixture.app, { kind: 'drive', context: 'canary-eu', drive: true }))
    await fixture.advance(100)
    expect(dialog()?.textContent).toContain('Ask for it: anna-laptop can hand it over, or keep it')
    const reason = [...(dialog()?.querySelectorAll('.dialog-form input') ?? [])].at(-1)
    await fixture.type(reason as HTMLInputElement, 'the release is mine')
    await act(async () => footer().click())
    expect(calls('cluster.ask')).toEqual([{ context: 'canary-eu', reason: 'the release is mine' }])
    expect(calls('cluster.drive')).toEqual([])
  })

  it('is told that a controller reads nothing, and what to do; then it only waits', async () => {
    fixture = await openFixtureApp()
    await act(async () => openOverlay(fixture.app, { kind: 'drive', context: 'prod-us-west', drive: true }))
    await fixture.advance(100)
    expect(dialog()?.textContent).toContain('Scale that controller to 0')
    expect(dialog()?.querySelector('.ask-choice')).toBeNull()
    const [guard] = dialog()?.querySelectorAll('.dialog-form input') ?? []
    await fixture.type(guard as HTMLInputElement, 'prod-us-west')
    await act(async () => footer().click())
    expect(calls('cluster.ask')).toEqual([])
    expect(calls('cluster.drive')).toEqual([{ context: 'prod-us-west', drive: true, reason: '' }])
  })

  it('hears once that it is kept, and by whom', async () => {
    await open({ ...asked, side: 'ours' }, 'canary-eu')
    expect(document.body.textContent).not.toContain('keeps canary-eu')
    const keptBy = 'bo@oslo'
    await change((each) => (each.request === undefined ? each : { ...each, request: { ...each.request, keptBy } }))
    expect(document.body.textContent).toContain('bo@oslo keeps canary-eu')
  })
})
