import { describe, expect, it } from 'vitest'
import type { Rollout } from '#api/rollout.ts'
import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import {
  aFleet,
  aPlan,
  atGate,
  aWave,
  looking,
  mark,
  memberStatus,
  minute,
  pass,
  type Seen,
  seen,
  versions,
} from '#test/support/builders/fleet-plan.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const at = (plan: FleetPlan, looks: Readonly<Record<string, Seen>>, now = T0) =>
  pass(plan, aFleet(looking(now, looks)), now)
const acts = ({ acts: all }: ReturnType<typeof pass>) =>
  all.map(({ kind, member }) => `${kind} ${member.split('/')[0]}`)
const active = { state: 'Active', since: T0 } as const
const line = { reason: 'Manual', since: T0, text: 'errors rise', by: 'ann', stopsLine: true } as const
const heldBy = (by: string, more: object = {}) =>
  JSON.stringify({ plan: 'p1', by, reason: 'errors rise', since: '2026-01-01T00:00:00Z', paused: null, ...more })
const held = (look: Seen, by = 'ann', more: object = {}): Seen => ({
  ...look,
  hold: heldBy(by, more),
  isStopped: true,
  version: '9',
})

describe('a line that a person stops', () => {
  const members = { 'a/shop/web': memberStatus('AtGate'), 'b/shop/web': memberStatus('Succeeded') }
  const plan = aPlan([aWave(['a']), aWave(['b']), aWave(['c'])], {
    status: {
      waves: [active, { state: 'Passed', since: T0 }, { state: 'Waiting', since: T0 }],
      members,
      holds: [line],
    },
  })
  const looks = { a: atGate(1), b: { hash: versions.target, mark: mark() }, c: {} }

  it('W12: every member is paused where it is, also what is done or waits, with who and why', () => {
    const stopped = at(plan, looks)
    expect(acts(stopped)).toEqual(['stop a', 'stop b', 'stop c'])
    expect(stopped.acts[0]?.hold).toEqual({ plan: 'p1', by: 'ann', reason: 'errors rise', since: T0 })
  })

  it('W12: a hundred of them in one pass', () => {
    const contexts = Array.from({ length: 100 }, (_, index) => `c${index}`)
    const all = Object.fromEntries(contexts.map((context) => [context, {}]))
    expect(at(aPlan([aWave(contexts)], { status: { holds: [line] } }), all).acts).toHaveLength(100)
  })

  it('W12: none twice; and each is given back when the line is released, though the plan is held besides', () => {
    const stopped = { a: held(atGate(1)), b: held(looks.b), c: held({ mark: mark() }) }
    expect(acts(at(plan, stopped))).toEqual([])
    const other = aPlan(plan.spec.waves, {
      status: { ...plan.status, holds: [{ ...line, stopsLine: undefined as never }] },
    })
    expect(acts(at(other, stopped))).toEqual(['release a', 'release b', 'release c'])
  })

  it('W12: it ends by itself at the time that was named, and the plan looks again then', () => {
    const short = aPlan(plan.spec.waves, { status: { ...plan.status, holds: [{ ...line, until: T0 + minute }] } })
    expect(at(short, { a: held(atGate(1)), b: held(looks.b), c: held({ mark: mark() }) }).nextWakeAt).toBe(T0 + minute)
    const over = at(short, { a: held(atGate(1)), b: held(looks.b), c: held({ mark: mark() }) }, T0 + minute)
    expect([over.plan.status.holds, acts(over)]).toEqual([[], ['release a', 'release b', 'release c']])
  })

  it('RB-1: what goes back is not stopped, and is released once it does', () => {
    const back = aPlan(plan.spec.waves, {
      status: {
        ...plan.status,
        phase: 'RollingBack',
        members: { 'a/shop/web': memberStatus('RollingBack') },
        rollback: { scope: 'inFlight', wave: 0, since: T0, by: 'ann' },
      },
    })
    expect(acts(at(back, { a: held(atGate(1)), b: held(looks.b), c: held({ mark: mark() }) }))).toEqual(['abort a'])
    const aborted = held(atGate(1, { isAborted: true, phase: 'Degraded', isPaused: false }))
    expect(acts(at(back, { a: aborted, b: held(looks.b), c: held({ mark: mark() }) }))).toEqual(['release a'])
  })

  it('3.4.2, I11: what another plan moves, and a hold that nobody can read, are left alone', () => {
    const foreign = { ...looks, c: atGate(0, { mark: { plan: 'p0', epoch: 1 } }) }
    const waits = aPlan(plan.spec.waves, { status: { ...plan.status, members: {} } })
    expect(acts(at(waits, foreign))).toEqual(['stop a', 'stop b'])
    expect(acts(at(plan, { ...looks, b: { ...looks.b, hold: '{' } }))).toEqual(['stop a', 'stop c'])
    const released = aPlan(plan.spec.waves, { status: { ...plan.status, holds: [] } })
    expect(acts(at(released, { ...looks, c: { hold: heldBy('bob', { plan: 'p9' }) } }))).not.toContain('release c')
  })

  it('SR-7: whom a person let go on in between is not paused again', () => {
    expect(acts(at(plan, { ...looks, a: { ...held(atGate(1)), isStopped: false } }))).toEqual(['stop b', 'stop c'])
  })
})

describe('versions that arrive by other ways', () => {
  const plan = aPlan([aWave(['a']), aWave(['b'])], {
    change: { kind: 'gate' },
    status: { waves: [active, { state: 'Waiting', since: T0 }] },
  })
  const arriving: Seen = { hash: versions.target, stable: versions.prior, phase: 'Progressing', step: 0 }

  it('W12: one that arrives before its turn is paused, and one whose turn it is not', () => {
    expect(acts(at(plan, { a: arriving, b: arriving }))).toEqual(['mark a', 'stop b'])
    expect(acts(at(plan, { a: {}, b: {} }))).toEqual(['mark a'])
  })

  it('W12: so is one that somebody has just promoted past its pause', () => {
    const look = seen(T0, atGate(1))
    const status = { ...look.rollout?.status, pauseConditions: [] }
    const promoted = { more: { rollout: { ...look.rollout, status } as Rollout } }
    expect(acts(at(plan, { a: {}, b: promoted }))).toEqual(['mark a', 'stop b'])
  })

  it('W12: it is given back when its turn has come, and only while the plan goes on', () => {
    const turn = aPlan(plan.spec.waves, {
      change: { kind: 'gate' },
      status: { waves: [{ state: 'Passed', since: T0 }, active], members: { 'b/shop/web': memberStatus('Admitting') } },
    })
    const waiting = held({ ...arriving, mark: mark() }, 'plan')
    const next = at(turn, { a: { hash: versions.target }, b: waiting })
    expect(acts(next)).toEqual(['release b'])
    const shut = { window: { isOpen: false, text: 'freeze' } }
    expect(acts(pass(turn, aFleet({ 'b/shop/web': seen(T0, waiting) }, shut), T0))).toEqual([])
  })

  it('W14: it says who holds it and why', () => {
    const gate = aPlan([aWave(['a'])], {
      status: { waves: [active], members: { 'a/shop/web': memberStatus('AtGate') }, holds: [line] },
    })
    const next = at(gate, { a: held(atGate(1)) })
    expect(next.explanation).toContainEqual({
      because: 'W12',
      member: 'a/shop/web',
      text: 'is held by ann: errors rise',
    })
  })
})
