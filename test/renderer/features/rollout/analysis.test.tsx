import { afterEach, describe, expect, it } from 'vitest'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import { fixtureKey } from '#test/support/window-keys.ts'

let fixture: FixtureApp
afterEach(() => fixture.close())

const openAt = async (key: string) => {
  fixture = await openFixtureApp({ at: `#/rollout/${key}` })
  await fixture.advance(300)
}
const linesOf = (selector: string) => [...document.querySelectorAll(selector)].map((each) => each.textContent)
const search = fixtureKey('prod-us-east', 'search-index', 'search')

describe('is it good', { timeout: 20_000 }, () => {
  it('UI-CH-6: a card for each metric that is not another one’s stable side, with its tally', async () => {
    await openAt(fixtureKey('prod-eu-west', 'checkout-api'))
    expect(linesOf('.metric-head a')).toEqual(['success-rate', 'latency-canary', 'cpu-saturation', 'conversion'])
    expect(linesOf('.metric-card')[0]).toContain('fail if result[0] > 1')
    expect(document.querySelector('.metric-chart')?.getAttribute('aria-label')).toMatch(
      /^success-rate: last 0\.\d+\. Limit ≤ 1\. 11 passed, 1 failed, 0 inconclusive, 0 in error\.$/,
    )
    expect(linesOf('.series-ends .stable')).toEqual([expect.stringMatching(/^[\d.]+ stable$/)])
  })

  it('UI-CH-4: changes of the weight stand at the same times in all charts', async () => {
    await openAt(fixtureKey('prod-eu-west', 'checkout-api'))
    const charts = [...document.querySelectorAll('.metric-chart')]
    expect(charts).toHaveLength(4)
    for (const chart of charts) {
      const words = [...chart.querySelectorAll('.change-ticks span')].map((each) => each.textContent)
      expect(words).toContain('40%')
      expect(chart.querySelectorAll('.weight-line')).toHaveLength(words.length)
    }
  })

  it('UI-CH-4: the pointer in one chart tells in all what was measured then', async () => {
    await openAt(fixtureKey('prod-eu-west', 'checkout-api'))
    const plot = document.querySelector('.plot') as Element
    await fixture.tell(() => plot.dispatchEvent(new MouseEvent('pointermove', { bubbles: true, clientX: 0 })))
    expect(document.querySelectorAll('.cursor-line').length).toBeGreaterThan(1)
    for (const line of linesOf('.metric-foot'))
      expect(line).toMatch(/^\d\d:\d\d:\d\d {2}[\d.]+ {2}(Passed|Failed|Inconclusive)$/)
    await fixture.tell(() => plot.dispatchEvent(new MouseEvent('pointerout', { bubbles: true })))
    expect(document.querySelectorAll('.cursor-line')).toHaveLength(0)
  })

  it('UI-A11Y-6: T turns every chart into a table, and back', async () => {
    await openAt(fixtureKey('prod-eu-west', 'checkout-api'))
    await fixture.press('t')
    expect(document.querySelectorAll('.metric-chart')).toHaveLength(0)
    const tables = [...document.querySelectorAll('.metric-table')]
    expect(tables.map((each) => each.querySelectorAll('tbody tr').length)).toEqual([12, 12, 6, 4])
    expect(tables[0]?.querySelector('tbody tr')?.textContent).toMatch(/^\d\d:\d\d:\d\dPassed0\.\d+$/)
    await fixture.press('t')
    expect(document.querySelectorAll('.metric-chart')).toHaveLength(4)
  })

  it('UI-CH-3: verdicts differ in shape', async () => {
    await openAt(fixtureKey('prod-ap-south', 'media-encoder', 'media'))
    const plot = document.querySelector('.plot')
    expect(plot?.querySelectorAll('circle.measure-mark.filled')).toHaveLength(47)
    expect(plot?.querySelectorAll('.cross')).toHaveLength(1)
    expect(plot?.querySelectorAll('.ink-inconclusive')).toHaveLength(1)
    expect(plot?.querySelectorAll('path.ink-degraded:not(.cross)')).toHaveLength(1)
  })

  it('shows six of many, those with something on them among them, and leads to all', async () => {
    await openAt(fixtureKey('prod-ap-south', 'media-encoder', 'media'))
    expect(linesOf('.metric-head a')).toHaveLength(6)
    expect(linesOf('.metric-head a')).toContain('encoder-queue-depth-009')
    expect(linesOf('.analysis-run > a')).toEqual(['94 more metrics'])
  })

  it('UI-COPY-2: says what there is instead of a chart', async () => {
    await openAt(search)
    expect(linesOf('.metric-empty')).toEqual([
      'Not begun yet.',
      'Last value, not a number: {"state":"ok","since":"2026-11-24T14:00:00Z"}',
      'Not begun yet.',
    ])
    expect(linesOf('.metric-foot')[0]).toBe('0 failed, 2 allowedfirst in 3:05')
    expect(linesOf('.metric-foot')[1]).toMatch(/^Error: Post .* no such hostnext in 0:06$/)
  })

  it('counts down to the next measurement', async () => {
    await openAt(search)
    await fixture.advance(4000)
    expect(linesOf('.metric-foot')[1]).toMatch(/next in 0:02$/)
  })

  it('says why no run is shown, and is not there where nothing is analysed', async () => {
    await openAt(fixtureKey('prod-eu-west', 'catalog'))
    expect(document.querySelector('.analysis')).toBeNull()
  })

  it('UI-KEY-1: M opens the page of the analysis', async () => {
    await openAt(fixtureKey('prod-eu-west', 'checkout-api'))
    await fixture.press('m')
    expect(fixture.app.route.getState().route).toMatchObject({ page: 'analysis', run: 'checkout-api-6c7f5d9b88-48' })
  })
})
