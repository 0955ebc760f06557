import { act } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import { openOverlay } from '#renderer/store/app.ts'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'

let fixture: FixtureApp
afterEach(() => fixture.close())

const dialog = () => document.querySelector('[role=dialog]')
const sent = () => fixture.bridge.calls.filter(({ channel }) => channel === 'cluster.drive').map(({ input }) => input)
const button = () => [...(dialog()?.querySelectorAll('footer button') ?? [])].at(-1) as HTMLButtonElement
const open = async (context: string, drive: boolean) => {
  fixture = await openFixtureApp({ at: '#/fleet' })
  await fixture.advance(100)
  await act(async () => openOverlay(fixture.app, { kind: 'drive', context, drive }))
  await fixture.advance(100)
}

describe('who drives a cluster', () => {
  it('OPS-38, UI-ACT-1: shows who has it, what is under way and the first writes, before it is taken', async () => {
    await open('canary-eu', true)
    const words = dialog()?.textContent
    expect(words).toContain(
      'Argosy on anna-laptop (argosy-anna-laptop_5f0c) has had the lease since 15 Jan 08:00:00 UTC and renews it.',
    )
    expect(words).toContain('3 are in the middle of an update')
    expect(words).toContain('2 writes in the first minute')
    expect(words).toContain('Not known to the end of that minute: shop/search-index')
    expect(sent()).toEqual([])
    await act(async () => dialog()?.querySelector<HTMLInputElement>('.ask-choice input')?.click())
    await act(async () => button().click())
    expect(sent()).toEqual([{ context: 'canary-eu', drive: true, reason: '' }])
    expect(dialog()).toBeNull()
  })

  it('OPS-41, UI-ACT-2: hands a protected cluster back once its name is typed, with the reason', async () => {
    await open('prod-eu-west', false)
    expect(dialog()?.textContent).toContain('argo-rollouts/argo-rollouts runs there and takes over.')
    expect(dialog()?.textContent).not.toContain('first minute')
    await act(async () => button().click())
    expect(sent()).toEqual([])
    const [guard, reason] = dialog()?.querySelectorAll('.dialog-form input') ?? []
    await fixture.type(guard as HTMLInputElement, 'prod-eu-west')
    await fixture.type(reason as HTMLInputElement, 'off to the train')
    await act(async () => button().click())
    expect(sent()).toEqual([{ context: 'prod-eu-west', drive: false, reason: 'off to the train' }])
  })
})
