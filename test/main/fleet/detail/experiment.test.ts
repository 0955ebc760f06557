import { describe, expect, it } from 'vitest'
import type { Experiment } from '#api/experiment.ts'
import type { ObjectMeta } from '#api/meta.ts'
import type { RolloutStatus } from '#api/rollout.ts'
import { experimentView } from '#main/fleet/detail/experiment.ts'
import {
  anAnalysis,
  anExperiment,
  anExperimentTemplate,
  aRun,
  aTemplateStatus,
  required,
} from '#test/support/builders/experiment.ts'
import { aRollout } from '#test/support/builders/rollout.ts'

const T = Date.parse('2026-01-15T10:00:00Z')
const after = (seconds: number) => new Date(T + seconds * 1000).toISOString().replace('.000', '')
const ofStep = (name: string, hash: string, metadata: Partial<ObjectMeta> = {}): Partial<ObjectMeta> => ({
  name,
  labels: { 'rollouts-pod-template-hash': hash },
  annotations: { 'rollout.argoproj.io/revision': '7' },
  creationTimestamp: after(0),
  ...metadata,
})
const updating: RolloutStatus = { currentPodHash: 'v2', stableRS: 'v1' }
const shownOf = (experiments: readonly Experiment[], status: RolloutStatus = updating) =>
  experimentView(aRollout({ status }), experiments, [])

describe('which Experiment is shown', () => {
  it('EXP-903: the one that the Rollout waits for', () => {
    const waited = anExperiment({ metadata: ofStep('web-v2-7-1', 'v2') })
    const newer = anExperiment({ metadata: ofStep('web-v2-7-3', 'v2', { creationTimestamp: after(60) }) })
    const status = { ...updating, canary: { currentExperiment: 'web-v2-7-1' } }
    expect(shownOf([newer, waited], status)).toMatchObject({ name: 'web-v2-7-1', current: true, stepIndex: 1 })
  })

  it('else the newest of this update, none of an older one', () => {
    const older = anExperiment({ metadata: ofStep('web-v2-7-1', 'v2') })
    const newer = anExperiment({ metadata: ofStep('web-v2-7-3-1', 'v2', { creationTimestamp: after(60) }) })
    const former = anExperiment({ metadata: ofStep('web-v1-6-3', 'v1', { creationTimestamp: after(90) }) })
    expect(shownOf([older, newer, former])).toMatchObject({ name: 'web-v2-7-3-1', current: false, stepIndex: 3 })
    expect(shownOf([former])).toBeUndefined()
    expect(shownOf([anExperiment({ metadata: ofStep('by-hand', 'v2') })])?.stepIndex).toBeUndefined()
  })
})

describe('how it stands', () => {
  const view = (experiment: Experiment, runs: readonly ReturnType<typeof aRun>[] = []) => {
    const status = { ...updating, canary: { currentExperiment: experiment.metadata.name } }
    const shown = experimentView(aRollout({ status }), [experiment], runs)
    if (shown === undefined) throw new Error('not shown')
    return shown
  }

  it('EXP-607: its time begins once all pods are available, and is over when it ends', () => {
    const spec = { duration: '10m' }
    const before = view(anExperiment({ spec, status: { phase: 'Pending' } }))
    expect(before).toMatchObject({ durationMs: 600_000, endsAt: undefined })
    const status = { phase: 'Running', availableAt: after(30) } as const
    expect(view(anExperiment({ spec, status })).endsAt).toBe(T + 630_000)
    expect(view(anExperiment({ spec: { ...spec, terminate: true }, status }))).toMatchObject({
      endsAt: undefined,
      terminating: true,
      terminateOff: expect.stringMatching(/ending already$/),
    })
    expect(view(anExperiment({ status })).durationMs).toBeUndefined()
  })

  it('EXP-401: pods that are ready and that it should have; none once it ends', () => {
    const templates = [anExperimentTemplate('old', { replicas: 3 }), anExperimentTemplate('new')]
    const status = {
      phase: 'Running',
      templateStatuses: [aTemplateStatus('old', { readyReplicas: 2, status: 'Progressing', message: 'waits' })],
    } as const
    expect(view(anExperiment({ templates, status })).templates).toEqual([
      { name: 'old', state: 'Progressing', message: 'waits', images: ['web:old'], ready: 2, desired: 3 },
      { name: 'new', state: 'Unknown', message: '', images: ['web:new'], ready: 0, desired: 1 },
    ])
    const ended = view(anExperiment({ templates, status: { ...status, phase: 'Failed' } }))
    expect(ended.templates.map(({ desired }) => desired)).toEqual([0, 0])
  })

  it('EXP-1304: an analysis has the phase of its run where that can be read', () => {
    const experiment = anExperiment({
      analyses: [required('rate'), anAnalysis('cost'), anAnalysis('later')],
      status: {
        phase: 'Running',
        analysisRuns: [
          { name: 'rate', analysisRun: 'try-rate', phase: 'Running' },
          { name: 'cost', analysisRun: 'try-cost', phase: 'Running' },
        ],
      },
    })
    expect(view(experiment, [aRun('try-rate', 'Failed', 'too many')]).analyses).toEqual([
      { name: 'rate', run: 'try-rate', phase: 'Failed', message: 'too many', required: true },
      { name: 'cost', run: 'try-cost', phase: 'Running', message: '', required: false },
      { name: 'later', run: undefined, phase: 'Unknown', message: '', required: false },
    ])
  })

  it('no text is endless, and no credential crosses', () => {
    const message = `token=Bearer eyJhbGciOi.abc.def ${'x'.repeat(10_000)}`
    const shown = view(anExperiment({ status: { phase: 'Error', message } })).message
    expect(shown.length).toBeLessThan(3000)
    expect(shown).not.toContain('eyJhbGciOi.abc.def')
  })
})
