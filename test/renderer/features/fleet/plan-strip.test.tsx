import { afterEach, describe, expect, it } from 'vitest'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import type { Scene } from '#test/support/fixture-bridge.ts'
import { aPlanWave, checkoutPlan, hold } from '#test/support/fixture-plans.ts'
import { T0 } from '#test/support/virtual-clock.ts'

let fixture: FixtureApp
afterEach(() => fixture.close())

const open = async (scene: Scene = 'fleet') => {
  fixture = await openFixtureApp({ scene })
}
const strip = () => document.querySelector('.plan-strip')
const dialog = () => document.querySelector('[role=dialog]')
const button = (label: RegExp, within: ParentNode | null = document) =>
  [...(within?.querySelectorAll('button') ?? [])].find((each) => label.test(each.textContent ?? '')) as HTMLElement
const sent = () => fixture.bridge.calls.filter(({ channel }) => channel === 'plan.command').map(({ input }) => input)
const confirm = () => fixture.press('Enter', { metaKey: true })

describe('the strip of a plan', () => {
  it('UI-STAT-5: shows waves, members, gates, who drives, and what the next wave waits for', async () => {
    await open()
    const words = strip()?.textContent ?? ''
    for (const each of [
      'checkout-api 2.31',
      'Wave 2 of 3',
      'Passed',
      'Baked 30:00',
      'Driven here',
      'approval',
      '0 of 4',
    ])
      expect(words).toContain(each)
    expect(button(/^Open wave 3/, strip()).getAttribute('aria-disabled')).toBe('true')
  })

  it('the bake of a wave counts down, and waits for proof when its time is over', async () => {
    await open()
    const [first, second, ...rest] = checkoutPlan(T0).waveViews
    if (first === undefined || second === undefined) throw new Error('the plan has too few waves')
    const baking = { ...second, state: 'WaveSoak', soakedMs: second.waveSoakMs - 61_000 } as const
    const plan = checkoutPlan(T0, { waveViews: [first, baking, ...rest] })
    await fixture.tell(() => fixture.bridge.changePlans([plan]))
    expect(strip()?.textContent).toContain('1:01 bake left')
    await fixture.advance(60_000)
    expect(strip()?.textContent).toMatch(/0:0[12] bake left/)
    await fixture.advance(5_000)
    expect(strip()?.textContent).toContain('bake waits for proof')
  })

  it('columns of the board carry the waves of the plan', async () => {
    await open()
    const marks = [...document.querySelectorAll('.column-head')].map(
      (head) => [head.querySelector('.name')?.textContent, head.querySelector('.wave-mark')?.textContent] as const,
    )
    expect(Object.fromEntries(marks)).toMatchObject({ 'canary-eu': 'W1', 'prod-eu-west': 'W2', 'prod-ap-ne': 'W3' })
  })

  it('is not there without a plan under way, and goes when it is over', async () => {
    await open()
    await fixture.tell(() => fixture.bridge.changePlans([checkoutPlan(T0, { phase: 'Completed' })]))
    expect(strip()).toBeNull()
    expect(document.querySelector('.wave-mark')).toBeNull()
    expect(fixture.app.plans.getState().underWay.size).toBe(0)
  })

  it('of several the one that asks most is shown, and the others are a click away', async () => {
    await open('plans')
    expect(strip()?.querySelector('a')?.textContent).toBe('ledger 9.2, quarter end')
    expect(strip()?.textContent).toContain('m.ortega: waiting for the registry team, INC-20931')
    await fixture.click(button(/^Plan 1 of 5/, strip()))
    expect(strip()?.querySelector('a')?.textContent).not.toBe('ledger 9.2, quarter end')
  })

  it('H asks why, and holds; the key alone sends nothing', async () => {
    await open()
    await fixture.press('h')
    expect(dialog()?.textContent).toContain('Hold checkout-api 2.31')
    await confirm()
    expect(sent()).toEqual([])
    await fixture.type(dialog()?.querySelector('input[type=text]') as Element, 'INC-1')
    await confirm()
    expect(sent()).toEqual([{ id: '01JDF3M7Q2CHECKOUT', command: { kind: 'hold' }, reason: 'INC-1' }])
    expect(dialog()).toBeNull()
  })

  it('UI-ACT-2, W12: stopping the line writes to protected clusters: the name of the plan is typed', async () => {
    await open()
    await fixture.press('h')
    await fixture.click(dialog()?.querySelector('input[type=checkbox]') as Element)
    const [reason, name] = [...(dialog()?.querySelectorAll('input[type=text]') ?? [])]
    await fixture.type(reason as Element, 'INC-1')
    await confirm()
    expect(sent()).toEqual([])
    await fixture.type(name as Element, 'checkout-api 2.31')
    await confirm()
    expect(sent()).toMatchObject([{ command: { kind: 'hold', stopsLine: true } }])
  })

  it('W opens the gate at which a plan waits, and nothing while none does', async () => {
    await open()
    await fixture.press('w')
    expect(dialog()).toBeNull()
    const [first, ...rest] = checkoutPlan(T0).waveViews
    if (first === undefined) throw new Error('the plan has no wave')
    const gate = aPlanWave(T0, { ...first, state: 'Gate', opened: undefined })
    await fixture.tell(() => fixture.bridge.changePlans([checkoutPlan(T0, { waveViews: [gate, ...rest] })]))
    await fixture.press('w')
    expect(dialog()?.textContent).toContain('Open the gate of wave 1')
  })

  it('a held plan is released by the same key', async () => {
    await open()
    const holds = [hold('Manual', T0 - 60_000, 'lunch', 'ann@desk/1')]
    await fixture.tell(() => fixture.bridge.changePlans([checkoutPlan(T0, { holds })]))
    await fixture.press('h')
    expect(dialog()?.textContent).toContain('Release checkout-api 2.31')
  })
})
