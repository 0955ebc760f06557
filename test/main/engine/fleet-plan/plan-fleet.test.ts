import { describe, expect, it } from 'vitest'
import type { Rollout } from '#api/rollout.ts'
import type { FleetPlan, MemberStatus } from '#engine/fleet-plan/document.ts'
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
  seen,
  versions,
} from '#test/support/builders/fleet-plan.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const at = (plan: FleetPlan, looks: Readonly<Record<string, Seen>>, now = T0) =>
  pass(plan, aFleet(looking(now, looks)), now)
const acts = ({ acts: all }: ReturnType<typeof pass>) =>
  all.map(({ kind, member }) => `${kind} ${member.split('/')[0]}`)
const states = ({ plan }: ReturnType<typeof pass>) =>
  Object.fromEntries(Object.entries(plan.status.members).map(([id, { state }]) => [id.split('/')[0], state]))
const active = { state: 'Active', since: T0 } as const
const withMembers = (members: Readonly<Record<string, MemberStatus>>) =>
  Object.fromEntries(Object.entries(members).map(([context, status]) => [`${context}/shop/web`, status]))

describe('a member', () => {
  it('SR-6, 3.4.2: is marked, given the change, promoted at its pauses, and done when it runs it alone', () => {
    const first = at(aPlan([aWave(['a'])]), { a: {} })
    expect([states(first), acts(first)]).toEqual([{ a: 'Admitting' }, ['mark a']])
    const marked = at(first.plan, { a: { mark: mark(), version: '2' } })
    expect([states(marked), acts(marked)]).toEqual([{ a: 'Applying' }, ['setImage a']])
    const paused = at(marked.plan, { a: atGate(1, { version: '3' }) })
    expect([states(paused), acts(paused)]).toEqual([{ a: 'AtGate' }, ['promote a']])
    const soaking = at(paused.plan, { a: done({ version: '4' }) })
    const ended = at(soaking.plan, { a: done({ version: '4' }) })
    expect([states(soaking), states(ended)]).toEqual([{ a: 'Soaking' }, { a: 'Succeeded' }])
    expect(acts(ended)).toEqual([])
  })

  it('CAN-42: a pause that ends by itself is left to do so; what comes after it counts as served', () => {
    const steps = [{ setWeight: 20 }, { pause: { duration: '10m' } }, { setWeight: 60 }, { pause: {} }]
    const baking = memberStatus('Progressing')
    const plan = aPlan([aWave(['a'])], { status: { members: withMembers({ a: baking }), waves: [active] } })
    const timed = at(plan, { a: atGate(1, { steps }) })
    expect([states(timed), acts(timed)]).toEqual([{ a: 'Progressing' }, []])
    const after = at(timed.plan, { a: atGate(3, { steps, version: '5' }) })
    expect([states(after), acts(after)]).toEqual([{ a: 'AtGate' }, ['promote a']])
  })

  it('3.4.4: acts are bound to the version and the epoch they were decided from', () => {
    const { acts: all } = at(aPlan([aWave(['a'])]), { a: { version: '17' } })
    expect(all).toMatchObject([{ resourceVersion: '17', epoch: 1, because: 'SR-6' }])
  })

  it('RB-4: nothing is sent while an act is on its way; after a while it is sent again', () => {
    const first = at(aPlan([aWave(['a'])]), { a: {} })
    expect(acts(at(first.plan, { a: {} }, T0 + 29_999))).toEqual([])
    expect(first.nextWakeAt).toBe(T0 + 30_000)
    expect(acts(at(first.plan, { a: {} }, T0 + 30_000))).toEqual(['mark a'])
  })

  it.each<[string, Seen, RegExp]>([
    [
      'a right is missing',
      { more: { missingRight: 'patch rollouts in namespace shop' } },
      /right is missing to patch rollouts/,
    ],
    ['nobody drives it', { more: { isDriven: false } }, /no engine or controller/],
    ['another plan has it under way', { ...atGate(0), mark: { plan: 'p0', epoch: 3 } }, /plan p0 has it under way/],
    ['it runs something else than when the plan was made', { hash: versions.other }, /runs h3, and ran h1/],
    ['its last update was aborted', { isAborted: true }, /was aborted/],
    ['there is no such Rollout', { more: { rollout: undefined } }, /no Rollout web in namespace shop/],
  ])('3.4.2: is refused before anything is written when %s', (_what, look, reason) => {
    const plan = aPlan([aWave(['a'])], {
      status: { waves: [active], members: withMembers({ a: { state: 'Admitting', since: T0 } }) },
    })
    const next = at(plan, { a: look })
    expect([states(next), acts(next)]).toEqual([{ a: 'Refused' }, []])
    expect(next.plan.status.members['a/shop/web']?.reason).toMatch(reason)
  })

  it('3.4.2: nobody begins before its cluster has said which rights there are, also when it is tried again', () => {
    const asking = { more: { asksRights: true } } as const
    const waiting = at(aPlan([aWave(['a'])]), { a: asking })
    expect([states(waiting), acts(waiting)]).toEqual([{ a: 'Pending' }, []])
    expect(waiting.explanation).toContainEqual({
      because: 'I2',
      member: 'a/shop/web',
      text: 'waits until its cluster has said which rights there are',
    })
    const plan = aPlan([aWave(['a'])], {
      status: { waves: [active], members: withMembers({ a: { state: 'Admitting', since: T0 } }) },
    })
    const again = at(plan, { a: asking })
    expect([states(again), acts(again)]).toEqual([{ a: 'Admitting' }, []])
  })

  it('I11: one that runs neither version is left alone for ever', () => {
    const plan = aPlan([aWave(['a'])], {
      status: { waves: [active], members: withMembers({ a: memberStatus('AtGate') }) },
    })
    const next = at(plan, { a: atGate(1, { hash: versions.other }) })
    expect([states(next), acts(next)]).toEqual([{ a: 'Superseded' }, []])
  })

  it('SR-7: a foreign abort is respected, and counts as a failure', () => {
    const plan = aPlan([aWave(['a', 'b'])], {
      status: { waves: [active], members: withMembers({ a: memberStatus('AtGate') }) },
    })
    const next = at(plan, { a: atGate(1, { isAborted: true, phase: 'Degraded', isPaused: false }), b: {} })
    expect(states(next)).toEqual({ a: 'Failed', b: 'Pending' })
    expect(next.plan.status.waves[0]?.state).toBe('Breached')
    expect(next.explanation[0]).toMatchObject({
      because: 'Budget',
      text: expect.stringContaining('a/shop/web: it was aborted') as string,
    })
  })

  it('SR-2, I9: is decided upon by nothing that was read before the last sleep, nor is its deadline applied at once', () => {
    const plan = aPlan([aWave(['a'], { deadlineMs: 10 * minute })], {
      status: { waves: [active], members: withMembers({ a: memberStatus('AtGate') }) },
    })
    const now = T0 + 60 * minute
    const stale = pass(plan, aFleet(looking(T0, { a: atGate(1) }), { resumedAt: now }), now)
    expect([states(stale), acts(stale)]).toEqual([{ a: 'AtGate' }, []])
    expect(stale.explanation).toContainEqual({
      because: 'PC-5',
      member: 'a/shop/web',
      text: 'is read anew before anything is decided',
    })
    const look = looking(now + 59_000, { a: atGate(1) })
    expect(states(pass(plan, aFleet(look, { resumedAt: now }), now + 59_000))).toEqual({ a: 'AtGate' })
    const late = looking(now + 60_000, { a: atGate(1) })
    expect(states(pass(plan, aFleet(late, { resumedAt: now }), now + 60_000))).toEqual({ a: 'TimedOut' })
  })

  it('I10, PC-3: what was under way to one that was away too long is decided anew when it is back', () => {
    const away = { more: { reach: 'unreachable', reachSince: T0 } } as const
    const members = withMembers({ a: memberStatus('Admitting'), b: memberStatus('RollingBack') })
    const plan = aPlan([aWave(['a', 'b'], { maxConcurrent: 2 })], { status: { waves: [active], members } })
    const now = T0 + 15 * minute + 1
    const next = at(plan, { a: away, b: away }, now)
    expect(states(next)).toEqual({ a: 'Pending', b: 'RollbackFailed' })
    expect(acts(at(next.plan, { a: {}, b: done() }, now + 1))).not.toContain('rollback b')
    expect(states(at(plan, { a: away, b: away }, T0 + 15 * minute))).toEqual({ a: 'Admitting', b: 'RollingBack' })
  })

  it('FP-4: an analysis that cannot tell holds it, and is no failure', () => {
    const plan = aPlan([aWave(['a'])], {
      status: { waves: [active], members: withMembers({ a: memberStatus('AtGate') }) },
    })
    const next = at(plan, { a: atGate(1, { pauseReason: 'InconclusiveAnalysisRun' }) })
    expect([states(next), acts(next)]).toEqual([{ a: 'AtGate' }, []])
    expect(next.explanation).toEqual([
      { because: 'FP-4', member: 'a/shop/web', text: 'has an analysis that cannot tell, and waits for a person' },
    ])
  })

  it('3.4.1: with a gate the images of the first member that has other ones are the new version', () => {
    const plan = aPlan([aWave(['a', 'b'], { maxConcurrent: 2 })], { change: { kind: 'gate' } })
    const begun = at(plan, { a: done({ mark: undefined } as never), b: done({ hash: versions.other } as never) })
    const marked = at(begun.plan, { a: done({ version: '2' }), b: done({ hash: versions.other, version: '2' }) })
    expect(marked.plan.status.target).toEqual(['web=web:2'])
    expect(
      states(at(marked.plan, { a: done({ version: '2' }), b: done({ hash: versions.other, version: '2' }) }))['b'],
    ).not.toBe('Succeeded')
  })
})

describe('waves', () => {
  it('I2, I3: as many as may move do, and the next wave begins when the one before has passed', () => {
    const plan = aPlan([aWave(['a', 'b', 'c'], { maxConcurrent: '67%' }), aWave(['d'])])
    const all = { a: {}, b: {}, c: {}, d: {} }
    const first = at(plan, all)
    expect(states(first)).toEqual({ a: 'Admitting', b: 'Admitting', c: 'Pending', d: 'Pending' })
    expect(first.explanation).toContainEqual({
      because: 'I2',
      member: 'c/shop/web',
      text: 'waits for a slot of its wave',
    })
    const members = withMembers({
      a: memberStatus('Succeeded'),
      b: memberStatus('Succeeded'),
      c: memberStatus('Succeeded'),
    })
    const ready = aPlan(plan.spec.waves, { status: { waves: [active, { state: 'Waiting', since: T0 }], members } })
    const looks = { a: done(), b: done(), c: done(), d: {} }
    let next = at(ready, looks)
    for (let more = 0; more < 4; more++) next = at(next.plan, looks)
    expect([next.plan.status.waves.map(({ state }) => state), states(next)['d']]).toEqual([
      ['Passed', 'Active'],
      'Admitting',
    ])
  })

  it('3.4.1: the order of a wave may be that of names, or of traffic', () => {
    const members = [aMember('a', { trafficShare: 30 }), aMember('b', { trafficShare: 5 })]
    const first = (order: 'name' | 'smallestTrafficFirst') =>
      acts(at(aPlan([aWave(['a', 'b'], { order })], { members }), { a: {}, b: {} }))
    expect([first('name'), first('smallestTrafficFirst')]).toEqual([['mark a'], ['mark b']])
  })

  it('W1: a member waits at its pause until those that go with it are there', () => {
    const members = withMembers({ a: memberStatus('AtGate'), b: memberStatus('Progressing') })
    const plan = aPlan([aWave(['a', 'b'], { maxConcurrent: 2, sync: 'step' })], {
      status: { waves: [active], members },
    })
    const apart = at(plan, { a: atGate(1), b: atGate(0, { isPaused: false, phase: 'Progressing' }) })
    expect(acts(apart)).toEqual([])
    expect(apart.explanation).toContainEqual({
      because: 'W1',
      member: 'a/shop/web',
      text: 'waits for b/shop/web to reach step 2',
    })
    expect(acts(at(plan, { a: atGate(1), b: atGate(1) }))).toEqual(['promote a', 'promote b'])
  })

  it('W1: one that fails takes those with it that go with it', () => {
    const members = withMembers({ a: memberStatus('AtGate'), b: memberStatus('AtGate') })
    const plan = aPlan([aWave(['a', 'b'], { maxConcurrent: 2, sync: 'step', maxFailures: 2 })], {
      status: { waves: [active], members },
    })
    const next = at(plan, { a: atGate(1, { isAborted: true, phase: 'Degraded', isPaused: false }), b: atGate(1) })
    expect([acts(next), next.plan.status.phase]).toEqual([['abort b'], 'RollingBack'])
  })

  it('FP-2: percent of failures is rounded down: 30 % of three members bears none', () => {
    const members = withMembers({ a: memberStatus('Failed'), b: { state: 'Pending', since: T0 } })
    const wave = (maxFailures: number | `${number}%`) =>
      at(aPlan([aWave(['a', 'b', 'c'], { maxFailures })], { status: { waves: [active], members } }), {
        a: {},
        b: {},
        c: {},
      })
    expect(wave('30%').plan.status.waves[0]?.state).toBe('Breached')
    expect(wave('34%').plan.status.waves[0]?.state).toBe('Active')
    expect(acts(wave('30%'))).toEqual([])
  })

  it('FP-6: two that fail for one metric hold the plan inside of its budget', () => {
    const members = withMembers({
      a: memberStatus('Failed', { metric: 'errors' }),
      b: memberStatus('Failed', { metric: 'errors' }),
    })
    const plan = aPlan([aWave(['a', 'b', 'c'], { maxFailures: 3 })], { status: { waves: [active], members } })
    const next = at(plan, { a: {}, b: {}, c: {} })
    expect(next.plan.status.holds).toMatchObject([
      { reason: 'Budget', text: expect.stringContaining('failed for errors') as string },
    ])
    expect(states(next)['c']).toBe('Pending')
  })

  it('W18: members out of reach have a budget of their own', () => {
    const away = { more: { reach: 'unreachable', reachSince: T0 } } as const
    const now = T0 + 5 * minute + 1
    const plan = (maxUnreachable: number) =>
      aPlan([aWave(['a', 'b'], { maxUnreachable })], { status: { waves: [active] } })
    expect(at(plan(0), { a: away, b: {} }, now).plan.status.holds).toMatchObject([{ reason: 'Unreachable' }])
    const borne = at(plan(1), { a: away, b: {} }, now)
    expect([borne.plan.status.holds, states(borne)]).toEqual([[], { a: 'Pending', b: 'Admitting' }])
  })

  it('3.4.1: a gate waits for a person, or for a verdict that may shut it', () => {
    const members = withMembers({ a: memberStatus('Succeeded') })
    const waves = [{ state: 'Gate', since: T0 }] as const
    const manual = at(aPlan([aWave(['a'], { gate: 'manual' })], { status: { waves, members } }), { a: done() })
    expect(manual.explanation).toEqual([{ because: '3.4.3', wave: 0, text: 'its gate waits for a person' }])
    const verdict = (gate?: 'open' | 'shut') =>
      pass(
        aPlan([aWave(['a'], { gate: 'analysis' })], { status: { waves, members } }),
        aFleet(looking(T0, { a: done() }), { gates: gate === undefined ? {} : { 0: gate } }),
        T0,
      ).plan.status.waves[0]?.state
    expect([verdict(), verdict('open'), verdict('shut')]).toEqual(['Gate', 'Passed', 'Breached'])
  })
})

describe('holds', () => {
  it('3.4.3: a shut window holds, and what was read before it opened does not count', () => {
    const shut = { window: { isOpen: false, text: 'no changes on Fridays', changesAt: T0 + minute } }
    const held = pass(aPlan([aWave(['a'])]), aFleet(looking(T0, { a: {} }), shut), T0)
    expect([acts(held), held.nextWakeAt, held.plan.status.holds]).toMatchObject([
      [],
      T0 + minute,
      [{ reason: 'Window', by: 'plan' }],
    ])
    const opened = pass(held.plan, aFleet(looking(T0, { a: {} })), T0 + minute)
    expect([opened.plan.status.holds, acts(opened)]).toEqual([[], []])
    expect(acts(at(opened.plan, { a: {} }, T0 + minute))).toEqual(['mark a'])
  })

  it('SR-6, I1: whoever meets a later epoch on a member stops at once', () => {
    const next = at(aPlan([aWave(['a', 'b'], { maxConcurrent: 2 })]), { a: { mark: mark(4) }, b: {} })
    expect([acts(next), next.plan.status.holds]).toMatchObject([[], [{ reason: 'ControllerConflict' }]])
  })

  it('SR-6, PC-4: it stays stopped while the member that bears the later epoch cannot be read', () => {
    const away = { reach: 'unreachable', reachSince: T0 } as const
    const met = at(aPlan([aWave(['a', 'b'], { maxConcurrent: 2 })]), { a: {}, b: { mark: mark(1001), more: away } })
    expect([acts(met), met.plan.status.holds.map(({ reason }) => reason)]).toEqual([[], ['ControllerConflict']])
  })

  it('SR-6: a new holder marks a member anew before its first act on it', () => {
    const plan = aPlan([aWave(['a'])], {
      status: { waves: [active], members: withMembers({ a: memberStatus('AtGate') }) },
    })
    const next = pass(plan, aFleet(looking(T0, { a: atGate(1) }), { lease: { epoch: 2 } }), T0)
    expect(acts(next)).toEqual(['mark a'])
    expect(
      acts(
        pass(
          next.plan,
          aFleet(looking(T0, { a: atGate(1, { mark: mark(2), version: '2' }) }), { lease: { epoch: 2 } }),
          T0,
        ),
      ),
    ).toEqual(['promote a'])
  })

  it('SR-6: who does not hold the Lease, or holds an older one, only watches', () => {
    const plan = aPlan([aWave(['a'])], { status: { epoch: 3 } })
    for (const lease of [undefined, { epoch: 2 }]) {
      const next = pass(plan, aFleet(looking(T0, { a: {} }), { lease }), T0)
      expect([next.status, next.acts, next.explanation.length]).toEqual([plan.status, [], 1])
    }
  })

  it('W16: a member that would serve the new version to more than the plan bears waits', () => {
    const members = [aMember('a', { trafficShare: 50 }), aMember('b', { trafficShare: 50 })]
    const plan = aPlan([aWave(['a', 'b'], { maxConcurrent: 2 })], { members, maxTrafficShare: 55 })
    const next = at(plan, { a: {}, b: {} })
    expect(states(next)).toEqual({ a: 'Admitting', b: 'Pending' })
    expect(next.explanation).toContainEqual(
      expect.objectContaining({ member: 'b/shop/web', text: expect.stringContaining('the plan bears 55 %') as string }),
    )
  })
})

describe('a freeze of a cluster', () => {
  const frozen = { frozen: { why: 'frozen until 2026-01-02: year-end close', until: T0 + minute } }

  it('UI-ACT-8: who would begin waits, and is looked at again when it ends', () => {
    const plan = aPlan([aWave(['a', 'b'], { maxConcurrent: 2 })], { status: { waves: [active] } })
    const first = at(plan, { a: { more: frozen }, b: {} })
    expect([states(first), acts(first)]).toEqual([{ a: 'Pending', b: 'Admitting' }, ['mark b']])
    expect(first.explanation).toContainEqual({
      because: 'I2',
      member: 'a/shop/web',
      text: 'is frozen until 2026-01-02: year-end close',
    })
    expect(first.nextWakeAt).toBeLessThanOrEqual(T0 + minute)
  })

  it('UI-ACT-8: who is under way stays at its pause; the way back is open', () => {
    const members = withMembers({ a: memberStatus('AtGate') })
    const plan = aPlan([aWave(['a'])], { status: { waves: [active], members } })
    const kept = at(plan, { a: atGate(1, { more: frozen }) })
    expect(acts(kept)).toEqual([])
    expect(kept.explanation).toMatchObject([{ because: 'UI-ACT-8', member: 'a/shop/web' }])
    const rollback = { scope: 'all' as const, wave: 0, since: T0, by: 'ann' }
    const goingBack = { ...kept.plan, status: { ...kept.plan.status, phase: 'RollingBack' as const, rollback } }
    expect(acts(at(goingBack, { a: atGate(1, { more: frozen }) }))).toEqual(['abort a'])
  })
})

const atGateRollout = () => seen(T0, atGate(0)).rollout as Rollout

describe('going back', () => {
  const failed = { a: atGate(1, { isAborted: true, phase: 'Degraded', isPaused: false }) }
  const members = withMembers({ a: memberStatus('AtGate'), b: memberStatus('Succeeded'), c: memberStatus('AtGate') })

  it('RB-1, RB-2: what is in flight is aborted at once; what is done is undone after that, and promoted past its pauses', () => {
    const plan = aPlan([aWave(['a', 'b', 'c'], { maxConcurrent: 3 })], {
      onBreach: 'rollbackWave',
      status: { waves: [active], members },
    })
    const first = at(plan, { ...failed, b: done(), c: atGate(1) })
    expect([acts(first), first.plan.status.phase]).toEqual([['abort c'], 'RollingBack'])
    const aborted = atGate(1, { isAborted: true, phase: 'Degraded', isPaused: false, version: '2' })
    const second = at(first.plan, { ...failed, b: done(), c: aborted })
    expect(acts(second)).toEqual(['rollback a', 'rollback b', 'rollback c'])
    const undoing = {
      hash: versions.prior,
      stable: versions.target,
      phase: 'Paused',
      isPaused: true,
      step: 1,
      mark: mark(),
      version: '3',
    }
    const back = { mark: mark(), version: '4' }
    expect(acts(at(second.plan, { a: back, b: undoing, c: back }))).toEqual(['promoteFull b'])
    const third = at(second.plan, { a: back, b: back, c: back })
    expect([states(third), third.plan.status.phase]).toEqual([
      { a: 'RolledBack', b: 'RolledBack', c: 'RolledBack' },
      'RolledBack',
    ])
  })

  it('3.4.2: what was aborted is done with only once the change is out of its spec; with a gate that is for others', () => {
    const aborted = { a: atGate(1, { isAborted: true, phase: 'Degraded', isPaused: false }) }
    const goingBack = { waves: [active], members: withMembers({ a: memberStatus('AtGate') }) }
    const own = at(aPlan([aWave(['a'])], { onBreach: 'rollbackWave', status: goingBack }), aborted)
    expect([states(own), acts(own)]).toEqual([{ a: 'RollingBack' }, ['rollback a']])
    const gate = { kind: 'gate' } as const
    const others = at(aPlan([aWave(['a'])], { change: gate, onBreach: 'rollbackWave', status: goingBack }), aborted)
    const after = at(others.plan, aborted)
    expect([acts(others), acts(after), states(after)]).toEqual([[], [], { a: 'RolledBack' }])
    const inFlight = at(aPlan([aWave(['a'])], { onBreach: 'abortInFlight', status: goingBack }), aborted)
    expect([acts(inFlight), states(at(inFlight.plan, aborted))]).toEqual([[], { a: 'RolledBack' }])
  })

  it('RB-1: one that was sent something which its controller has not seen yet is waited for, and taken back', () => {
    const rollback = { scope: 'inFlight', wave: 0, since: T0, by: 'ann' } as const
    const applying = withMembers({ a: { state: 'Applying', since: T0, startedAt: T0 } })
    const plan = aPlan([aWave(['a'])], {
      status: { waves: [active], members: applying, rollback, phase: 'RollingBack' },
    })
    const asked = looking(T0, { a: { mark: mark() } })
    const rollout = {
      ...asked['a/shop/web']?.rollout,
      spec: atGateRollout().spec,
      metadata: { generation: 2, resourceVersion: '2' },
    }
    const unseen = at(plan, { a: { more: { rollout: rollout as Rollout } } })
    expect([acts(unseen), unseen.plan.status.phase]).toEqual([[], 'RollingBack'])
    const begun = at(unseen.plan, { a: atGate(0, { isPaused: false, version: '3' }) })
    expect([acts(begun), begun.plan.status.phase]).toEqual([['abort a'], 'RollingBack'])
  })

  it('RB-1: one that is too late while its controller has not seen the last promotion is waited for, and aborted', () => {
    const late = withMembers({ a: memberStatus('AtGate', { gate: 1 }) })
    const wave = aWave(['a'], { deadlineMs: 10 * minute })
    const plan = aPlan([wave], { onBreach: 'rollbackWave', status: { waves: [active], members: late } })
    const rollout = {
      ...atGateRollout(),
      metadata: { ...atGateRollout().metadata, generation: 2, resourceVersion: '2' },
    }
    const unseen = { a: { more: { rollout: rollout as Rollout } } }
    const timedOut = at(plan, unseen, T0 + 11 * minute)
    expect([acts(timedOut), states(timedOut), timedOut.plan.status.phase]).toEqual([
      [],
      { a: 'TimedOut' },
      'RollingBack',
    ])
    const seenNow = at(
      timedOut.plan,
      { a: atGate(2, { isPaused: false, phase: 'Progressing', version: '3' }) },
      T0 + 12 * minute,
    )
    expect([acts(seenNow), seenNow.plan.status.phase]).toEqual([['abort a'], 'RollingBack'])
  })

  it('RB-1, PC-5: one that may have the new version by now and cannot be read is waited for, and taken back', () => {
    const rollback = { scope: 'inFlight', wave: 0, since: T0, by: 'ann' } as const
    const applying = withMembers({ a: { state: 'Applying', since: T0, startedAt: T0 } })
    const plan = aPlan([aWave(['a'])], {
      status: { waves: [active], members: applying, rollback, phase: 'RollingBack' },
    })
    const away = at(plan, { a: { mark: mark(), more: { reach: 'unreachable' } } })
    expect([acts(away), away.plan.status.phase]).toEqual([[], 'RollingBack'])
    const begun = at(away.plan, { a: atGate(1) })
    expect([acts(begun), begun.plan.status.phase]).toEqual([['abort a'], 'RollingBack'])
    const never = at(away.plan, { a: { mark: mark() } })
    expect([acts(never), never.plan.status.phase]).toEqual([[], 'RolledBack'])
  })

  it('RB-1, FP-1: one that failed for it was out of reach, before anybody saw its change, is taken back when it is back', () => {
    const applying = withMembers({ a: { state: 'Applying', since: T0, startedAt: T0 } })
    const plan = aPlan([aWave(['a'])], {
      ...{ unreachable: 'fail', onBreach: 'rollbackWave' },
      status: { waves: [active], members: applying },
    })
    const gone = { a: { mark: mark(), more: { reach: 'unreachable', reachSince: T0 } } } as const
    const failed = at(plan, gone, T0 + 6 * minute)
    expect(failed.plan.status.members['a/shop/web']).toMatchObject({ state: 'Failed', reason: 'it was out of reach' })
    const away = at(failed.plan, gone, T0 + 7 * minute)
    expect([acts(away), away.plan.status.phase]).toEqual([[], 'RollingBack'])
    const back = at(away.plan, { a: atGate(1) }, T0 + 8 * minute)
    expect([acts(back), back.plan.status.phase]).toEqual([['abort a'], 'RollingBack'])
    const never = at(away.plan, { a: { mark: mark() } }, T0 + 8 * minute)
    expect([acts(never), never.plan.status.phase]).toEqual([[], 'RolledBack'])
  })

  it('W14: why one failed stays with it when it goes back in the same pass, and when it is back', () => {
    const plan = aPlan([aWave(['a'])], {
      onBreach: 'rollbackWave',
      status: { waves: [active], members: withMembers({ a: memberStatus('AtGate') }) },
    })
    const message = 'RolloutAborted: Metric "errors" assessed Failed'
    const gone = at(plan, { a: atGate(1, { isAborted: true, phase: 'Degraded', isPaused: false, message }) })
    expect(gone.plan.status.members['a/shop/web']).toMatchObject({ state: 'RollingBack', reason: message })
    const back = at(gone.plan, { a: { version: '9', mark: mark() } })
    expect(back.plan.status.members['a/shop/web']).toMatchObject({ state: 'RolledBack', reason: message })
  })

  it('RB-2: one whose former ReplicaSet is gone is asked about, never guessed', () => {
    const plan = aPlan([aWave(['a', 'b'], { maxConcurrent: 2 })], {
      onBreach: 'rollbackAll',
      status: { waves: [active], members: withMembers({ a: memberStatus('AtGate'), b: memberStatus('Succeeded') }) },
    })
    const next = at(plan, { ...failed, b: done({ more: { hashes: [versions.target] } }) })
    expect([states(next)['b'], acts(next)]).toEqual(['RollbackFailed', ['rollback a']])
  })

  it('RB-3, I6: one that runs something else by now is left alone', () => {
    const status = {
      phase: 'RollingBack',
      waves: [active],
      members: withMembers({ a: memberStatus('RollingBack') }),
    } as const
    const plan = aPlan([aWave(['a'])], {
      status: { ...status, rollback: { scope: 'all', wave: 0, since: T0, by: 'ann' } },
    })
    const next = at(plan, { a: done({ hash: versions.other }) })
    expect([states(next), acts(next)]).toEqual([{ a: 'Superseded' }, []])
  })

  it('FP-5: a failure that is old when it is seen takes nothing back without a person', () => {
    const plan = aPlan([aWave(['a', 'c'], { maxConcurrent: 2 })], {
      onBreach: 'rollbackWave',
      status: { waves: [active], members },
    })
    const abortedAt = new Date(T0 - 21 * minute).toISOString()
    const next = at(plan, { a: { ...failed.a, abortedAt }, c: atGate(1) })
    expect([acts(next), next.plan.status.phase, next.plan.status.holds]).toMatchObject([
      [],
      'Running',
      [{ reason: 'Budget' }],
    ])
  })

  it('FP-3: held on a breach, nobody begins or goes on', () => {
    const plan = aPlan([aWave(['a', 'c', 'd'], { maxConcurrent: 3 })], { status: { waves: [active], members } })
    const next = at(plan, { ...failed, c: atGate(1), d: {} })
    expect([acts(next), states(next)['d'], next.plan.status.phase]).toEqual([[], 'Pending', 'Running'])
  })
})

describe('soak', () => {
  const soaking = (more: Partial<MemberStatus> = {}) => withMembers({ a: memberStatus('Soaking', more) })
  const wave = (more: object) => aWave(['a'], { minSoakMs: 3 * minute, ...more })

  it('W3: is the time between two looks that found it Healthy; holes count for nothing', () => {
    const plan = aPlan([wave({})], {
      status: { waves: [active], members: soaking({ soak: { provenMs: minute, seenAt: T0 } }) },
    })
    const proven = (now: number, look: Seen = done()) =>
      at(plan, { a: look }, now).plan.status.members['a/shop/web']?.soak?.provenMs
    expect([
      proven(T0 + 2 * minute - 1),
      proven(T0 + 10 * minute),
      proven(T0 + minute, done({ phase: 'Progressing' })),
    ]).toEqual([3 * minute - 1, minute, minute])
    expect(states(at(plan, { a: done() }, T0 + 2 * minute))).toEqual({ a: 'Succeeded' })
    expect(at(plan, { a: done() }, T0 + minute).nextWakeAt).toBe(T0 + 2 * minute)
  })

  it('I12: is written down twice a minute at most, and proven at its time all the same', () => {
    const soaking = memberStatus('Soaking', { soak: { provenMs: 0, seenAt: T0 } })
    const plan = aPlan([aWave(['a'], { minSoakMs: minute, waveSoakMs: minute })], {
      status: { waves: [active], members: withMembers({ a: soaking }) },
    })
    const first = at(plan, { a: done() })
    const seconds = Array.from({ length: 60 }, (_, second) => T0 + (second + 1) * 1_000)
    let [now, writes] = [first, 0]
    for (const time of seconds) {
      const next = at(now.plan, { a: done() }, time)
      writes += next.status === now.plan.status ? 0 : 1
      now = next
    }
    expect([states(now), writes]).toEqual([{ a: 'Succeeded' }, 2])
    const waves = at(now.plan, { a: done() }, T0 + 60_000)
    const bake = at(waves.plan, { a: done() }, T0 + 60_000)
    const later = at(bake.plan, { a: done() }, T0 + 61_000)
    expect([bake.plan.status.waves[0]?.state, later.status === bake.plan.status]).toEqual(['WaveSoak', true])
    expect(later.nextWakeAt).toBe(T0 + 120_000)
    expect(at(later.plan, { a: done() }, T0 + 120_000).plan.status.waves[0]?.state).toBe('Gate')
  })

  it('SR-3: with a metric it is what samples cover, also of a time in which nobody looked', () => {
    const times = Array.from({ length: 5 }, (_, index) => T0 + index * minute)
    const plan = aPlan([wave({ minEvidence: [{ metric: 'errors', minCount: 4 }] })], {
      status: { waves: [active], members: soaking() },
    })
    const with_ = (errors: { count: number; times: readonly number[]; isBad: boolean }) =>
      at(plan, { a: done({ more: { evidence: { errors } } }) }, T0 + 5 * minute)
    expect(states(with_({ count: 5, times, isBad: false }))).toEqual({ a: 'Succeeded' })
    const few = with_({ count: 3, times, isBad: false })
    expect(few.explanation).toEqual([{ because: 'W3', member: 'a/shop/web', text: 'errors has 3 of 4 samples' }])
    expect(states(with_({ count: 5, times, isBad: true }))).toEqual({ a: 'Failed' })
    const holes = with_({ count: 5, times: [T0, T0 + 5 * minute], isBad: false })
    expect(holes.explanation).toEqual([
      { because: 'W3', member: 'a/shop/web', text: '180 s of 180 s are not proven yet' },
    ])
  })

  it('3.4.3: a metric that says nothing any more holds the plan', () => {
    const plan = aPlan([wave({ minEvidence: [{ metric: 'errors', minCount: 1 }] })], {
      status: { waves: [active], members: soaking() },
    })
    const next = at(
      plan,
      { a: done({ more: { evidence: { errors: { count: 1, times: [T0], isBad: false } } } }) },
      T0 + 2 * minute + 1,
    )
    expect(next.plan.status.holds).toMatchObject([{ reason: 'EvidenceGap' }])
  })

  it('SR-1: is measured by the clock of the member', () => {
    const skewed = (at_: number) => ({ ...seen(at_, done()), at: at_ + 60 * minute })
    const members = soaking({ since: T0 + 60 * minute, soak: { provenMs: 0, seenAt: T0 + 60 * minute } })
    const plan = aPlan([wave({ minSoakMs: minute })], { status: { waves: [active], members } })
    const next = pass(plan, aFleet({ 'a/shop/web': skewed(T0 + 30_000) }), T0 + 30_000)
    expect([next.plan.status.members['a/shop/web']?.soak?.provenMs, next.nextWakeAt]).toEqual([30_000, T0 + minute])
  })
})
