import { describe, expect, it } from 'vitest'
import type { ExperimentAnalysisStatus, ExperimentStatus } from '#api/experiment.ts'
import { type AnalysisDecision, reconcileAnalysis } from '#engine/experiment/analysis/reconcile.ts'
import { assess } from '#engine/experiment/situation.ts'
import type { ExperimentWorld } from '#engine/experiment/world.ts'
import { templateSource } from '#test/support/builders/analysis.ts'
import { anAnalysis, anExperiment, anExperimentWorld, aRun, runsOf } from '#test/support/builders/experiment.ts'
import { ExperimentJourney } from '#test/support/experiment-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const availableAt = '2026-01-15T10:00:00Z'

const decide = (
  status: ExperimentStatus,
  parts: Partial<ExperimentWorld> = {},
  options: { terminate?: boolean; analysis?: Parameters<typeof anAnalysis>[1] } = {},
): AnalysisDecision => {
  const analysis = anAnalysis('a', options.analysis)
  const spec = options.terminate === true ? { terminate: true } : {}
  const experiment = anExperiment({ analyses: [analysis], spec, status })
  return reconcileAnalysis(analysis, assess(anExperimentWorld({ experiment, ...parts }), T0))
}

const entry = (change: Partial<ExperimentAnalysisStatus> = {}): ExperimentAnalysisStatus => ({
  name: 'a',
  analysisRun: 'try-a',
  phase: 'Running',
  ...change,
})
const running = (change: Partial<ExperimentAnalysisStatus> = {}): ExperimentStatus => ({
  phase: 'Running',
  availableAt,
  analysisRuns: [entry(change)],
})

it('EXP-501: an analysis that is seen for the first time has an entry of empty members', () => {
  expect(decide({})).toEqual({ writes: [], status: { name: 'a', analysisRun: '', phase: '' }, events: [] })
})

describe('EXP-502: before all is available', () => {
  it.each([
    [false, `AnalysisTemplate verification failed for analysis 'a': analysistemplate.argoproj.io "a" not found`],
    [
      true,
      `ClusterAnalysisTemplate verification failed for analysis 'a': clusteranalysistemplate.argoproj.io "a" not found`,
    ],
  ])('a missing template is an Error (of the cluster: %s)', (clusterScope, message) => {
    const { writes, status } = decide({}, { templates: templateSource() }, { analysis: { clusterScope } })
    expect([writes, status]).toEqual([[], { name: 'a', analysisRun: '', phase: 'Error', message }])
  })

  it('the Error stays when the template comes', () => {
    const failed = { analysisRun: '', phase: 'Error' as const, message: 'not found' }
    expect(decide({ analysisRuns: [entry(failed)] }).status).toEqual(entry(failed))
  })
})

describe('EXP-503: once all is available', () => {
  it('a run is made, and its name told', () => {
    const { writes, status, events } = decide({ phase: 'Running', availableAt })
    expect(writes).toMatchObject([
      {
        kind: 'create',
        because: 'EXP-503',
        summary: 'Create AnalysisRun try-a',
        object: { metadata: { name: 'try-a' } },
      },
    ])
    expect(status).toEqual(entry({ phase: 'Pending' }))
    expect(events.map(({ message }) => message)).toEqual(["AnalysisRun 'a' transitioned from  -> Pending"])
  })

  it('EXP-505: one that a crash left behind is taken over; one that is done makes way for another name', () => {
    const taken = decide({ phase: 'Running', availableAt }, { analysisRuns: runsOf(aRun('try-a')) })
    expect([taken.writes, taken.status]).toEqual([[], entry({ phase: 'Pending' })])
    const done = decide({ phase: 'Running', availableAt }, { analysisRuns: runsOf(aRun('try-a', 'Failed')) })
    expect(done.writes).toMatchObject([{ object: { metadata: { name: 'try-a.1' } } }])
    expect(done.status.analysisRun).toBe('try-a.1')
  })

  it('none is made while everything is to end', () => {
    expect(decide({ phase: 'Running', availableAt }, {}, { terminate: true })).toMatchObject({
      writes: [],
      status: { analysisRun: '', phase: '' },
    })
  })

  it('one that cannot be made is an Error', () => {
    const { writes, status } = decide({ phase: 'Running', availableAt }, { templates: templateSource() })
    expect(writes).toEqual([])
    expect(status).toMatchObject({
      phase: 'Error',
      message: "Failed to create AnalysisRun for analysis 'a': AnalysisTemplate 'a' not found",
    })
  })
})

describe('EXP-506: with a run', () => {
  it('phase and message are those of the run; Pending while nobody has begun it', () => {
    const failed = runsOf(aRun('try-a', 'Failed', 'too many'))
    expect(decide(running(), { analysisRuns: failed }).status).toEqual(entry({ phase: 'Failed', message: 'too many' }))
    expect(decide(running({ phase: 'Pending' }), { analysisRuns: runsOf(aRun('try-a')) }).status.phase).toBe('Pending')
    const quiet = runsOf(aRun('try-a', 'Running'))
    expect(decide(running({ message: 'old' }), { analysisRuns: quiet }).status).toEqual(entry())
  })

  it('an entry that is done is not looked at again', () => {
    expect(decide(running({ phase: 'Successful' }), { analysisRuns: {} }).status).toEqual(
      entry({ phase: 'Successful' }),
    )
  })

  it('a run that is gone is an Error', () => {
    const message = 'analysisruns.argoproj.io "try-a" not found'
    expect(decide(running()).status).toEqual(entry({ phase: 'Error', message }))
  })

  it('a run is asked to end, once, while everything is to end', () => {
    const { writes } = decide(running(), { analysisRuns: runsOf(aRun('try-a', 'Running')) }, { terminate: true })
    expect(writes).toMatchObject([
      {
        kind: 'patch',
        body: { spec: { terminate: true } },
        precondition: { uid: 'uid-try-a' },
        because: 'EXP-506',
        summary: 'Terminate AnalysisRun try-a',
      },
      { kind: 'event', type: 'Normal', reason: 'AnalysisRunTerminating', message: 'Terminating a (try-a)' },
    ])
    const asked = aRun('try-a', 'Running')
    const again = { analysisRuns: runsOf({ ...asked, spec: { ...asked.spec, terminate: true } }) }
    expect(decide(running(), again, { terminate: true }).writes).toEqual([])
    expect(decide(running(), { analysisRuns: runsOf(aRun('try-a', 'Failed')) }, { terminate: true }).writes).toEqual([])
  })

  it('EXP-1301: what becomes of it is also told while everything is to end', () => {
    const ended = { analysisRuns: runsOf(aRun('try-a', 'Inconclusive', 'who knows')) }
    expect(decide(running(), ended, { terminate: true }).status).toEqual(
      entry({ phase: 'Inconclusive', message: 'who knows' }),
    )
  })

  it('EXP-1304: after the end of the Experiment the entry stays as it is, and the run ends all the same', () => {
    const over = { ...running(), phase: 'Successful' as const }
    const { writes, status } = decide(over, { analysisRuns: runsOf(aRun('try-a', 'Pending')) })
    expect([status, writes.length]).toEqual([entry(), 2])
  })
})

it('EXP-507: a change of phase is told of the Experiment, and as a Warning of its Rollout', () => {
  const rollout = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: 'web', namespace: 'shop' } }
  const events = (phase: 'Successful' | 'Inconclusive') =>
    decide(running(), { rollout, analysisRuns: runsOf(aRun('try-a', phase, 'why')) }).events
  const told = (phase: string, type: string) => ({
    type,
    reason: `AnalysisRun${phase}`,
    message: `AnalysisRun 'a' transitioned from Running -> ${phase}: why`,
  })
  expect(events('Successful')).toMatchObject([
    { regarding: { kind: 'Experiment' }, ...told('Successful', 'Normal') },
    { regarding: rollout, ...told('Successful', 'Warning') },
  ])
  expect(events('Inconclusive')).toMatchObject([told('Inconclusive', 'Warning'), told('Inconclusive', 'Warning')])
  expect(decide(running(), { analysisRuns: runsOf(aRun('try-a', 'Successful')) }).events).toHaveLength(1)
})

it('EXP-508: runs begin together, when the last template is available', () => {
  const experiment = anExperiment({ templates: ['bar', 'baz'], analyses: ['a', 'b'] })
  const journey = new ExperimentJourney(anExperimentWorld({ experiment }))
  journey.isReady = ({ metadata }) => metadata.name === 'try-bar'
  journey.settle().pass(60)
  expect([journey.templates, journey.analyses]).toEqual([
    ['bar Running', 'baz Progressing'],
    ['a ', 'b '],
  ])
  journey.isReady = () => true
  journey.settle()
  expect(journey.analyses).toEqual(['a Running', 'b Running'])
  const creators = journey.rounds.filter(({ writes }) => writes.some(({ because }) => because === 'EXP-503'))
  expect(creators.map(({ writes }) => writes.filter(({ because }) => because === 'EXP-503').length)).toEqual([2])
})
