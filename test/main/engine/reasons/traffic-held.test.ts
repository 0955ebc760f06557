import { describe, expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import { reasonsOf } from '#engine/reasons/reasons.ts'
import { trafficHeld } from '#engine/reasons/traffic-held.ts'
import { podHashOf } from '#engine/rollout/replica-set/facts.ts'
import { statusFacts } from '#engine/status/status-facts.ts'
import { pause, setWeight } from '#test/support/builders/rollout.ts'
import { aRoutedRelease, type RoutedJourney } from '#test/support/routed-journey.ts'

const heldOf = ({ world }: RoutedJourney) => trafficHeld(statusFacts(world))

function losePods(journey: RoutedJourney, isLosing: (rs: ReplicaSet) => boolean, availableReplicas: number): void {
  const replicaSets = journey.world.replicaSets.map((rs) =>
    isLosing(rs) ? { ...rs, status: { ...rs.status, availableReplicas, replicas: rs.status?.replicas ?? 0 } } : rs,
  )
  journey.world = { ...journey.world, replicaSets }
}

/** At 20 by a router, and asked to go back to 0 where stable must carry everything. */
const atTwenty = () => {
  const journey = aRoutedRelease({ steps: [setWeight(20), pause()] })
  return journey.setImage('web:2').settle()
}

describe('why the router is not where the update wants it', () => {
  it('nothing to say at a pause, and outside of an update', () => {
    expect(heldOf(atTwenty())).toBeUndefined()
    expect(heldOf(aRoutedRelease())).toBeUndefined()
  })

  it('TR-21: stable cannot carry what would be left to it', () => {
    const journey = atTwenty()
    const stable = journey.status.stableRS
    const weights = journey.status.canary?.weights
    losePods(journey, (rs) => podHashOf(rs) === stable, 1)
    expect(heldOf(journey)).toBeUndefined()
    journey.patchStatus({ canary: { weights: { ...weights, canary: { ...weights?.canary, weight: 0 } } } })
    const expected = { cause: 'stableTooSmall', object: { kind: 'ReplicaSet' }, values: { need: 4, available: 1 } }
    expect(heldOf(journey)).toMatchObject(expected)
    journey.patchStatus({ pauseConditions: null, controllerPause: null, phase: 'Progressing' })
    expect(reasonsOf(statusFacts(journey.world)).map(({ cause }) => cause)).toContain('stableTooSmall')
  })

  it('IST-18: subsets wait for the pods that they will select', () => {
    const journey = atTwenty()
    const { currentPodHash } = journey.status
    losePods(journey, (rs) => podHashOf(rs) === currentPodHash, 0)
    expect(heldOf(journey)).toBeUndefined()
    const rule = { name: 'web', canarySubsetName: 'canary', stableSubsetName: 'stable' }
    const istio = { virtualService: { name: 'web' }, destinationRule: rule }
    journey.patchSpec({
      strategy: { canary: { canaryService: null, stableService: null, trafficRouting: { istio } } },
    })
    const name = journey.world.replicaSets.find((rs) => podHashOf(rs) === currentPodHash)?.metadata.name
    expect(heldOf(journey)).toMatchObject({
      cause: 'subsetsWait',
      object: { kind: 'ReplicaSet', name },
      values: { name },
    })
  })

  it('TR-29: the weight is not confirmed', () => {
    const journey = atTwenty()
    journey.patchStatus({ canary: { weights: { verified: false } } })
    expect(heldOf(journey)).toMatchObject({ cause: 'notVerified', values: { weight: 20 } })
    journey.patchStatus({ canary: { weights: { verified: true } } })
    expect(heldOf(journey)).toBeUndefined()
  })
})
