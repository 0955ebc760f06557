import { describe, expect, it } from 'vitest'
import { settlePods } from '#test/support/apply-decision.ts'
import { deadline, deployed, hash, newJourney, selected, serves } from '#test/support/blue-green-journey.ts'
import { aService } from '#test/support/builders/service.ts'
import type { RolloutJourney } from '#test/support/rollout-journey.ts'

const counts = ({ status }: RolloutJourney): string =>
  [status.replicas, status.updatedReplicas, status.readyReplicas, status.availableReplicas].join('/')

describe('a blue-green update', () => {
  it('BG-52: an initial deploy is stable at once and serves when saturated', () => {
    const journey = newJourney({ replicas: 3 }).settle()
    expect(journey.phase).toBe('Healthy')
    expect(serves(journey)).toBe('web:1')
    expect(journey.events).toEqual([
      ...['RolloutUpdated', 'NewReplicaSetCreated', 'SwitchService', 'ScalingReplicaSet'],
      ...['RolloutCompleted', 'SwitchService'],
    ])
  })

  it('BG-70: by default it switches as soon as the preview is saturated, and keeps the old one for the delay', () => {
    const journey = deployed({ replicas: 3 })
    journey.setImage('web:2').settle()
    expect(journey.phase).toBe('Healthy')
    expect(serves(journey)).toBe('web:2')
    expect(journey.status.stableRS).toBe(hash(journey, 'web:2'))
    expect(counts(journey)).toBe('6/3/3/3')
    expect(journey.requeueAt).toBe(journey.now + 30_000)
    journey.awake()
    expect([journey.size('web:1'), journey.size('web:2')]).toEqual([0, 3])
    expect(deadline(journey, 'web:1')).toBeUndefined()
    expect(journey.events).toEqual([
      ...['RolloutUpdated', 'NewReplicaSetCreated', 'SwitchService', 'RolloutNotCompleted', 'ScalingReplicaSet'],
      ...['SwitchService', 'RolloutCompleted', 'ScalingReplicaSet'],
    ])
  })

  it('BG-71: manual promotion waits at the preview size, then grows, then switches', () => {
    const journey = deployed({ replicas: 2, blueGreen: { autoPromotionEnabled: false, previewReplicaCount: 1 } })
    journey.setImage('web:2').settle()
    expect(journey.phase).toBe('Paused: BlueGreenPause')
    expect(selected(journey, 'preview')).toBe(hash(journey, 'web:2'))
    expect([serves(journey), counts(journey)]).toEqual(['web:1', '3/1/2/2'])
    journey.promote().settle()
    expect(journey.phase).toBe('Healthy')
    expect([serves(journey), counts(journey)]).toEqual(['web:2', '4/2/2/2'])
    expect(journey.status.blueGreen?.scaleUpPreviewCheckPoint).toBeUndefined()
  })

  it('BG-32: timed promotion counts from when the preview is ready', () => {
    const journey = deployed({ replicas: 2, blueGreen: { autoPromotionSeconds: 10 } })
    journey.setImage('web:2').settle()
    expect(journey.phase).toBe('Paused: BlueGreenPause')
    expect(journey.requeueAt).toBe(journey.now + 10_001)
    journey.awake()
    expect([journey.phase, serves(journey)]).toEqual(['Healthy', 'web:2'])
  })

  it('BG-33: clearing a timed pause starts it again', () => {
    const journey = deployed({ replicas: 2, blueGreen: { autoPromotionSeconds: 10 } })
    journey.setImage('web:2').settle()
    journey.pass(5).promote().settle()
    expect(journey.phase).toBe('Paused: BlueGreenPause')
    expect(journey.requeueAt).toBe(journey.now + 10_001)
  })

  it('BG-73: an abort before the cut-over scales the preview down after the abort delay', () => {
    const journey = deployed({ replicas: 2, blueGreen: { autoPromotionEnabled: false } })
    journey.setImage('web:2').settle()
    journey.abort().settle()
    expect(journey.phase).toBe('Degraded: RolloutAborted: Rollout aborted update to revision 2')
    expect([serves(journey), journey.size('web:2')]).toEqual(['web:1', 2])
    expect(journey.requeueAt).toBe(journey.now + 30_000)
    journey.awake()
    expect([serves(journey), journey.size('web:2')]).toEqual(['web:1', 0])
  })

  it('BG-73: an abort delay of 0 leaves the preview up', () => {
    const journey = deployed({
      replicas: 2,
      blueGreen: { autoPromotionEnabled: false, abortScaleDownDelaySeconds: 0 },
    })
    journey.setImage('web:2').settle()
    journey.abort().settle()
    expect([journey.requeueAt, journey.size('web:2')]).toEqual([undefined, 2])
  })

  it('BG-75: a retry brings the preview back', () => {
    const journey = deployed({ replicas: 2, blueGreen: { autoPromotionEnabled: false } })
    journey.setImage('web:2').settle()
    journey.abort().settle().awake()
    journey.retry().settle()
    expect([journey.phase, journey.size('web:2')]).toEqual(['Paused: BlueGreenPause', 2])
    expect(deadline(journey, 'web:2')).toBeUndefined()
  })

  it('BG-76: going back within the scale-down delay switches at once, pause or not', () => {
    const journey = deployed({ replicas: 2, blueGreen: { autoPromotionEnabled: false } })
    journey.setImage('web:2').settle().promote().settle()
    expect(serves(journey)).toBe('web:2')
    journey.setImage('web:1').settle()
    expect([journey.phase, serves(journey)]).toEqual(['Healthy', 'web:1'])
    expect(deadline(journey, 'web:1')).toBeUndefined()
    expect(deadline(journey, 'web:2')).toBeDefined()
  })

  it('BG-76: after the delay it is an ordinary update', () => {
    const journey = deployed({ replicas: 2, blueGreen: { autoPromotionEnabled: false } })
    journey.setImage('web:2').settle().promote().settle().awake()
    journey.setImage('web:1').settle()
    expect([journey.phase, serves(journey)]).toEqual(['Paused: BlueGreenPause', 'web:2'])
  })

  it('BG-77: going back to stable before the cut-over is Healthy again', () => {
    const journey = deployed({ replicas: 2, blueGreen: { autoPromotionEnabled: false } })
    journey.setImage('web:2').settle()
    journey.setImage('web:1').settle()
    expect([journey.phase, serves(journey)]).toEqual(['Healthy', 'web:1'])
    expect(deadline(journey, 'web:2')).toBeDefined()
    journey.awake()
    expect(journey.size('web:2')).toBe(0)
  })

  it('BG-78: a third template takes the preview over; the second waits out its delay', () => {
    const journey = deployed({ replicas: 2, blueGreen: { autoPromotionEnabled: false } })
    journey.setImage('web:2').settle()
    journey.setImage('web:3').settle()
    expect(selected(journey, 'preview')).toBe(hash(journey, 'web:3'))
    expect([journey.phase, serves(journey)]).toEqual(['Paused: BlueGreenPause', 'web:1'])
    expect([journey.size('web:2'), deadline(journey, 'web:2') !== undefined]).toEqual([2, true])
  })

  it('BG-79: a full promotion switches without a pause', () => {
    const journey = deployed({ replicas: 2, blueGreen: { autoPromotionEnabled: false, previewReplicaCount: 1 } })
    journey.setImage('web:2').settle().promoteFull().settle()
    expect([journey.phase, serves(journey)]).toEqual(['Healthy', 'web:2'])
    expect(journey.status.promoteFull).toBeUndefined()
  })

  it('ACT-41: a full promotion switches once all pods of the new version are available, not before', () => {
    const journey = deployed({ replicas: 2, blueGreen: { autoPromotionEnabled: false, previewReplicaCount: 1 } })
    journey.setImage('web:2').settle()
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
    journey.promoteFull().settle()
    expect([serves(journey), journey.size('web:2')]).toEqual(['web:1', 2])
    journey.isReady = () => true
    journey.world = settlePods(journey.world)
    journey.settle()
    expect([serves(journey), journey.phase]).toEqual(['web:2', 'Healthy'])
  })

  it('BG-81: the deadline aborts if wanted, and the preview goes', () => {
    const journey = deployed({
      replicas: 1,
      blueGreen: { abortScaleDownDelaySeconds: 2 },
      spec: { progressDeadlineAbort: true, progressDeadlineSeconds: 1 },
    })
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
    journey.setImage('web:2').settle().awake()
    expect(journey.phase).toMatch(/^Degraded: RolloutAborted: Rollout aborted update to revision 2: ReplicaSet/)
    journey.pass(2)
    expect([serves(journey), journey.size('web:2')]).toEqual(['web:1', 0])
  })

  it('BG-65: only the newest replaced ReplicaSets stay up, as many as the limit says', () => {
    const journey = deployed({
      replicas: 1,
      blueGreen: { scaleDownDelaySeconds: 86_400, scaleDownDelayRevisionLimit: 2 },
    })
    for (const n of [2, 3, 4]) journey.pass(60).setImage(`web:${n}`).settle()
    const sizes = () => [1, 2, 3, 4].map((n) => journey.size(`web:${n}`))
    expect(sizes()).toEqual([0, 1, 1, 1])
    const limited = { activeService: 'active', previewService: 'preview', scaleDownDelaySeconds: 86_400 }
    journey.patchSpec({ strategy: { blueGreen: { ...limited, scaleDownDelayRevisionLimit: 1 } } }).settle()
    expect(sizes()).toEqual([0, 0, 1, 1])
  })

  it('REC-113: a delay of 0 keeps the replaced ReplicaSet up without an alarm', () => {
    const journey = deployed({ replicas: 1, blueGreen: { scaleDownDelaySeconds: 0 } })
    journey.setImage('web:2').settle()
    expect([journey.size('web:1'), deadline(journey, 'web:1'), journey.requeueAt]).toEqual([1, undefined, undefined])
  })

  it('SVC-17, SVC-18, BG-60: a paused spec still sizes the preview, and switches nothing', () => {
    const journey = deployed({ replicas: 2 })
    journey.patchSpec({ paused: true }).setImage('web:2').settle()
    expect([journey.phase, serves(journey), journey.size('web:2')]).toEqual(['Paused: manually paused', 'web:1', 2])
    expect(selected(journey, 'preview')).toBe(hash(journey, 'web:1'))
    journey.patchSpec({ paused: false }).settle()
    expect([journey.phase, serves(journey)]).toEqual(['Healthy', 'web:2'])
  })

  it('BG-66, BG-16: an autoscaler moves stable, preview and what waits for its deadline', () => {
    const journey = deployed({ replicas: 2, blueGreen: { autoPromotionEnabled: false, previewReplicaCount: 1 } })
    journey.setImage('web:2').settle()
    journey.patchSpec({ replicas: 4 }).settle()
    expect([journey.size('web:1'), journey.size('web:2'), journey.phase]).toEqual([4, 1, 'Paused: BlueGreenPause'])
    journey.promote().settle()
    journey.patchSpec({ replicas: 3 }).settle()
    expect([journey.size('web:1'), journey.size('web:2')]).toEqual([3, 3])
  })

  it('BG-63: an abort returns traffic to stable even while the new pods crash', () => {
    const journey = deployed({ replicas: 2, blueGreen: { autoPromotionEnabled: false } })
    journey.setImage('web:2').settle()
    const active = journey.world.services['active']
    const switched = aService('active', hash(journey, 'web:2'), active?.metadata.annotations)
    journey.world = {
      ...journey.world,
      services: { ...journey.world.services, active: switched },
      replicaSets: journey.world.replicaSets.map((rs) =>
        rs.metadata.name === journey.replicaSet('web:2').metadata.name
          ? { ...rs, status: { ...rs.status, availableReplicas: 0, readyReplicas: 0 } }
          : rs,
      ),
    }
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
    journey.abort().settle()
    expect(serves(journey)).toBe('web:1')
  })
})
