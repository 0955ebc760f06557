import { afterEach, describe, expect, it } from 'vitest'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import { aBundleView } from '#test/support/fixture-bundle.ts'
import { historyEntries } from '#test/support/fixture-detail.ts'
import { T0 } from '#test/support/virtual-clock.ts'
import { fixtureKey } from '#test/support/window-keys.ts'

let fixture: FixtureApp
afterEach(() => fixture.close())

const key = fixtureKey('prod-eu-west', 'checkout-api')
const entry = historyEntries(T0).find((each) => each.key === key)
if (entry === undefined) throw new Error('the fixture has no past release of checkout-api in prod-eu-west')
const { startedAt } = entry
const addressAt = (seconds: number) => `#/rollout/${key}?at=${new Date(startedAt + seconds * 1000).toISOString()}`
const openAt = async (at: string) => {
  fixture = await openFixtureApp({ at })
  await fixture.advance(300)
}
const textOf = (selector: string) => document.querySelector(selector)?.textContent
const facts = () => textOf('.past-pane .facts')
const written = ['action.preview', 'action.send', 'migration.preview', 'plan.command']

describe('a rollout as it was', { timeout: 20_000 }, () => {
  it('W9, UI-HIST-3: the page of the present shows the moment at the playhead, and time on it stands still', async () => {
    await openAt(addressAt(300))
    expect(facts()).toMatch(/Paused.*4 of 8.*20%.*15 of 12/)
    const before = facts()
    await fixture.advance(5000)
    expect(facts()).toBe(before)
  })

  it('W9: goes from event to event, back to the beginning, and plays', async () => {
    await openAt(addressAt(300))
    await fixture.press('Home')
    expect(facts()).toMatch(/Healthy/)
    await fixture.press('ArrowRight', { shiftKey: true })
    expect(textOf('.transport-clock')).toBe(new Date(startedAt).toISOString().slice(11, 19))
    expect(facts()).toMatch(/Progressing.*0 of 8/)
    const [fastest] = [...document.querySelectorAll('.transport .segments button')].slice(-1)
    await fixture.click(fastest as Element)
    await fixture.press(' ')
    for (let frame = 0; frame < 60; frame++) await fixture.advance(40)
    expect(facts()).toMatch(/Aborted/)
  })

  it('UI-HIST-1: has no action, by button or by key, and asks main for nothing that writes', async () => {
    await openAt(addressAt(300))
    expect(textOf('.past-banner')).toContain('Controls are off')
    expect(document.querySelector('.actions')).toBeNull()
    for (const each of ['p', 'a', 's', 'r', 'u']) await fixture.press(each)
    expect(document.querySelector('[role=dialog]')).toBeNull()
    await fixture.advance(10_000)
    expect(fixture.bridge.calls.filter(({ channel }) => written.includes(channel))).toEqual([])
  })

  it('UI-HIST-4: says of a moment in a gap that nothing was recorded then', async () => {
    await openAt(addressAt(620))
    expect(textOf('.past-gap')).toContain('Nothing was recorded from')
    for (let seconds = 0; seconds < 50; seconds += 10) await fixture.press('ArrowRight')
    expect(document.querySelector('.past-gap')).toBeNull()
  })

  it('W9: two moments stand side by side, and only B moves', async () => {
    await openAt(addressAt(60))
    await fixture.press('c')
    await fixture.press('End')
    const panes = [...document.querySelectorAll('.past-pane')].map((pane) => pane.querySelector('.facts')?.textContent)
    expect(panes).toEqual([expect.stringMatching(/Paused/), expect.stringMatching(/Aborted/)])
    await fixture.press('c')
    expect(document.querySelectorAll('.past-pane')).toHaveLength(1)
  })

  it('UI-HIST-7: another release stands beside it, laid over from the start', async () => {
    await openAt(addressAt(300))
    await fixture.press('c')
    const select = document.querySelector('.past-name select') as HTMLSelectElement
    expect([...select.options].map(({ text }) => text)).toEqual([
      expect.stringContaining('this rollout at'),
      expect.stringMatching(/^canary-eu, 2\.30\.4 → 2\.31\.0, Completed/),
    ])
    await fixture.tell(() => {
      select.value = select.options[1]?.value ?? ''
      select.dispatchEvent(new Event('change', { bubbles: true }))
    })
    await fixture.advance(300)
    const clusters = [...document.querySelectorAll('.past-pane')].map(
      (pane) => pane.querySelector('.head-line .chip')?.textContent,
    )
    expect(clusters).toEqual(['canary-eu', 'prod-eu-west'])
  })

  it('Escape leads to the present, ⇧H from there to the last release', async () => {
    await openAt(addressAt(300))
    await fixture.press('Escape')
    await fixture.advance(300)
    expect(document.querySelector('.past')).toBeNull()
    expect(document.querySelector('.actions')).not.toBeNull()
    await fixture.press('H', { shiftKey: true })
    await fixture.advance(300)
    expect(facts()).toMatch(/Aborted/)
  })

  it('UI-HIST-1: says of a bundle that it is from there, and leads back to its history, for there is no present', async () => {
    await openAt(addressAt(300))
    await fixture.tell(() => fixture.app.bundle.setState({ bundle: aBundleView(T0) }))
    await fixture.advance(300)
    expect(textOf('.past-banner')).toContain('checkout-api from incident-4127.argosy')
    await fixture.press('Escape')
    expect(fixture.app.route.getState().route).toMatchObject({ page: 'history' })
  })

  it('says so where nothing was recorded', async () => {
    await openAt(`#/rollout/${fixtureKey('prod-us-east', 'ads-api', 'ads')}?at=2026-11-20T10:00:00Z`)
    expect(textOf('.past .message')).toContain('Nothing of it was recorded then')
  })
})

describe('the board as it was', { timeout: 20_000 }, () => {
  it('W9, UI-HIST-4: shows the fleet of the moment, and of which clusters nothing was recorded', async () => {
    await openAt(`#/fleet?at=${new Date(T0 - 3_600_000).toISOString()}`)
    expect(document.querySelectorAll('.past-pane [role=gridcell]').length).toBeGreaterThan(10)
    expect(textOf('.past-gap')).toContain('prod-ap-ne')
    expect(document.querySelector('.rail')).toBeNull()
    expect([...document.querySelectorAll('.queue .button')].map((each) => each.textContent)).not.toContain('Promote…P')
  })

  it('W9: follows the playhead while it plays, one question at a time', async () => {
    await openAt(`#/fleet?at=${new Date(T0 - 3_600_000).toISOString()}`)
    const asked = () => fixture.bridge.calls.filter(({ channel }) => channel === 'history.board').length
    expect(asked()).toBe(1)
    await fixture.press(' ')
    for (let frame = 0; frame < 25; frame++) await fixture.advance(40)
    expect(asked()).toBeGreaterThanOrEqual(4)
    expect(asked()).toBeLessThanOrEqual(9)
  })

  it('W9: a cell leads to the page of its rollout at this moment', async () => {
    const at = new Date(T0 - 3_600_000).toISOString()
    await openAt(`#/fleet?at=${at}`)
    await fixture.press('ArrowDown')
    await fixture.press('Enter')
    const { route } = fixture.app.route.getState()
    expect(route).toMatchObject({ page: 'rollout', at: Date.parse(at) })
  })
})
