import { act } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import { rolloutKey, workloadKey } from '#contract/keys.ts'
import type { MigrationActionName } from '#contract/migration-views.ts'
import { paletteItems } from '#renderer/app/palette-items.ts'
import { textOf } from '#renderer/format/text.ts'
import { openOverlay } from '#renderer/store/app.ts'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'

let fixture: FixtureApp
afterEach(() => fixture.close())

const deploymentIn = (context: string) =>
  workloadKey({ context, namespace: 'platform', name: 'ingress-gateway', kind: 'Deployment' })
const dialog = () => document.querySelector('[role=dialog]')
const inputs = () => [...(dialog()?.querySelectorAll<HTMLInputElement>('.dialog-form input') ?? [])]
const button = () => [...(dialog()?.querySelectorAll('footer button') ?? [])].at(-1) as HTMLButtonElement
const stepsShown = () =>
  [...(dialog()?.querySelectorAll('.migrate-steps > li') ?? [])].map((each) =>
    each.querySelector('svg')?.getAttribute('aria-label'),
  )
const callsOf = (channel: string) =>
  fixture.bridge.calls.filter((each) => each.channel === channel).map(({ input }) => input)

const open = async (key: string, action: MigrationActionName = 'makeRollout') => {
  fixture = await openFixtureApp({ scene: 'native', at: '#/fleet' })
  await fixture.advance(100)
  await act(async () => openOverlay(fixture.app, { kind: 'migrate', action, key }))
  await fixture.advance(100)
}
const press = async () => {
  await act(async () => button().click())
  await fixture.advance(100)
}

describe('a Deployment becomes a Rollout', { timeout: 20_000 }, () => {
  it('UI-ACT-1, UI-ACT-2: begins with what was shown, once the name is typed, and shows how far it is', async () => {
    const key = deploymentIn('prod-eu-central')
    await open(key)
    expect(stepsShown()).toEqual(['Next', 'Later', 'Later', 'Later'])
    expect(dialog()?.textContent).toContain('nodes and quotas need room for 12 more')
    await press()
    expect(callsOf('migration.begin')).toEqual([])
    const [, guard, reason] = inputs()
    await fixture.type(guard as HTMLInputElement, 'prod-eu-central')
    await fixture.type(reason as HTMLInputElement, 'steps at last')
    await press()
    expect(callsOf('migration.begin')).toEqual([
      {
        action: 'makeRollout',
        key,
        options: { strategy: 'canary', steps: '20, pause, 50, pause:10m', activeService: '', scaleDown: 'onsuccess' },
        seen: 'uid-ingress-gateway',
        reason: 'steps at last',
        assurance: { again: false, breakGlass: false, typed: 'prod-eu-central' },
      },
    ])
    expect(stepsShown()).toEqual(['Done', 'Done', 'Next', 'Later'])
    expect(dialog()?.textContent).toContain('Progressing: 5 of 12 updated replicas are available')
    const looks = callsOf('migration.state').length
    await fixture.advance(1100)
    expect(callsOf('migration.state').length).toBe(looks + 2)
  })

  it('is asked again a moment after a choice, and meanwhile does not begin', async () => {
    await open(deploymentIn('canary-eu'))
    const [blueGreen] = [...(dialog()?.querySelectorAll('.segments button') ?? [])].filter(({ textContent }) =>
      textContent.includes('blue-green'),
    )
    await act(async () => (blueGreen as HTMLElement).click())
    await press()
    expect(callsOf('migration.begin')).toEqual([])
    await fixture.advance(300)
    expect(dialog()?.querySelector('.migrate-why')?.textContent).toContain('Choose the Service')
    expect(callsOf('migration.preview')).toHaveLength(2)
  })

  it('in a freeze takes a broken glass and a reason', async () => {
    await open(deploymentIn('prod-us-east'))
    const guard = inputs()[1]
    await fixture.type(guard as HTMLInputElement, 'prod-us-east')
    await press()
    expect(callsOf('migration.begin')).toEqual([])
    await act(async () => dialog()?.querySelector<HTMLInputElement>('.guard-confirm input')?.click())
    await fixture.type(inputs()[2] as HTMLInputElement, 'ends')
    await press()
    expect(callsOf('migration.begin')).toMatchObject([{ assurance: { breakGlass: true } }])
    expect(dialog()?.textContent).toContain('It is a Rollout now.')
    await press()
    expect(dialog()).toBeNull()
    const key = rolloutKey({ context: 'prod-us-east', namespace: 'platform', name: 'ingress-gateway' })
    expect(fixture.app.route.getState().route).toMatchObject({ page: 'rollout', key })
  })

  it('what is closed says why', async () => {
    await open(deploymentIn('prod-ap-ne'))
    expect(dialog()?.querySelector('.migrate-why')?.textContent).toBe(
      'Open once it has rolled out: 7 of 12 pods are new',
    )
    expect(button().getAttribute('aria-disabled')).toBe('true')
  })

  it('one that stopped tells why, and is looked at again', async () => {
    await open(deploymentIn('canary-eu'))
    await fixture.type(inputs()[1] as HTMLInputElement, 'fails')
    await press()
    expect(dialog()?.querySelector('[role=alert]')?.textContent).toContain('Stopped.')
    await press()
    expect(stepsShown()).toEqual(['Next', 'Later', 'Later', 'Later'])
  })

  it('both ways are in the palette, each where it is open to be asked for', async () => {
    fixture = await openFixtureApp({ scene: 'native', at: '#/fleet' })
    await fixture.advance(100)
    const text = textOf(fixture.app.texts)
    const found = (question: string) =>
      paletteItems(fixture.app, text, question, undefined).map(({ id }) => id.split(' ')[0])
    expect(new Set(found('make it a rollout'))).toEqual(new Set(['makeRollout']))
    expect(new Set(found('back to the deployment'))).toEqual(new Set(['backToDeployment']))
  })

  it('the way back has no choices, and stands on the page of a Rollout that borrows its template', async () => {
    const key = rolloutKey({ context: 'prod-eu-west', namespace: 'search', name: 'search-index' })
    fixture = await openFixtureApp({ scene: 'native', at: `#/rollout/${key}` })
    await fixture.advance(300)
    const [back] = [...document.querySelectorAll('.revision-lender button')].filter(({ textContent }) =>
      textContent.includes('Back to the Deployment'),
    )
    await act(async () => (back as HTMLElement).click())
    await fixture.advance(300)
    expect(callsOf('migration.preview')).toMatchObject([{ action: 'backToDeployment', key }])
    expect(dialog()?.querySelector('.segments')).toBeNull()
    expect(stepsShown()).toHaveLength(6)
  })
})
