import { describe, expect, it } from 'vitest'
import type { CanaryStep, CanaryStrategy } from '#api/rollout.ts'
import { aMetric, anAnalysisTemplate, templateSource } from '#test/support/builders/analysis.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const trial: CanaryStep = { experiment: { templates: [{ name: 'next', specRef: 'canary' }], duration: '1m' } }
const templates = templateSource([anAnalysisTemplate('errors', { metrics: [aMetric({ interval: '1m' })] })])

/** Healthy on `web:1`, and asked for `web:2`. */
function updating(steps: readonly CanaryStep[], canary: CanaryStrategy = {}): RolloutJourney {
  const world = aWorld({ rollout: aRollout({ replicas: 4, steps, canary }), templates })
  const journey = new RolloutJourney(world).settle()
  journey.now += 3_600_000
  journey.events = []
  return journey.setImage('web:2').settle()
}

describe('an experiment step of a canary', () => {
  it('EXP-802, EXP-803, EXP-901: makes an Experiment, and tells of it until it is done', () => {
    const journey = updating([setWeight(25), trial, pause()])
    expect(journey.experiments).toEqual(['2-1'])
    expect(journey.status.canary?.currentExperiment).toMatch(/^web-.*-2-1$/)
    journey.endExperiment('-2-1', 'Running').pass(60)
    expect(journey.status.currentStepIndex).toBe(1)
    journey.endExperiment('-2-1', 'Successful').settle()
    expect(journey.status.currentStepIndex).toBe(2)
    expect(journey.status.canary?.currentExperiment).toBeUndefined()
    expect(journey.experiments).toEqual(['2-1'])
    expect(journey.events).toContain('ExperimentCreated')
  })

  it('EXP-802, CAN-71: makes none on the first deploy', () => {
    const world = aWorld({ rollout: aRollout({ steps: [trial] }) })
    const journey = new RolloutJourney(world).settle()
    expect(journey.experiments).toEqual([])
    expect(journey.status.phase).toBe('Healthy')
  })

  it.each(['Failed', 'Error'] as const)('EXP-901, EXP-905: %s aborts the update', (phase) => {
    const journey = updating([setWeight(50), trial])
      .endExperiment('-2-1', phase, 'too slow')
      .settle()
    expect(journey.phase).toBe(
      'Degraded: RolloutAborted: Rollout aborted update to revision 2: Experiment analysis phase is error/failed: too slow',
    )
    expect(journey.size('web:2')).toBe(0)
  })

  it('ANA-1109, CAN-2: an analysis in the background is ended in the round in which an Experiment aborts', () => {
    const journey = updating([trial], { analysis: { templates: [{ templateName: 'errors' }] } })
    journey.endExperiment('-2-0', 'Failed').settle()
    const [abort] = journey.rounds.filter(({ writes }) => JSON.stringify(writes).includes('"abort":true'))
    expect(abort?.writes.map(({ because }) => because)).toContain('ANA-1120')
    expect(journey.runs).toEqual(['2!'])
  })

  it('EXP-901, EXP-905, EXP-1302: Inconclusive, it pauses, and another is made only when somebody resumes', () => {
    const journey = updating([setWeight(25), trial, setWeight(50)])
      .endExperiment('-2-1', 'Inconclusive')
      .settle()
    expect(journey.phase).toBe('Paused: InconclusiveExperiment')
    expect(journey.experiments).toEqual(['2-1'])
    journey.promote().settle()
    expect(journey.experiments).toEqual(['2-1', '2-1-1'])
  })

  it.each<[string, (journey: RolloutJourney) => void]>([
    ['aborted', (journey) => journey.abort()],
    ['promoted in full', (journey) => journey.promoteFull()],
  ])('EXP-901: %s, it is ended', (_, act) => {
    const journey = updating([trial])
    act(journey)
    expect(journey.settle().experiments).toEqual(['2-0!'])
  })

  it('EXP-906: retried after an abort, the step makes another one', () => {
    const journey = updating([trial]).endExperiment('-2-0', 'Failed').settle().retry().settle()
    expect(journey.experiments).toEqual(['2-0', '2-0-1'])
  })

  it('EXP-902, EXP-1303: paused by hand, the step stays, and so does its Experiment', () => {
    const journey = updating([trial, pause()])
    journey.patchSpec({ paused: true }).endExperiment('-2-0', 'Successful').settle()
    expect(journey.status.currentStepIndex).toBe(0)
    expect(journey.experiments).toEqual(['2-0'])
    journey.patchSpec({ paused: false }).settle()
    expect(journey.status.currentStepIndex).toBe(1)
  })

  it('EXP-805: a template of neither revision stops the update, and is told', () => {
    const journey = updating([{ experiment: { templates: [{ name: 'x', specRef: 'other' as 'canary' }] } }])
    expect(journey.phase).toContain('InvalidSpec: The Rollout "web" is invalid: Invalid template step SpecRef')
  })
})
