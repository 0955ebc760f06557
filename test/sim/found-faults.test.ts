import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { nextCounts } from '#engine/rollout/canary/next-counts.ts'
import { silentLog } from '#lib/log.ts'
import { failure, success } from '#lib/outcome.ts'
import { runRound } from '#main/controller/runner.ts'
import { settlePods } from '#test/support/apply-decision.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'
import { aRoutedRelease } from '#test/support/routed-journey.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const dynamic = { dynamicStableScale: true }

/** Of the pods that start from now on. */
function onlyReady<J extends RolloutJourney>(journey: J, image: string): J {
  journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === image
  journey.world = settlePods(journey.world, journey.isReady)
  return journey
}

/** By hand: a size, or how many pods are available. */
function change(
  journey: RolloutJourney,
  image: string,
  { size, available }: { size?: number; available?: number },
): void {
  const changed = journey.replicaSet(image)
  const replicaSets = journey.world.replicaSets.map((rs) =>
    rs.metadata.name !== changed.metadata.name
      ? rs
      : {
          ...rs,
          ...(size !== undefined && { spec: { ...rs.spec, replicas: size } }),
          ...(available !== undefined && { status: { ...rs.status, availableReplicas: available } }),
        },
  )
  journey.world = { ...journey.world, replicaSets }
}

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
      due: (_key, due) => ({ due, waitMs: 0 }),
      apply: async () => failure({ kind: 'failed', write, failure: gone }),
      afterFailure: async () => 'unhandled',
      ask: () => undefined,
      ended: () => undefined,
    })
    expect(round).toEqual({ kind: 'failed' })
  })

  it('CAN-34: stable is not restored beyond the surge for pods that are about to go', () => {
    const next = nextCounts({
      canary: { size: 7, available: 0 },
      stable: { size: 1, available: 7 },
      others: { size: 0, available: 0 },
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

  it('CAN-33: an abort brings stable back although a good intermediate revision and a bad canary fill the surge', () => {
    const canary = { steps: [setWeight(100), pause()], maxSurge: 1, maxUnavailable: 0 }
    const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 4, canary }) })).settle()
    journey.setImage('web:2').settle()
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image !== 'web:3'
    journey.setImage('web:3').settle()
    const sizes = () => ['web:1', 'web:2', 'web:3'].map((image) => journey.size(image))
    expect(sizes()).toEqual([0, 4, 1])
    journey.abort().settle()
    expect(sizes()).toEqual([4, 0, 0])
  })

  it('CAN-45: at full weight the stable Service has pods behind it, and goes back to stable with an abort', () => {
    const canary = { stableService: 'stable', steps: [setWeight(100), pause()], maxSurge: 1, maxUnavailable: 0 }
    const services = { stable: aService('stable') }
    const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 4, canary }), services })).settle()
    const served = () => {
      const hash = journey.world.services['stable']?.spec?.selector?.['rollouts-pod-template-hash']
      const rs = journey.world.replicaSets.find((each) => each.metadata.name === `web-${hash}`)
      return [rs?.spec.template.spec?.containers[0]?.image, rs?.spec.replicas]
    }
    journey.setImage('web:2').settle()
    expect(journey.phase).toBe('Paused: CanaryPauseStep')
    expect(served()).toEqual(['web:2', 4])
    const order = journey.rounds.flatMap(({ writes }) => writes.map(({ summary }) => summary))
    const moves = order.findLastIndex((each) => each.startsWith('Switch selector'))
    expect(moves).toBeLessThan(order.findIndex((each) => each.endsWith('(revision 1) from 1 to 0')))
    journey.abort().settle()
    expect(served()).toEqual(['web:1', 4])
  })

  it('CAN-39: stable loses no pods in the round in which the requests come back to it', () => {
    const journey = aRoutedRelease({ replicas: 5, steps: [setWeight(60), pause()], canary: dynamic })
    journey.setImage('web:2').settle()
    expect([journey.traffic.at(-1), journey.size('web:1')]).toEqual(['60/40', 2])
    change(journey, 'web:1', { size: 5 })
    change(journey, 'web:2', { available: 0 })
    onlyReady(journey, 'web:1').forget().settle()
    expect(journey.traffic).toEqual(['60/40', '0/100'])
    expect(journey.sizes.every((each) => each.endsWith('/5'))).toBe(true)
  })

  it('REC-32: a change of size takes no pods that have requests, whatever the step at hand wants', () => {
    const journey = aRoutedRelease({ replicas: 5, steps: [setWeight(90), pause(), setWeight(50), pause()] })
    journey.setImage('web:2').settle()
    change(journey, 'web:1', { available: 0 })
    onlyReady(journey, 'web:2').promote().settle()
    expect([journey.traffic.at(-1), journey.status.currentStepIndex]).toEqual(['90/10', 2])
    journey.patchSpec({ replicas: 4 }).settle()
    expect(journey.size('web:2')).toBe(4)
  })

  it('CAN-36: under dynamicStableScale stable keeps its pods as long as the status does not tell what it gets', () => {
    const journey = aRoutedRelease({ replicas: 5, steps: [setWeight(100), pause()], canary: dynamic })
    change(journey, 'web:1', { available: 0 })
    onlyReady(journey, 'none of them').patchStatus({ canary: { weights: null } })
    journey.setImage('web:2').settle()
    expect([journey.size('web:1'), ...journey.traffic]).toEqual([5, '0/100'])
  })

  it('CAN-74, TR-15: a canary that stays up after an abort gets nothing more once stable is whole', () => {
    const canary = { ...dynamic, abortScaleDownDelaySeconds: 0 }
    const journey = aRoutedRelease({ replicas: 5, steps: [setWeight(20), setWeight(80), pause()], canary })
    journey.setImage('web:2').settle().abort().settle()
    expect([journey.traffic.at(-1), journey.size('web:1'), journey.size('web:2')]).toEqual(['0/100', 5, 4])
  })

  it('SVC-10: under dynamicStableScale the canary Service waits for stable, also where the status tells of no weight', () => {
    const journey = aRoutedRelease({ replicas: 5, steps: [setWeight(20), pause()], canary: dynamic })
    journey.setImage('web:2').settle()
    const [canary, stable] = [journey.selected('web-canary'), journey.selected('web-stable')]
    onlyReady(journey, 'web:2')
      .patchStatus({ canary: { weights: { canary: { weight: 0 } } } })
      .abort()
      .settle()
    expect(journey.selected('web-canary')).toBe(canary)
    onlyReady(journey, 'web:1').settle()
    expect(journey.selected('web-canary')).toBe(stable)
  })

  it('TR-14: after the abort of an update without pods the requests of the one before stay with it until stable has them', () => {
    const journey = aRoutedRelease({ replicas: 5, steps: [setWeight(40), pause()], canary: dynamic })
    journey.setImage('web:2').settle()
    const before = journey.selected('web-canary')
    onlyReady(journey, 'web:2').setImage('web:3').settle().abort().settle()
    expect(journey.weights[0]).toMatchObject({ weight: 40, podTemplateHash: before })
    onlyReady(journey, 'web:1').settle()
    expect(journey.traffic.at(-1)).toBe('0/100')
    expect(journey.weights[0]?.podTemplateHash).not.toBe(before)
  })

  it('REC-72: a full promotion of pods that cannot start is aborted once, and stays aborted', () => {
    const spec = { progressDeadlineAbort: true, progressDeadlineSeconds: 60 }
    const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 2, steps: [setWeight(50)], spec }) }))
    journey.settle().isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
    journey.setImage('web:2').settle().promoteFull().settle().awake()
    expect(journey.phase).toMatch(/^Degraded: RolloutAborted/)
    expect(journey.status.promoteFull).toBeUndefined()
    journey.pass(600)
    expect(journey.events.filter((reason) => reason === 'RolloutAborted')).toHaveLength(2)
    expect([journey.size('web:1'), journey.size('web:2')]).toEqual([2, 0])
  })

  it('REC-72: a rollback within the window, which nothing can abort, degrades at its deadline and stays so', () => {
    const window = { rollbackWindow: { revisions: 1 } }
    const spec = { progressDeadlineAbort: true, progressDeadlineSeconds: 60, ...window }
    const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 2, steps: [setWeight(50)], spec }) }))
    journey.settle().pass(60).setImage('web:2').settle()
    expect(journey.phase).toBe('Healthy')
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:2'
    journey.setImage('web:1').settle().awake().pass(600)
    expect(journey.phase).toMatch(/^Degraded: ProgressDeadlineExceeded/)
    expect(journey.events).not.toContain('RolloutAborted')
  })
})
