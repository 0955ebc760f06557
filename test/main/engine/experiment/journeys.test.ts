import { describe, expect, it } from 'vitest'
import type { AnalysisPhase } from '#api/analysis.ts'
import { aMetric, anAnalysisTemplate, templateSource } from '#test/support/builders/analysis.ts'
import {
  anAnalysis,
  anExperiment,
  anExperimentTemplate,
  anExperimentWorld,
  aServedTemplate,
  required,
} from '#test/support/builders/experiment.ts'
import { ExperimentJourney } from '#test/support/experiment-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const journeyOf = (options: Parameters<typeof anExperiment>[0]) =>
  new ExperimentJourney(anExperimentWorld({ experiment: anExperiment(options) }))

it('EXP-302, EXP-1201: the happy path, pass by pass', () => {
  const templates = [aServedTemplate('bar'), aServedTemplate('baz')]
  const journey = journeyOf({ templates, analyses: ['a'], spec: { duration: '5s' } })
  journey.round()
  expect([journey.phase, journey.templates, journey.sizes]).toEqual([
    'Pending',
    ['bar Progressing', 'baz Progressing'],
    ['try-bar 0', 'try-baz 0'],
  ])
  journey.isReady = ({ metadata }) => metadata.name === 'try-bar'
  journey.round()
  expect([journey.sizes, journey.world.services.length]).toEqual([['try-bar 1', 'try-baz 1'], 2])
  journey.settle()
  expect([journey.phase, journey.templates]).toEqual(['Pending', ['bar Running', 'baz Progressing']])
  journey.isReady = () => true
  journey.now += 2000
  journey.round()
  expect(Object.keys(journey.world.analysisRuns)).toEqual([])
  journey.round()
  expect([journey.phase, journey.status.availableAt]).toEqual(['Running', '2026-01-15T10:00:02Z'])
  journey.settle()
  expect([journey.analyses, journey.requeueAt]).toEqual([['a Running'], T0 + 7001])
  journey.pass(5)
  expect(journey.phase).toBe('Running')
  journey.awake()
  expect([journey.phase, journey.templates]).toEqual(['Successful', ['bar Successful', 'baz Successful']])
  expect(journey.status.conditions).toMatchObject([
    { type: 'Progressing', status: 'False', reason: 'ExperimentCompleted' },
  ])
  expect(journey.world.replicaSets.map(({ metadata }) => metadata.annotations?.['scale-down-deadline'])).toEqual([
    '2026-01-15T10:00:37Z',
    '2026-01-15T10:00:37Z',
  ])
  expect([journey.sizes, journey.world.services.length]).toEqual([['try-bar 1', 'try-baz 1'], 2])
  journey.awake()
  expect([journey.sizes, journey.world.services]).toEqual([['try-bar 0', 'try-baz 0'], []])
  expect(journey.pass(86_400).rounds.at(-1)).toEqual({ writes: [], probes: [], requeueAt: undefined })
})

it('EXP-302, EXP-702: what is written in the pass that finds all available, in order', () => {
  const journey = journeyOf({})
  journey.round()
  journey.round()
  expect(journey.round().writes.map(({ because, kind }) => `${because} ${kind}`)).toEqual([
    'EXP-302 patch',
    'EXP-414 event',
    'EXP-702 event',
  ])
  expect(journey.events.slice(-2)).toEqual([
    "TemplateRunning: Template 'bar' transitioned from Progressing -> Running",
    'ExperimentRunning: Experiment transitioned from Pending -> Running',
  ])
})

describe('EXP-1202: runs that nothing requires, beside running templates', () => {
  it.each<[AnalysisPhase, AnalysisPhase, string]>([
    ['Successful', 'Successful', 'Running'],
    ['Failed', 'Successful', 'Failed: bad'],
    ['Successful', 'Failed', 'Failed: bad'],
    ['Running', 'Successful', 'Running'],
    ['Inconclusive', 'Running', 'Inconclusive: bad'],
  ])('%s, %s: %s', (one, other, expected) => {
    const journey = journeyOf({ analyses: ['a', 'b'] }).settle()
    journey.conclude('try-a', one, one === 'Successful' ? '' : 'bad')
    journey.conclude('try-b', other, other === 'Successful' ? '' : 'bad')
    expect(journey.phase).toBe(expected)
  })
})

describe('EXP-608, EXP-1203: required runs, after the templates', () => {
  it.each<[AnalysisPhase, AnalysisPhase, string]>([
    ['Successful', 'Successful', 'Successful: Required AnalysisRuns completed'],
    ['Failed', 'Successful', 'Failed'],
    ['Successful', 'Failed', 'Failed'],
    ['Running', 'Successful', 'Running'],
  ])('%s, %s: %s', (one, other, expected) => {
    const journey = journeyOf({ analyses: [required('a'), required('b')], spec: { duration: '5s' } }).settle()
    journey.pass(6)
    expect([journey.phase, journey.templates]).toEqual(['Running', ['bar Successful']])
    journey.pass(31)
    expect(journey.sizes).toEqual(['try-bar 0'])
    journey.conclude('try-a', one).conclude('try-b', other)
    expect(journey.phase).toBe(expected)
  })
})

describe('EXP-606, EXP-1204: a required run that succeeds', () => {
  it('ends the Experiment at once', () => {
    const journey = journeyOf({ analyses: [required('a')] })
      .settle()
      .conclude('try-a', 'Successful')
    expect(journey.phase).toBe('Successful: Required AnalysisRuns completed')
    expect(journey.pass(31).sizes).toEqual(['try-bar 0'])
  })

  it('does not end it while another required one runs', () => {
    const journey = journeyOf({ analyses: [required('a'), required('b')] })
      .settle()
      .conclude('try-a', 'Successful')
    expect([journey.phase, journey.sizes]).toEqual(['Running', ['try-bar 1']])
  })
})

it('EXP-607, EXP-1205, EXP-1304: at the end of the duration a run that nothing requires is ended, and its entry stays', () => {
  const journey = journeyOf({ analyses: ['a'], spec: { duration: '5s' } })
    .settle()
    .pass(6)
  expect(journey.phase).toBe('Successful')
  expect(journey.world.analysisRuns['try-a']).toMatchObject({
    spec: { terminate: true },
    status: { phase: 'Successful' },
  })
  expect(journey.analyses).toEqual(['a Running'])
})

it('EXP-1206: a template of analysis that is not there ends it in two passes, before any pod is up', () => {
  const experiment = anExperiment({ analyses: [anAnalysis('a', { templateName: 'none' })] })
  const journey = new ExperimentJourney(anExperimentWorld({ experiment, templates: templateSource() }))
  journey.round()
  journey.round()
  expect(journey.phase).toBe(
    `Error: AnalysisTemplate verification failed for analysis 'a': analysistemplate.argoproj.io "none" not found`,
  )
  expect(journey.settle().sizes).toEqual(['try-bar 0'])
})

it('EXP-1207: pods that never become ready fail it after the deadline', () => {
  const journey = journeyOf({ spec: { progressDeadlineSeconds: 30 } })
  journey.isReady = () => false
  journey.settle()
  expect([journey.phase, journey.requeueAt]).toEqual(['Pending', T0 + 30_001])
  journey.pass(30)
  expect(journey.phase).toBe('Pending')
  journey.awake()
  expect(journey.phase).toBe("Failed: Template 'bar' exceeded its progressDeadlineSeconds (30)")
})

it('EXP-609: without a duration and a required run it goes on until it is ended', () => {
  const journey = journeyOf({ analyses: ['a'] })
    .settle()
    .conclude('try-a', 'Successful')
    .pass(86_400)
  expect(journey.phase).toBe('Running')
  expect(journey.terminate().phase).toBe('Successful')
})

it('EXP-610: after the end pods go after the delay, Services with them, runs are ended; the rest stays', () => {
  const journey = journeyOf({ templates: [aServedTemplate('bar')], analyses: ['a', 'b'] }).settle()
  journey.conclude('try-a', 'Failed', 'bad')
  expect(journey.phase).toBe('Failed: bad')
  expect(journey.world.analysisRuns['try-b']?.spec.terminate).toBe(true)
  journey.awake()
  expect([journey.sizes, journey.world.services]).toEqual([['try-bar 0'], []])
  expect(Object.keys(journey.world.analysisRuns)).toEqual(['try-a', 'try-b'])
})

it('EXP-1209: dry-run rules of the Experiment go to every run', () => {
  const dryRun = [{ metricName: 'test.*' }]
  const journey = journeyOf({ analyses: ['a', 'b'], spec: { dryRun } }).settle()
  expect(Object.values(journey.world.analysisRuns).map(({ spec }) => spec.dryRun)).toEqual([dryRun, dryRun])
  journey.conclude('try-a', 'Successful').conclude('try-b', 'Successful')
  expect(journey.terminate().phase).toBe('Successful')
})

it('EXP-504: a run knows the hashes and the times of its Experiment', () => {
  const args = [
    { name: 'hash', value: '{{templates.bar.podTemplateHash}}' },
    { name: 'end', value: '{{experiment.finishedAt}}' },
  ]
  const template = anAnalysisTemplate('a', { metrics: [aMetric()], args: [{ name: 'hash' }, { name: 'end' }] })
  const templates = templateSource([template])
  const experiment = anExperiment({ analyses: [anAnalysis('a', { args })], spec: { duration: '1m' } })
  const journey = new ExperimentJourney(anExperimentWorld({ experiment, templates })).settle()
  const [rs] = journey.world.replicaSets
  expect(journey.world.analysisRuns['try-a']?.spec.args).toEqual([
    { name: 'hash', value: rs?.metadata.labels?.['rollouts-pod-template-hash'] },
    { name: 'end', value: '2026-01-15T10:01:00Z' },
  ])
})

describe('EXP-1301: an Experiment always comes to its end', () => {
  it('when required runs succeeded and another one goes on', () => {
    const journey = journeyOf({ analyses: [required('a'), 'b'] })
      .settle()
      .conclude('try-a', 'Successful')
    expect(journey.phase).toBe('Successful: Required AnalysisRuns completed')
    expect(journey.world.analysisRuns['try-b']?.spec.terminate).toBe(true)
  })

  it.each<[AnalysisPhase, string]>([
    ['Successful', 'Successful: Required AnalysisRuns completed'],
    ['Inconclusive', 'Inconclusive: ended'],
  ])('when it is ended during a required run, which becomes %s', (phase, expected) => {
    const journey = journeyOf({ analyses: [required('a')] })
    journey.ended = { phase, ...(phase === 'Inconclusive' && { message: 'ended' }) }
    expect(journey.settle().terminate().phase).toBe(expected)
  })

  it('when it is ended before anything is available', () => {
    const journey = journeyOf({ analyses: [required('a'), 'b'] })
    journey.isReady = () => false
    expect(journey.settle().terminate().phase).toBe('Successful')
  })
})

it('EXP-1307: a tag that means nothing is found when runs are made', () => {
  const journey = journeyOf({ analyses: [anAnalysis('a', { args: [{ name: 'x', value: '{{nothing}}' }] })] }).settle()
  expect(journey.phase).toBe("Error: Failed to create AnalysisRun for analysis 'a': failed to resolve {{nothing}}")
})

it('EXP-1308: without templates it is done in the second pass, and its runs are never made', () => {
  const journey = journeyOf({ templates: [], analyses: ['a'] })
  journey.round()
  journey.round()
  expect(journey.phase).toBe('Successful')
  expect(journey.settle().world.analysisRuns).toEqual({})
})

it('EXP-413: a template of no pods is Running at once', () => {
  const journey = journeyOf({ templates: [anExperimentTemplate('bar', { replicas: 0 })] })
  journey.round()
  expect([journey.templates, journey.phase]).toEqual([['bar Running'], 'Pending'])
  expect(journey.settle().phase).toBe('Running')
})

it('ACT-62: tried again with an empty status, it begins anew, and its runs have other names', () => {
  const journey = journeyOf({ analyses: ['a'] })
    .settle()
    .conclude('try-a', 'Failed')
  const { status: _dropped, ...experiment } = journey.world.experiment
  journey.world = { ...journey.world, experiment }
  journey.settle()
  expect([journey.phase, Object.keys(journey.world.analysisRuns)]).toEqual(['Running', ['try-a', 'try-a.1']])
})
