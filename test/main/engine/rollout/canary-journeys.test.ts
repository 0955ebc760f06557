import { describe, expect, it } from 'vitest'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const deployed = (replicas: number, steps = [setWeight(20), pause(), setWeight(40), pause(10)]) => {
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas, steps }) })).settle()
  journey.events = []
  journey.sizes = []
  return journey
}

describe('a canary from the first deploy on', () => {
  it('CAN-71: an initial deploy takes no steps and ends Healthy', () => {
    const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 5, steps: [setWeight(20), pause()] }) }))
    journey.settle()
    expect(journey.phase).toBe('Healthy')
    expect(journey.events).toEqual([
      'RolloutUpdated',
      'NewReplicaSetCreated',
      'RolloutNotCompleted',
      'ScalingReplicaSet',
      'RolloutCompleted',
    ])
    expect(journey.status).toMatchObject({ currentStepIndex: 2, replicas: 5, updatedReplicas: 5, HPAReplicas: 5 })
  })

  it('CAN-42: an update reaches its weight and then pauses until promoted', () => {
    const journey = deployed(5).setImage('web:2').settle()
    expect(journey.phase).toBe('Paused: CanaryPauseStep')
    expect(journey.sizes.at(-1)).toBe('1/4')
    expect(journey.status.currentStepIndex).toBe(1)
  })
})
