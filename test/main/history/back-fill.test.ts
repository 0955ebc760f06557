import { describe, expect, it } from 'vitest'
import type { AnalysisRunStatus } from '#api/analysis.ts'
import { annotations } from '#api/keys.ts'
import type { RolloutStatus } from '#api/rollout.ts'
import { backFill, type Remains, toldByAnalyses } from '#main/history/back-fill.ts'
import { anAnalysisRun } from '#test/support/builders/analysis.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const minute = 60_000
/** The night: one hour from T0 on. */
const night = { at: T0, until: T0 + 60 * minute }
const after = (minutes: number) => new Date(T0 + minutes * minute).toISOString().replace('.000', '')
const rs = (hash: string, revision: number, minutes: number) =>
  aReplicaSet({ hash, revision, image: `web:${revision}`, createdAt: after(minutes) })

const remains = (more: Partial<Remains> & { readonly status?: RolloutStatus } = {}): Remains => ({
  rollout: aRollout({ status: more.status ?? {}, annotations: { [annotations.revision]: '3' } }),
  replicaSets: [rs('v1', 1, -600), rs('v2', 2, 10), rs('v3', 3, 30)],
  analysisRuns: [],
  writers: [],
  versionOf: ({ spec }) => spec.template.spec?.containers?.[0]?.image,
  ...more,
})

const wordsOf = (told: ReturnType<typeof backFill>['moments']) =>
  told.map(({ moment }) => [(moment.at - T0) / minute, moment.kind === 'event' ? moment.reason : moment.kind])

describe('what a cluster tells of a time that nobody saw', () => {
  it('UI-HIST-4: a ReplicaSet tells when its update began, and what was before it', () => {
    const { updates, moments } = backFill(remains(), night)
    expect(updates).toMatchObject([
      {
        podHash: 'v2',
        revision: 2,
        version: 'web:2',
        startedAt: T0 + 10 * minute,
        from: { podHash: 'v1', version: 'web:1' },
      },
      { podHash: 'v3', revision: 3, version: 'web:3', startedAt: T0 + 30 * minute, from: { podHash: 'v2' } },
    ])
    expect(moments.map(({ moment }) => moment)).toMatchObject([
      { at: T0 + 10 * minute, backFilled: true, who: 'cluster', message: 'Created ReplicaSet web-v2 (revision 2)' },
      { at: T0 + 30 * minute, backFilled: true, who: 'cluster', message: 'Created ReplicaSet web-v3 (revision 3)' },
    ])
  })

  it('nothing at its ends or outside of it is told', () => {
    expect(backFill(remains(), { at: T0 + 10 * minute, until: T0 + 29 * minute })).toEqual({
      updates: [],
      endedAt: undefined,
      moments: [],
    })
  })

  it('REC-130: an attempt tells of an update to what was there before', () => {
    const status = { currentPodHash: 'v1', stableRS: 'v1', duration: { rolloutStartedAt: after(40) } }
    const { updates } = backFill(remains({ status }), night)
    expect(updates.map(({ podHash }) => podHash)).toEqual(['v2', 'v3', 'v1'])
    expect(updates.at(-1)).toMatchObject({ revision: 3, startedAt: T0 + 40 * minute, from: { podHash: 'v3' } })
  })

  it('REC-131: a way back in the middle of an update is no update of its own', () => {
    const status = { currentPodHash: 'v1', stableRS: 'v1', duration: { rolloutStartedAt: after(30) } }
    expect(backFill(remains({ status }), night).updates.map(({ podHash }) => podHash)).toEqual(['v2', 'v3'])
  })

  const completed = (status: 'True' | 'False') =>
    ({
      type: 'Completed',
      status,
      reason: 'RolloutCompleted',
      message: 'RolloutCompleted',
      lastUpdateTime: after(44),
      lastTransitionTime: after(44),
    }) as const
  const stable = { currentPodHash: 'v3', stableRS: 'v3' }
  const ends: readonly [what: string, status: RolloutStatus, minutes: number | undefined][] = [
    ['its attempt', { ...stable, duration: { finishedAt: after(45) }, conditions: [completed('True')] }, 45],
    ['a condition where attempts are not kept (REC-133)', { ...stable, conditions: [completed('True')] }, 44],
    ['the time of its abort', { currentPodHash: 'v3', stableRS: 'v1', abort: true, abortedAt: after(50) }, 50],
    ['nothing while it is not completed', { ...stable, conditions: [completed('False')] }, undefined],
    [
      'nothing while it is under way',
      { currentPodHash: 'v3', stableRS: 'v1', duration: { finishedAt: after(9) } },
      undefined,
    ],
    ['nothing of what ended after it', { ...stable, duration: { finishedAt: after(61) } }, undefined],
  ]
  for (const [what, status, minutes] of ends) {
    it(`the end of an update is told by ${what}`, () => {
      expect(backFill(remains({ status }), night).endedAt).toBe(
        minutes === undefined ? undefined : T0 + minutes * minute,
      )
    })
  }

  it('conditions, pauses and writers are told, each at its own time, and what says nothing is not', () => {
    const condition = (type: 'Progressing' | 'Healthy', minutes: number) =>
      ({
        type,
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: 'It has timed out with --token=abc123def.',
        lastUpdateTime: after(minutes),
        lastTransitionTime: after(minutes),
      }) as const
    const status: RolloutStatus = {
      conditions: [condition('Progressing', 35), condition('Healthy', 36), completed('True')],
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime: after(33) }],
    }
    const writers = [
      { manager: 'kubectl-edit', time: after(29) },
      { manager: 'argosy', subresource: 'status', time: after(31) },
      { time: after(32) },
    ]
    const { moments } = backFill(remains({ status, writers, replicaSets: [] }), night)
    expect(wordsOf(moments)).toEqual([
      [29, 'RolloutChanged'],
      [33, 'status'],
      [35, 'ProgressDeadlineExceeded'],
      [44, 'RolloutCompleted'],
    ])
    expect(moments.map(({ moment }) => moment.who)).toEqual(['kubectl-edit', 'cluster', 'cluster', 'cluster'])
    expect(moments[2]?.moment).toMatchObject({ type: 'Warning' })
    expect(JSON.stringify(moments)).not.toContain('abc123def')
  })

  it('an AnalysisRun tells when it began and ended, and each measurement that it keeps', () => {
    const measured = (minutes: number, phase: 'Successful' | 'Failed') => ({
      phase,
      value: '0.93',
      startedAt: after(minutes),
      finishedAt: after(minutes + 1),
    })
    const status: AnalysisRunStatus = {
      phase: 'Failed',
      message: 'Metric "rate" assessed Failed due to failed (1) > failureLimit (0)',
      startedAt: after(11),
      completedAt: after(15),
      metricResults: [
        {
          name: 'rate',
          phase: 'Failed',
          measurements: [measured(-5, 'Successful'), measured(11, 'Successful'), measured(13, 'Failed')],
        },
      ],
    }
    const told = toldByAnalyses([anAnalysisRun({}, { status })], night)
    expect(wordsOf(told)).toEqual([
      [11, 'AnalysisRunStarted'],
      [12, 'MeasurementSuccessful'],
      [14, 'MeasurementFailed'],
      [15, 'AnalysisRunFailed'],
    ])
    expect(told[3]?.moment).toMatchObject({
      type: 'Warning',
      message: expect.stringContaining('"rate" assessed Failed'),
    })
    expect(new Set(told.map(({ mark }) => mark)).size).toBe(4)
  })

  it('of very much the last is told', () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ manager: `m${index}`, time: after(1 + index / 10) }))
    const { moments } = backFill(remains({ writers: many, replicaSets: [] }), night)
    expect(moments).toHaveLength(200)
    expect(moments.at(-1)?.moment.who).toBe('m299')
  })
})
