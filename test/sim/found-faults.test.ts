import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { nextCounts } from '#engine/rollout/canary/next-counts.ts'
import { silentLog } from '#lib/log.ts'
import { failure, success } from '#lib/outcome.ts'
import { runRound } from '#main/controller/runner.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

/** What the simulator found, each in the smallest case that shows it. The seeds are in seeds.ts. */
describe('faults that the simulator found', () => {
  it('OPS-62: a round that evicts a pod which is gone already is tried again', async () => {
    const world = aWorld({ rollout: aRollout() })
    const ref = { resource: resources.pods, namespace: 'shop', name: 'web-1' }
    const write = { kind: 'evict', ref, precondition: {}, because: 'REC-125', summary: 'Evict pod web-1' } as const
    const gone = { kind: 'NotFound', message: '', resource: 'pods', name: 'web-1' } as const
    const round = await runRound('shop/web', {
      clock: new VirtualClock(),
      log: silentLog,
      observe: async () => success(world),
      reconcile: () => ({ writes: [write], probes: [], requeueAt: undefined }),
      apply: async () => failure({ kind: 'failed', write, failure: gone }),
      afterFailure: async () => 'unhandled',
    })
    expect(round).toEqual({ kind: 'failed' })
  })

  it('CAN-34: stable is not restored beyond the surge for pods that are about to go', () => {
    const next = nextCounts({
      canary: { size: 7, available: 0 },
      stable: { size: 1, available: 7 },
      otherSize: 0,
      wanted: { canary: 3, stable: 5 },
      budget: { surge: 0, unavailable: 4, maxPods: 8, minAvailable: 4 },
    })
    expect(next.stable).toBe(1)
  })

  it('CAN-21, REC-96: a template and a size changed at once do not give the canary more than its first step', () => {
    const rollout = aRollout({ replicas: 8, canary: { steps: [pause(), setWeight(50)], maxSurge: '50%' } })
    const journey = new RolloutJourney(aWorld({ rollout })).settle()
    journey.setImage('web:2').patchSpec({ replicas: 12 }).settle()
    expect(journey.phase).toContain('Paused')
    expect([journey.size('web:1'), journey.size('web:2')]).toEqual([12, 0])
  })

  it('CAN-41: a weight does not count as reached while stable lacks the available pods to get there', () => {
    const steps = [setWeight(75), setWeight(25), pause()]
    const rollout = aRollout({ replicas: 4, canary: { steps, maxSurge: 0, maxUnavailable: 1 } })
    const journey = new RolloutJourney(aWorld({ rollout })).settle()
    const stable = journey.replicaSet('web:1').metadata.name
    journey.isReady = (rs) => rs.metadata.name !== stable
    journey.setImage('web:2').settle()
    expect(journey.size('web:2')).toBe(2)
    expect(journey.status.currentStepIndex).toBe(1)
  })

  it('BG-40: a rollback within the window takes no timed pause, and does not wait for one at its preview size', () => {
    const blueGreen = { activeService: 'active', previewReplicaCount: 1, autoPromotionSeconds: 5 }
    const rollout = aRollout({ replicas: 3, blueGreen, spec: { rollbackWindow: { revisions: 2 } } })
    const journey = new RolloutJourney(aWorld({ rollout, services: { active: aService('active') } })).settle()
    journey.now += 1000
    journey.setImage('web:2').settle().awake().pass(60)
    expect(journey.phase).toBe('Healthy')
    journey.setImage('web:1').settle().pass(60)
    expect(journey.phase).toBe('Healthy')
    expect(journey.size('web:1')).toBe(3)
  })
})
