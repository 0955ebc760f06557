import { describe, expect, it } from 'vitest'
import type { BlueGreenStrategy, CanaryStrategy, RolloutStatus } from '#api/rollout.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import type { StatusFields } from '#engine/rollout/status/draft.ts'
import { diffStatus, toStatus } from '#engine/rollout/status/persist.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { settlePods } from '#test/support/apply-decision.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const services = { active: aService('active'), preview: aService('preview') }
const steps = [setWeight(50), pause(), pause('1h')]
const start = (rollout: Parameters<typeof aRollout>[0]) =>
  new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 4, ...rollout }), services })).settle()

/** Half way: two pods of `web:2`, two of `web:1`, unless said otherwise. */
function midway(canary: CanaryStrategy = {}): RolloutJourney {
  const journey = start({ canary: { maxSurge: 0, maxUnavailable: 1, steps, ...canary } })
  journey.now += 3_600_000
  return journey.setImage('web:2').settle()
}

/** The new version stands beside the old one and waits. */
function previewed(blueGreen: BlueGreenStrategy = {}): RolloutJourney {
  const strategy = { activeService: 'active', previewService: 'preview', autoPromotionEnabled: false, ...blueGreen }
  const journey = start({ blueGreen: strategy })
  journey.now += 3_600_000
  return journey.setImage('web:2').settle()
}

const hash = (journey: RolloutJourney, image: string) =>
  journey.replicaSet(image).metadata.labels?.['rollouts-pod-template-hash']
const seconds = (journey: RolloutJourney) => formatSeconds(journey.now)

describe('the status of a canary', () => {
  it('API-204, API-207: tells the hashes of the new and of the stable ReplicaSet', () => {
    const journey = midway()
    expect(journey.status).toMatchObject({ currentPodHash: hash(journey, 'web:2'), stableRS: hash(journey, 'web:1') })
    journey.promoteFull().settle()
    expect(journey.status.stableRS).toBe(hash(journey, 'web:2'))
  })

  it('API-208, API-209, API-210, API-211, API-212: counts pods of all ReplicaSets, and new ones apart', () => {
    const journey = midway()
    expect(journey.status).toMatchObject({
      replicas: 4,
      updatedReplicas: 2,
      readyReplicas: 4,
      availableReplicas: 4,
      HPAReplicas: 4,
    })
  })

  it('API-210, API-211: pods that are not ready count as existing only', () => {
    const journey = start({ canary: { maxSurge: 0, maxUnavailable: 1, steps } })
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image !== 'web:2'
    journey.setImage('web:2').settle()
    expect(journey.status).toMatchObject({ replicas: 4, updatedReplicas: 1, readyReplicas: 3, availableReplicas: 3 })
  })

  it('API-213: the selector is the one of the spec, as text', () => {
    expect(midway().status.selector).toBe('app=web')
  })

  it('API-205, API-206: the step index counts from 0 to the number of steps; the steps have a hash', () => {
    const journey = midway()
    expect(journey.status.currentStepIndex).toBe(1)
    const before = journey.status.currentStepHash
    expect(before).toMatch(/^\w+$/)
    journey.promoteFull().settle()
    expect(journey.status.currentStepIndex).toBe(3)
    journey.patchSpec({ strategy: { canary: { steps: [setWeight(10)] } } }).settle()
    expect(journey.status.currentStepHash).not.toBe(before)
    expect(start({ canary: {} }).status).not.toHaveProperty('currentStepIndex')
  })

  it('API-202, API-203: a pause has a reason and a time, and the controller says that it is its own', () => {
    const journey = midway()
    const startTime = seconds(journey)
    expect(journey.status).toMatchObject({
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime }],
      controllerPause: true,
    })
    journey.pass(60)
    expect(journey.status.pauseConditions).toEqual([{ reason: 'CanaryPauseStep', startTime }])
    journey.promote().settle()
    expect(journey.status.currentStepIndex).toBe(2)
    expect(journey.status.pauseConditions).toEqual([{ reason: 'CanaryPauseStep', startTime: seconds(journey) }])
  })

  it('API-200, API-201: an abort is recorded with the second it was seen, until it ends', () => {
    const journey = midway()
    journey.now += 700
    const at = seconds(journey)
    journey.abort().settle().pass(90)
    expect(journey.status).toMatchObject({ abort: true, abortedAt: at, currentStepIndex: 0 })
    journey.retry().settle()
    expect(journey.status.abort).toBe(false)
    expect(journey.status).not.toHaveProperty('abortedAt')
  })

  it('API-220: full promotion is cleared when it is done', () => {
    expect(midway().promoteFull().settle().status).not.toHaveProperty('promoteFull')
  })

  it('API-215: the generation is text', () => {
    const journey = midway()
    expect(journey.status.observedGeneration).toBe(String(journey.world.rollout.metadata.generation))
  })

  it('API-216: there is no generation of a workload without a workload', () => {
    expect(midway().status).not.toHaveProperty('workloadObservedGeneration')
  })

  it('API-217: conditions have all their fields', () => {
    const conditions = midway().status.conditions ?? []
    expect(conditions.length).toBeGreaterThan(2)
    for (const condition of conditions)
      expect(Object.keys(condition).toSorted()).toEqual([
        'lastTransitionTime',
        'lastUpdateTime',
        'message',
        'reason',
        'status',
        'type',
      ])
  })

  it('API-218, API-219: phase and message', () => {
    const journey = midway()
    expect([journey.status.phase, journey.status.message]).toEqual(['Paused', 'CanaryPauseStep'])
    journey.promoteFull().settle()
    expect(journey.status.phase).toBe('Healthy')
    expect(journey.status).not.toHaveProperty('message')
    journey.isReady = () => false
    journey.setImage('web:3').settle()
    expect(journey.status.phase).toBe('Progressing')
    journey.abort().settle()
    expect(journey.status.phase).toBe('Degraded')
  })

  it('API-230: an attempt is timed', () => {
    const journey = midway()
    const started = seconds(journey)
    expect(journey.status.duration).toMatchObject({ rolloutStartedAt: started, manualPauseStartedAt: started })
    journey.pass(60).promoteFull().settle()
    expect(journey.status.duration).toMatchObject({
      rolloutStartedAt: started,
      finishedAt: seconds(journey),
      completionStatus: 'FastPromoted',
      totalManualPauseDurationSeconds: 60,
    })
  })

  it('API-221: a restart that is done is recorded', () => {
    const journey = midway()
    const restartAt = formatSeconds(journey.now - 1000)
    journey.patchSpec({ restartAt }).settle()
    expect(journey.status.restartedAt).toBe(restartAt)
  })
})

describe('the status of a blue-green rollout', () => {
  it('API-228: tells which hash each Service selects', () => {
    const journey = previewed()
    expect(journey.status.blueGreen).toEqual({
      activeSelector: hash(journey, 'web:1'),
      previewSelector: hash(journey, 'web:2'),
    })
  })

  it('API-210, API-211, API-212, API-213: what serves is counted, and selected with its hash', () => {
    const journey = previewed({ previewReplicaCount: 1 })
    expect(journey.status).toMatchObject({
      replicas: 5,
      updatedReplicas: 1,
      readyReplicas: 4,
      availableReplicas: 4,
      HPAReplicas: 4,
      selector: `app=web,rollouts-pod-template-hash=${hash(journey, 'web:1')}`,
    })
    expect(journey.status).not.toHaveProperty('currentStepHash')
  })

  it('API-229: a preview that was approved at its small size is marked until it serves', () => {
    const journey = previewed({ previewReplicaCount: 1 })
    journey.isReady = (rs) => (rs.spec.replicas ?? 0) <= 1 || rs.spec.template.spec?.containers[0]?.image === 'web:1'
    journey.promote().settle()
    expect(journey.status.blueGreen?.scaleUpPreviewCheckPoint).toBe(true)
    journey.isReady = () => true
    journey.world = settlePods(journey.world, journey.isReady)
    expect(journey.settle().status.blueGreen?.scaleUpPreviewCheckPoint).toBeUndefined()
  })

  it('API-231: fields of the other strategy go, what routers keep stays', () => {
    const weights = { canary: { weight: 0 }, stable: { weight: 100, serviceName: 'active' } }
    const alb = { loadBalancer: { name: '', arn: '', fullName: '' } }
    const journey = previewed().patchStatus({
      currentStepIndex: 2,
      currentStepHash: 'abc',
      restartedAt: '2026-01-01T00:00:00Z',
      alb,
      albs: [alb],
      canary: { stablePingPong: 'ping', currentExperiment: 'exp', weights },
    })
    journey.settle()
    expect(journey.status.canary).toEqual({ weights })
    expect(journey.status).toMatchObject({ restartedAt: '2026-01-01T00:00:00Z', alb, albs: [alb] })
    expect(journey.status).not.toHaveProperty('currentStepIndex')
    expect(journey.status).not.toHaveProperty('currentStepHash')
  })
})

describe('what is sent of a status', () => {
  const stored: RolloutStatus = {
    replicas: 2,
    message: 'old',
    pauseConditions: [
      { reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' },
      { reason: 'BlueGreenPause', startTime: '2026-01-15T10:00:00Z' },
    ],
    canary: { currentExperiment: 'exp', stablePingPong: 'ping' },
  }
  const next: StatusFields = {
    replicas: 3,
    message: '',
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' }],
    canary: { stablePingPong: 'ping' },
    blueGreen: {},
  }

  it('API-232: what changed, what went as null, lists whole, and the parts of strategies key by key', () => {
    const patch = diffStatus(stored, next)
    expect(patch).toEqual({
      replicas: 3,
      message: null,
      pauseConditions: next.pauseConditions,
      canary: { currentExperiment: null },
    })
    expect(applyMergePatch(stored, patch)).toEqual({
      replicas: 3,
      pauseConditions: next.pauseConditions,
      canary: { stablePingPong: 'ping' },
    })
  })

  it('API-232: nothing when nothing differs, also where the stored status has no part of a strategy', () => {
    expect(diffStatus({ replicas: 3 }, { replicas: 3, message: '', canary: {}, blueGreen: {} })).toBeUndefined()
  })

  it('API-232: zeros are absent, but for the step index, collisions and weights', () => {
    const weights = { canary: { weight: 0 }, stable: { weight: 0 } }
    expect(
      toStatus({
        replicas: 0,
        abort: false,
        message: '',
        pauseConditions: [],
        currentStepIndex: 0,
        collisionCount: 0,
        canary: { weights, currentExperiment: '' },
        blueGreen: { scaleUpPreviewCheckPoint: false, activeSelector: '' },
      }),
    ).toEqual({ currentStepIndex: 0, collisionCount: 0, canary: { weights }, blueGreen: {} })
  })
})

describe('what others wrote into a status', () => {
  const foreign = { wave: 3, canary: { notes: 'kept' } }

  it('REC-152: fields that nobody knows, and those of routers and timing, survive every round', () => {
    const journey = midway()
    const albs = [{ ingress: 'web', loadBalancer: { name: 'lb', arn: 'arn', fullName: 'lb' } }]
    journey
      .patchStatus({ ...foreign, albs })
      .promote()
      .settle()
    journey.abort().settle().retry().settle().promoteFull().settle()
    expect(journey.phase).toBe('Healthy')
    expect(journey.status).toMatchObject({ ...foreign, albs, duration: { completionStatus: 'FastPromoted' } })
  })

  it('REC-167: a round whose status write says nothing of an abort or a promotion leaves both alone', () => {
    const journey = midway()
    journey.patchSpec({ progressDeadlineSeconds: 700 })
    const decision = reconcileRollout(journey.world, journey.now)
    // Both arrive after the world was read; the write has no say in them.
    journey.patchStatus({ abort: true, promoteFull: true })
    const bodies = decision.writes.flatMap((write) => (write.kind === 'patch' ? [write.body] : []))
    const after = bodies.reduce<unknown>((object, body) => applyMergePatch(object, body), journey.world.rollout)
    expect(after).toMatchObject({ status: { abort: true, promoteFull: true, observedGeneration: '3' } })
  })
})
