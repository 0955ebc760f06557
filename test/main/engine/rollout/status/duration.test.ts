import { describe, expect, it } from 'vitest'
import type { Decision } from '#engine/decision.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const services = { active: aService('active') }
const steps = [setWeight(50), pause(), pause('10s')]

const canary = () => new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 2, steps }) })).settle()
function updated(): RolloutJourney {
  const journey = canary()
  journey.now += 3_600_000
  return journey.setImage('web:2').settle()
}
const duration = (journey: RolloutJourney) => journey.status.duration
const seconds = (journey: RolloutJourney) => formatSeconds(journey.now)

describe('an attempt', () => {
  it('REC-130: begins with another template, not with another size, and forgets the one before', () => {
    const journey = canary()
    const first = duration(journey)
    expect(first).toMatchObject({ rolloutStartedAt: seconds(journey), completionStatus: 'Promoted' })
    journey.now += 60_000
    journey.patchSpec({ replicas: 4 }).settle()
    expect(duration(journey)).toEqual(first)
    journey.now += 60_000
    journey.setImage('web:2').settle()
    expect(duration(journey)).toEqual({ rolloutStartedAt: seconds(journey), manualPauseStartedAt: seconds(journey) })
  })

  it('REC-130: begins with other steps, but not where the pods are stable and complete', () => {
    const journey = updated()
    const before = duration(journey)?.rolloutStartedAt
    journey.now += 60_000
    journey.patchSpec({ strategy: { canary: { steps: [setWeight(100), pause()] } } }).settle()
    expect(duration(journey)?.rolloutStartedAt).not.toBe(before)
    const atRest = canary()
    const kept = duration(atRest)
    atRest.now += 60_000
    atRest.patchSpec({ strategy: { canary: { steps: [setWeight(10), pause()] } } }).settle()
    expect(duration(atRest)).toEqual(kept)
  })

  it('REC-130: begins again when an aborted one is tried again', () => {
    const journey = updated().abort().settle()
    journey.now += 60_000
    journey.retry().settle()
    expect(duration(journey)).toEqual({ rolloutStartedAt: seconds(journey), manualPauseStartedAt: seconds(journey) })
  })

  it('REC-130: is not looked at while the spec is not valid', () => {
    const journey = updated()
    const before = duration(journey)
    journey.now += 60_000
    journey.patchSpec({ strategy: { canary: { steps: [setWeight(-1)] } } }).settle()
    expect(journey.phase).toContain('InvalidSpec')
    expect(duration(journey)).toEqual(before)
  })

  it.each<[string, (journey: RolloutJourney) => void, string]>([
    ['promoted', (journey) => journey.promote().settle().pass(11), 'Promoted'],
    ['promoted in full', (journey) => journey.promoteFull().settle(), 'FastPromoted'],
    ['aborted', (journey) => journey.abort().settle(), 'Aborted'],
    ['set back to stable', (journey) => journey.setImage('web:1').settle(), 'FastRolledBack'],
  ])('REC-131: ends when it is %s', (_how, act, completionStatus) => {
    const journey = updated()
    journey.now += 60_000
    act(journey)
    expect(duration(journey)).toMatchObject({ finishedAt: seconds(journey), completionStatus })
    expect(duration(journey)).not.toHaveProperty('manualPauseStartedAt')
  })

  it('REC-131: set back to an older revision that is not stable it goes on, and ends as rolled back', () => {
    const journey = updated()
    journey.promoteFull().settle()
    journey.now += 60_000
    journey.setImage('web:3').settle()
    const { rolloutStartedAt } = duration(journey) ?? {}
    journey.now += 60_000
    journey.setImage('web:1').settle()
    expect(duration(journey)).toMatchObject({ rolloutStartedAt, completionStatus: 'RolledBack' })
    expect(duration(journey)).not.toHaveProperty('finishedAt')
    journey.promoteFull().settle()
    expect(duration(journey)).toMatchObject({
      rolloutStartedAt,
      completionStatus: 'RolledBack',
      finishedAt: seconds(journey),
    })
  })

  it('REC-131: one that is given a third template gives way to the next in the same write', () => {
    const journey = updated()
    journey.now += 60_000
    journey.setImage('web:3').settle()
    expect(duration(journey)).toEqual({ rolloutStartedAt: seconds(journey), manualPauseStartedAt: seconds(journey) })
  })
})

describe('pauses that wait for a person', () => {
  it('REC-132: are added up in whole seconds; those with a time are not', () => {
    const journey = updated()
    journey.now += 90_900
    journey.promote().settle()
    expect(duration(journey)).toMatchObject({ totalManualPauseDurationSeconds: 90 })
    expect(duration(journey)).not.toHaveProperty('manualPauseStartedAt')
    journey.patchSpec({ paused: true }).settle()
    journey.now += 30_000
    journey.patchSpec({ paused: false }).settle().pass(60)
    expect(duration(journey)).toMatchObject({ totalManualPauseDurationSeconds: 120, completionStatus: 'Promoted' })
  })

  it('REC-132: after the end nothing is added', () => {
    const journey = updated()
    journey.now += 60_000
    journey.promoteFull().settle()
    const ended = duration(journey)
    journey.patchSpec({ paused: true }).settle()
    journey.now += 60_000
    journey.patchSpec({ paused: false }).settle()
    expect(duration(journey)).toEqual(ended)
  })

  it.each([
    [false, true],
    [true, false],
  ])(
    'REC-132: of a blue-green update only with autoPromotionEnabled false: %s %s',
    (autoPromotionEnabled, isManual) => {
      const blueGreen = { activeService: 'active', autoPromotionEnabled, autoPromotionSeconds: 60 }
      const journey = new RolloutJourney(aWorld({ rollout: aRollout({ blueGreen }), services })).settle()
      journey.now += 3_600_000
      journey.setImage('web:2').settle()
      expect(journey.phase).toBe('Paused: BlueGreenPause')
      expect(duration(journey)?.manualPauseStartedAt).toBe(isManual ? seconds(journey) : undefined)
    },
  )
})

/** An API server whose definition of Rollouts has no field `duration`. */
class WithoutDuration extends RolloutJourney {
  protected override apply(decision: Decision): RolloutWorld {
    const world = super.apply(decision)
    const { duration: _pruned, ...status } = world.rollout.status ?? {}
    return { ...world, rollout: { ...world.rollout, status } }
  }
}

it('REC-133: where the cluster does not store it, the engine comes to rest all the same', () => {
  const journey = new WithoutDuration(aWorld({ rollout: aRollout({ replicas: 2, steps }) })).settle()
  expect(journey.phase).toBe('Healthy')
  journey.now += 3_600_000
  journey.setImage('web:2').settle()
  expect(journey.phase).toBe('Paused: CanaryPauseStep')
  journey.abort().settle()
  journey.retry().settle()
  journey.patchSpec({ paused: true }).settle()
  journey.patchSpec({ paused: false }).settle()
  journey.promoteFull().settle()
  expect(journey.phase).toBe('Healthy')
})
