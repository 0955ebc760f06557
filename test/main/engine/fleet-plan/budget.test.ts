import { describe, expect, it } from 'vitest'
import { writtenEveryMs } from '#engine/fleet-plan/budget.ts'
import { command } from '#engine/fleet-plan/commands.ts'
import type { FleetPlan, MemberStatus } from '#engine/fleet-plan/document.ts'
import { validatePlan } from '#engine/fleet-plan/validate.ts'
import {
  aFleet,
  aMember,
  aPlan,
  atGate,
  aWave,
  done,
  looking,
  mark,
  memberStatus,
  minute,
  pass,
  type Seen,
} from '#test/support/builders/fleet-plan.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const at = (plan: FleetPlan, looks: Readonly<Record<string, Seen>>, now = T0, resumedAt = T0 - 60 * minute) =>
  pass(plan, aFleet(looking(now, looks), { resumedAt }), now)
const acts = ({ acts: all }: ReturnType<typeof pass>) => all.map(({ kind }) => kind)
const active = { state: 'Active', since: T0 } as const
const exposure = { lostMs: 0, riskMs: 0, seenAt: T0, share: 0.2, most: 1 }
const half = [aMember('a', { trafficShare: 50 }), aMember('b', { trafficShare: 50 })]
const wasReachable = { more: { reachSince: T0 - 60 * minute } } as const

const withA = (status: MemberStatus, more: Parameters<typeof aPlan>[1] = {}) =>
  aPlan([aWave(['a', 'b'])], {
    members: half,
    maxErrorBudgetMinutes: 10,
    ...more,
    status: { waves: [active], members: { 'a/shop/web': status }, ...more.status },
  })

describe('the error budget of a plan', () => {
  it('W16: what serves the new version is at risk until it is proven, and counts for nothing then', () => {
    const paused = atGate(1, wasReachable)
    const first = at(withA(memberStatus('Progressing')), { a: paused, b: {} })
    expect(first.budget).toMatchObject({ lostMs: 0, atRiskMs: 0, rate: 0.1 })
    const later = at(first.plan, { a: paused, b: {} }, T0 + 5 * minute)
    expect(later.budget).toMatchObject({ lostMs: 0, atRiskMs: 0.5 * minute })
    const ready = done({ version: '4', ...wasReachable })
    const soaking = at(later.plan, { a: ready, b: {} }, T0 + 6 * minute)
    expect(soaking.budget?.atRiskMs).toBeCloseTo(0.6 * minute)
    const proven = at(soaking.plan, { a: ready, b: {} }, T0 + 6 * minute)
    expect([proven.plan.status.members['a/shop/web']?.state, proven.budget]).toMatchObject([
      'Succeeded',
      { lostMs: 0, atRiskMs: 0 },
    ])
  })

  it('W16: what failed is lost, also after it is tried again', () => {
    const failed = atGate(1, { isAborted: true, phase: 'Degraded', isPaused: false, ...wasReachable })
    const next = at(withA(memberStatus('AtGate', { exposure })), { a: failed, b: {} }, T0 + 10 * minute)
    expect(next.budget).toMatchObject({ lostMs: minute, atRiskMs: 0, rate: 0 })
    const asked = { by: 'ann', at: T0, reason: 'mended' }
    const again = command(next.plan, { kind: 'retry', member: 'a/shop/web' }, asked)
    if (!again.ok) throw new Error(again.error)
    const retried = at(again.value, { a: failed, b: {} }, T0 + 10 * minute)
    expect(retried.budget).toMatchObject({ lostMs: minute, atRiskMs: 0 })
  })

  it('W16, PC-5: what nobody looked at counts as the most that it can have served', () => {
    const plan = withA(memberStatus('Progressing', { exposure }))
    const woken = T0 + 10 * minute
    const up = at(plan, { a: atGate(3), b: {} }, woken, woken)
    expect(up.budget?.atRiskMs).toBeCloseTo(0.6 * 0.5 * 10 * minute)
    const down = at(plan, { a: atGate(3, { isAborted: true, phase: 'Degraded' }), b: {} }, woken, woken)
    expect(down.budget?.lostMs).toBeCloseTo(0.5 * 10 * minute)
    const away = at(plan, { a: { ...atGate(1), more: { reach: 'unreachable', reachSince: T0 } }, b: {} }, woken)
    expect(away.budget).toMatchObject({ atRiskMs: 5 * minute, rate: 0.5 })
  })

  it('W16: nobody begins that cannot come to its end within it: pauses that end by themselves, and the soak', () => {
    const steps = [{ setWeight: 20 }, { pause: { duration: '10m' } }, { setWeight: 60 }, { pause: {} }]
    const wave = aWave(['a', 'b'], { minSoakMs: 4 * minute, maxConcurrent: 2 })
    const plan = (maxErrorBudgetMinutes: number) => aPlan([wave], { members: half, maxErrorBudgetMinutes })
    // Each: 20 % for 10 min and all for 4 min, of half of all traffic.
    const one = at(plan(5), { a: { steps }, b: { steps } })
    expect(one.plan.status.members).toMatchObject({
      'a/shop/web': { state: 'Admitting' },
      'b/shop/web': { state: 'Pending' },
    })
    const text = expect.stringContaining('6 min of the error budget would be at risk') as string
    expect(one.explanation).toContainEqual({ because: 'I2', member: 'b/shop/web', text })
    expect(acts(at(plan(6), { a: { steps }, b: { steps } }))).toEqual(['mark', 'mark'])
    const none = at(plan(2), { a: { steps }, b: { steps } })
    expect([acts(none), none.plan.status.holds]).toMatchObject([[], [{ reason: 'Cap' }]])
  })

  it('W16: who is under way stays at its pause once it cannot be proven within it any more, and goes on when others are', () => {
    const waited = { ...exposure, riskMs: 7 * minute }
    const plan = withA(memberStatus('AtGate', { exposure: waited }), {
      waves: [aWave(['a', 'b'], { minSoakMs: 8 * minute })],
    })
    const held = at(plan, { a: atGate(1, wasReachable), b: {} })
    expect([acts(held), held.plan.status.holds]).toMatchObject([
      [],
      [
        {
          reason: 'Cap',
          text: 'who is under way cannot be proven within the 10 min of the error budget that the plan bears',
        },
      ],
    ])
    expect(held.plan.status.phase).toBe('Running')
    expect(held.nextWakeAt).toBeLessThanOrEqual(T0 + writtenEveryMs)
    const fits = { ...plan, spec: { ...plan.spec, maxErrorBudgetMinutes: 11 } }
    expect(acts(at(fits, { a: atGate(1, wasReachable), b: {} }))).toEqual(['promote'])
  })

  it.each([
    ['hold', 'Running', []],
    ['abortInFlight', 'RollingBack', ['abort']],
  ] as const)('W16, FP-3: with more lost and at risk than it bears, %s is what happens', (onBreach, phase, sent) => {
    const plan = withA(memberStatus('AtGate', { exposure: { ...exposure, riskMs: 10 * minute } }), { onBreach })
    const over = at(plan, { a: atGate(1, wasReachable), b: {} }, T0 + minute)
    expect([over.plan.status.phase, acts(over)]).toEqual([phase, sent])
    const texts = over.plan.status.holds.map(({ text }) => text)
    const spent = 'more than the 10 min of the error budget that the plan bears are lost or at risk'
    expect(texts).toEqual(phase === 'Running' ? [spent] : [])
  })

  it('FP-5, W16: what a failure cost that is old when it is seen takes nothing back, also when it is tried again or skipped', () => {
    const abortedAt = new Date(T0 + 5 * minute).toISOString()
    const old = atGate(1, { isAborted: true, phase: 'Degraded', isPaused: false, abortedAt })
    const plan = withA(memberStatus('Progressing', { exposure }), { onBreach: 'rollbackAll' })
    const woken = T0 + 30 * minute
    const spent = (next: ReturnType<typeof pass>) => [
      next.plan.status.phase,
      next.plan.status.holds.map(({ reason }) => reason),
    ]
    const seen = at(plan, { a: old, b: {} }, woken, woken)
    expect([spent(seen), seen.budget?.lostMs]).toEqual([['Running', ['Budget', 'Cap']], 15 * minute])
    for (const kind of ['retry', 'skip'] as const) {
      const again = command(seen.plan, { kind, member: 'a/shop/web' }, { by: 'ann', at: woken, reason: 'mended' })
      if (!again.ok) throw new Error(again.error)
      const next = at(again.value, { a: old, b: {} }, woken, woken)
      expect([spent(next), next.budget?.lostMs]).toEqual([['Running', ['Cap']], 15 * minute])
    }
    const others = {
      ...seen.plan.status.members,
      'b/shop/web': memberStatus('AtGate', { exposure: { ...exposure, riskMs: 11 * minute } }),
    }
    const both = at(
      { ...seen.plan, status: { ...seen.plan.status, members: others } },
      { a: old, b: atGate(1) },
      woken,
      woken,
    )
    expect([spent(both), acts(both)]).toEqual([['RollingBack', []], ['abort']])
  })

  it('W16: the way back of what was proven costs from its begin on, by what still serves the new version', () => {
    const proven = memberStatus('Succeeded', { exposure: { ...exposure, share: 1 } })
    const plan = withA(proven, {
      onBreach: 'rollbackAll',
      status: { rollback: { scope: 'all', wave: 0, since: T0, by: 'ann' }, phase: 'RollingBack' },
    })
    const back = at(plan, { a: done(wasReachable), b: {} }, T0 + 30 * minute)
    expect(back.budget).toMatchObject({ lostMs: 0, rate: 0.5 })
    const undoing = { hash: 'h1', stable: 'h2', step: 2, version: '3', mark: mark(), ...wasReachable }
    const half_ = at(back.plan, { a: undoing, b: {} }, T0 + 31 * minute)
    expect(half_.budget).toMatchObject({ lostMs: 0.5 * minute, rate: 0.2 })
  })

  it('I12: while all stays as it is, it is written every ten minutes', () => {
    const plan = withA(memberStatus('AtGate', { exposure, gate: 1, targetHash: 'h2' }), {
      status: { holds: [{ reason: 'Manual', since: T0, text: 'lunch', by: 'bob' }] },
    })
    const looks = { a: atGate(1, wasReachable), b: {} }
    const first = at(plan, looks)
    expect(at(first.plan, looks, T0 + writtenEveryMs - 1).status).toBe(first.plan.status)
    expect(at(first.plan, looks, T0 + writtenEveryMs).status).not.toBe(first.plan.status)
  })

  it('W16: a budget of nothing, or less than one soak, is a fault', () => {
    const plan = withA(memberStatus('Pending'), { waves: [aWave(['a', 'b'], { firstSoakMs: 30 * minute })] })
    expect(validatePlan(plan.spec)).toEqual([
      {
        field: 'maxErrorBudgetMinutes',
        message: expect.stringContaining('The soak of a/shop/web alone puts 15 min at risk') as string,
      },
    ])
    const none = validatePlan({ ...plan.spec, maxErrorBudgetMinutes: 0, waves: [aWave(['a', 'b'])] })
    expect(none.map(({ field }) => field)).toEqual(['maxErrorBudgetMinutes'])
  })
})
