import { describe, expect, it } from 'vitest'
import { epochOf, isLater, moveHome } from '#engine/fleet-plan/move-home.ts'
import { aFleet, aPlan, atGate, aWave, looking, memberStatus, minute, pass } from '#test/support/builders/fleet-plan.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const to = { context: 'b', namespace: 'argosy' }
const asked = { by: 'ann@desk', at: T0 + minute, reason: 'INC-7' }
const running = aPlan([aWave(['a', 'b']), aWave(['c'])], { status: { epoch: 3 } })

const moved = (plan = running, seenEpoch = 3) => {
  const answer = moveHome(plan, { to, seenEpoch }, asked)
  if (!answer.ok) throw new Error(answer.error)
  return answer.value
}

describe('PC-4: a plan gets a new home', () => {
  it('goes on with an epoch that is 1000 further than any that was seen, and its old copy is nobody’s any more', () => {
    const { kept, left } = moved(running, 5)
    expect(kept.spec.home).toEqual(to)
    expect(kept.status).toMatchObject({
      phase: 'Running',
      moved: { epoch: 1005, reason: 'INC-7' },
      readAfter: asked.at,
    })
    expect([epochOf(running, 0), epochOf(running, 2), epochOf(kept, 0), epochOf(kept, 2)]).toEqual([1, 3, 1005, 1007])
    expect(left.spec.home).toEqual(running.spec.home)
    expect(left.status).toMatchObject({ phase: 'Superseded', movedTo: { ...to, epoch: 1005, phase: 'Running' } })
    expect([isLater(kept, left), isLater(left, kept)]).toEqual([true, false])
    // Whoever decides at the old home, with whatever Lease, decides nothing by it.
    const world = aFleet(looking(T0 + minute, { a: {}, b: {}, c: {} }), { lease: { epoch: 9_999 } })
    expect(pass(left, world, T0 + minute)).toMatchObject({ acts: [], status: left.status })
  })

  it('asked again after half of it was done, goes on with the same epoch and phase', () => {
    const { left, kept } = moved()
    expect(moved(left, 3).kept.status).toEqual(kept.status)
  })

  it('asks for a reason, another home, and a plan that somebody has to go on with; and sees that others have moved it', () => {
    const why = (plan: typeof running, more: object = {}, seenEpoch = 0) => {
      const answer = moveHome(plan, { to, seenEpoch }, { ...asked, ...more })
      return answer.ok ? 'moved' : answer.error
    }
    expect(why(running, { reason: ' ' })).toContain('Say why')
    expect(why({ ...running, spec: { ...running.spec, home: to } })).toBe('b keeps the plan already.')
    expect(why({ ...running, status: { ...running.status, phase: 'Completed' } })).toContain('is Completed')
    expect(why(running, {}, 1_003)).toContain('was moved already')
    const elsewhere = {
      ...running,
      status: { ...running.status, movedTo: { ...to, context: 'c', epoch: 1_003, phase: 'Running' as const } },
    }
    expect(why(elsewhere)).toContain('moved to c/argosy already')
  })
})

describe('PC-4: nothing is done at a new home before its members bear the new epoch', () => {
  const mark = (epoch: number) => ({ plan: 'p1', epoch })
  const plan = moved(
    aPlan([aWave(['a', 'b'], { maxConcurrent: 2 }), aWave(['c'])], {
      status: {
        epoch: 3,
        waves: [
          { state: 'Active', since: T0 },
          { state: 'Waiting', since: T0 },
        ],
        members: { 'a/shop/web': memberStatus('AtGate', { gate: 1 }) },
      },
    }),
  ).kept
  const now = T0 + 2 * minute
  const world = (looks: Parameters<typeof looking>[1]) =>
    aFleet(looking(now, looks), { lease: { epoch: epochOf(plan, 0) }, resumedAt: T0 })

  it('marks those that it can read, also those that wait, and not those of another plan', () => {
    const { acts, status, explanation } = pass(
      plan,
      world({ a: atGate(1, { mark: mark(3) }), b: {}, c: { mark: { plan: 'q', epoch: 1 } } }),
      now,
    )
    expect(acts.map(({ kind, member, epoch, because }) => [kind, member, epoch, because])).toEqual([
      ['mark', 'a/shop/web', 1003, 'PC-4'],
      ['mark', 'b/shop/web', 1003, 'PC-4'],
    ])
    expect(status.members['b/shop/web']?.state).toBe('Pending')
    expect(status.moved?.isClaimed).toBeUndefined()
    expect(explanation[0]?.because).toBe('PC-4')
  })

  it('goes on once all bear it; one that cannot be read is marked before anything is sent to it', () => {
    const claimed = pass(plan, world({ a: atGate(1, { mark: mark(1003) }), b: { mark: mark(1003) } }), now)
    expect(claimed.status.moved?.isClaimed).toBe(true)
    const after = pass(claimed.plan, world({ a: atGate(1, { mark: mark(1003) }), b: { mark: mark(1003) } }), now)
    expect(after.acts.map(({ kind, member }) => [kind, member])).toContainEqual(['promote', 'a/shop/web'])
  })

  it('SR-6: whoever decides at the old home still meets it, and sends nothing more', () => {
    const old = aPlan([aWave(['a', 'b'], { maxConcurrent: 2 })], {
      status: {
        epoch: 3,
        waves: [{ state: 'Active', since: T0 }],
        members: { 'a/shop/web': memberStatus('AtGate', { gate: 1 }) },
      },
    })
    const seen = aFleet(looking(now, { a: atGate(1, { mark: mark(3) }), b: { mark: mark(1003) } }), {
      lease: { epoch: 3 },
    })
    const decided = pass(old, seen, now)
    expect(decided.acts).toEqual([])
    expect(decided.status.holds.map(({ reason }) => reason)).toContain('ControllerConflict')
  })
})
