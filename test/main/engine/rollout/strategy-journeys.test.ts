import { describe, expect, it } from 'vitest'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const canary = { steps: [setWeight(100), pause()], maxSurge: '100%' }
const manual = { canary: null, blueGreen: { activeService: 'active', autoPromotionEnabled: false } }

const imageOf = (journey: RolloutJourney, hash: string | undefined) =>
  ['web:1', 'web:2'].find((image) => journey.world.replicaSets.length > 1 && hashOf(journey, image) === hash)
const hashOf = (journey: RolloutJourney, image: string) =>
  journey.replicaSet(image).metadata.labels?.['rollouts-pod-template-hash']
const served = (journey: RolloutJourney) =>
  imageOf(journey, journey.world.services['active']?.spec?.selector?.['rollouts-pod-template-hash'])

/** A canary of `web:2` at its pause, all pods up; the active Service, which is not its own, selects `web:1`. */
function pausedCanary(): RolloutJourney {
  const rollout = aRollout({ replicas: 2, canary, spec: { progressDeadlineSeconds: 60 } })
  const journey = new RolloutJourney(aWorld({ rollout })).settle()
  const services = { active: aService('active', hashOf(journey, 'web:1')) }
  journey.world = { ...journey.world, services }
  journey.setImage('web:2').settle()
  expect(journey.phase).toBe('Paused: CanaryPauseStep')
  return journey
}

describe('a canary that becomes blue-green in the middle of its update', () => {
  it('BG-31, REC-91: its pause is nobody’s approval: the cut-over waits for a person', () => {
    const journey = pausedCanary().patchSpec({ strategy: manual }).settle()
    expect(journey.phase).toBe('Paused: BlueGreenPause')
    expect(served(journey)).toBe('web:1')
    journey.promote().settle()
    expect(served(journey)).toBe('web:2')
    journey.pass(60)
    expect(journey.phase).toBe('Healthy')
    expect([journey.size('web:1'), journey.size('web:2')]).toEqual([0, 2])
  })

  it('BG-50: is not stable before it serves: pods that cannot start do not replace those that can', () => {
    const rollout = aRollout({ replicas: 2, canary: { steps: [pause()] }, spec: { progressDeadlineSeconds: 60 } })
    const journey = new RolloutJourney(aWorld({ rollout, services: { active: aService('active') } })).settle()
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
    journey.setImage('web:2').settle()
    journey
      .patchSpec({ strategy: { canary: null, blueGreen: { activeService: 'active' } } })
      .settle()
      .pass(600)
    expect(journey.phase).toMatch(/^Degraded: ProgressDeadlineExceeded/)
    expect(journey.status.stableRS).toBe(hashOf(journey, 'web:1'))
    expect([journey.size('web:1'), journey.size('web:2')]).toEqual([2, 2])
    journey.isReady = () => true
    journey.setImage('web:3').settle().pass(60)
    expect([journey.phase, journey.size('web:1'), journey.size('web:3')]).toEqual(['Healthy', 0, 2])
  })

  it('REC-71, REC-91: its pause does not keep a deadline from passing', () => {
    const journey = pausedCanary()
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
    journey.patchSpec({ replicas: 4, strategy: manual }).settle()
    expect(journey.status.pauseConditions).toBeUndefined()
    expect(journey.status.phase).toBe('Progressing')
    journey.pass(600)
    expect(journey.phase).toMatch(/^Degraded: ProgressDeadlineExceeded/)
  })
})

it('CAN-79a: a blue-green update that becomes a canary begins at its first step, without the pause it had', () => {
  const rollout = aRollout({ replicas: 4, blueGreen: manual.blueGreen })
  const journey = new RolloutJourney(aWorld({ rollout, services: { active: aService('active') } })).settle()
  journey.setImage('web:2').settle()
  expect(journey.phase).toBe('Paused: BlueGreenPause')
  journey
    .patchSpec({ strategy: { blueGreen: null, canary: { steps: [setWeight(25), pause()], maxSurge: 1 } } })
    .settle()
  expect(journey.phase).toBe('Paused: CanaryPauseStep')
  expect(journey.status.currentStepIndex).toBe(1)
  expect([journey.size('web:1'), journey.size('web:2')]).toEqual([3, 1])
  expect(journey.status.blueGreen ?? {}).toEqual({})
  journey.promote().settle()
  expect([journey.phase, journey.size('web:1'), journey.size('web:2')]).toEqual(['Healthy', 0, 4])
})
