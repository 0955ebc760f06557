import { describe, expect, it } from 'vitest'
import type { Rollout, RolloutCondition, RolloutStatus } from '#api/rollout.ts'
import { computePhase, shownPhase } from '#engine/status/phase.ts'
import { aRollout } from '#test/support/builders/rollout.ts'

const settled: RolloutStatus = {
  currentPodHash: 'v1',
  stableRS: 'v1',
  replicas: 1,
  updatedReplicas: 1,
  availableReplicas: 1,
  observedGeneration: '3',
  phase: 'Healthy',
}
const rollout = (status: RolloutStatus, more: Parameters<typeof aRollout>[0] = {}) =>
  aRollout({ generation: 3, ...more, status: { ...settled, ...status } })
const progressing = (message: string) => ({ phase: 'Progressing', message })
const healthy = { phase: 'Healthy', message: '' }

describe('shownPhase', () => {
  it('VIEW-40: a spec that is not observed yet hides the stored phase', () => {
    const expected = progressing('waiting for rollout spec update to be observed')
    expect(shownPhase(rollout({ observedGeneration: '2' }))).toEqual(expected)
  })

  it('VIEW-40: an observedGeneration that is later, unreadable or absent counts as observed', () => {
    const { observedGeneration: _absent, ...unobserved } = settled
    expect(shownPhase(rollout({ observedGeneration: '4' }))).toEqual(healthy)
    expect(shownPhase(rollout({ observedGeneration: 'abc' }))).toEqual(healthy)
    expect(shownPhase(aRollout({ generation: 3, status: unobserved }))).toEqual(healthy)
  })

  it('VIEW-41: a pause that a person ended is not over before the controller says so', () => {
    const unpausing = rollout({ controllerPause: true, phase: 'Paused' })
    expect(shownPhase(unpausing)).toEqual(progressing('waiting for rollout to unpause'))
  })

  it('VIEW-42: a referenced workload that is not observed yet hides it too', () => {
    const borrowed = (observed: string, spec = { workloadRef: { kind: 'Deployment', name: 'web' } }) =>
      rollout(
        { workloadObservedGeneration: observed },
        { annotations: { 'rollout.argoproj.io/workload-generation': '7' }, spec },
      )
    const expected = progressing('waiting for rollout spec update to be observed for the reference workload')
    expect(shownPhase(borrowed('6'))).toEqual(expected)
    expect(shownPhase(borrowed('7'))).toEqual(healthy)
    expect(shownPhase(borrowed('x'))).toEqual(healthy)
  })

  it('VIEW-43: else as stored', () => {
    const stored = { phase: 'Degraded', message: 'RolloutAborted: aborted' } as const
    expect(shownPhase(rollout(stored))).toEqual(stored)
  })

  it('VIEW-44: computed when nothing is stored', () => {
    const { phase: _unstored, ...status } = settled
    expect(shownPhase(aRollout({ generation: 3, status: { ...status, updatedReplicas: 0 } }))).toEqual(
      progressing('more replicas need to be updated'),
    )
    expect(shownPhase(aRollout())).toEqual(progressing('more replicas need to be updated'))
  })
})

describe('computePhase', () => {
  const computed = (status: RolloutStatus, more: Parameters<typeof aRollout>[0] = {}) => {
    const subject: Rollout = rollout(status, more)
    return computePhase(subject, subject.status ?? {})
  }
  const condition = (type: RolloutCondition['type'], reason: string): RolloutCondition => ({
    type,
    reason,
    status: 'False',
    message: 'why',
    lastUpdateTime: '2026-01-15T10:00:00Z',
    lastTransitionTime: '2026-01-15T10:00:00Z',
  })
  const updating: RolloutStatus = { currentPodHash: 'v2' }

  it('VIEW-63: the first of several conditions decides', () => {
    const [invalid, aborted] = [condition('InvalidSpec', 'InvalidSpec'), condition('Progressing', 'RolloutAborted')]
    expect(computed({ conditions: [invalid, aborted] }).message).toBe('InvalidSpec: why')
    expect(computed({ conditions: [aborted, invalid] }).message).toBe('RolloutAborted: why')
  })

  it('VIEW-52, 53: a pause set by hand comes before one of the controller', () => {
    const pauseConditions = [{ reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' }] as const
    expect(computed({ pauseConditions })).toEqual({ phase: 'Paused', message: 'CanaryPauseStep' })
    expect(computed({ pauseConditions }, { spec: { paused: true } })).toEqual({
      phase: 'Paused',
      message: 'manually paused',
    })
  })

  it('VIEW-54: restarting until the same instant is recorded, however it is written', () => {
    const spec = { restartAt: '2026-01-15T10:00:00Z' }
    expect(computed({}, { spec })).toEqual(progressing('rollout is restarting'))
    expect(computed({ restartedAt: '2026-01-15T11:00:00+01:00' }, { spec })).toEqual(healthy)
  })

  it('VIEW-56: updated pods that are not available yet', () => {
    expect(computed({ availableReplicas: 0 })).toEqual(progressing('updated replicas are still becoming available'))
  })

  it('VIEW-57…59: blue-green, in the order in which it gets there', () => {
    const strategy = { blueGreen: {} }
    const analysed = { blueGreen: { postPromotionAnalysis: {} } }
    const switched = { ...updating, blueGreen: { activeSelector: 'v2' } }
    const withRun = (status: string) => ({
      ...switched,
      blueGreen: { activeSelector: 'v2', postPromotionAnalysisRunStatus: { name: 'run', status } },
    })
    const verification = progressing('waiting for post-promotion verification to complete')
    const analysis = progressing('waiting for analysis to complete')
    expect(computed(updating, strategy)).toEqual(progressing('active service cutover pending'))
    expect(computed(switched, strategy)).toEqual(verification)
    expect(computed(switched, analysed)).toEqual(analysis)
    expect(computed(withRun('Running'), analysed)).toEqual(analysis)
    expect(computed(withRun('Successful'), analysed)).toEqual(verification)
    expect(computed({ blueGreen: { activeSelector: 'v1' } }, strategy)).toEqual(healthy)
  })

  it('VIEW-60, 61: canary, old pods first when there is no traffic router', () => {
    const surplus = { ...updating, replicas: 2 }
    expect(computed(surplus)).toEqual(progressing('old replicas are pending termination'))
    expect(computed(surplus, { canary: { trafficRouting: {} } })).toEqual(
      progressing('waiting for all steps to complete'),
    )
    expect(computed(updating)).toEqual(progressing('waiting for all steps to complete'))
  })
})

describe('REC-76: the stored phase', () => {
  const condition = (type: RolloutCondition['type'], reason: string): RolloutCondition => ({
    type,
    reason,
    status: 'False',
    message: 'why',
    lastUpdateTime: '2026-01-15T10:00:00Z',
    lastTransitionTime: '2026-01-15T10:00:00Z',
  })
  const blueGreen = { activeService: 'active' }
  const serving = (activeSelector: string) => ({ blueGreen: { activeSelector } })
  const pauseConditions = [{ reason: 'BlueGreenPause', startTime: '2026-01-15T10:00:00Z' }] as const
  type More = Parameters<typeof aRollout>[0]
  /** Each row would also match every row below it. */
  const rows: readonly (readonly [string, string, RolloutStatus, More])[] = [
    [
      'Degraded',
      'InvalidSpec: why',
      { conditions: [condition('InvalidSpec', 'x'), condition('Progressing', 'RolloutAborted')] },
      {},
    ],
    [
      'Degraded',
      'RolloutAborted: why',
      { conditions: [condition('Progressing', 'RolloutAborted')] },
      { spec: { paused: true } },
    ],
    [
      'Degraded',
      'ProgressDeadlineExceeded: why',
      { conditions: [condition('Progressing', 'ProgressDeadlineExceeded')] },
      {},
    ],
    ['Paused', 'manually paused', { pauseConditions }, { spec: { paused: true } }],
    ['Paused', 'BlueGreenPause', { pauseConditions, updatedReplicas: 0 }, {}],
    ['Progressing', 'rollout is restarting', { updatedReplicas: 0 }, { spec: { restartAt: '2026-01-15T10:00:00Z' } }],
    ['Progressing', 'more replicas need to be updated', { updatedReplicas: 0, availableReplicas: 0 }, {}],
    [
      'Progressing',
      'updated replicas are still becoming available',
      { availableReplicas: 0, ...serving('') },
      { blueGreen },
    ],
    ['Progressing', 'active service cutover pending', { currentPodHash: 'v2', ...serving('') }, { blueGreen }],
    ['Progressing', 'active service cutover pending', { currentPodHash: 'v2', ...serving('v1') }, { blueGreen }],
    [
      'Progressing',
      'waiting for analysis to complete',
      { currentPodHash: 'v2', ...serving('v2') },
      { blueGreen: { ...blueGreen, postPromotionAnalysis: {} } },
    ],
    [
      'Progressing',
      'waiting for post-promotion verification to complete',
      { currentPodHash: 'v2', ...serving('v2') },
      { blueGreen },
    ],
    ['Progressing', 'old replicas are pending termination', { currentPodHash: 'v2', replicas: 2 }, {}],
    ['Progressing', 'waiting for all steps to complete', { currentPodHash: 'v2' }, {}],
    ['Healthy', '', {}, {}],
    ['Healthy', '', serving('v1'), { blueGreen }],
  ]
  it.each(rows)('REC-76: %s: %s', (phase, message, status, more) => {
    const subject = rollout(status, more)
    expect(computePhase(subject, subject.status ?? {})).toEqual({ phase, message })
  })

  it('REC-78: available pods of the stable side make up for a canary that has none', () => {
    const subject = rollout({ currentPodHash: 'v2', replicas: 3, updatedReplicas: 1, availableReplicas: 2 })
    expect(computePhase(subject, subject.status ?? {})).toEqual(progressing('old replicas are pending termination'))
  })
})

describe('REC-77: the phase shown to people', () => {
  const unobserved = 'waiting for rollout spec update to be observed'
  it.each<[string, RolloutStatus, string]>([
    ['(a) before (b)', { observedGeneration: '2', controllerPause: true }, unobserved],
    ['(b) before the stored one', { controllerPause: true, phase: 'Paused' }, 'waiting for rollout to unpause'],
    [
      '(b) not while it is paused',
      {
        controllerPause: true,
        phase: 'Paused',
        message: 'x',
        pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' }],
      },
      'x',
    ],
    ['(a) not with an empty generation', { observedGeneration: '' }, ''],
    ['(d) as stored', { phase: 'Degraded', message: 'stored' }, 'stored'],
  ])('REC-77: %s', (_which, status, message) => {
    expect(shownPhase(rollout(status)).message).toBe(message)
  })

  it('REC-174: a condition Healthy that is False leaves a phase that is Healthy', () => {
    const conditions: readonly RolloutCondition[] = [
      {
        type: 'Healthy',
        status: 'False',
        reason: 'RolloutHealthy',
        message: 'Rollout is not healthy',
        lastUpdateTime: '2026-01-15T10:00:00Z',
        lastTransitionTime: '2026-01-15T10:00:00Z',
      },
    ]
    const subject = rollout({ conditions })
    expect(computePhase(subject, subject.status ?? {})).toEqual(healthy)
  })
})
