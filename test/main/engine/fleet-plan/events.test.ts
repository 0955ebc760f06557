import { describe, expect, it } from 'vitest'
import { planEvents } from '#engine/fleet-plan/events.ts'
import { aPlan, aWave, memberStatus } from '#test/support/builders/fleet-plan.ts'
import { T0 } from '#test/support/virtual-clock.ts'

describe('what happened to a plan', () => {
  const plan = aPlan([aWave(['a', 'b'])])
  const { status } = plan

  it('W14: nothing, when nothing changed', () => {
    expect(planEvents(plan, status, { ...status, members: { 'a/shop/web': memberStatus('Pending') } })).toEqual([])
  })

  it('W14: all that changed, in the order in which one thing follows from another', () => {
    const running = { ...status, waves: [{ state: 'Active' as const, since: T0 }] }
    const after = {
      ...running,
      epoch: 2,
      phase: 'RollingBack' as const,
      rollback: { scope: 'wave' as const, wave: 0, since: T0, by: 'plan' },
      holds: [{ reason: 'Budget' as const, since: T0, text: '1 failed', by: 'plan' }],
      waves: [{ state: 'Breached' as const, since: T0 }],
      members: {
        'b/shop/web': memberStatus('Succeeded'),
        'a/shop/web': memberStatus('Failed', { reason: 'too many errors' }),
      },
    }
    expect(planEvents(plan, running, after)).toEqual([
      { text: 'another holder decides, epoch 2', severity: 'info' },
      { text: 'the plan is RollingBack', severity: 'warning' },
      { text: 'the plan takes its wave back', severity: 'warning' },
      { member: 'a/shop/web', text: 'a/shop/web: Failed: too many errors', severity: 'error' },
      { member: 'b/shop/web', text: 'b/shop/web: Succeeded', severity: 'info' },
      { wave: 0, text: 'wave a+b: Breached', severity: 'error' },
      { text: 'held (Budget): 1 failed', severity: 'warning' },
    ])
  })

  it('W14: what begins is told before, and what ends after what happened to the members', () => {
    const active = { ...status, waves: [{ state: 'Active' as const, since: T0 }] }
    const begun = { ...active, members: { 'a/shop/web': memberStatus('Admitting') } }
    expect(planEvents(plan, status, begun).map(({ text }) => text)).toEqual([
      'wave a+b: Active',
      'a/shop/web: Admitting',
    ])
    const done = {
      ...status,
      phase: 'Completed' as const,
      waves: [{ state: 'WaveSoak' as const, since: T0 }],
      members: { 'a/shop/web': memberStatus('Succeeded') },
    }
    expect(planEvents(plan, active, done).map(({ text }) => text)).toEqual([
      'a/shop/web: Succeeded',
      'wave a+b: WaveSoak',
      'the plan is Completed',
    ])
  })

  it('SR-7: a person who holds, releases and opens a gate is named', () => {
    const held = { ...status, holds: [{ reason: 'Manual' as const, since: T0, text: 'lunch', by: 'ann' }] }
    expect(planEvents(plan, status, held)).toEqual([{ text: 'held (Manual) by ann: lunch', severity: 'warning' }])
    expect(planEvents(plan, held, status)).toEqual([{ text: 'not held any more (Manual)', severity: 'info' }])
    const opened = { by: 'ann', at: T0, reason: 'it looks good' }
    const open = { ...status, waves: [{ state: 'Waiting' as const, since: T0, opened }] }
    expect(planEvents(plan, status, open)).toEqual([
      { wave: 0, text: 'ann opened the gate of wave a+b: it looks good', severity: 'info' },
    ])
  })
})
