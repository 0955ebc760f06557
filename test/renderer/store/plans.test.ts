import { describe, expect, it } from 'vitest'
import { buildQueue } from '#contract/attention.ts'
import type { PlanSummaryView } from '#contract/plan-views.ts'
import { buildBoard } from '#renderer/store/board.ts'
import { byAttention, explainedBy, planAtHand, wavesByContext } from '#renderer/store/plans.ts'
import { aCluster, aRollout } from '#test/support/fixture-fleet.ts'
import { plansOf, summaryOf } from '#test/support/fixture-plan-scenes.ts'
import { aPlanMember, aPlanView, aPlanWave, checkoutPlan, hold } from '#test/support/fixture-plans.ts'

const now = 1_764_000_000_000
const plan = (id: string, more: Partial<PlanSummaryView> = {}): PlanSummaryView => ({
  ...summaryOf(aPlanView(now, { id, name: id, waveViews: [] })),
  ...more,
})
const wave = (state: PlanSummaryView['waves'][number]['state']) => [
  { name: 'w', state, since: now, memberCount: 1, doneCount: 0, failedCount: 0 },
]

describe('plans', () => {
  it('UI-STAT-6: those that ask for a person come first, what is over last', () => {
    const plans = [
      plan('over', { phase: 'Completed' }),
      plan('ready', { phase: 'Ready' }),
      plan('goes'),
      plan('back', { phase: 'RollingBack', waves: wave('Breached') }),
      plan('byHand', { holds: [hold('Manual', now, 'wait', 'ann')] }),
      plan('gate', { waves: wave('Gate') }),
      plan('unread', { unread: { since: now, text: 'gone' } }),
      plan('breached', { waves: wave('Breached') }),
    ]
    const names = byAttention(plans).map(({ id }) => id)
    expect(names.slice(0, 4)).toEqual(['breached', 'unread', 'gate', 'byHand'])
    expect(names.slice(-2)).toEqual(['ready', 'over'])
    expect(names).toHaveLength(8)
  })

  it('the strip has the chosen plan for as long as it is under way, else the one that asks most', () => {
    const plans = [plan('a'), plan('b', { waves: wave('Gate') }), plan('c', { phase: 'Aborted' })]
    expect(planAtHand({ plans, chosen: undefined })?.id).toBe('b')
    expect(planAtHand({ plans, chosen: 'a' })?.id).toBe('a')
    expect(planAtHand({ plans, chosen: 'c' })?.id).toBe('b')
    expect(planAtHand({ plans: plans.slice(2), chosen: 'c' })).toBeUndefined()
  })

  it('a context has the numbers of all its waves', () => {
    const twice = aPlanView(now, {
      id: 'p',
      name: 'p',
      waveViews: [
        aPlanWave(now, {
          name: 'a',
          members: [aPlanMember(now, { context: 'eu' }), aPlanMember(now, { context: 'eu', rollout: 'b' })],
        }),
        aPlanWave(now, {
          name: 'b',
          members: [aPlanMember(now, { context: 'us' }), aPlanMember(now, { context: 'eu', rollout: 'c' })],
        }),
      ],
    })
    expect([...wavesByContext(twice)]).toEqual([
      ['eu', [1, 2]],
      ['us', [2]],
    ])
  })

  it('every state has a plan to look at', () => {
    const phases = new Set(plansOf('many', now).map(({ phase }) => phase))
    expect(phases.size).toBeGreaterThanOrEqual(6)
  })
})

describe('drift', () => {
  const drifted = (name: string, context: string) => aRollout(now, { context, name, drift: true })
  const views = [drifted('checkout-api', 'prod-eu-west'), drifted('cart', 'prod-eu-west')]
  const rollouts = new Map(views.map((view) => [view.key, view]))
  const explained = explainedBy(new Map([['p', { plan: checkoutPlan(now), at: now }]]))

  it('UI-STAT-7: what a plan under way explains carries no mark, and waits for nobody', () => {
    const board = buildBoard(rollouts, [], now, 'all', explained)
    expect(board.counts.drifted).toBe(1)
    const cell = board.rows.find(({ name }) => name === 'checkout-api')?.cells.get('prod-eu-west')
    expect(cell?.drift).toBe(false)
    const queue = buildQueue(rollouts, [aCluster('prod-eu-west', now)], explained)
    expect(queue.map(({ id }) => id)).toEqual([`drift ${views[1]?.key}`])
  })

  it('UI-STAT-7: a member that the plan gave up is not explained by it', () => {
    const [first] = checkoutPlan(now).waveViews
    if (first === undefined) throw new Error('the plan has no wave')
    const left = aPlanMember(now, { context: 'prod-eu-west', state: 'Superseded' })
    const without = checkoutPlan(now, { waveViews: [{ ...first, members: [left] }] })
    expect(explainedBy(new Map([['p', { plan: without, at: now }]])).size).toBe(0)
    expect(buildBoard(rollouts, [], now).counts.drifted).toBe(2)
  })
})
