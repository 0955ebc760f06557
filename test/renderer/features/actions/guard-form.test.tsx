import { afterEach, describe, expect, it } from 'vitest'
import { rolloutKey } from '#contract/keys.ts'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'

const checkout = rolloutKey({ context: 'prod-eu-west', namespace: 'shop', name: 'checkout-api' })

let fixture: FixtureApp
afterEach(() => fixture.close())

const dialog = () => document.querySelector('[role=dialog]')
const sent = () => fixture.bridge.calls.filter(({ channel }) => channel === 'action.send').map(({ input }) => input)
const confirm = () => fixture.press('Enter', { ctrlKey: true })
const boxes = () => [...(dialog()?.querySelectorAll('.guard-confirm input') ?? [])] as HTMLInputElement[]
const field = (index: number) => dialog()?.querySelectorAll('.dialog-form input')[index] as HTMLInputElement
const missing = () => dialog()?.querySelector('.dialog-foot [aria-disabled=true]')?.getAttribute('title') ?? ''

async function open() {
  fixture = await openFixtureApp({ at: `#/rollout/${checkout}` })
  await fixture.advance(100)
  await fixture.press('P', { shiftKey: true })
  await fixture.advance(100)
}

describe('an action that rails are around', () => {
  it('UI-ACT-1, UI-ACT-4: says what stands in the way, and sends nothing before each of it is met', async () => {
    await open()
    expect(dialog()?.querySelector('.guard-form')?.textContent).toContain('Frozen until 2026-12-27T07:00:00Z')
    expect(dialog()?.querySelector('.guard-form')?.textContent).toContain('Its analysis says Inconclusive.')
    await fixture.type(field(0), 'prod-eu-west')
    expect(missing()).toContain('break the glass')
    await fixture.click(boxes()[0] as HTMLElement)
    expect(missing()).toContain('Write why')
    await fixture.type(field(1), 'INC-4127')
    expect(missing()).toContain('Confirm once more')
    await confirm()
    expect(sent()).toEqual([])
    await fixture.click(boxes()[1] as HTMLElement)
    await confirm()
    expect(sent()).toMatchObject([
      {
        action: 'promoteFull',
        reason: 'INC-4127',
        assurance: { typed: 'prod-eu-west', of: 1, again: true, breakGlass: true },
      },
    ])
  })
})
