import { beforeAll, describe, expect, it } from 'vitest'
import { type WishChoice, wishEffects } from '#renderer/features/plans/wish-effects.ts'
import { createTexts, type Text, textOf } from '#renderer/format/text.ts'
import type { PlanWish } from '#renderer/store/app.ts'
import { largePlan } from '#test/support/fixture-large-plan.ts'
import { checkoutPlan, hold } from '#test/support/fixture-plans.ts'

const now = Date.parse('2026-11-24T14:14:32Z')
let text: Text
beforeAll(async () => {
  text = textOf(await createTexts('en'))
})

const effects = (wish: PlanWish, more: Partial<WishChoice> = {}, plan = checkoutPlan(now)) => {
  const { touches, lines } = wishEffects(text, plan, wish, {
    scope: 'inFlight',
    stopsLine: false,
    fromLastPause: false,
    ...more,
  })
  return { touches: touches.map(({ context }) => context), words: lines.map(({ words }) => words) }
}

describe('UI-ACT-1: what follows from a wish', () => {
  it('hold touches nobody; stopping the line touches all', () => {
    expect(effects({ kind: 'hold' })).toEqual({
      touches: [],
      words: ['Nobody begins any more.', '1 rollout under way goes on to its next pause and stays there.'],
    })
    expect(effects({ kind: 'hold' }, { stopsLine: true }).touches).toHaveLength(7)
  })

  it('3.4.1: approving sends nothing, and says who has and how many more have to', () => {
    const approvals = { count: 3, by: ['ann', 'bob', 'eve'], given: [{ by: 'bob@lap', at: now, reason: 'read it' }] }
    expect(effects({ kind: 'approve' }, {}, { ...checkoutPlan(now), approvals })).toEqual({
      touches: [],
      words: [
        'bob has approved it: read it',
        'Only these may approve it: ann, bob, eve.',
        'After you 1 more person has to approve it.',
      ],
    })
    const last = { ...checkoutPlan(now), approvals: { count: 1, given: [] } }
    expect(effects({ kind: 'approve' }, {}, last).words).toEqual(['After you it can be started. Nothing is sent now.'])
  })

  it('W12: release of a stopped line says that it goes again, and which holds stay', () => {
    const holds = [
      { ...hold('Manual', now, 'INC', 'ann'), stopsLine: true } as const,
      hold('Window', now, 'frozen until Monday'),
    ]
    const { touches, words } = effects({ kind: 'release' }, {}, checkoutPlan(now, { holds }))
    expect(touches).toHaveLength(7)
    expect(words.join(' ')).toContain('The line goes again')
    expect(words.at(-1)).toBe('It stays held for another reason: frozen until Monday')
    expect(effects({ kind: 'release' }).touches).toEqual(['prod-eu-west'])
  })

  it('the gate of a wave lets the next begin; without its verdict, it says so', () => {
    const { touches, words } = effects({ kind: 'openGate', wave: 1 })
    expect(touches).toEqual(['prod-eu-central', 'prod-us-west', 'prod-ap-south', 'prod-ap-ne'])
    expect(words).toEqual([
      'The verdict that the gate waits for is not waited for.',
      'Wave 3 (everywhere) begins: 4 rollouts, 55% of the traffic, 2 at a time.',
    ])
    expect(effects({ kind: 'openGate', wave: 2 }).words).toEqual(['This was the last wave: the plan is completed.'])
  })

  it('RB-1, RB-2: what is under way is aborted, what is done goes back as far as the scope goes', () => {
    const at = (scope: WishChoice['scope']) => effects({ kind: 'stop' }, { scope })
    expect(at('inFlight')).toMatchObject({ touches: ['prod-eu-west'] })
    expect(at('inFlight').words).toContain('2 rollouts that are done keep the new version.')
    expect(at('wave').touches).toEqual(['prod-eu-west', 'prod-us-east'])
    expect(at('all').touches).toEqual(['canary-eu', 'prod-eu-west', 'prod-us-east'])
    expect(at('end')).toEqual({
      touches: [],
      words: [
        'Nothing is sent. What has the new version keeps it.',
        '1 rollout is under way and stays as it is; nobody goes on with it.',
      ],
    })
  })

  it('retry and skip are about one member, and say what had failed', () => {
    const member = 'region-12-prod/shop/ledger'
    const retried = effects({ kind: 'retry', member }, {}, largePlan(now))
    expect(retried.touches).toEqual(['region-12-prod'])
    expect(retried.words[1]).toContain('ImagePullBackOff')
    const skipped = effects({ kind: 'skip', member }, {}, largePlan(now))
    expect(skipped).toMatchObject({ touches: [] })
    expect(skipped.words[1]).toContain('stays as it is now, failed')
  })

  it('a start brings the change to every member in the end', () => {
    const { touches, words } = effects({ kind: 'start' })
    expect(touches).toHaveLength(7)
    expect(words[0]).toBe('Brings checkout-api=registry.example/checkout-api:2.31.0.')
    expect(effects({ kind: 'start' }, {}, checkoutPlan(now, { change: [] })).words[0]).toContain('others bring')
  })
})
