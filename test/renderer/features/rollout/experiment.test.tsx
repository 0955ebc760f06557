import { afterEach, describe, expect, it } from 'vitest'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import { actionsFor } from '#test/support/fixture-fleet.ts'
import { fixtureKey } from '#test/support/window-keys.ts'

let fixture: FixtureApp
afterEach(() => fixture.close())

const scoringIn = (context: string) => fixtureKey(context, 'fraud-scoring', 'risk')
const openAt = async (context: string) => {
  fixture = await openFixtureApp({ at: `#/rollout/${scoringIn(context)}` })
  await fixture.advance(300)
}
const linesOf = (selector: string) => [...document.querySelectorAll(selector)].map((each) => each.textContent)

describe('what is tried beside an update', { timeout: 20_000 }, () => {
  it('VIEW-114, EXP-607: phase, versions with their pods, analyses with their verdicts, and the time that is left', async () => {
    await openAt('prod-eu-west')
    expect(linesOf('.experiment .panel-head .sub')).toEqual(['Step 3', '4:30 left'])
    expect(linesOf('.experiment-parts li')).toEqual([
      'baselineRunning3 of 3 pods readyregistry.shop.io/fraud-scoring:1.44',
      'candidateStarting2 of 3 pods readyregistry.shop.io/fraud-scoring:1.45',
      'compareRunningrequiredfraud-scoring-6c7f5d9b88-48-2-compare',
      'costPendingnot begun',
    ])
    await fixture.advance(5000)
    expect(linesOf('.experiment .panel-head .sub')[1]).toBe('4:25 left')
  })

  it('leads to the page of a run, which says what it is of', async () => {
    await openAt('prod-eu-west')
    const href = document.querySelector('.experiment-parts a')?.getAttribute('href') ?? ''
    expect(href).toBe(`#/analysis/${scoringIn('prod-eu-west')}?run=fraud-scoring-6c7f5d9b88-48-2-compare`)
    await fixture.tell(() => fixture.app.goTo(href))
    await fixture.advance(600)
    expect(linesOf('.analysis-head .chip')[0]).toBe('Experiment')
  })

  it('UI-CMP-3, ACT-142: E asks before it ends one', async () => {
    await openAt('prod-eu-west')
    await fixture.press('e')
    await fixture.advance(300)
    expect(linesOf('#dialog-title')).toEqual(['Terminate experiment fraud-scoring'])
    expect(fixture.bridge.calls.findLast(({ channel }) => channel === 'action.preview')?.input).toEqual({
      action: 'terminateExperiment',
      targets: [scoringIn('prod-eu-west')],
      parameters: { experiment: 'fraud-scoring-6c7f5d9b88-48-2' },
    })
  })

  it('UI-ACT-4: the button of one that may not be ended says why', async () => {
    const key = scoringIn('prod-eu-west')
    fixture = await openFixtureApp({ at: '#/fleet' })
    const view = fixture.app.fleet.getState().rollouts.get(key)
    const reason = 'needs patch on experiments in namespace risk'
    const actions = { ...actionsFor('Progressing'), terminateExperiment: { open: false, reason } as const }
    if (view !== undefined) await fixture.tell(() => fixture.bridge.change([{ ...view, actions }]))
    await fixture.tell(() => fixture.app.goTo(`#/rollout/${key}`))
    await fixture.advance(300)
    expect(document.querySelector('.experiment button')?.textContent).toContain(reason)
    await fixture.press('e')
    expect(linesOf('[role=dialog]')).toEqual([])
  })

  it('UI-COPY-4: one that failed says so once, has no button, and counts only pods that are left', async () => {
    await openAt('prod-us-east')
    expect(linesOf('.experiment .analysis-message')).toEqual([
      'Metric "precision" assessed Failed due to failed (2) > failureLimit (1)',
    ])
    expect(linesOf('.experiment button')).toEqual([])
    expect(linesOf('.experiment-parts li').slice(0, 2)).toEqual([
      'baselineEndedregistry.shop.io/fraud-scoring:1.44',
      'candidateEnded2 pods leftregistry.shop.io/fraud-scoring:1.45',
    ])
  })

  it('UI-LOAD-1, UI-ERR-2: says at its step why none is shown', async () => {
    fixture = await openFixtureApp({ at: '#/fleet' })
    const { rollouts } = fixture.app.fleet.getState()
    for (const [context, words] of [
      ['prod-us-west', 'Experiments are being read.'],
      ['prod-eu-central', 'Experiments may not be read here: list and watch on experiments are missing.'],
      ['prod-ap-ne', 'Not begun yet.'],
    ] as const) {
      const view = rollouts.get(scoringIn(context))
      if (view === undefined) throw new Error(`not in ${context}`)
      const atStep = { ...view, status: 'Progressing', phase: 'Progressing', stepIndex: 2 } as const
      await fixture.tell(() => fixture.bridge.change([atStep]))
      await fixture.tell(() => fixture.app.goTo(`#/rollout/${view.key}`))
      await fixture.advance(300)
      expect(linesOf('.experiment [role=status]')).toEqual([words])
    }
  })

  it('is not there for a rollout without one', async () => {
    fixture = await openFixtureApp({ at: `#/rollout/${fixtureKey('prod-eu-west', 'checkout-api')}` })
    await fixture.advance(300)
    expect(document.querySelector('.experiment')).toBeNull()
  })
})
