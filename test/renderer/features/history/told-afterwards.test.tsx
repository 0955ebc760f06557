import { afterEach, expect, it } from 'vitest'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'

let fixture: FixtureApp
afterEach(() => fixture.close())

const textOf = (selector: string) => document.querySelector(selector)?.textContent
const countOf = (selector: string) => document.querySelectorAll(selector).length

it('UI-HIST-4: a release that nobody saw is marked in the list, in its record and at each of its moments; its gap stays one', {
  timeout: 20_000,
}, async () => {
  fixture = await openFixtureApp({ scene: 'fleet', at: '#/history?id=record-5' })
  await fixture.advance(1_000)
  expect(textOf('.record-top .told-afterwards')).toBe('Told by the cluster afterwards')
  expect(textOf('.who-and-why p')).toBe('Nobody watched then. The cluster still held this when it was seen again.')
  expect(countOf('.history-entry .told-afterwards')).toBe(1)
  expect(document.querySelector('.history-entry.on .told-afterwards')?.getAttribute('aria-label')).toBe(
    'Told by the cluster afterwards',
  )
  expect(countOf('.moment-event .told-afterwards')).toBe(countOf('.moment-event'))
  expect(countOf('.lane > .mark.told')).toBe(6)
  expect(countOf('.gap')).toBe(1)
})

it('what was seen is not', { timeout: 20_000 }, async () => {
  fixture = await openFixtureApp({ scene: 'fleet', at: '#/history?id=record-3' })
  await fixture.advance(1_000)
  expect(countOf('.moment-event')).toBeGreaterThan(0)
  expect(countOf('.record .told-afterwards, .mark.told')).toBe(0)
})
