import { describe, expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { pause, setWeight } from '#test/support/builders/rollout.ts'
import { midway } from '#test/support/canary-midway.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

describe('a step of a canary', () => {
  const inconclusive = [{ reason: 'InconclusiveAnalysisRun' as const, startTime: formatSeconds(T0) }]

  it('CAN-57: a weight that is reached counts while an inconclusive analysis holds the sizes', () => {
    const status: RolloutStatus = { currentStepIndex: 0, pauseConditions: inconclusive, controllerPause: true }
    const { world } = midway({ replicas: 4, steps: [setWeight(25), setWeight(50)], status, stable: 3, current: 1 })
    const journey = new RolloutJourney(world).settle()
    expect(journey.status.currentStepIndex).toBe(1)
    expect([journey.size('web:1'), journey.size('web:3')]).toEqual([3, 1])
    expect(journey.phase).toBe('Paused: InconclusiveAnalysisRun')
  })

  it('CAN-44: a pause step pauses too while an inconclusive analysis does, and one promotion ends both', () => {
    const status: RolloutStatus = { currentStepIndex: 0, pauseConditions: inconclusive, controllerPause: true }
    const { world } = midway({ replicas: 4, steps: [pause(), setWeight(50)], status })
    const journey = new RolloutJourney(world).settle()
    expect(journey.status.currentStepIndex).toBe(0)
    expect(journey.status.pauseConditions?.map(({ reason }) => reason)).toEqual([
      'InconclusiveAnalysisRun',
      'CanaryPauseStep',
    ])
    expect(journey.promote().settle().status.currentStepIndex).toBe(2)
  })
})
