import { describe, expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import { stepHash } from '#engine/pod-hash/pod-template-hash.ts'
import { assess } from '#engine/rollout/situation.ts'
import { areStepsChanged, isReset, isTemplateChanged, isUpdateNew } from '#engine/rollout/update.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const steps = [setWeight(50), pause()]
const same = stepHash(steps)
const facts = (status: RolloutStatus, strategy: Parameters<typeof aRollout>[0]) => {
  const situation = assess(
    aWorld({ rollout: aRollout({ status, ...strategy }), replicaSets: [aReplicaSet({ hash: 'v2' })] }),
    T0,
  )
  return [isTemplateChanged(situation), areStepsChanged(situation), isReset(situation), isUpdateNew(situation)]
}

it.each<[string, RolloutStatus, Parameters<typeof aRollout>[0], readonly boolean[]]>([
  ['nothing is', { currentPodHash: 'v2', currentStepHash: same }, { steps }, [false, false, false, false]],
  ['the template', { currentPodHash: 'v1', currentStepHash: same }, { steps }, [true, false, true, true]],
  ['the steps', { currentPodHash: 'v2', currentStepHash: 'others' }, { steps }, [false, true, true, true]],
  ['steps without a hash', { currentPodHash: 'v2' }, { steps }, [false, true, true, true]],
  ['the first template', { currentStepHash: same }, { steps }, [false, false, false, true]],
  [
    'steps of a blue-green rollout',
    { currentPodHash: 'v2', currentStepHash: 'others' },
    { blueGreen: { activeService: 'a' } },
    [false, false, false, false],
  ],
])('REC-97: changed: %s', (_what, status, strategy, expected) => {
  expect(facts(status, strategy)).toEqual(expected)
})

describe('REC-97: other steps', () => {
  const edited = [setWeight(20), pause(), setWeight(80)]
  const journey = () => new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 2, steps }) })).settle()

  it('REC-97: begin again in the middle of an update, with the same pods', () => {
    const midway = journey().setImage('web:2').settle()
    const hash = midway.status.currentPodHash
    midway.patchSpec({ strategy: { canary: { steps: [pause(), ...edited] } } }).settle()
    expect(midway.status).toMatchObject({ currentStepIndex: 0, currentPodHash: hash })
    expect(midway.phase).toBe('Paused: CanaryPauseStep')
  })

  it('REC-97: are at their end at once where the pods are stable, and that is told', () => {
    const atRest = journey()
    const from = atRest.events.length
    atRest.patchSpec({ strategy: { canary: { steps: edited } } }).settle()
    expect(atRest.status.currentStepIndex).toBe(3)
    expect(atRest.events.slice(from)).toEqual(['SkipSteps'])
    expect(atRest.phase).toBe('Healthy')
  })

  it('REC-97: that are none leave no index', () => {
    const atRest = journey()
    atRest.patchSpec({ strategy: { canary: { steps: null } } }).settle()
    expect(atRest.status).not.toHaveProperty('currentStepIndex')
    expect(atRest.events).not.toContain('SkipSteps')
  })
})
