import { describe, expect, it } from 'vitest'
import { command, type PlanCommand } from '#engine/fleet-plan/commands.ts'
import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import { aPlan, aWave, memberStatus } from '#test/support/builders/fleet-plan.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const asked = { by: 'ann', at: T0 + 1, reason: 'looked at it' }
const after = (plan: FleetPlan, wish: PlanCommand) => {
  const answer = command(plan, wish, asked)
  return answer.ok ? answer.value.status : answer.error
}
const breached = aPlan([aWave(['a', 'b'])], {
  status: {
    waves: [{ state: 'Breached', since: T0 }],
    members: { 'a/shop/web': memberStatus('Failed', { reason: 'bad' }), 'b/shop/web': { state: 'Pending', since: T0 } },
  },
})
const ready = aPlan([aWave(['a'])], { status: { phase: 'Ready' } })

describe('what people ask of a plan', () => {
  it('3.4.3: a plan is started once', () => {
    expect(after(ready, { kind: 'start' })).toMatchObject({ phase: 'Running', since: T0 + 1 })
    expect(after(breached, { kind: 'start' })).toBe('The plan is Running: it was started already.')
  })

  it('3.4.1: a plan that others have to approve is not started without them; each counts once, its maker not', () => {
    const plan = aPlan([aWave(['a'])], {
      approvals: { count: 2, by: ['bob', 'eve', 'ann'] },
      status: { phase: 'Ready' },
    })
    const asks = (of: FleetPlan, by: string) => command(of, { kind: 'approve' }, { ...asked, by: `${by}@desk` })
    const words = (answer: ReturnType<typeof asks>) => (answer.ok ? 'approved' : answer.error)
    expect(after(plan, { kind: 'start' })).toBe('The plan wants 2 more people to approve it.')
    expect(words(asks(plan, 'ann'))).toMatch(/Whoever made the plan does not approve it/)
    expect(words(asks(plan, 'joe'))).toBe('joe may not approve it: bob, eve, ann may.')
    const first = asks(plan, 'bob')
    const once = first.ok ? first.value : plan
    expect(words(command(once, { kind: 'approve' }, { ...asked, by: 'bob@lap' }))).toBe('bob has approved it already.')
    expect(after(once, { kind: 'start' })).toBe('The plan wants 1 more person to approve it.')
    const second = asks(once, 'eve')
    expect(second.ok && after(second.value, { kind: 'start' })).toMatchObject({ phase: 'Running' })
    expect(after(ready, { kind: 'approve' })).toBe('The plan wants nobody to approve it.')
    expect(after(breached, { kind: 'approve' })).toMatch(/wants nobody|started already/)
  })

  it('W12: a hold has a person and a reason, and ends with all that people hold', () => {
    const held = command(breached, { kind: 'hold' }, asked)
    expect(held.ok && held.value.status.holds).toEqual([
      { reason: 'Manual', since: T0 + 1, text: 'looked at it', by: 'ann' },
    ])
    expect(held.ok && after(held.value, { kind: 'release' })).toMatchObject({ holds: [], readAfter: T0 + 1 })
    expect(after(breached, { kind: 'release' })).toBe('Nobody holds the plan.')
    const until = T0 + 60_000
    expect(after(breached, { kind: 'hold', stopsLine: true, until })).toMatchObject({
      holds: [{ stopsLine: true, until }],
    })
    expect(after(breached, { kind: 'hold', until: T0 })).toMatch(/until a time that is to come/)
  })

  it('W17: a failed member is tried again from where it stands, and its wave goes on', () => {
    const next = after(breached, { kind: 'retry', member: 'a/shop/web' })
    expect(next).toMatchObject({
      waves: [{ state: 'Active' }],
      members: { 'a/shop/web': { state: 'Admitting', since: T0 + 1 } },
    })
    expect(after(breached, { kind: 'retry', member: 'b/shop/web' })).toBe('b/shop/web has not failed.')
  })

  it('3.4.2: one that waits or has failed may be skipped, no other', () => {
    const next = after(breached, { kind: 'skip', member: 'a/shop/web' })
    expect(next).toMatchObject({ members: { 'a/shop/web': { state: 'Skipped', reason: 'ann: looked at it' } } })
    const moving = aPlan([aWave(['a'])], { status: { members: { 'a/shop/web': memberStatus('AtGate') } } })
    expect(after(moving, { kind: 'skip', member: 'a/shop/web' })).toMatch(/is AtGate: only one that waits/)
  })

  it('3.4.1: a gate is opened when the plan waits for it', () => {
    const waiting = aPlan([aWave(['a'])], { status: { waves: [{ state: 'Gate', since: T0 }] } })
    expect(after(waiting, { kind: 'openGate', wave: 0 })).toMatchObject({ waves: [{ opened: asked }] })
    expect(after(breached, { kind: 'openGate', wave: 0 })).toMatch(/not what the plan waits for/)
  })

  it('RB-4: what goes back is not sent back again', () => {
    const next = after(breached, { kind: 'rollBack', scope: 'all' })
    expect(next).toMatchObject({ phase: 'RollingBack', rollback: { scope: 'all', wave: 0, by: 'ann' } })
    const back = { ...breached, status: next as FleetPlan['status'] }
    expect(after(back, { kind: 'rollBack', scope: 'all' })).toBe('The plan is going back already.')
    expect(after(back, { kind: 'retry', member: 'a/shop/web' })).toBe('The plan is going back: nothing is tried again.')
    const waiting = aPlan([aWave(['a'])])
    expect(after(waiting, { kind: 'rollBack', scope: 'all' })).toMatch(/No wave has begun/)
  })

  it('SR-7: everything but a start takes a reason, and nothing is asked of a plan that has ended', () => {
    const answer = command(breached, { kind: 'end' }, { ...asked, reason: ' ' })
    expect(answer).toEqual({ ok: false, error: 'Say why: a reason is kept with the plan.' })
    expect(after(breached, { kind: 'end' })).toMatchObject({ phase: 'Aborted' })
    expect(after(aPlan([aWave(['a'])], { status: { phase: 'Completed' } }), { kind: 'hold' })).toMatch(
      /The plan is Completed/,
    )
  })
})
