import { describe, expect, it } from 'vitest'
import type { AnalysisPhase } from '#api/analysis.ts'
import type { Experiment, ExperimentStatus, TemplatePhase } from '#api/experiment.ts'
import { withPhase } from '#engine/experiment/phase.ts'
import { assess } from '#engine/experiment/situation.ts'
import {
  anAnalysis,
  anExperiment,
  anExperimentWorld,
  aTemplateStatus,
  required,
} from '#test/support/builders/experiment.ts'
import { T0 } from '#test/support/virtual-clock.ts'

interface Told {
  readonly phase?: ExperimentStatus['phase']
  readonly templates?: readonly (TemplatePhase | undefined)[]
  readonly analyses?: readonly (AnalysisPhase | '')[]
  readonly required?: readonly number[]
  readonly terminate?: boolean
  readonly availableAt?: string
}

/** `Phase: message`; messages name what they came from: `t0`, `a1`. */
function judged(told: Told): string {
  const { phase = 'Running', templates = ['Running'], analyses = [], terminate = false } = told
  const spec: Partial<Experiment['spec']> = {
    terminate,
    analyses: analyses.map((_, i) => ((told.required ?? []).includes(i) ? required(`a${i}`) : anAnalysis(`a${i}`))),
  }
  const next: ExperimentStatus = {
    phase,
    templateStatuses: templates.flatMap((status, i) =>
      status === undefined ? [] : [aTemplateStatus(`t${i}`, { status, message: `t${i}` })],
    ),
    analysisRuns: analyses.map((each, i) => ({
      name: `a${i}`,
      analysisRun: `try-a${i}`,
      phase: each,
      message: `a${i}`,
    })),
  }
  const experiment = anExperiment({ templates: templates.map((_, i) => `t${i}`), spec, status: { phase } })
  const after = withPhase(next, assess(anExperimentWorld({ experiment }), T0))
  return [after.phase, after.message].filter((text) => text !== undefined).join(': ')
}

describe('EXP-601', () => {
  it('the first pass makes it Pending, whatever has come of the templates', () => {
    expect(judged({ phase: '', templates: ['Error'] })).toBe('Pending')
  })
  it.each(['Successful', 'Failed', 'Error', 'Inconclusive'] as const)('%s stays', (phase) => {
    expect(judged({ phase, templates: ['Failed'], analyses: ['Error'] })).toBe(phase)
  })
})

describe('EXP-602: the worst template decides', () => {
  it.each<[readonly (TemplatePhase | undefined)[], string]>([
    [['Progressing'], 'Pending: t0'],
    [['Running', 'Progressing', 'Progressing'], 'Pending: t1'],
    [['Running', undefined], 'Pending'],
    [['Successful', 'Running'], 'Running: t1'],
    [['Successful', 'Successful'], 'Successful'],
    [['Running', 'Failed'], 'Failed: t1'],
    [['Error', 'Failed'], 'Failed: t1'],
    [['Error', 'Progressing'], 'Error: t0'],
  ])('%s: %s', (templates, expected) => {
    expect(judged({ templates })).toBe(expected)
  })
})

describe('EXP-603, EXP-605: templates and analyses', () => {
  it.each<[string, Told, string]>([
    [
      'Successful templates wait for nothing that is not required',
      { templates: ['Successful'], analyses: ['Running'] },
      'Successful',
    ],
    [
      'and take the word of analyses that are done',
      { templates: ['Successful'], analyses: ['Inconclusive'] },
      'Inconclusive: a0',
    ],
    [
      'the worst of them, first of its kind',
      { templates: ['Successful'], analyses: ['Error', 'Failed', 'Failed'] },
      'Failed: a1',
    ],
    [
      'a required one decides, done or not',
      { templates: ['Successful'], analyses: ['Running'], required: [0] },
      'Running: a0',
    ],
    [
      'a Pending one is told as Running',
      { templates: ['Successful'], analyses: ['Pending'], required: [0] },
      'Running: a0',
    ],
    ['templates that failed are the last word', { templates: ['Failed'], analyses: ['Error'] }, 'Failed: t0'],
    ['a bad analysis ends what runs', { analyses: ['Successful', 'Failed'] }, 'Failed: a1'],
    ['and what is only Pending', { templates: ['Progressing'], analyses: ['Error'] }, 'Error: a0'],
    ['good ones do not, unless required', { analyses: ['Successful', 'Successful'] }, 'Running: t0'],
    [
      'EXP-606: all Successful, one of them required',
      { analyses: ['Successful', 'Successful'], required: [0] },
      'Successful: Required AnalysisRuns completed',
    ],
    [
      'EXP-606: required ones Successful, another one Running',
      { analyses: ['Successful', 'Running'], required: [0] },
      'Running: a1',
    ],
    ['an analysis without a run counts as Successful', { templates: ['Successful'], analyses: [''] }, 'Successful'],
    ['EXP-1308: no template at all', { templates: [], analyses: [''] }, 'Successful'],
  ])('%s', (_what, told, expected) => {
    expect(judged(told)).toBe(expected)
  })
})

describe('EXP-1301: while everything is to end', () => {
  it.each<[string, Told, string]>([
    [
      'runs that nothing requires are not waited for',
      { templates: ['Successful'], analyses: ['Successful', 'Running'], required: [0] },
      'Successful: Required AnalysisRuns completed',
    ],
    [
      'required ones are',
      { templates: ['Successful'], analyses: ['Running', 'Running'], required: [0] },
      'Running: a0',
    ],
    [
      'what has gone wrong is told',
      { templates: ['Successful'], analyses: ['Successful', 'Failed'], required: [0] },
      'Failed: a1',
    ],
    [
      'a required run that never was is not waited for',
      { templates: ['Successful'], analyses: [''], required: [0] },
      'Successful',
    ],
  ])('%s', (_what, told, expected) => {
    expect(judged({ ...told, terminate: true })).toBe(expected)
  })
})

describe('EXP-604: the time since which all is available', () => {
  const situation = assess(anExperimentWorld(), T0)
  const after = (status: TemplatePhase, availableAt?: string) =>
    withPhase(
      {
        phase: 'Pending',
        templateStatuses: [aTemplateStatus('bar', { status })],
        ...(availableAt !== undefined && { availableAt }),
      },
      situation,
    ).availableAt
  it('is told with the first Running', () => {
    expect([after('Progressing'), after('Running')]).toEqual([undefined, '2026-01-15T10:00:00Z'])
  })
  it('and stays', () => {
    const before = '2026-01-15T09:00:00Z'
    expect([after('Progressing', before), after('Running', before)]).toEqual([before, before])
  })
})
