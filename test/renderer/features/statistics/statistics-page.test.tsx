import { afterEach, describe, expect, it } from 'vitest'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import type { Scene } from '#test/support/fixture-bridge.ts'

let fixture: FixtureApp
afterEach(() => fixture.close())

async function open(scene: Scene = 'fleet', at = '#/statistics') {
  fixture = await openFixtureApp({ scene, at })
  await fixture.advance(300)
}
const all = (selector: string) => [...document.querySelectorAll(selector)]
const one = (selector: string) => {
  const [found] = all(selector)
  if (found === undefined) throw new Error(`no ${selector}`)
  return found
}
const textsOf = (selector: string) => all(selector).map((each) => each.textContent)
const asked = () => fixture.bridge.calls.findLast(({ channel }) => channel === 'history.statistics')?.input
const days = (count: number) => fixture.clock.now() - count * 86_400_000

/** Each opens a whole window. */
describe('statistics', { timeout: 20_000 }, () => {
  it('tells the figures of 30 days, each with what it means', async () => {
    await open()
    expect(asked()).toMatchObject({ bucket: 'week', troubles: 50 })
    expect(textsOf('.tile > :first-child')).toEqual(['Ended', 'Failed', 'Lead time', 'Time to restore', 'Took'])
    expect(textsOf('.tile-value')[1]).toMatch(/^\d+%$/)
    expect(textsOf('.tile > :last-child')[1]).toBe('Aborted, rolled back, taken back after completion, or degraded')
    expect(textsOf('.statistics-groups thead th')).toContain('Application')
    expect(all('.statistics-failure').length).toBeGreaterThan(3)
  })

  it('UI-KEY: 1 to 3 choose the time, G S leads here, and T turns the charts into tables (UI-A11Y-6)', async () => {
    await open('fleet', '#/history')
    await fixture.press('g')
    await fixture.press('s')
    await fixture.advance(300)
    await fixture.press('1')
    await fixture.advance(300)
    expect(asked()).toMatchObject({ since: days(7) - 300, bucket: 'day' })
    await fixture.press('3')
    await fixture.advance(300)
    expect(asked()).toMatchObject({ bucket: 'week' })
    expect(all('.bars').length).toBeGreaterThan(2)
    await fixture.press('t')
    expect(all('.bars')).toHaveLength(0)
    expect(all('.statistics-table')).toHaveLength(4)
    expect(textsOf('.statistics-table:first-of-type thead th').slice(0, 3)).toEqual(['Time', 'Ended', 'Failed'])
  })

  it('bars are one tab stop with arrows inside, say what they are, and lead to what began then', async () => {
    await open()
    const bars = () => all('.bars')[0]?.querySelectorAll('button') ?? []
    expect([...bars()].map((bar) => bar.tabIndex)).toEqual([-1, -1, -1, -1, -1, 0].slice(-bars().length))
    const last = [...bars()].at(-1)
    last?.focus()
    await fixture.press('ArrowLeft')
    expect(document.activeElement).toBe([...bars()].at(-2))
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Week of \d+ \w+: \d+ ended, \d+ failed$/)
    if (document.activeElement !== null) await fixture.click(document.activeElement)
    await fixture.advance(300)
    expect(fixture.app.filters.getState().history).toMatch(/^since:2026-\d\d-\d\dT00:00 before:2026-\d\d-\d\dT00:00$/)
    expect(all('.history-list')).toHaveLength(1)
  })

  it('a figure leads to the entries behind it, an application to its own figures', async () => {
    await open()
    const name = one('.statistics-name')
    await fixture.click(name)
    await fixture.advance(300)
    expect(asked()).toMatchObject({ filter: `app:${name.textContent}` })
    expect(textsOf('.statistics-groups')[0]).toContain(name.textContent)
    expect(one('input[data-filter]')).toHaveProperty('value', `app:${name.textContent}`)
    await fixture.click(all('.tile')[1] ?? name)
    await fixture.advance(300)
    expect(fixture.app.filters.getState().history).toBe(`app:${name.textContent} since:30d outcome:aborted,rolled-back`)
  })

  it('says so when nothing has ended, what is wrong with a search, and what cannot be read', async () => {
    await open('noContexts')
    expect(one('.message').textContent).toContain('No rollout has ended in this time')
    await fixture.type(one('input[data-filter]'), 'who:ada')
    await fixture.advance(300)
    expect(one('.search-problem').textContent).toContain('There is no term “who:”')
    await fixture.click(one('.search-problem button'))
    await fixture.advance(300)
    expect(fixture.app.filters.getState().statistics).toBe('"who:ada"')
  })

  it('UI-LOAD: says that it reads while it does', async () => {
    await open('silent')
    expect(one('.statistics .loading').textContent).not.toBe('')
  })

  it('is found in the palette', async () => {
    await open('fleet', '#/fleet')
    await fixture.press('k', { ctrlKey: true })
    await fixture.type(one('[role=combobox]'), 'statistics')
    expect(textsOf('[role=option]').some((each) => each?.includes('Statistics of past rollouts'))).toBe(true)
  })
})
