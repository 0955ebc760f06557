import { describe, expect, it } from 'vitest'
import { command } from '#engine/fleet-plan/commands.ts'
import type { FleetPlan, MemberStatus } from '#engine/fleet-plan/document.ts'
import {
  aFleet,
  aMember,
  aPlan,
  atGate,
  aWave,
  done,
  looking,
  memberStatus,
  minute,
  pass,
  type Seen,
} from '#test/support/builders/fleet-plan.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const at = (plan: FleetPlan, look: Seen, now = T0) => pass(plan, aFleet(looking(now, { a: look })), now)
const act = ({ acts }: ReturnType<typeof pass>) =>
  acts.map(({ kind, step }) => (step === undefined ? kind : `${kind} ${step}`)).join()
const member = ({ plan }: ReturnType<typeof pass>): MemberStatus | undefined => plan.status.members['a/shop/web']
const aborted = (minutes = 0, more: Seen = {}): Seen =>
  atGate(0, {
    isPaused: false,
    isAborted: true,
    phase: 'Degraded',
    abortedAt: new Date(T0 + minutes * minute).toISOString(),
    ...more,
  })
const plan = aPlan([aWave(['a'])], {
  status: { waves: [{ state: 'Active', since: T0 }], members: { 'a/shop/web': memberStatus('AtGate', { gate: 3 }) } },
})
const asked = { by: 'ann', at: T0, reason: 'the metric was wrong' }
const again = (failed: FleetPlan, from?: 'lastPause'): FleetPlan => {
  const answer = command(failed, { kind: 'retry', member: 'a/shop/web', ...(from && { from }) }, asked)
  if (!answer.ok) throw new Error(answer.error)
  return answer.value
}

describe('a member that is tried again', () => {
  const failed = at(plan, aborted()).plan

  it('W17: is retried once, and goes on at the last pause it had come to, where it waits as at any other', () => {
    expect(failed.status.members['a/shop/web']).toMatchObject({ state: 'Failed', gate: 3, abortedAt: T0 })
    const first = at(again(failed, 'lastPause'), aborted())
    expect([member(first)?.state, act(first)]).toEqual(['Applying', 'retry'])
    expect(act(at(first.plan, aborted(), T0 + 29_999))).toBe('')
    const begun = at(first.plan, atGate(0, { isPaused: false, phase: 'Progressing', version: '2' }))
    expect(act(begun)).toBe('jump 3')
    const there = at(begun.plan, atGate(3, { version: '3' }))
    expect([member(there)?.state, member(there)?.retry, act(there)]).toEqual(['AtGate', undefined, 'promote'])
  })

  it('W17: or from its first step, gate by gate', () => {
    const first = at(again(failed), aborted())
    const begun = at(first.plan, atGate(1, { version: '2' }))
    expect([act(first), act(begun), member(begun)?.retry]).toEqual(['retry', 'promote', undefined])
  })

  it('W17: an abort that comes after is another failure, and is not tried again', () => {
    const first = at(again(failed, 'lastPause'), aborted())
    const next = at(first.plan, aborted(1, { version: '2' }), T0 + minute)
    expect([member(next)?.state, act(next)]).toEqual(['Failed', ''])
  })

  it('W17: what its controller said before it took up the retry is not a new failure', () => {
    const first = at(again(failed), aborted())
    const lagging = at(first.plan, atGate(0, { isPaused: false, phase: 'Degraded', version: '2' }))
    expect([member(lagging)?.state, act(lagging)]).toEqual(['Applying', ''])
  })

  it('W16: it goes step by step where the plan bears no more at once', () => {
    const small = {
      ...failed,
      spec: { ...failed.spec, members: [aMember('a', { trafficShare: 40 })], maxTrafficShare: 20 },
    }
    const first = at(again(small, 'lastPause'), aborted())
    const begun = at(first.plan, atGate(1, { version: '2' }))
    expect(act(begun)).not.toContain('jump')
  })

  it('W17: one that had come to no pause starts from its first step', () => {
    const early = { ...failed, status: { ...failed.status, members: { 'a/shop/web': memberStatus('Failed') } } }
    const answer = command(early, { kind: 'retry', member: 'a/shop/web', from: 'lastPause' }, asked)
    expect(answer).toEqual({ ok: false, error: 'a/shop/web had come to no pause: try it again from its first step.' })
  })
})

describe('a member that another plan takes', () => {
  it('3.4.2, I11: is Superseded, and nothing is written to it; at rest it may be taken', () => {
    const next = at(plan, atGate(1, { mark: { plan: 'p0', epoch: 1 } }))
    expect([member(next)?.state, member(next)?.reason, act(next)]).toEqual(['Superseded', 'plan p0 has it now', ''])
    const fresh = at(aPlan([aWave(['a'])]), { mark: { plan: 'p0', epoch: 7 } })
    expect([member(fresh)?.state, act(fresh)]).toEqual(['Admitting', 'mark'])
  })
})

describe('a member that is kept in Git', () => {
  const inGit = (look: Seen): Seen => ({ ...look, labels: { 'argocd.argoproj.io/instance': 'shop' } })
  const back = (state: MemberStatus['state']) =>
    aPlan([aWave(['a'])], {
      status: {
        phase: 'RollingBack',
        waves: [{ state: 'Active', since: T0 }],
        members: { 'a/shop/web': memberStatus(state) },
        rollback: { scope: 'all', wave: 0, since: T0, by: 'ann' },
      },
    })

  it('RB-5: is not undone where it is done; the plan holds with what to do, and ends when Git has taken it back', () => {
    const next = at(back('Succeeded'), inGit(done()))
    const then = at(next.plan, inGit(done()))
    expect([act(next), act(then), member(then)?.state]).toEqual(['', '', 'RollingBack'])
    const text = 'Argo CD would put the new version back: take it back in Git, for a/shop/web'
    expect(then.plan.status.holds).toMatchObject([{ reason: 'ControllerConflict', text, by: 'plan' }])
    expect(then.nextWakeAt).toBe(T0 + 30 * minute + 1)
    const ended = at(then.plan, inGit({ version: '5' }))
    expect(member(ended)?.state).toBe('RolledBack')
    expect(at(ended.plan, inGit({ version: '5' })).plan.status).toMatchObject({ phase: 'RolledBack', holds: [] })
  })

  it('RB-1, RB-5: is aborted where it is under way', () => {
    expect(act(at(back('AtGate'), inGit(atGate(1))))).toBe('abort')
  })
})
