import { describe, expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import { setCondition } from '#engine/rollout/status/condition-list.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const steps = [setWeight(10), pause()]
const start = (options: Parameters<typeof aRollout>[0] = {}) =>
  new RolloutJourney(
    aWorld({ rollout: aRollout({ replicas: 10, ...options }), services: { active: aService('active') } }),
  ).settle()
function updated(options: Parameters<typeof aRollout>[0] = { steps }): RolloutJourney {
  const journey = start(options)
  journey.now += 3_600_000
  return journey.setImage('web:2').settle()
}
const events = (journey: RolloutJourney, from: number) =>
  journey.rounds
    .slice(from)
    .flatMap(({ writes }) => writes)
    .flatMap((write) => (write.kind === 'event' ? [`${write.type} ${write.reason}: ${write.message}`] : []))
const statusOf = (write: Write | undefined) =>
  write?.kind === 'patch' && write.subresource === 'status'
    ? (write.body as { readonly status: RolloutStatus }).status
    : undefined
/** Bodies of status patches, without conditions and what is not asked for. */
const patches = (journey: RolloutJourney, from: number) =>
  journey.rounds.slice(from).flatMap(({ writes }) => writes.flatMap((write) => statusOf(write) ?? []))

describe('REC-62: events of pauses', () => {
  it('REC-62, REC-92: one when a pause begins and one when a person ends it, none of an abort', () => {
    const journey = start({ steps })
    let from = journey.rounds.length
    journey.setImage('web:2').settle()
    expect(events(journey, from).filter((text) => text.includes('Paused'))).toEqual([
      'Normal RolloutPaused: Rollout is paused (CanaryPauseStep)',
    ])
    from = journey.rounds.length
    journey.patchStatus({ pauseConditions: null })
    expect(journey.status.controllerPause).toBe(true)
    journey.settle()
    expect(journey.status).not.toHaveProperty('controllerPause')
    expect(journey.phase).toBe('Healthy')
    const second = updated()
    from = second.rounds.length
    second.abort().settle()
    expect(events(second, from).map((text) => text.split(':')[0])).not.toContain('Normal RolloutResumed')
  })

  it('REC-62: a pause that its time ends is told as resumed', () => {
    const journey = updated({ steps: [setWeight(10), pause('10s')] })
    const from = journey.rounds.length
    journey.pass(11)
    expect(events(journey, from)).toContain('Normal RolloutResumed: Rollout is resumed')
  })
})

describe('REC-63: setting a condition', () => {
  const before = formatSeconds(T0 - 60_000)
  const times = { lastUpdateTime: before, lastTransitionTime: before }
  const available = { type: 'Available', status: 'True', reason: 'AvailableReason', message: 'a', ...times } as const
  const healthy = { type: 'Healthy', status: 'True', reason: 'RolloutHealthy', message: 'h', ...times } as const

  it('REC-165: another message alone changes nothing, neither list nor times', () => {
    const list = [available, healthy]
    const { type, status, reason } = available
    expect(setCondition(list, { type, status, reason, message: 'another' }, T0)).toBe(list)
  })

  it('REC-165: another reason renews it, at the end, and keeps the time of the transition', () => {
    const wanted = { type: 'Available', status: 'True', reason: 'Other', message: 'a' } as const
    expect(setCondition([available, healthy], wanted, T0)).toEqual([
      healthy,
      { ...wanted, lastUpdateTime: formatSeconds(T0), lastTransitionTime: before },
    ])
  })

  it('REC-165: progress renews the time of the last update, so that the deadline counts from it', () => {
    const journey = start({ spec: { progressDeadlineSeconds: 100 }, canary: { maxSurge: 1, maxUnavailable: 0 } })
    journey.isReady = () => false
    journey.setImage('web:2').settle()
    for (const available of [1, 2, 3]) {
      journey.now += 80_000
      const grown = journey.world.replicaSets.map((rs) =>
        rs === journey.replicaSet('web:2') ? { ...rs, status: { ...rs.status, readyReplicas: available } } : rs,
      )
      journey.world = { ...journey.world, replicaSets: grown }
      journey.settle()
      expect(journey.phase).toContain('Progressing')
    }
    expect(journey.pass(101).phase).toContain('Degraded: ProgressDeadlineExceeded')
  })
})

it('REC-64: conditions are worked out in one order: health, progress, availability, completion', () => {
  const journey = start()
  const first = journey.rounds.map(({ writes }) => statusOf(writes.find(statusOf))).find((status) => status?.phase)
  expect(first?.conditions?.map(({ type }) => type)).toEqual(['Progressing', 'Available', 'Completed'])
  expect(journey.status.conditions?.map(({ type }) => type).toSorted()).toEqual([
    'Available',
    'Completed',
    'Healthy',
    'Progressing',
  ])
  const failing = updated()
  const rs = failing.replicaSet('web:2')
  const failure = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' } as const
  failing.world = {
    ...failing.world,
    replicaSets: failing.world.replicaSets.map((each) =>
      each === rs ? { ...each, status: { ...each.status, conditions: [failure] } } : each,
    ),
  }
  failing.settle()
  expect(failing.status.conditions?.at(-1)).toMatchObject(failure)
})

describe('REC-74: status patches', () => {
  it('REC-74: of a step that pauses', () => {
    const journey = updated()
    const body = patches(journey, 0).find(({ pauseConditions }) => pauseConditions !== undefined)
    const { conditions: _conditions, ...rest } = body ?? {}
    const now = formatSeconds(journey.now)
    expect(rest).toEqual({
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime: now }],
      controllerPause: true,
      phase: 'Paused',
      message: 'CanaryPauseStep',
      duration: { manualPauseStartedAt: now },
    })
  })

  it('REC-74: of an abort', () => {
    const journey = updated()
    const from = journey.rounds.length
    journey.abort().settle()
    expect(patches(journey, from)[0]).toMatchObject({
      currentStepIndex: 0,
      phase: 'Degraded',
      message: 'RolloutAborted: Rollout aborted update to revision 2',
      pauseConditions: null,
      controllerPause: null,
    })
  })

  it('REC-74: of an abort where there is nothing to abort', () => {
    const journey = start({ steps })
    const from = journey.rounds.length
    journey.abort().settle()
    expect(patches(journey, from)).toEqual([{ abort: null }])
  })

  it('REC-74: of a template that is set back to stable', () => {
    const journey = updated({ steps: [setWeight(10)] })
    const again = start({ steps: [pause()] })
    again.setImage('web:2').settle()
    const stable = again.status.stableRS
    const from = again.rounds.length
    again.setImage('web:1').settle()
    expect(patches(again, from).find(({ currentPodHash }) => currentPodHash !== undefined)).toMatchObject({
      currentPodHash: stable,
      currentStepIndex: 1,
      duration: { completionStatus: 'FastRolledBack' },
    })
    const notes = again.replicaSet('web:1').metadata.annotations
    expect(notes).toMatchObject({ 'rollout.argoproj.io/revision': '3', 'rollout.argoproj.io/revision-history': '1' })
    expect(journey.phase).toBe('Healthy')
  })

  it('REC-74: of a rollback within the window to a ReplicaSet that runs: three writes, one round of status', () => {
    const journey = start({ steps, spec: { rollbackWindow: { revisions: 3 } } })
    const now = () => void (journey.now += 3_600_000)
    now()
    journey.setImage('web:2').settle().promoteFull().settle()
    now()
    const from = journey.rounds.length
    journey.setImage('web:1').settle()
    const kinds = journey.rounds[from]?.writes.map((write) =>
      write.kind === 'event' ? write.reason : write.ref.resource.kind,
    )
    expect(kinds).toEqual(['ReplicaSet', 'Rollout', 'RolloutUpdated'])
    expect(journey.phase).toBe('Healthy')
    expect(journey.status.currentStepIndex).toBe(2)
  })

  it('REC-74: of nothing there is none; of a generation alone only that', () => {
    const journey = updated()
    journey.patchSpec({ progressDeadlineSeconds: 700 })
    const from = journey.rounds.length
    journey.settle()
    expect(patches(journey, from)).toEqual([{ observedGeneration: '3' }])
    journey.settle()
    expect(journey.rounds).toHaveLength(from + 1)
  })

  it('REC-74: of a blue-green abort after the cut-over: traffic and selector go back', () => {
    const blueGreen = { activeService: 'active', autoPromotionEnabled: false }
    const journey = updated({ blueGreen })
    journey.promote()
    // Cut over, and aborted before the new one is stable.
    const stable = journey.status.stableRS ?? ''
    journey.settle()
    journey.patchStatus({ stableRS: stable, abort: true })
    journey.settle()
    expect(journey.status).toMatchObject({
      blueGreen: { activeSelector: stable },
      selector: `app=web,rollouts-pod-template-hash=${stable}`,
      phase: 'Degraded',
      message: 'RolloutAborted: Rollout aborted update to revision 2',
    })
    expect(journey.world.services['active']?.spec?.selector?.['rollouts-pod-template-hash']).toBe(stable)
  })
})
