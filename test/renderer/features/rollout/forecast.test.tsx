import { afterEach, describe, expect, it } from 'vitest'
import type { RolloutView } from '#contract/views.ts'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'

let fixture: FixtureApp
afterEach(() => fixture.close())

const openAt = async (name: string, context: string, change?: Partial<RolloutView>, locale: 'en' | 'zh-CN' = 'en') => {
  fixture = await openFixtureApp({ at: '#/rollout', locale })
  const all = [...fixture.app.fleet.getState().rollouts.values()]
  const view = all.find((each) => each.name === name && each.context === context)
  if (view === undefined) throw new Error(`no rollout ${name}`)
  if (change !== undefined) await fixture.tell(() => fixture.bridge.change([{ ...view, ...change }]))
  await fixture.tell(() => fixture.app.goTo(`#/rollout/${view.key}`))
  await fixture.advance(300)
}
const linesOf = (selector: string) => [...document.querySelectorAll(selector)].map((each) => each.textContent)
const panel = () => document.querySelector('.rollout-side .forecast')
const textOf = (selector: string) => panel()?.querySelector(selector)?.textContent

/** Each opens a whole window. */
const timeout = 20_000

describe('the forecast of an update', { timeout }, () => {
  it('UI-CH: says when it is usually done, and by when eight in ten were', async () => {
    await openAt('checkout-api', 'prod-eu-west')
    expect(textOf('.panel-head .sub')).toBe('from the last 14 rollouts here')
    expect(textOf('.forecast-end')).toMatch(/^Done about 10:37\d+:\d\d left, 8 in 10 by 10:48$/)
    expect(linesOf('.facts dt')).toContain('Done about')
  })

  it('counts down, and parts what has gone by from second to second', async () => {
    await openAt('checkout-api', 'prod-eu-west')
    const before = [textOf('.forecast-end .num'), ...linesOf('.elapsed .row')]
    await fixture.advance(5_000)
    const after = [textOf('.forecast-end .num'), ...linesOf('.elapsed .row')]
    expect(before[0]).not.toBe(after[0])
    expect(before.slice(1)).toEqual(['So far14:32', 'working 7:50', 'paused 5:12', 'waiting 1:30'])
    expect(after.slice(1)).toEqual(['So far14:37', 'working 7:50', 'paused 5:17', 'waiting 1:30'])
  })

  it('gives each step that is to come its time', async () => {
    await openAt('checkout-api', 'prod-eu-west')
    expect(linesOf('.steps .step-time').slice(-4)).toEqual([
      expect.stringMatching(/^10:06:48$/),
      '10:08:24',
      '10:18',
      '10:37',
    ])
  })

  it('says “at least” where too few runs are known', async () => {
    await openAt('catalog', 'prod-eu-west')
    expect(textOf('.forecast-end')).toMatch(/^Done at [\d:]+ at the earliestat least 1:\d\d left$/)
    expect(textOf('.panel-head .sub')).toBe('pauses alone: no pod was seen starting yet')
    expect(linesOf('.facts dt')).toContain('Done, not before')
  })

  it('ends at a step of which nobody can tell how long it takes, and dashes what comes after', async () => {
    await openAt('search-index', 'prod-eu-west', {
      status: 'Progressing',
      stepIndex: 0,
      stepCount: 8,
      pause: undefined,
    })
    expect(textOf('.forecast-end')).toMatch(/^Until [\d:]+\. How long this takes is not foreseen: Analysis smoke-http/)
    expect(linesOf('.steps .step.future .step-time').slice(2)).toEqual(['–', '–', '–', '–', '–', '–'])
  })

  it('when its time has passed it is later than foreseen', async () => {
    await openAt('catalog', 'prod-eu-west')
    await fixture.advance(200_000)
    expect(textOf('.forecast-end .num')).toBe('later than foreseen')
  })

  it('W13: shows the next writes, and the rule of each on demand', async () => {
    await openAt('checkout-api', 'prod-eu-west')
    expect(panel()?.querySelector('.next-writes ol')).toBeNull()
    await fixture.click(panel()?.querySelector('.next-writes > button') as Element)
    const [first] = linesOf('.next-writes li')
    expect(first).toMatch(/^[\d:]+ Set status: currentStepIndex.*Rule REC-61 · patch Rollout checkout-api$/)
    expect(linesOf('.next-writes li')).toHaveLength(10)
  })

  it('says whose decisions these are where another one drives', async () => {
    await openAt('catalog', 'prod-us-east', { status: 'Progressing' })
    expect(panel()?.textContent).toContain('The in-cluster controller decides by the same rules')
  })

  it('is there in Chinese', async () => {
    await openAt('checkout-api', 'prod-eu-west', undefined, 'zh-CN')
    expect(textOf('.forecast-end')).toMatch(/^预计 10:37 完成还需 [\d:]+，八成在 10:48 前完成$/)
  })
})

describe('no forecast', { timeout }, () => {
  it('of what is at rest: one sentence, and nothing to come', async () => {
    await openAt('cart', 'prod-eu-west', { status: 'Healthy', pause: undefined })
    expect(panel()?.querySelector('.forecast-body')?.textContent).toBe('At rest. Nothing is under way.')
    expect(linesOf('.facts dt')).not.toContain('Done about')
  })

  it('of what waits for a person, but where promoting it leads', async () => {
    const pause = { reason: 'CanaryPauseStep', startedAt: 0, resumesAt: undefined }
    await openAt('checkout-api', 'prod-eu-west', { pause })
    expect(textOf('.forecast-end')).toBe('Waits for a person. Nothing happens by itself.')
    expect(linesOf('.forecast-body > .row')).toEqual([
      'If promoted nowdone 10:31',
      expect.stringMatching(/^If promoted fully now/),
    ])
  })

  const reasons = [
    ['ledger', 'Pods and services are being read.'],
    ['media-encoder', 'This forecast failed. It is a bug in Argosy'],
    ['payments-gw', 'Not foreseen: this engine does not carry out spec.strategy.canary.trafficRouting yet.'],
  ] as const
  it.each(reasons)('of %s: %s', async (name, words) => {
    const contexts = ['prod-eu-west', 'prod-us-west']
    await openAt(name, name === 'payments-gw' ? (contexts[1] ?? '') : (contexts[0] ?? ''))
    expect(panel()?.querySelector('[role=status]')?.textContent).toContain(words)
  })
})

describe('the dialog of an action', { timeout }, () => {
  it('UI-ACT-1: says what follows from it, from the next step to the end', async () => {
    await openAt('checkout-api', 'prod-eu-west')
    await fixture.press('p')
    await fixture.advance(300)
    expect(linesOf('.follows li')).toEqual([
      'Step 6 of 810:00:00',
      'Step 8 of 810:01:12',
      expect.stringMatching(/^Done at 10:04:00 at the earliestat least/),
    ])
  })

  it('UI-ACT-1: of an abort, when its pods are gone', async () => {
    await openAt('checkout-api', 'prod-eu-west')
    await fixture.press('a')
    await fixture.advance(300)
    expect(linesOf('.follows li')).toEqual([
      'Pods go back to the stable version10:00:00',
      'Aborted. Its pods are gone by 10:00:30',
    ])
  })
})
