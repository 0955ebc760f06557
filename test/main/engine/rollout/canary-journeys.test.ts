import { describe, expect, it } from 'vitest'
import type { CanaryStep, CanaryStrategy } from '#api/rollout.ts'
import { settlePods } from '#test/support/apply-decision.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

interface Setting {
  readonly replicas: number
  readonly steps?: readonly CanaryStep[]
  readonly canary?: CanaryStrategy
}

/** A Rollout that is Healthy on `web:1`, with nothing recorded yet. */
function deployed({ replicas, steps = [], canary }: Setting): RolloutJourney {
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas, canary: { ...canary, steps } }) })).settle()
  journey.events = []
  journey.sizes = []
  journey.now += 3_600_000
  return journey
}

const exact = { maxSurge: 1, maxUnavailable: 0 }

describe('a canary update', () => {
  it('CAN-71: an initial deploy takes no steps and ends Healthy', () => {
    const rollout = aRollout({ replicas: 5, steps: [setWeight(20), pause()] })
    const journey = new RolloutJourney(aWorld({ rollout })).settle()
    expect(journey.phase).toBe('Healthy')
    expect(journey.events).toEqual([
      'RolloutUpdated',
      'NewReplicaSetCreated',
      'RolloutNotCompleted',
      'ScalingReplicaSet',
      'RolloutCompleted',
    ])
    expect(journey.status).toMatchObject({ currentStepIndex: 2, replicas: 5, updatedReplicas: 5, HPAReplicas: 5 })
    expect(journey.status.conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['Completed', 'True', 'RolloutCompleted'],
      ['Healthy', 'True', 'RolloutHealthy'],
      ['Progressing', 'True', 'NewReplicaSetAvailable'],
      ['Available', 'True', 'AvailableReason'],
    ])
  })

  it('CAN-42, CAN-43: pauses at an open-ended pause until promoted, and goes on to Healthy', () => {
    const journey = deployed({ replicas: 5, steps: [setWeight(20), pause(), setWeight(40), pause(10)] })
    journey.setImage('web:2').settle()
    expect(journey.phase).toBe('Paused: CanaryPauseStep')
    expect(journey.status).toMatchObject({ currentStepIndex: 1, controllerPause: true })
    expect(journey.sizes.at(-1)).toBe('1/4')
    expect(journey.requeueAt).toBeUndefined()

    journey.promote().settle()
    expect(journey.sizes.at(-1)).toBe('2/3')
    expect(journey.status.currentStepIndex).toBe(3)
    const startedAt = Date.parse(journey.status.pauseConditions?.[0]?.startTime ?? '')
    expect(journey.requeueAt).toBe(startedAt + 10_001)

    journey.awake()
    expect(journey.phase).toBe('Healthy')
    expect(journey.size('web:1')).toBe(0)
    expect(journey.size('web:2')).toBe(5)
  })

  it('REC-93: a timed pause ends strictly after its time', () => {
    const journey = deployed({ replicas: 1, steps: [pause(10)] })
    journey.setImage('web:2').settle()
    expect(journey.pass(10).phase).toBe('Paused: CanaryPauseStep')
    journey.now += 1
    expect(journey.settle().phase).toBe('Healthy')
  })

  it('CAN-43: two pauses in a row pause twice', () => {
    const journey = deployed({ replicas: 2, steps: [pause(), pause()] })
    journey.setImage('web:2').settle()
    expect(journey.promote().settle().phase).toBe('Paused: CanaryPauseStep')
    expect(journey.status.currentStepIndex).toBe(1)
    expect(journey.promote().settle().phase).toBe('Healthy')
  })

  it('REC section 15: abort, retry and complete emit the reasons in the documented order', () => {
    const journey = deployed({ replicas: 1, steps: [setWeight(50), pause(3)] })
    journey.setImage('web:2').settle()
    journey.abort().settle()
    journey.retry().settle()
    journey.awake()
    expect(journey.events).toEqual([
      ...['RolloutUpdated', 'NewReplicaSetCreated', 'RolloutNotCompleted', 'ScalingReplicaSet'],
      ...['RolloutStepCompleted', 'RolloutPaused'],
      ...['ScalingReplicaSet', 'RolloutAborted'],
      ...['ScalingReplicaSet', 'RolloutStepCompleted', 'RolloutPaused'],
      ...['RolloutStepCompleted', 'RolloutResumed', 'ScalingReplicaSet', 'RolloutCompleted'],
    ])
  })

  it('CAN-73, E40: an abort walks back within surge and availability and stays Degraded', () => {
    const journey = deployed({ replicas: 4, steps: [setWeight(100), pause()], canary: exact })
    journey.setImage('web:2').settle()
    expect(journey.sizes.at(-1)).toBe('4/0')
    journey.sizes = []
    journey.abort().settle()
    expect(journey.sizes).toEqual(['4/0', '4/1', '3/1', '3/2', '2/2', '2/3', '1/3', '1/4', '0/4'])
    expect(journey.phase).toBe('Degraded: RolloutAborted: Rollout aborted update to revision 2')
    expect(journey.status).toMatchObject({ abort: true, currentStepIndex: 0 })
    expect(journey.status.abortedAt).toBeDefined()
    expect(journey.status.pauseConditions).toBeUndefined()
  })

  it('CAN-75: a retry starts from the first step', () => {
    const journey = deployed({ replicas: 4, steps: [setWeight(25), pause(), setWeight(50), pause()], canary: exact })
    journey.setImage('web:2').settle()
    journey.promote().settle()
    journey.abort().settle()
    journey.retry().settle()
    expect(journey.phase).toBe('Paused: CanaryPauseStep')
    expect(journey.status.currentStepIndex).toBe(1)
    expect(journey.status.abortedAt).toBeUndefined()
    expect(journey.sizes.at(-1)).toBe('1/3')
  })

  it('CAN-76: a full promotion skips pauses, honours the limits and ends Healthy', () => {
    const journey = deployed({ replicas: 4, steps: [setWeight(25), pause(), setWeight(50), pause()], canary: exact })
    journey.setImage('web:2').settle()
    journey.promoteFull().settle()
    expect(journey.phase).toBe('Healthy')
    expect(journey.status.promoteFull).toBeUndefined()
    expect(journey.status.duration?.completionStatus).toBe('FastPromoted')
  })

  it('ACT-41: a full promotion waits for available pods, then is told of and forgotten', () => {
    const journey = deployed({ replicas: 4, steps: [setWeight(25), pause(), setWeight(50), pause()], canary: exact })
    journey.setImage('web:2').settle()
    expect(journey.status.pauseConditions).toHaveLength(1)
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
    journey.promoteFull().settle()
    expect(journey.status).toMatchObject({ promoteFull: true, currentStepIndex: 4 })
    expect(journey.status.pauseConditions).toBeUndefined()
    expect(journey.status.stableRS).not.toBe(journey.status.currentPodHash)
    journey.isReady = () => true
    journey.world = settlePods(journey.world)
    journey.settle()
    expect(journey.status.stableRS).toBe(journey.status.currentPodHash)
    expect(journey.status).not.toHaveProperty('promoteFull')
    expect([journey.size('web:1'), journey.size('web:2')]).toEqual([0, 4])
    const told = journey.rounds.flatMap(({ writes }) => writes).filter((write) => write.kind === 'event')
    expect(told.at(-1)?.message).toMatch(/^Rollout completed update to revision 2 \(\w+\): Full promotion requested$/)
  })

  it('ACT-41: another template ends a full promotion: the new version takes its steps', () => {
    const journey = deployed({ replicas: 4, steps: [setWeight(25), pause()], canary: exact })
    journey.setImage('web:2').settle()
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image !== 'web:2'
    journey.promoteFull().settle()
    expect(journey.status.promoteFull).toBe(true)
    journey.setImage('web:3').settle()
    expect(journey.status).not.toHaveProperty('promoteFull')
    expect([journey.phase, journey.size('web:3')]).toEqual(['Paused: CanaryPauseStep', 1])
  })

  it('ACT-42: a full promotion revives an aborted update', () => {
    const journey = deployed({ replicas: 4, steps: [setWeight(25), pause()], canary: exact })
    journey.setImage('web:2').settle()
    journey.abort().settle()
    journey.promoteFull().settle()
    expect(journey.phase).toBe('Healthy')
    expect(journey.size('web:2')).toBe(4)
  })

  it('REC-54, CAN-52: an undo to stable re-uses its ReplicaSet under a new revision and skips the steps', () => {
    const journey = deployed({ replicas: 4, steps: [setWeight(25), pause()], canary: exact })
    journey.setImage('web:2').settle()
    journey.setImage('web:1').settle()
    expect(journey.phase).toBe('Healthy')
    expect(journey.world.replicaSets).toHaveLength(2)
    expect(journey.replicaSet('web:1').metadata.annotations).toMatchObject({
      'rollout.argoproj.io/revision': '3',
      'rollout.argoproj.io/revision-history': '1',
    })
    expect(journey.world.rollout.metadata.annotations?.['rollout.argoproj.io/revision']).toBe('3')
    expect(journey.events).toContain('SkipSteps')
    expect(journey.status.duration?.completionStatus).toBe('FastRolledBack')
  })

  it('REC-54: going back and forth numbers revisions upwards and keeps their history', () => {
    const journey = deployed({ replicas: 1 })
    for (const image of ['web:2', 'web:3', 'web:1', 'web:2', 'web:1']) journey.setImage(image).settle()
    const numbers = ['web:1', 'web:2', 'web:3'].map((image) => {
      const notes = journey.replicaSet(image).metadata.annotations ?? {}
      return [notes['rollout.argoproj.io/revision'], notes['rollout.argoproj.io/revision-history']]
    })
    expect(numbers).toEqual([
      ['6', '1,4'],
      ['5', '2'],
      ['3', undefined],
    ])
  })

  it('REC-90: a rollback within the window takes no steps; one outside takes them', () => {
    const steps = [setWeight(50), pause()]
    const journey = new RolloutJourney(
      aWorld({ rollout: aRollout({ replicas: 2, steps, spec: { rollbackWindow: { revisions: 1 } } }) }),
    ).settle()
    for (const image of ['web:2', 'web:3']) journey.pass(60).setImage(image).settle().promoteFull().settle()
    journey.setImage('web:2').settle()
    expect(journey.phase).toBe('Healthy')
    journey.setImage('web:1').settle()
    expect(journey.phase).toBe('Healthy')
    journey.setImage('web:3').settle()
    expect(journey.phase).toBe('Paused: CanaryPauseStep')
  })

  it('CAN-77: a third template takes over; the bad second one goes first', () => {
    const journey = deployed({ replicas: 4, steps: [setWeight(25), pause()], canary: exact })
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image !== 'web:2'
    journey.setImage('web:2').settle()
    expect([journey.size('web:2'), journey.replicaSet('web:2').status?.availableReplicas]).toEqual([1, 0])
    journey.setImage('web:3').settle()
    expect([journey.size('web:1'), journey.size('web:2'), journey.size('web:3')]).toEqual([3, 0, 1])
    expect(journey.phase).toBe('Paused: CanaryPauseStep')
  })

  it('CAN-79a: editing the steps mid-way starts over with the same ReplicaSet', () => {
    const journey = deployed({ replicas: 4, steps: [setWeight(25), pause(), setWeight(50), pause()], canary: exact })
    journey.setImage('web:2').settle()
    journey.promote().settle()
    expect(journey.status.currentStepIndex).toBe(3)
    journey.patchSpec({ strategy: { canary: { steps: [setWeight(50), pause()] } } }).settle()
    expect(journey.status.currentStepIndex).toBe(1)
    expect(journey.world.replicaSets).toHaveLength(2)
  })

  it('CAN-70: a paused spec holds sizes and steps until it is lifted', () => {
    const journey = deployed({ replicas: 4, steps: [setWeight(50)], canary: exact })
    journey.patchSpec({ paused: true }).setImage('web:2').settle()
    expect(journey.phase).toBe('Paused: manually paused')
    expect(journey.size('web:2')).toBe(0)
    journey.patchSpec({ paused: false }).settle()
    expect(journey.phase).toBe('Healthy')
  })

  it('CAN-79b, E39: without steps it is a rolling update', () => {
    const journey = deployed({ replicas: 4, canary: exact })
    journey.setImage('web:2').settle()
    expect(journey.sizes).toEqual(['0/4', '1/4', '1/3', '2/3', '2/2', '3/2', '3/1', '4/1', '0/4'])
  })

  it('E37: weights 20, 50 and 100 of ten pods move in the documented sizes', () => {
    const journey = deployed({ replicas: 10, steps: [20, 50, 100].flatMap((weight) => [setWeight(weight), pause()]) })
    const walk = () => journey.settle().sizes.splice(0)
    expect(journey.setImage('web:2') && walk()).toEqual(['0/10', '0/8', '2/8'])
    expect(journey.promote() && walk()).toEqual(['2/8', '2/6', '5/6', '5/5'])
    expect(journey.promote() && walk()).toEqual(['5/5', '5/3', '10/3', '10/0'])
  })

  it('E41: five steps of five pods move in the documented sizes', () => {
    const journey = deployed({ replicas: 5, steps: [20, 40, 60, 80, 100].flatMap((w) => [setWeight(w), pause()]) })
    journey.setImage('web:2').settle()
    for (let i = 0; i < 4; i++) journey.promote().settle()
    const expected = ['0/5', '0/4', '1/4', '1/3', '2/3', '2/2', '3/2', '3/1', '4/1', '4/0', '5/0']
    expect(journey.sizes).toEqual(expected)
  })

  it('E43: scaling while paused keeps the share', () => {
    const journey = deployed({ replicas: 1, steps: [setWeight(25), pause()] })
    const walk = () => journey.settle().sizes.splice(0)
    journey.setImage('web:2').settle()
    expect(journey.sizes.splice(0).at(-1)).toBe('1/1')
    expect(journey.patchSpec({ replicas: 8 }) && walk()).toEqual(['1/1', '1/6', '2/6'])
    expect(journey.patchSpec({ replicas: 4 }) && walk()).toEqual(['2/6', '2/4', '1/4', '1/3'])
    expect(journey.phase).toBe('Paused: CanaryPauseStep')
  })

  it('E44: scaling with a canary that never gets ready only grows what may grow', () => {
    const journey = deployed({ replicas: 4, canary: { maxSurge: 2, maxUnavailable: 0 } })
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
    journey.setImage('web:2').settle()
    expect(journey.sizes.splice(0).at(-1)).toBe('2/4')
    expect(journey.patchSpec({ replicas: 8 }).settle().sizes.splice(0).at(-1)).toBe('6/4')
    expect(journey.patchSpec({ replicas: 4 }).settle().sizes.splice(0).at(-1)).toBe('2/4')
  })

  it('CAN-59: an abort of an idle rollout is discarded', () => {
    const journey = deployed({ replicas: 2 }).abort().settle()
    expect(journey.phase).toBe('Healthy')
    expect(journey.status.abort ?? false).toBe(false)
  })

  it('CAN-79c: no replicas at all completes', () => {
    const journey = deployed({ replicas: 0, steps: [setWeight(50)] })
    journey.setImage('web:2').settle()
    expect(journey.phase).toBe('Healthy')
  })

  it('REC-63, REC-73: without progress the deadline degrades the rollout, and progress heals it', () => {
    const journey = deployed({ replicas: 2, steps: [setWeight(50)] })
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
    journey.setImage('web:2').settle()
    expect(journey.requeueAt).toBe(journey.now + 601_000)
    journey.awake()
    expect(journey.phase).toMatch(
      /^Degraded: ProgressDeadlineExceeded: ReplicaSet "web-\w+" has timed out progressing\.$/,
    )
    expect(journey.status.abort ?? false).toBe(false)
    journey.isReady = () => true
    journey.world = { ...journey.world, replicaSets: journey.world.replicaSets.map((rs) => ready(rs)) }
    expect(journey.settle().phase).toBe('Healthy')
  })

  it('REC-72: progressDeadlineAbort aborts instead', () => {
    const journey = deployed({ replicas: 2, steps: [setWeight(50)] })
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
    journey.patchSpec({ progressDeadlineAbort: true }).settle()
    journey.setImage('web:2').settle().awake()
    expect(journey.phase).toMatch(/^Degraded: RolloutAborted: Rollout aborted update to revision 2: ReplicaSet "web-/)
    expect(journey.size('web:2')).toBe(0)
    expect(journey.events.filter((reason) => reason === 'RolloutAborted')).toHaveLength(2)
  })

  it('SVC-7, SVC-8, CAN-45: Services follow their ReplicaSets once these can answer, and return on abort', () => {
    const services = { stable: aService('stable'), canary: aService('canary') }
    const canary = { stableService: 'stable', canaryService: 'canary', steps: [setWeight(25), pause()], ...exact }
    const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 4, canary }), services })).settle()
    const hashes = () =>
      ['stable', 'canary'].map((name) => journey.world.services[name]?.spec?.selector?.['rollouts-pod-template-hash'])
    const v1 = journey.status.stableRS
    expect(hashes()).toEqual([v1, v1])
    journey.setImage('web:2').settle()
    expect(hashes()).toEqual([v1, journey.status.currentPodHash])
    journey.abort().settle()
    expect(hashes()).toEqual([v1, v1])
  })

  it('REC-100: ReplicaSets beyond the history limit are deleted, oldest first', () => {
    const journey = deployed({ replicas: 1 })
    journey.patchSpec({ revisionHistoryLimit: 2 })
    for (const n of [2, 3, 4, 5]) journey.pass(60).setImage(`web:${n}`).settle()
    const images = journey.world.replicaSets.map((rs) => rs.spec.template.spec?.containers[0]?.image)
    expect(new Set(images)).toEqual(new Set(['web:3', 'web:4', 'web:5']))
  })
})

const ready = <T extends { readonly spec: { readonly replicas?: number }; readonly status?: object }>(rs: T): T => ({
  ...rs,
  status: { ...rs.status, availableReplicas: rs.spec.replicas, readyReplicas: rs.spec.replicas },
})
