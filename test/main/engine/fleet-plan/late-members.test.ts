import { describe, expect, it } from 'vitest'
import type { Rollout } from '#api/rollout.ts'
import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import { planEvents } from '#engine/fleet-plan/events.ts'
import { type FoundRollout, withLateMembers } from '#engine/fleet-plan/late-members.ts'
import { validatePlan } from '#engine/fleet-plan/validate.ts'
import {
  aFleet,
  aPlan,
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

const late = aWave([], { name: 'late', select: { kind: 'late' } })
const catchingUp = (more: Parameters<typeof aPlan>[1] = {}): FleetPlan =>
  aPlan([aWave(['a']), late], { joinPolicy: 'catchUp', ...more })

/** In a cluster in which the plan has none, a minute after the plan was made. */
function found(context: string, look: Seen & { readonly made?: number; readonly uid?: string } = {}): FoundRollout {
  const rollout = seen(T0, look).rollout as Rollout
  const creationTimestamp = new Date(look.made ?? T0 + minute).toISOString()
  return {
    context,
    rollout: { ...rollout, metadata: { ...rollout.metadata, uid: look.uid, creationTimestamp } as never },
  }
}
const world = (looks: Readonly<Record<string, Seen>> = { a: {} }) => aFleet(looking(T0 + 2 * minute, looks))
const idsOf = ({ spec }: FleetPlan) => spec.members.map(({ id }) => id)

describe('who comes late', () => {
  it('3.4.1 joinPolicy: a Rollout that was made after the plan is a member of the late wave, with the share of its pods', () => {
    const next = withLateMembers(catchingUp(), [found('b', { labels: { region: 'eu' } })], world())
    expect(next.spec.members[1]).toEqual({
      ...{ id: 'b/shop/web', context: 'b', namespace: 'shop', rollout: 'web', labels: { region: 'eu' } },
      ...{ trafficShare: 50, priorHash: versions.prior, late: true },
    })
    expect(next.status.members['b/shop/web']).toMatchObject({ state: 'Pending' })
    expect(planEvents(next, catchingUp().status, next.status)).toEqual([
      { member: 'b/shop/web', text: 'b/shop/web came late: it catches up after the others', severity: 'info' },
    ])
  })

  it('I3: it begins when all waves before have passed, and a plan that nobody came late to ends without it', () => {
    const succeeded = { 'a/shop/web': memberStatus('Succeeded') }
    const after = { state: 'Passed', since: T0 } as const
    const waves = (first: 'Active' | 'Passed') => [{ ...after, state: first }, { state: 'Waiting', since: T0 } as const]
    const looks = { a: done(), b: {} }
    const early = withLateMembers(
      catchingUp({ status: { waves: waves('Active'), members: { 'a/shop/web': memberStatus('Soaking') } } }),
      [found('b')],
      world(looks),
    )
    expect(pass(early, world(looks), T0 + 2 * minute).plan.status.members['b/shop/web']?.state).toBe('Pending')
    const turn = withLateMembers(
      catchingUp({ status: { waves: waves('Passed'), members: succeeded } }),
      [found('b')],
      world(looks),
    )
    expect(pass(turn, world(looks), T0 + 2 * minute).plan.status.members['b/shop/web']?.state).toBe('Admitting')
    const alone = pass(
      catchingUp({ status: { waves: waves('Passed'), members: succeeded } }),
      world(looks),
      T0 + 2 * minute,
    )
    expect(alone.plan.status.phase).toBe('Completed')
  })

  it.each<[string, FoundRollout]>([
    ['was there when the plan was made: it was left out on purpose', found('b', { made: T0 - 1000 })],
    ['has no version yet that it could go back to', found('b', { hash: 'h9', stable: '' })],
    ['has an update of its own under way', found('b', { hash: 'h9', stable: 'h8' })],
    ['bears the note of this plan: it is a member by another name of its cluster', found('b', { mark: mark() })],
    ['is a member already', found('a')],
  ])('3.4.1 joinPolicy: nobody joins who %s', (_why, one) => {
    const plan = catchingUp()
    expect(withLateMembers(plan, [one], world())).toBe(plan)
  })

  it.each<[string, FleetPlan]>([
    ['says nothing of it', aPlan([aWave(['a'])])],
    ['is over', catchingUp({ status: { phase: 'Completed' } })],
    ['goes back', catchingUp({ status: { phase: 'RollingBack' } })],
    ['is decided by somebody with a later epoch', catchingUp({ status: { epoch: 2 } })],
  ])('SR-6, 3.4.1 joinPolicy: nobody joins a plan that %s', (_why, plan) => {
    expect(withLateMembers(plan, [found('b')], world())).toBe(plan)
  })

  it('3.4.1: with a gate nobody joins before it is known what arrives, and never who runs that', () => {
    const gate = catchingUp({ change: { kind: 'gate' } })
    const known = catchingUp({ change: { kind: 'gate' }, status: { target: ['web=web:2'] } })
    expect(idsOf(withLateMembers(gate, [found('b')], world()))).toEqual(['a/shop/web'])
    expect(idsOf(withLateMembers(known, [found('b')], world()))).toEqual(['a/shop/web', 'b/shop/web'])
    expect(idsOf(withLateMembers(known, [found('b', { hash: versions.target })], world()))).toEqual(['a/shop/web'])
  })

  it('3.4.2 Skipped: one that was skipped for it was out of reach catches up when it is back; one that a person skipped does not', () => {
    const away = aFleet(looking(T0, { a: { more: { reach: 'unreachable', reachSince: T0 } } }))
    const skipped = pass(catchingUp({ unreachable: 'skip' }), away, T0 + 6 * minute).plan
    expect(skipped.status.members['a/shop/web']).toMatchObject({ state: 'Skipped', wasAway: true })
    const waiting = { ...skipped, status: { ...skipped.status, phase: 'Running' as const } }
    const back = withLateMembers(waiting, [], world())
    expect([back.spec.members[0]?.late, back.status.members['a/shop/web']]).toEqual([
      true,
      { state: 'Pending', since: T0 + 2 * minute },
    ])
    const byHand = catchingUp({ status: { members: { 'a/shop/web': memberStatus('Skipped') } } })
    expect(withLateMembers(byHand, [], world())).toBe(byHand)
  })

  it('a plan has room for a hundred of them', () => {
    const many = Array.from({ length: 120 }, (_, index) => found(`c${index}`))
    const full = withLateMembers(catchingUp(), many, world())
    expect(full.spec.members).toHaveLength(101)
    expect(withLateMembers(full, many, world())).toBe(full)
  })
})

it('3.4.1 joinPolicy: what is wrong with it is said', () => {
  const faults = (plan: FleetPlan) => validatePlan(plan.spec).map(({ field }) => field)
  expect(faults(catchingUp())).toEqual([])
  expect(faults(aPlan([aWave(['a']), late]))).toEqual(['waves[1].select'])
  expect(faults(aPlan([late, aWave(['a'])], { joinPolicy: 'catchUp' }))).toEqual(['waves[0].select'])
  expect(faults(catchingUp({ change: { kind: 'undo' } }))).toEqual(['joinPolicy'])
})
