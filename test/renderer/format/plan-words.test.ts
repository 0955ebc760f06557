import { beforeAll, describe, expect, it } from 'vitest'
import type { PlanEndingView } from '#contract/plan-views.ts'
import { gateShut, gateToOpen, holdShut, retryShut, skipShut, startShut } from '#renderer/format/plan-wishes.ts'
import {
  bakeLeftMs,
  changeInShort,
  driverWordsOf,
  endingWords,
  holdText,
  membersInShort,
  personOf,
  phaseOf,
  standingOf,
  versionOf,
} from '#renderer/format/plan-words.ts'
import { createTexts, type Text, textOf } from '#renderer/format/text.ts'
import { plansOf } from '#test/support/fixture-plan-scenes.ts'
import { aPlanMember, checkoutPlan, hold } from '#test/support/fixture-plans.ts'

const now = Date.parse('2026-11-24T14:14:32Z')
let text: Text
beforeAll(async () => {
  text = textOf(await createTexts('en'))
})

const named = (name: string) => {
  const plan = plansOf('many', now).find((each) => each.name === name)
  if (plan === undefined) throw new Error(`there is no plan ${name}`)
  return plan
}

describe('where a plan is', () => {
  it.each([
    ['checkout-api 2.31', 'Wave 2 of 3', 'progressing'],
    ['ledger 9.2, quarter end', 'Held: too many failures', 'degraded'],
    ['cart 1.20', 'Wave 2 of 2', 'progressing'],
    ['gift-cards by GitOps', 'Gate of wave 1 of 2', 'paused'],
    ['cart 1.21', 'Ready', 'unknown'],
    ['session-store 6.1', 'Rolling back', 'progressing'],
    ['cart 1.19', 'Completed', 'healthy'],
    ['cart 1.18', 'Aborted', 'aborted'],
    ['undo of cart 1.18', 'Rolled back', 'unknown'],
  ])('UI-STAT-5: %s is "%s", %s', (name, words, tone) => {
    expect(phaseOf(text, named(name))).toMatchObject({ words, tone })
  })

  it('UI-STAT-5: held by a person alone is no failure', () => {
    const held = checkoutPlan(now, { holds: [hold('Manual', now, 'lunch', 'ann@desk/1')] })
    expect(phaseOf(text, held)).toMatchObject({ words: 'Held: by hand', tone: 'paused' })
  })

  it('a hold says who, why, that the line is stopped, and until when', () => {
    expect(holdText(text, hold('Cap', now, '30 % are unproven'))).toBe('30 % are unproven')
    const stopped = { ...hold('Manual', now, 'INC-1', 'ann@desk/1'), stopsLine: true, until: now } as const
    expect(holdText(text, stopped)).toBe('ann: INC-1 (the line is stopped, until 14:14)')
  })

  it('SR-6: says who decides', () => {
    expect(driverWordsOf(text, { state: 'here' })).toBe('Driven here')
    expect(driverWordsOf(text, { state: 'elsewhere', holder: 'bot@oslo/1' })).toBe('Driven elsewhere: bot@oslo')
    expect(driverWordsOf(text, { state: 'waiting', holder: undefined })).toBe('Waits to drive')
    expect(driverWordsOf(text, { state: 'nobody' })).toBe('Driven by nobody')
    const nobody = { state: 'nobody' } as const
    expect(standingOf(text, { phase: 'Running', driver: nobody })).toBe('Driven by nobody')
    expect(standingOf(text, { phase: 'Completed', driver: nobody })).toBe('Nobody: it is over')
    expect(standingOf(text, { phase: 'Ready', driver: nobody })).toBe('Not begun yet')
  })
})

describe('UI-CH: when a plan is done', () => {
  const words = (ending: PlanEndingView) => endingWords(text, checkoutPlan(now, { ending }), now, 'en')
  it('says about when, or not before when, with the same words as a forecast of one rollout', () => {
    const at = now + 37 * 60_000
    expect(words({ how: 'done', at, wave: 2, isAtLeast: false })).toBe('Done about 14:51')
    expect(words({ how: 'done', at, wave: 2, isAtLeast: true })).toBe('Done at 14:51 at the earliest')
  })

  it('a gate without a timer: from then on it waits for a person', () => {
    const at = now + 37 * 60_000
    expect(words({ how: 'person', at, wave: 0, isAtLeast: false })).toBe(
      'About 14:51 it waits for a person: before wave 2',
    )
    expect(words({ how: 'person', at, wave: 2, isAtLeast: true })).toBe(
      'At 14:51 at the earliest it waits for a person: at its end',
    )
  })

  it('a moment that is over is not told', () => {
    expect(words({ how: 'done', at: now, wave: 2, isAtLeast: false })).toBeUndefined()
    expect(endingWords(text, named('ledger 9.2, quarter end'), now, 'en')).toBeUndefined()
  })
})

describe('in short', () => {
  it.each([
    ['shop=registry.example:5000/shop:2.31.0', '2.31.0'],
    ['shop=registry.example:5000/shop', 'shop=registry.example:5000/shop'],
    ['shop=registry/shop@sha256:0a1b', '0a1b'],
    ['revision 3', 'revision 3'],
  ])('the version of %s is %s', (change, version) => {
    expect(versionOf(change)).toBe(version)
  })

  it('a version stands with what it is of, each once', () => {
    expect(changeInShort(['a=r/a:2', 'b=r/b:2', 'c=r/c:3'])).toBe('a:2, b:2, c:3')
    expect(changeInShort(['app=r.example:5000/shop/checkout:2', '*=r.example:5000/shop/checkout:2'])).toBe('checkout:2')
    expect(changeInShort(['shop=registry/shop@sha256:0a1b', 'revision 3'])).toBe('shop:0a1b, revision 3')
    expect(personOf('ann@desk-oslo/6b1f')).toBe('ann')
  })

  it('UI-P-1: members that ask for a person are among the first, in the order of the plan', () => {
    const states = ['Succeeded', 'Pending', 'Progressing', 'Failed', 'Succeeded'] as const
    const members = states.map((state, index) => aPlanMember(now, { context: `c${index}`, state }))
    expect(membersInShort(members, 2).map(({ context }) => context)).toEqual(['c2', 'c3'])
    expect(membersInShort(members, 9)).toHaveLength(5)
  })

  it('a bake counts down by the clock here, and never below nothing', () => {
    expect(bakeLeftMs(60_000, 20_000, now, now + 10_000)).toBe(30_000)
    expect(bakeLeftMs(60_000, 20_000, now, now + 90_000)).toBe(0)
    expect(bakeLeftMs(60_000, 20_000, now, now - 5_000)).toBe(40_000)
  })
})

describe('UI-ACT-4: what a person can ask of a plan', () => {
  it('is open while it is under way and can be read, and says else why it is shut', () => {
    expect(holdShut(text, checkoutPlan(now))).toBeUndefined()
    expect(holdShut(text, named('cart 1.21'))).toBe('It is open once the plan was started.')
    expect(holdShut(text, named('cart 1.19'))).toBe('The plan is over.')
    expect(holdShut(text, named('cart 1.20'))).toContain('prod-ap-south keeps the plan')
    expect(startShut(text, named('cart 1.21'))).toBe('1 more person has to approve it first.')
    const { approvals = { count: 0, given: [] }, ...free } = named('cart 1.21')
    expect(startShut(text, free)).toBeUndefined()
    const given = [...approvals.given, ...approvals.given]
    expect(startShut(text, { ...free, approvals: { ...approvals, given } })).toBeUndefined()
    expect(startShut(text, checkoutPlan(now))).toBe('The plan was started already.')
  })

  it('a gate opens when the bake before it is over', () => {
    expect(gateShut(text, checkoutPlan(now))).toContain('when the bake of the one before is over')
    expect(gateToOpen(named('gift-cards by GitOps'))).toBe(0)
    expect(gateShut(text, named('gift-cards by GitOps'))).toBeUndefined()
  })

  it('a member is tried again after a failure, and skipped while it waits or has failed', () => {
    const plan = checkoutPlan(now)
    const member = (state: 'Failed' | 'Pending' | 'Progressing') => aPlanMember(now, { context: 'c', state })
    expect(retryShut(text, plan, member('Failed'))).toBeUndefined()
    expect(retryShut(text, plan, member('Pending'))).toBe('Retry is open after a failure.')
    expect(retryShut(text, { ...plan, phase: 'RollingBack' }, member('Failed'))).toContain('goes back')
    expect(skipShut(text, plan, member('Pending'))).toBeUndefined()
    expect(skipShut(text, plan, member('Progressing'))).toBe('Only what waits or has failed can be skipped.')
  })
})
