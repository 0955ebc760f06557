import { afterEach, describe, expect, it, vi } from 'vitest'
import { followHash } from '#renderer/store/arrive.ts'
import { writeDraft } from '#renderer/store/plan-draft.ts'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'

let fixture: FixtureApp
afterEach(() => fixture.close())

/** As much of a window as has an address. */
function aWindow(hash: string) {
  const target = new EventTarget()
  const replaceState = vi.fn<History['replaceState']>()
  const own = { location: { hash }, history: { replaceState } }
  return { window: Object.assign(target, own) as unknown as Window, own, replaceState }
}

describe('the address of the window', () => {
  it('leads to its page; while a plan is not saved it goes back to the editor', async () => {
    fixture = await openFixtureApp({ at: '#/planEditor' })
    const { app } = fixture
    const { window, own, replaceState } = aWindow('#/history')
    const end = followHash(app, window)
    await fixture.tell(() => writeDraft(app.planDraft, 'name: a'))
    await fixture.tell(() => window.dispatchEvent(new Event('hashchange')))
    expect(app.route.getState().route.page).toBe('planEditor')
    expect(replaceState).toHaveBeenCalledWith(null, '', '#/planEditor')
    expect(app.overlay.getState().overlay).toEqual({ kind: 'leavePlan', to: '#/history' })
    own.location.hash = '#/planEditor'
    await fixture.tell(() => window.dispatchEvent(new Event('hashchange')))
    expect(app.planDraft.getState().draft?.text).toBe('name: a')
    end()
  })
})
