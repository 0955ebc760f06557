import { describe, expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import { factsOf } from '#main/fleet/rollout-facts.ts'
import { weightsOf } from '#main/fleet/view/weights.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { someParts } from '#test/support/fleet-parts.ts'

const steps = [setWeight(10), pause(), setWeight(40), pause()]
const replicaSets = [
  aReplicaSet({ hash: 'v1', size: 7 }),
  aReplicaSet({ hash: 'v2', image: 'web:2', revision: 2, size: 3 }),
]
const moving = { currentPodHash: 'v2', stableRS: 'v1', availableReplicas: 10 }
const weighed = { canary: { weight: 31 }, stable: { weight: 69 } }
const routed = { trafficRouting: { nginx: {}, maxTrafficWeight: 200 } }

describe('weightsOf a canary', () => {
  it.each<[string, RolloutStatus, object, readonly [number, number, number]]>([
    ['VIEW-73: the step itself', { ...moving, currentStepIndex: 0 }, {}, [10, 30, 100]],
    ['VIEW-73: the nearest one before', { ...moving, currentStepIndex: 3 }, {}, [40, 30, 100]],
    ['VIEW-73: a missing index is the first step', moving, {}, [10, 30, 100]],
    ['VIEW-73: nothing once aborted', { ...moving, currentStepIndex: 0, abort: true }, {}, [0, 30, 100]],
    ['VIEW-74: everything past the steps', { ...moving, currentStepIndex: 4 }, {}, [100, 100, 100]],
    ['VIEW-74: nothing without a pod', { ...moving, currentStepIndex: 0, availableReplicas: 0 }, {}, [10, 0, 100]],
    [
      'VIEW-74: as the router says',
      { ...moving, currentStepIndex: 2, canary: { weights: weighed } },
      routed,
      [40, 31, 200],
    ],
    ['VIEW-74: as wanted while it says nothing', { ...moving, currentStepIndex: 2 }, routed, [40, 40, 200]],
    ['VIEW-75: everything is the maximum', { ...moving, currentStepIndex: 4 }, routed, [200, 200, 200]],
  ])('%s', (_title, status, canary, [wanted, actual, maxWeight]) => {
    const rollout = aRollout({ replicas: 10, canary: { steps, ...canary }, status })
    const weights = weightsOf(factsOf(someParts({ rollout, replicaSets })))
    expect(weights).toEqual({ setWeight: wanted, actualWeight: actual, maxWeight })
  })

  it('VIEW-73: a canary without steps gets everything', () => {
    const rollout = aRollout({ status: moving })
    expect(weightsOf(factsOf(someParts({ rollout, replicaSets })))).toMatchObject({ setWeight: 100, actualWeight: 100 })
  })
})

describe('weightsOf a blue-green rollout', () => {
  it.each([
    ['v1', 'v1', 0, 0],
    ['v2', 'v1', 100, 0],
    ['v2', 'v2', 100, 100],
    ['v2', undefined, 100, 100],
  ])('active selector %s while the Service selects %s', (activeSelector, selected, wanted, actual) => {
    const status = { ...moving, blueGreen: { activeSelector } }
    const rollout = aRollout({ blueGreen: { activeService: 'web-active' }, status })
    const services = selected === undefined ? {} : { 'web-active': aService('web-active', selected) }
    const weights = weightsOf(factsOf(someParts({ rollout, replicaSets, services })))
    expect(weights).toEqual({ setWeight: wanted, actualWeight: actual, maxWeight: 100 })
  })
})
