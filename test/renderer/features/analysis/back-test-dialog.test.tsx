import { afterEach, describe, expect, it } from 'vitest'
import { openOverlay } from '#renderer/store/app.ts'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import { fixtureKey } from '#test/support/window-keys.ts'

let fixture: FixtureApp
afterEach(() => fixture.close())

const checkout = fixtureKey('prod-eu-west', 'checkout-api')
const openOn = async (key: string, at = '#/fleet') => {
  fixture = await openFixtureApp({ at })
  await fixture.tell(() => openOverlay(fixture.app, { kind: 'backTest', key }))
}
const linesOf = (selector: string) => [...document.querySelectorAll(selector)].map((each) => each.textContent)
const buttonOf = (words: string) => {
  const found = [...document.querySelectorAll('.dialog-foot button')].find((each) => each.textContent?.includes(words))
  if (found === undefined) throw new Error(`no button ${words}`)
  return found
}

describe('the dialog of a back-test', { timeout: 20_000 }, () => {
  it('W6: B on the page of an analysis tells how many releases would have been aborted, and why', async () => {
    fixture = await openFixtureApp({ at: `#/analysis/${checkout}` })
    await fixture.advance(600)
    await fixture.press('b')
    expect(linesOf('.dialog-head h2')).toEqual(['Back-test checkout-api'])
    expect(linesOf('.back-test-rate')).toEqual(['2 of 7 releases would have been aborted (29%).'])
    expect(linesOf('.back-test-sum > .dim')).toEqual([
      '1 of them was completed then: a false alarm, or luck. 1 would have waited for a person.',
    ])
    const rows = [...document.querySelectorAll('.back-test-table tbody tr')].map((row) =>
      [...row.querySelectorAll('td')].slice(1).map((cell) => cell.textContent),
    )
    expect(rows).toHaveLength(7)
    expect(rows[0]).toEqual([
      ...['2.30.0', 'Aborted', 'Aborted'],
      'Background: Metric "success-rate" assessed Failed due to failed (3) > failureLimit (2)',
    ])
    expect(rows[1]).toEqual(['2.29.0', 'Completed', 'Passed', ''])
    expect(linesOf('.back-test-problem')).toEqual([
      'orders: the provider tells of now only, so the past cannot be tried out',
    ])
    expect(fixture.bridge.listening('analysis.backTest')).toBe(0)
  })

  it('W6: says how far it is; Stop ends it and keeps what was told, and it can be run again', async () => {
    await openOn(fixtureKey('prod-us-east', 'search-index', 'search'))
    expect(linesOf('.back-test-progress [role=status]')).toEqual(['Release 3 of 7 is being tried.'])
    expect(linesOf('.back-test-table tbody tr:nth-child(3) td:nth-child(4)')).toEqual(['Being tried'])
    expect(fixture.bridge.listening('analysis.backTest')).toBe(1)
    await fixture.click(buttonOf('Stop'))
    expect(fixture.bridge.listening('analysis.backTest')).toBe(0)
    expect(linesOf('.back-test-progress')).toEqual(['Stopped: 2 of 7 tried.'])
    expect(linesOf('.back-test-rate')).toEqual(['1 of 2 releases would have been aborted (50%).'])
    await fixture.click(buttonOf('Run again'))
    expect(linesOf('.back-test-progress [role=status]')).toEqual(['Release 3 of 7 is being tried.'])
  })

  it('W6: it ends with the dialog', async () => {
    await openOn(fixtureKey('prod-us-east', 'search-index', 'search'))
    await fixture.click(buttonOf('Close'))
    expect(document.querySelector('[role=dialog]')).toBeNull()
    expect(fixture.bridge.listening('analysis.backTest')).toBe(0)
  })

  it.each([
    ['cart', 'prod-eu-west', 'shop', 'No release to try it on'],
    ['ledger', 'prod-eu-west', 'shop', 'This rollout names no analysis'],
    ['nobody', 'prod-eu-west', 'shop', 'This rollout is not here any more'],
  ])('W6: says what there is to do where nothing can be tried: %s', async (name, context, namespace, title) => {
    await openOn(fixtureKey(context, name, namespace))
    expect(linesOf('[role=dialog] .message h2')).toEqual([title])
    expect(linesOf('.dialog-foot button')).toEqual(['CloseEsc'])
  })

  it('W6, UI-ERR-1: says why it failed, and that time is over', async () => {
    await openOn(fixtureKey('prod-ap-south', 'media-encoder', 'media'))
    expect(linesOf('.dialog-line.ink-degraded, .dialog-line .ink-degraded')).toEqual([
      expect.stringContaining('connection refused'),
    ])
    await fixture.close()
    await openOn(fixtureKey('prod-us-west', 'payments-gw', 'pay'))
    expect(linesOf('.back-test-progress')).toEqual(['Two minutes are over: 4 of 7 tried, the older ones not.'])
  })
})

it('W6: the palette leads to it', async () => {
  fixture = await openFixtureApp()
  await fixture.press('k', { ctrlKey: true })
  await fixture.advance(300)
  await fixture.type(document.querySelector('[role=combobox]') as Element, 'backtest checkout prod eu west')
  await fixture.advance(300)
  expect(linesOf('[role=option] .cut')).toEqual(['Back-test checkout-api in prod-eu-west '])
  await fixture.click(document.querySelector('[role=option]') as Element)
  expect(linesOf('.dialog-head h2')).toEqual(['Back-test checkout-api'])
})
