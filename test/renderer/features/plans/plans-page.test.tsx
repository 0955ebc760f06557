import { afterEach, describe, expect, it } from 'vitest'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import type { Scene } from '#test/support/fixture-bridge.ts'

let fixture: FixtureApp
afterEach(() => fixture.close())

const open = async (at: string, scene: Scene = 'plans') => {
  fixture = await openFixtureApp({ scene, at })
}
const large = '#/plans?id=01JDF4LEDGER'
const text = () => document.body.textContent ?? ''
const all = (selector: string) => [...document.querySelectorAll(selector)]
const button = (label: RegExp) => all('button').find((each) => label.test(each.textContent ?? '')) as HTMLElement
const sent = (channel: string) =>
  fixture.bridge.calls.filter((each) => each.channel === channel).map(({ input }) => input)

describe('the page of plans', () => {
  it('lists all plans, those that ask for a person first, and shows the first of them in full', async () => {
    await open('#/plans')
    const names = all('.plan-entry b').map((each) => each.textContent)
    expect(names).toHaveLength(9)
    expect(names[0]).toBe('ledger 9.2, quarter end')
    expect(document.querySelector('.plan-title h2')?.textContent).toBe('ledger 9.2, quarter end')
  })

  it('shows every wave with its rules and every member with its state and reason', async () => {
    await open(large)
    expect(all('.plan-members tbody tr:not(.wave-row)')).toHaveLength(40)
    for (const each of [
      '3 at a time, step by step together, 1 h after the last, gate: verdict of the fleet',
      'opened by m.ortega: CHG-4711',
      '3 failed, 10% borne',
      'not done after 2 h',
      'sign-in needed',
      '6:00 bake left',
      'set image sent, not seen yet',
    ])
      expect(text()).toContain(each)
    expect(text()).not.toMatch(/undefined|NaN|\[object|\{\{/)
  })

  it('PC-5: a member in a context that is not open here is grey, and says that nobody sees it now', async () => {
    await open('#/plans?id=01JDDONE')
    const rows = all('.plan-members tbody tr:not(.wave-row)')
    const seen = (row: Element) => [row.querySelector('.status')?.className, /not seen now/.test(row.textContent ?? '')]
    expect(rows.map(seen)).toEqual([
      ['status faint', true],
      ['status ink-healthy', false],
      ['status faint', true],
      ['status faint', true],
    ])
    expect(document.querySelector('.plan-facts')?.textContent).toContain('Nobody: it is over')
    expect(all('.plan-facts .ink-paused')).toEqual([])
  })

  it('looks for plans that are begun elsewhere when it is opened', async () => {
    await open('#/fleet')
    const before = sent('plans.list').length
    await fixture.tell(() => fixture.app.goTo('#/plans'))
    expect(sent('plans.list')).toHaveLength(before + 1)
  })

  it('J and K go through the list', async () => {
    await open('#/plans')
    await fixture.press('j')
    const second = document.querySelector('.plan-entry[aria-current] b')?.textContent
    expect(second).not.toBe('ledger 9.2, quarter end')
    await fixture.press('k')
    expect(document.querySelector('.plan-entry[aria-current] b')?.textContent).toBe('ledger 9.2, quarter end')
  })

  it('W14: explains what stands still, with the rule', async () => {
    await open(large)
    const lines = all('.plan-side-list li').map((each) => each.textContent)
    expect(lines).toContain('region-14-prodis paused by handW1')
    expect(lines).toHaveLength(5)
  })

  it('UI-ACT-5: an act to come shows byte for byte what it would send, once it is asked for', async () => {
    await open('#/plans?id=01JDF3M7Q2CHECKOUT')
    await fixture.click(button(/^Next/))
    expect(sent('plan.act.preview')).toEqual([])
    await fixture.click(document.querySelector('.plan-side .exact-toggle') as Element)
    expect(sent('plan.act.preview')).toEqual([{ id: '01JDF3M7Q2CHECKOUT', member: 'prod-eu-west/shop/checkout-api' }])
    expect(document.querySelector('.plan-side pre')?.textContent).toContain(
      'PATCH  /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/checkout-api/status',
    )
  })

  it('UI-VIRT-8: of 300 events only those on screen are drawn', async () => {
    await open(large)
    await fixture.click(button(/^Events/))
    const shown = all('.plan-event').length
    expect(shown).toBeGreaterThan(5)
    expect(shown).toBeLessThan(60)
  })

  it('a member that failed is tried again or skipped, with a reason', async () => {
    await open(large)
    await fixture.click(button(/^Retry…/))
    const fields = all('[role=dialog] .dialog-form input')
    await fixture.type(fields[0] as Element, 'the image is there')
    await fixture.type(fields[1] as Element, 'ledger 9.2, quarter end')
    await fixture.press('Enter', { ctrlKey: true })
    expect(sent('plan.command')).toEqual([
      {
        id: '01JDF4LEDGER',
        command: { kind: 'retry', member: 'region-12-prod/shop/ledger' },
        reason: 'the image is there',
      },
    ])
  })

  it('W17: one that had come to a pause may go on there', async () => {
    await open(large)
    await fixture.click(button(/^Retry…/))
    expect(text()).toContain('Go on at its last pause, step 2, not from its first step')
    await fixture.click(document.querySelector('[role=dialog] input[type=checkbox]') as Element)
    const fields = all('[role=dialog] .dialog-form input')
    await fixture.type(fields[0] as Element, 'the image is there')
    await fixture.type(fields[1] as Element, 'ledger 9.2, quarter end')
    await fixture.press('Enter', { ctrlKey: true })
    expect(sent('plan.command')).toMatchObject([{ command: { kind: 'retry', from: 'lastPause' } }])
  })

  it('3.4.1: a plan that waits for approval is approved with a reason, and started only after that', async () => {
    await open('#/plans?id=01JDREADY')
    expect(button(/^Start…/)?.getAttribute('aria-disabled')).toBe('true')
    await fixture.click(button(/^Approve…/))
    expect(text()).toContain('m.ortega has approved it: read the diff, windows fit')
    await fixture.press('Enter', { ctrlKey: true })
    expect(sent('plan.command')).toEqual([])
    await fixture.type(all('[role=dialog] .dialog-form input')[0] as Element, 'looks good')
    await fixture.press('Enter', { ctrlKey: true })
    expect(sent('plan.command')).toEqual([{ id: '01JDREADY', command: { kind: 'approve' }, reason: 'looks good' }])
  })

  it('a hold may end by itself, at a time that is to come', async () => {
    await open('#/plans?id=01JDF3M7Q2CHECKOUT')
    await fixture.press('h')
    const field = () => document.querySelector('[role=dialog] input[type=datetime-local]') as HTMLInputElement
    await fixture.type(all('[role=dialog] .dialog-form input')[0] as Element, 'lunch')
    await fixture.type(field(), '2020-01-01T12:00')
    await fixture.press('Enter', { ctrlKey: true })
    expect(sent('plan.command')).toEqual([])
    await fixture.type(field(), '2099-01-01T12:00')
    await fixture.press('Enter', { ctrlKey: true })
    const until = new Date('2099-01-01T12:00').getTime()
    expect(sent('plan.command')).toMatchObject([{ command: { kind: 'hold', until }, reason: 'lunch' }])
  })

  it('RB-1: an abort asks what is taken back; the scope is what is sent', async () => {
    await open(large)
    await fixture.click(button(/^Abort plan…/))
    await fixture.click(button(/^All waves$/))
    expect(document.querySelector('[role=dialog] .plan-touched')?.getAttribute('aria-label')).toBe(
      '15 rollouts would be written to',
    )
    const fields = all('[role=dialog] input')
    await fixture.type(fields[0] as Element, 'INC-9')
    await fixture.type(fields[1] as Element, 'ledger 9.2, quarter end')
    await fixture.press('Enter', { ctrlKey: true })
    expect(sent('plan.command')).toMatchObject([{ command: { kind: 'rollBack', scope: 'all' } }])
  })

  it('RB-6: an abort says which configuration is another one than before, of those that it would write to', async () => {
    await open('#/plans?id=01JDF3M7Q2CHECKOUT')
    await fixture.click(button(/^Abort plan…/))
    const warns = () =>
      document.querySelector('[role=dialog]')?.textContent?.includes('ConfigMap checkout-flags changed')
    expect(warns()).toBe(true)
    await fixture.click(button(/^Nothing$/))
    expect(warns()).toBe(false)
  })

  it('SR-6: a plan that others decide is taken over, one decided here is left to others', async () => {
    await open(large)
    await fixture.click(button(/^Take over$/))
    expect(sent('plan.drive')).toEqual([{ id: '01JDF4LEDGER', drive: true }])
    await fixture.tell(() => fixture.app.goTo('#/plans?id=01JDF3M7Q2CHECKOUT'))
    await fixture.click(button(/^Leave to others$/))
    expect(sent('plan.drive')).toHaveLength(2)
  })

  it('SR-6: whoever decides is asked for a plan, with a reason or without; what came of it is said', async () => {
    await open(large)
    expect(text()).toContain('Driven elsewhere: release-bot@oslo-07')
    expect(text()).toContain('kept by k.lind@oslo-07')
    await fixture.click(button(/^Ask for it…$/))
    expect(text()).toContain('release-bot@oslo-07 sees the request for five minutes')
    await fixture.type(all('[role=dialog] .dialog-form input')[0] as Element, 'my shift')
    await fixture.press('Enter', { ctrlKey: true })
    expect(sent('plan.ask')).toEqual([{ id: '01JDF4LEDGER', reason: 'my shift' }])
    expect(sent('plan.command')).toEqual([])
  })

  it('3.4.1 joinPolicy: a wave for those that come late says so while nobody has', async () => {
    await open(large)
    expect(all('.wave-row').at(-1)?.textContent).toContain('For clusters that appear later')
  })

  it('a home that cannot be read is said, since when, and what is shown stays', async () => {
    await open('#/plans?id=01JDBAKE')
    expect(text()).toContain('prod-ap-south keeps the plan and cannot be read: connection to 10.4.0.1:6443 timed out')
    expect(all('.plan-members tbody tr').length).toBeGreaterThan(3)
  })

  it('UI-LOAD-2: says nothing at first, then that it loads, after 10 s that no answer came', async () => {
    await open('#/plans', 'silent')
    expect(document.querySelector('.plans .loading')).not.toBeNull()
    await fixture.advance(10_000)
    expect(document.querySelector('.plans .message')?.textContent).toContain('No answer came in 10 s.')
  })

  it('UI-EMP-1: without plans, says what one is and how to begin; a plan that is gone is told from that', async () => {
    await open('#/plans', 'noContexts')
    expect(text()).toContain('No plans yet')
    await fixture.press('n')
    expect(fixture.app.route.getState().route).toEqual({ page: 'planEditor' })
    await fixture.close()
    await open('#/plans?id=nobody')
    expect(text()).toContain('There is no such plan')
  })

  it('a finished plan is copied as a new one', async () => {
    await open('#/plans?id=01JDDONE')
    await fixture.click(button(/^Copy as new$/))
    expect(fixture.app.route.getState().route).toEqual({ page: 'planEditor' })
    expect((document.querySelector('.plan-text textarea') as HTMLTextAreaElement).value).toContain('rollout: cart')
  })

  it('UI-I18N-2: in Chinese keeps no English of ours', async () => {
    fixture = await openFixtureApp({ scene: 'plans', at: large, locale: 'zh-CN' })
    for (const each of ['波次 3', '已超限', '观察还剩 6:00', '由别处驱动', '接管']) expect(text()).toContain(each)
    expect(text()).not.toMatch(/\b(Wave|Breached|Healthy|Waiting|Held|Retry|Take over)\b/)
  })
})
