import { expect, it } from 'vitest'
import { reconcileExperiment } from '#engine/experiment/reconcile.ts'
import { anExperiment, anExperimentTemplate, anExperimentWorld } from '#test/support/builders/experiment.ts'
import { ExperimentJourney } from '#test/support/experiment-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const invalid = (selector: object) => anExperiment({ templates: [anExperimentTemplate('bar', { selector })] })
const message = 'This experiment is selecting all pods at index 0. A non-empty selector is required.'

it('EXP-202: a bad spec is told in a condition and nothing else happens', () => {
  const decision = reconcileExperiment(anExperimentWorld({ experiment: invalid({}) }), T0)
  const time = '2026-01-15T10:00:00Z'
  const condition = { type: 'InvalidSpec', status: 'True', reason: 'InvalidSpec', message }
  expect(decision).toEqual({
    writes: [
      {
        kind: 'patch',
        ref: expect.objectContaining({ namespace: 'shop', name: 'try' }),
        patchType: 'merge',
        body: { status: { conditions: [{ ...condition, lastUpdateTime: time, lastTransitionTime: time }] } },
        precondition: { uid: 'uid-try', resourceVersion: '1' },
        because: 'EXP-202',
        summary: 'Set status of Experiment try: conditions',
      },
    ],
    probes: [],
    requeueAt: undefined,
  })
})

it('EXP-202: the same message is written once; another one takes its place with times of its own', () => {
  const journey = new ExperimentJourney(anExperimentWorld({ experiment: invalid({}) })).settle()
  expect(journey.pass(60).rounds.at(-1)?.writes).toEqual([])
  journey.patchSpec({ templates: [anExperimentTemplate('', {})] })
  expect(journey.status.conditions).toEqual([
    expect.objectContaining({
      message: 'Experiment try has empty template name at index 0',
      lastTransitionTime: '2026-01-15T10:01:00Z',
    }),
  ])
})

it('EXP-203: a mended spec takes the condition with it, and all goes on', () => {
  const journey = new ExperimentJourney(anExperimentWorld({ experiment: invalid({}) })).settle()
  journey.patchSpec({ templates: [anExperimentTemplate('bar')] })
  expect(journey.status.conditions?.map(({ type }) => type)).toEqual(['Progressing'])
  expect(journey.phase).toBe('Running')
})

it('EXP-202: an Experiment that goes bad on its way keeps its phase and its pods', () => {
  const journey = new ExperimentJourney(anExperimentWorld()).settle()
  journey.patchSpec({ templates: [anExperimentTemplate('bar', { selector: {} })] })
  expect(journey.status.conditions?.at(-1)).toMatchObject({ type: 'InvalidSpec', message })
  expect([journey.phase, journey.sizes]).toEqual(['Running', ['try-bar 1']])
})
