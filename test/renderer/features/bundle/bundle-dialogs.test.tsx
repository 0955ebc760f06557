import { afterEach, describe, expect, it } from 'vitest'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import type { Scene } from '#test/support/fixture-bridge.ts'

let fixture: FixtureApp
afterEach(() => fixture.close())

const open = async (scene: Scene = 'fleet') => {
  fixture = await openFixtureApp({ scene, at: '#/history' })
  await fixture.advance(300)
}
const calls = (channel: string) =>
  fixture.bridge.calls.filter((call) => call.channel === channel).map(({ input }) => input)
const button = (label: string): Element => {
  const found = [...document.querySelectorAll('button')].find(({ textContent }) => textContent.includes(label))
  if (found === undefined) throw new Error(`no button ${label}`)
  return found
}
const press = async (label: string) => {
  await fixture.click(button(label))
  await fixture.advance(300)
}
const dialog = () => document.querySelector('[role=dialog]')?.textContent ?? ''

/** Each opens a whole window. */
describe('exporting and importing', { timeout: 20_000 }, () => {
  it('UI-HIST-6: says size and contents first, and saves the rollout that is shown', async () => {
    await open()
    await press('Export bundle…')
    expect(dialog()).toContain('13.0 MB')
    expect(dialog()).toContain('214 rollouts')
    expect(dialog()).toContain('Other rollouts, secrets, credentials, settings')
    await press('Web page')
    await press('Save…')
    expect(calls('bundle.save')).toEqual([
      { wish: { kind: 'rollout', key: expect.stringContaining('payments-gw'), run: expect.any(String) }, form: 'html' },
    ])
    expect(document.querySelector('[role=dialog]')).toBeNull()
    expect(document.querySelector('.toasts')?.textContent).toContain('argosy-checkout-api-2026-11-07.argosy')
  })

  it('a passphrase is typed twice, and only a bundle has one', async () => {
    await open()
    await press('Export bundle…')
    const [first] = document.querySelectorAll('input[type=password]')
    if (first === undefined) throw new Error('no field')
    await fixture.type(first, 'four words')
    await fixture.advance(100)
    expect(button('Save…').getAttribute('aria-disabled')).toBe('true')
    const again = document.querySelectorAll('input[type=password]')[1]
    if (again === undefined) throw new Error('no second field')
    await fixture.type(again, 'four words')
    await press('A stretch of time')
    await press('Save…')
    expect(calls('bundle.save')).toEqual([
      {
        wish: { kind: 'time', from: expect.any(Number), until: expect.any(Number) },
        form: 'bundle',
        passphrase: 'four words',
      },
    ])
  })

  it('of nothing recorded says so and saves nothing', async () => {
    await open('noContexts')
    await press('Export bundle…')
    expect(dialog()).toContain('Nothing is recorded of it.')
    expect(button('Save…').getAttribute('aria-disabled')).toBe('true')
  })

  it('UI-HIST-1: a bundle that is shown is unmistakable, and a press leads back to what is live', async () => {
    await open()
    await press('Import bundle…')
    const input = document.querySelector<HTMLInputElement>('input[type=file]')
    if (input === null) throw new Error('no field')
    Object.defineProperty(input, 'files', { value: [new File(['x'], 'incident-4127.argosy')] })
    input.dispatchEvent(new Event('change', { bubbles: true }))
    for (let turn = 0; turn < 10; turn++) await fixture.advance(100)
    expect(dialog()).toContain('Good, sha256 a3f1a3f1a3f1a3f1…')
    expect(dialog()).toContain('Unbroken, 412 entries, 4 of others left out')
    await press('Open')
    expect(document.querySelector('.offline')?.textContent).toContain(
      'Offline reviewincident-4127.argosy, 5 contexts, captured',
    )
    expect(document.querySelector('.offline')?.textContent).toContain('Controls are off, nothing is sent to a cluster.')
    await press('Go live')
    expect(document.querySelector('.offline')).toBeNull()
    expect(calls('bundle.show')).toEqual([{ id: expect.any(String) }, { id: null }])
  })
})
