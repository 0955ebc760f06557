import { describe, expect, it } from 'vitest'
import type { Experiment, ExperimentStatus } from '#api/experiment.ts'
import { areRequiredRunsSuccessful, assess, claimError } from '#engine/experiment/situation.ts'
import {
  anAnalysis,
  anExperiment,
  anExperimentTemplate,
  anExperimentWorld,
  aTemplateReplicaSet,
  aTemplateService,
  aTemplateStatus,
  required,
} from '#test/support/builders/experiment.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const run = (name: string, phase: NonNullable<ExperimentStatus['analysisRuns']>[number]['phase']) => ({
  name,
  analysisRun: `try-${name}`,
  phase,
})

const endings: readonly [string, Partial<Experiment['spec']>, ExperimentStatus, boolean][] = [
  ['nothing of the kind', {}, { phase: 'Running' }, false],
  ['asked to', { terminate: true }, {}, true],
  ['done, well', {}, { phase: 'Successful' }, true],
  ['done, badly', {}, { phase: 'Inconclusive' }, true],
  ['a template Failed', {}, { templateStatuses: [aTemplateStatus('bar', { status: 'Failed' })] }, true],
  ['a template in Error', {}, { templateStatuses: [aTemplateStatus('bar', { status: 'Error' })] }, true],
  ['a template Successful', {}, { templateStatuses: [aTemplateStatus('bar', { status: 'Successful' })] }, false],
  ['an analysis Failed', {}, { analysisRuns: [run('a', 'Failed')] }, true],
  ['an analysis Inconclusive', {}, { analysisRuns: [run('a', 'Inconclusive')] }, true],
  ['an analysis in Error', {}, { analysisRuns: [run('a', 'Error')] }, true],
  [
    'an analysis that is not required Successful',
    { analyses: [anAnalysis('a')] },
    { analysisRuns: [run('a', 'Successful')] },
    false,
  ],
  ['the required analysis Successful', { analyses: [required('a')] }, { analysisRuns: [run('a', 'Successful')] }, true],
]

describe('EXP-303: an Experiment is terminating when', () => {
  it.each(endings)('%s', (_when, spec, status, expected) => {
    const experiment = anExperiment({ spec, status })
    expect(assess(anExperimentWorld({ experiment }), T0).isTerminating).toBe(expected)
  })
})

describe('EXP-304: required runs are successful when', () => {
  const spec = { analyses: [required('a'), required('b'), anAnalysis('c')] }
  const rows: readonly [string, ExperimentStatus['analysisRuns'], boolean][] = [
    ['both are', [run('a', 'Successful'), run('b', 'Successful'), run('c', 'Running')], true],
    ['not when one is not done', [run('a', 'Successful'), run('b', 'Running')], false],
    ['not when one has no entry', [run('a', 'Successful')], false],
  ]
  it.each(rows)('%s', (_when, analysisRuns = [], expected) => {
    expect(areRequiredRunsSuccessful(anExperiment({ spec }).spec, { analysisRuns })).toBe(expected)
  })
  it('not when none is required', () => {
    const { spec: optional } = anExperiment({ analyses: ['a'] })
    expect(areRequiredRunsSuccessful(optional, { analysisRuns: [run('a', 'Successful')] })).toBe(false)
  })
})

it('EXP-305: a ReplicaSet belongs to a template by its owner and its two annotations', () => {
  const own = aTemplateReplicaSet('bar')
  const rsOf = (rs: typeof own) => assess(anExperimentWorld({ replicaSets: [rs] }), T0).templates[0]?.rs
  const annotated = (annotations: Record<string, string>) => ({ ...own, metadata: { ...own.metadata, annotations } })
  expect(rsOf(own)).toBe(own)
  expect(rsOf({ ...own, metadata: { ...own.metadata, ownerReferences: [] } })).toBeUndefined()
  expect(rsOf(annotated({ 'experiment.argoproj.io/name': 'try' }))).toBeUndefined()
  expect(
    rsOf(annotated({ 'experiment.argoproj.io/name': 'other', 'experiment.argoproj.io/template-name': 'bar' })),
  ).toBeUndefined()
})

it('EXP-305: two of a kind for one template are an error; of a template that is not in the spec they are not', () => {
  const errorOf = (parts: Parameters<typeof anExperimentWorld>[0]) => claimError(assess(anExperimentWorld(parts), T0))
  const twice = (template: string) => [aTemplateReplicaSet(template), aTemplateReplicaSet(template, { name: 'again' })]
  expect(errorOf({ replicaSets: twice('bar') })).toBe('multiple ReplicaSets match single experiment template: bar')
  expect(errorOf({ replicaSets: twice('old') })).toBeUndefined()
  expect(errorOf({ services: [aTemplateService('bar'), aTemplateService('bar', 'again')] })).toBe(
    'multiple Services match single experiment template: bar',
  )
})

it('EXP-401: a template gets its pods until it or the whole is to end', () => {
  const desired = (status: ExperimentStatus, terminate = false) => {
    const templates = [anExperimentTemplate('bar', { replicas: 3 }), 'baz']
    const experiment = anExperiment({ templates, status, spec: { terminate } })
    return assess(anExperimentWorld({ experiment }), T0).templates.map((each) => each.desired)
  }
  expect(desired({})).toEqual([3, 1])
  expect(desired({ templateStatuses: [aTemplateStatus('bar', { status: 'Successful' })] })).toEqual([0, 1])
  expect(desired({ templateStatuses: [aTemplateStatus('bar', { status: 'Failed' })] })).toEqual([0, 0])
  expect(desired({ phase: 'Successful' })).toEqual([0, 0])
  expect(desired({}, true)).toEqual([0, 0])
})
