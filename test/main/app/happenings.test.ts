import { describe, expect, it } from 'vitest'
import type { PlanSummaryView } from '#contract/plan-views.ts'
import type { RolloutView } from '#contract/views.ts'
import { happeningsIn, type Picture } from '#main/app/happenings.ts'
import { aCluster, aRollout } from '#test/support/fixture-fleet.ts'
import { checkoutPlan, hold } from '#test/support/fixture-plans.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const shop = (more: Partial<RolloutView>) => aRollout(T0, { context: 'eu', name: 'shop', ...more })
const withRollouts = (...views: readonly RolloutView[]): Picture => ({
  rollouts: new Map(views.map((view) => [view.key, view])),
  clusters: [],
  plans: [],
})
const kinds = (before: Picture, after: Picture) => happeningsIn(before, after).map(({ kind }) => kind)
const untimed = { reason: 'CanaryPauseStep', startedAt: T0, resumesAt: undefined }
const timed = { ...untimed, resumesAt: T0 + 60_000 }

describe('what happens to rollouts', () => {
  it.each([
    ['degraded', shop({ status: 'Degraded' }), ['degraded']],
    ['aborted', shop({ status: 'Aborted' }), ['aborted']],
    ['inconclusive', shop({ status: 'Inconclusive' }), ['waits']],
    ['paused without an end', shop({ status: 'Paused', pause: untimed }), ['waits']],
    ['paused with a timer', shop({ status: 'Paused', pause: timed }), []],
    ['on its way', shop({ status: 'Progressing' }), []],
  ])('tells of one that is %s as far as it asks for a person', (_state, view, expected) => {
    expect(kinds(withRollouts(shop({})), withRollouts(view))).toEqual(expected)
  })

  it('names rollout and cluster, tells why, and leads to its page', () => {
    const view = shop({ status: 'Degraded', message: 'ProgressDeadlineExceeded' })
    expect(happeningsIn(withRollouts(shop({})), withRollouts(view))).toMatchObject([
      { what: 'shop in eu', detail: 'ProgressDeadlineExceeded', address: `#/rollout/${view.key}` },
    ])
  })

  it('tells nothing of one that was not known before: it was only read now', () => {
    expect(kinds(withRollouts(), withRollouts(shop({ status: 'Degraded' })))).toEqual([])
  })

  it('tells nothing twice while it stays as it is, and again of the next pause and the next version', () => {
    const first = shop({ status: 'Paused', pause: untimed, stepIndex: 1 })
    const same = { ...first, message: 'other words' }
    const next = { ...first, stepIndex: 3 }
    expect(kinds(withRollouts(first), withRollouts(same))).toEqual([])
    expect(kinds(withRollouts(first), withRollouts(next))).toEqual(['waits'])
    const broken = shop({ status: 'Degraded', currentPodHash: 'a' })
    expect(kinds(withRollouts(broken), withRollouts({ ...broken, currentPodHash: 'b' }))).toEqual(['degraded'])
  })
})

describe('what happens to the lease', () => {
  const driven = { ...aCluster('eu', T0, { engine: 'driven' }), drives: true }
  const of = (cluster: Picture['clusters'][number]): Picture => ({ ...withRollouts(), clusters: [cluster] })

  it('is lost when another has it, and named', () => {
    const lease = { holder: 'argosy-other_1', renewedAt: T0 }
    const lost = happeningsIn(of(driven), of({ ...driven, engine: 'inCluster', lease }))
    expect(lost).toMatchObject([{ kind: 'leaseLost', what: 'eu', detail: 'argosy-other_1 has its lease.' }])
    expect(kinds(of(driven), of({ ...driven, engine: 'contested' }))).toEqual(['leaseLost'])
  })

  it('is not lost when it was handed back, when it was never ours, or when it comes', () => {
    expect(kinds(of(driven), of({ ...driven, engine: 'inCluster', drives: false }))).toEqual([])
    expect(kinds(of({ ...driven, engine: 'observed' }), of({ ...driven, engine: 'inCluster' }))).toEqual([])
    expect(kinds(of({ ...driven, engine: 'inCluster' }), of(driven))).toEqual([])
  })
})

describe('SR-6: who asks for a lease', () => {
  const request = {
    by: 'ada@rome',
    at: T0,
    until: T0 + 300_000,
    reason: 'mine',
    side: 'toUs',
    keptBy: undefined,
  } as const
  const cluster = { ...aCluster('eu', T0, { engine: 'driven' }), drives: true }
  const of = (change: object = {}): Picture => ({ ...withRollouts(), clusters: [{ ...cluster, ...change }] })

  it('is told of once, with the reason, and again when they ask again', () => {
    expect(happeningsIn(of(), of({ request }))).toMatchObject([
      { kind: 'leaseAsked', what: 'eu', detail: 'ada@rome asks to drive it. mine' },
    ])
    expect(kinds(of({ request }), of({ request: { ...request, keptBy: 'bo@oslo' } }))).toEqual([])
    expect(kinds(of({ request }), of({ request: { ...request, at: T0 + 1_000 } }))).toEqual(['leaseAsked'])
    expect(kinds({ ...of(), clusters: [] }, of({ request }))).toEqual([])
    expect(kinds(of(), of({ request: { ...request, side: 'others' } }))).toEqual([])
  })

  it('hears that it is kept', () => {
    const ours = { ...request, side: 'ours' } as const
    const kept = happeningsIn(of({ request: ours }), of({ request: { ...ours, keptBy: 'bo@oslo' } }))
    expect(kept).toMatchObject([{ kind: 'leaseKept', what: 'eu', detail: 'bo@oslo keeps it.' }])
  })
})

describe('what happens to plans', () => {
  const plan: PlanSummaryView = { ...checkoutPlan(T0), phase: 'Running', holds: [] }
  const calm: PlanSummaryView = { ...plan, waves: plan.waves.map((wave) => ({ ...wave, state: 'Active' })) }
  const of = (...plans: readonly PlanSummaryView[]): Picture => ({ ...withRollouts(), plans })

  it('tells of a hold that was not there, unless it ends by itself', () => {
    const held = { ...calm, holds: [hold('Unreachable', T0, 'eu is out of reach')] }
    expect(happeningsIn(of(calm), of(held))).toMatchObject([
      { kind: 'planHeld', detail: 'eu is out of reach', address: `#/plans?id=${plan.id}` },
    ])
    expect(kinds(of(held), of(held))).toEqual([])
    expect(kinds(of(calm), of({ ...calm, holds: [{ ...hold('Window', T0, 'night'), until: T0 + 1 }] }))).toEqual([])
  })

  it('tells once of one that has failed: too many in a wave, then rolled back', () => {
    const breached = { ...calm, waves: calm.waves.map((wave) => ({ ...wave, state: 'Breached' as const })) }
    expect(kinds(of(calm), of(breached))).toEqual(['planFailed'])
    expect(kinds(of(breached), of({ ...breached, phase: 'RollingBack' }))).toEqual([])
    expect(kinds(of(), of(breached))).toEqual([])
  })
})
