import { afterEach, describe, expect, it } from 'vitest'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'

let fixture: FixtureApp
afterEach(() => fixture.close())

async function openField() {
  fixture = await openFixtureApp({ scene: 'fleet', at: '#/history' })
  await fixture.advance(300)
  const field = document.querySelector<HTMLInputElement>('input[data-filter]')
  if (field === null) throw new Error('no filter')
  await fixture.press('/')
  return field
}
const options = () => [...document.querySelectorAll('.search-choice')].map((each) => each.firstChild?.textContent)
const listed = () => [...document.querySelectorAll('.history-entry b')].map((each) => each.textContent)

describe('the filter of the history', { timeout: 20_000 }, () => {
  it('UI-KEY-3: offers terms and their values, chosen by the keyboard alone', async () => {
    const field = await openField()
    await fixture.type(field, 'outc')
    expect(options()).toEqual(['outcome:'])
    expect(field.getAttribute('aria-activedescendant')).toBeNull()
    await fixture.press('ArrowDown')
    expect(document.getElementById(field.getAttribute('aria-activedescendant') ?? '')?.textContent).toContain(
      'outcome:',
    )
    await fixture.press('Enter')
    expect(field.value).toBe('outcome:')
    expect(options().slice(0, 2)).toEqual(['completed', 'aborted'])
    await fixture.press('ArrowDown')
    await fixture.press('ArrowDown')
    await fixture.press('Enter')
    expect(field.value).toBe('outcome:aborted ')
    await fixture.press('Escape')
    expect(options()).toEqual([])
    await fixture.advance(300)
    expect(fixture.bridge.calls.findLast(({ channel }) => channel === 'history.list')?.input).toMatchObject({
      filter: 'outcome:aborted ',
    })
    expect(listed().length).toBeGreaterThan(0)
  })

  it('a term that there is not is said, and is looked for as text on a press', async () => {
    const field = await openField()
    await fixture.type(field, 'web:2 cart')
    await fixture.advance(300)
    const problem = () => document.querySelector('.search-problem')
    expect(problem()?.querySelector('p')?.textContent).toBe(
      'There is no term “web:”. There are: app: cluster: namespace: image: actor: outcome: since: before:',
    )
    const press = problem()?.querySelector('button')
    if (press == null) throw new Error('no way on')
    await fixture.click(press)
    await fixture.advance(300)
    expect(problem()).toBeNull()
    expect(field.value).toBe('"web:2" cart')
  })

  it('says what a time and an outcome can be', async () => {
    const field = await openField()
    await fixture.type(field, 'since:soon')
    await fixture.advance(300)
    expect(document.querySelector('.search-problem')?.textContent).toContain('“soon” is no time. since: takes 24h')
    await fixture.type(field, 'outcome:good')
    await fixture.advance(300)
    expect(document.querySelector('.search-problem')?.textContent).toContain('“good” is no outcome')
  })
})
