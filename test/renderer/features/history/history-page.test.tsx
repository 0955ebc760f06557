import { afterEach, describe, expect, it } from 'vitest'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import type { Scene } from '#test/support/fixture-bridge.ts'

let fixture: FixtureApp
afterEach(() => fixture.close())

const openActions = async (scene: Scene = 'fleet') => {
  fixture = await openFixtureApp({ scene, at: '#/history' })
  await fixture.advance(300)
  await show('Actions')
}
const show = async (label: string) => {
  const buttons = [...document.querySelectorAll('.history-filter .segments button')]
  const button = buttons.find((each) => each.textContent === label)
  if (button === undefined) throw new Error(`no choice ${label}`)
  await fixture.click(button)
  await fixture.advance(300)
}
const rows = () =>
  [...document.querySelectorAll('.did-table tbody tr')].map((row) =>
    [...row.querySelectorAll('td')].slice(1).map((cell) => cell.textContent),
  )

/** Each opens a whole window. */
describe('actions in the history', { timeout: 20_000 }, () => {
  it('ACT-15, UI-HIST-5: who did what, where and why, sent or refused, newest first', async () => {
    await openActions()
    expect(rows().slice(0, 3)).toEqual([
      ['Pause', 'checkout-api', 'prod-eu-west', 'm.ortega', 'Sent', 'Waits for the ledger team'],
      ['Abort', 'payments-gw', 'prod-us-west', 'm.ortega', 'Sent', 'Pool starvation, see INC-4127'],
      [
        'Promote',
        'payments-gw',
        'prod-us-west',
        'release-bot, command line',
        'refused: step 2 to 3 changed meanwhile',
        '',
      ],
    ])
    expect(document.querySelectorAll('.did-table tbody tr td')[4]?.getAttribute('title')).toBe(
      'm.ortega · m.ortega@mac-214',
    )
    expect(document.querySelectorAll('.did-table tr.refused')).toHaveLength(2)
    expect(document.querySelector('.history-filter')?.textContent).toContain('6 actions')
    expect(document.querySelector('.did-table a')?.getAttribute('href')).toBe(
      '#/rollout/prod-eu-west/shop/checkout-api',
    )
  })

  it('the filter asks for those of a rollout or a cluster, and says when none matches', async () => {
    await openActions()
    const field = document.querySelector('input[data-filter]')
    if (field === null) throw new Error('no filter')
    await fixture.type(field, 'payments-gw')
    await fixture.advance(300)
    expect(rows().map(([action]) => action)).toEqual(['Abort', 'Promote'])
    expect(fixture.bridge.calls.at(-1)).toEqual({
      channel: 'history.actions',
      input: { filter: 'payments-gw', limit: 500 },
    })
    await fixture.type(field, 'nobody')
    await fixture.advance(300)
    expect(document.querySelector('.history-none')?.textContent).toBe('No recorded action matches.')
    await show('Rollouts')
    expect(document.querySelector('.history-none')?.textContent).toBe('No past rollout matches.')
  })

  it('UI-HIST-1: with every cluster gone they are still there, and nothing can be sent', async () => {
    await openActions('offline')
    expect(document.querySelector('.offline')).not.toBeNull()
    expect(rows()).toHaveLength(6)
  })

  it('with none says what will be here', async () => {
    await openActions('noContexts')
    expect(document.querySelector('.message')?.textContent).toContain('No actions yet')
  })
})
