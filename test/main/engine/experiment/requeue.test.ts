import { describe, expect, it } from 'vitest'
import type { Experiment, ExperimentStatus } from '#api/experiment.ts'
import { nextCheckAt } from '#engine/experiment/requeue.ts'
import { assess } from '#engine/experiment/situation.ts'
import {
  anExperiment,
  anExperimentTemplate,
  anExperimentWorld,
  aTemplateStatus,
} from '#test/support/builders/experiment.ts'
import { ExperimentJourney } from '#test/support/experiment-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString().replace('.000Z', 'Z')

const rows: readonly [string, Partial<Experiment['spec']>, ExperimentStatus, number | undefined][] = [
  ['EXP-1208: at the end of the duration', { duration: '30s' }, { availableAt: at(-10) }, 20],
  ['EXP-1208: at the deadline of a template', {}, status('Progressing', 0), 600],
  ['EXP-1208: never, while it runs without a duration', {}, { ...status('Running', 1), availableAt: at(0) }, undefined],
  ['at the deadline of one that has lost a pod', {}, status('Running', 0), 600],
  ['at the nearer of both', { duration: '1h' }, { ...status('Progressing', 0), availableAt: at(-10) }, 600],
  ['no more once the duration is over', { duration: '5s' }, { availableAt: at(-10) }, undefined],
  ['no more when all is to end', { duration: '30s', terminate: true }, { availableAt: at(-10) }, undefined],
  [
    'no more when a template has failed',
    { duration: '30s' },
    { ...status('Failed', 0), availableAt: at(-10) },
    undefined,
  ],
]

function status(phase: 'Progressing' | 'Running' | 'Failed', availableReplicas: number): ExperimentStatus {
  const since = { lastTransitionTime: at(0) }
  return { templateStatuses: [aTemplateStatus('bar', { status: phase, availableReplicas, ...since })] }
}

describe('EXP-703, EXP-704: looks again, a moment later', () => {
  it.each(rows)('%s', (_when, spec, next, seconds) => {
    const situation = assess(anExperimentWorld({ experiment: anExperiment({ spec }) }), T0)
    expect(nextCheckAt(next, situation)).toBe(seconds === undefined ? undefined : T0 + seconds * 1000 + 1)
  })

  it('EXP-703: of two templates the one whose scale-down is nearer', () => {
    const templates = ['bar', anExperimentTemplate('baz', { replicas: 2 })]
    const journey = new ExperimentJourney(anExperimentWorld({ experiment: anExperiment({ templates }) })).settle()
    expect(journey.requeueAt).toBeUndefined()
    expect(journey.terminate().requeueAt).toBe(T0 + 30_000)
  })
})
