import { afterEach, describe, expect, it } from 'vitest'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'

let fixture: FixtureApp
afterEach(() => fixture.close())

const rows = () => [...document.querySelectorAll('[role=rowheader] .name')].map(({ textContent }) => textContent)
const button = (label: string) => {
  const found = [...document.querySelectorAll('button')].find(({ textContent }) => textContent.startsWith(label))
  if (found === undefined) throw new Error(`no button ${label}`)
  return found
}

describe('saved views', { timeout: 20_000 }, () => {
  it('keep filter, tab and kinds under a name that a key brings back', async () => {
    fixture = await openFixtureApp({ scene: 'native' })
    expect(button('Save this view').getAttribute('aria-disabled')).toBe('true')
    await fixture.tell(() => fixture.app.filters.setState({ fleet: 'kind:Deployment', tab: 'moving', kinds: 'native' }))
    await fixture.click(button('Save this view'))
    const field = document.querySelector('.saved-views input')
    if (field !== null) await fixture.type(field, 'Ingress')
    await fixture.tell(() => field?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })))
    const view = { name: 'Ingress', filter: 'kind:Deployment', tab: 'moving', kinds: 'native' }
    expect(fixture.app.preferences.getState().savedViews).toEqual([view])
    await fixture.tell(() => fixture.app.filters.setState({ fleet: '', tab: 'all', kinds: 'all' }))
    await fixture.press('1', { altKey: true })
    expect(fixture.app.filters.getState()).toMatchObject({ fleet: 'kind:Deployment', tab: 'moving', kinds: 'native' })
    expect(rows()).toEqual(['ingress-gateway'])
    expect(document.querySelector('.saved-view-button')?.getAttribute('aria-pressed')).toBe('true')
    await fixture.click(document.querySelector('.saved-view .button') ?? document.body)
    expect(fixture.app.preferences.getState().savedViews).toEqual([])
  })

  it('UI-VIRT-9: the heading of a group folds its columns into one, and the key of a cell unfolds them', async () => {
    fixture = await openFixtureApp()
    const columns = () => document.querySelector('[role=grid]')?.getAttribute('aria-colcount')
    const before = Number(columns())
    await fixture.click(button('Production'))
    expect(Number(columns())).toBeLessThan(before)
    expect(document.querySelector('.fold-cell .unseen')?.textContent).toMatch(/Production: .*Healthy \d/)
    await fixture.click(document.querySelector('.fold-cell') ?? document.body)
    await fixture.press('Enter')
    expect(Number(columns())).toBe(before)
  })
})
