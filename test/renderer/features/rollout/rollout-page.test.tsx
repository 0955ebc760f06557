import { afterEach, describe, expect, it } from 'vitest'
import type { RolloutView } from '#contract/views.ts'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'

let fixture: FixtureApp
afterEach(() => fixture.close())

const openAt = async (name: string, change?: Partial<RolloutView>) => {
  fixture = await openFixtureApp({ at: '#/rollout' })
  const all = [...fixture.app.fleet.getState().rollouts.values()]
  const view = all.find((each) => each.name === name && each.context === 'prod-eu-west')
  if (view === undefined) throw new Error(`no rollout ${name}`)
  if (change !== undefined) await fixture.tell(() => fixture.bridge.change([{ ...view, ...change }]))
  await fixture.tell(() => fixture.app.goTo(`#/rollout/${view.key}`))
  await fixture.advance(300)
}
const textOf = (selector: string) => document.querySelector(selector)?.textContent
const chooseSource = async (label: string) => {
  const button = [...document.querySelectorAll('.activity .panel-head button')].find(
    (each) => each.textContent === label,
  )
  if (button === undefined) throw new Error(`no source ${label}`)
  await fixture.click(button)
}

const aborted = { status: 'Aborted', phase: 'Degraded', stepIndex: 0, setWeight: 0, pause: undefined } as const
const factOf = (name: string) =>
  [...document.querySelectorAll('.facts .fact')].find((each) => each.querySelector('dt')?.textContent === name)
    ?.textContent

/** Each opens a whole window. */
const timeout = 20_000

describe('an aborted canary', { timeout }, () => {
  it('ACT-52: marks the step it had reached, and words the traffic as going down', async () => {
    await openAt('checkout-api', { ...aborted, actualWeight: 16 })
    expect(textOf('.step.failed')).toContain('Aborted here')
    expect(document.querySelectorAll('.step.done')).toHaveLength(4)
    expect(textOf('.steps-aborted')).toBeUndefined()
    expect(factOf('Steps')).toMatch(/^Steps4 of \d+ done$/)
    expect(factOf('Canary traffic')).toBe('Canary traffic16% going to 0%')
  })

  it('ACT-52: says why on lines of its own, however long that is', async () => {
    const message =
      'Rollout aborted update to revision 48: Background analysis phase error/failed: Metric "success-rate" assessed'
    const why = [{ cause: 'aborted', object: undefined, since: undefined, values: { message } }] as const
    await openAt('checkout-api', { ...aborted, actualWeight: 0, why })
    expect(textOf('.head-why')).toContain(message)
  })

  it('ACT-52: says in words that it was aborted when no event tells where', async () => {
    await openAt('search-index', { ...aborted, actualWeight: 0 })
    expect(document.querySelector('.step.failed')).toBeNull()
    expect(textOf('.steps-aborted')).toContain('Aborted. No step is known to be completed')
    expect(factOf('Canary traffic')).toBe('Canary traffic0% ')
    expect(factOf('Steps')).toBeUndefined()
    expect(textOf('.weights')).toContain('back to stable after the abort')
  })
})

describe('events', { timeout }, () => {
  const states = [
    ['ledger', 'Events are being read.'],
    ['cart', 'No events. Kubernetes keeps them for an hour.'],
    ['media-encoder', 'The account may not list events in this cluster.'],
  ] as const
  it.each(states)('of %s: %s', async (name, words) => {
    await openAt(name)
    expect(textOf('.activity-none')).toBe(words)
    await chooseSource('Engine')
    expect(textOf('.activity-none')).toBe(words)
  })

  it('a source that has none while others have some says so', async () => {
    await openAt('search-index')
    expect(document.querySelectorAll('.activity .event').length).toBeGreaterThan(0)
    await chooseSource('People')
    expect(textOf('.activity-none')).toBe('No events from “People”; others have some.')
  })
})
