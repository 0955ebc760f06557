import { describe, expect, it } from 'vitest'
import type { AnalysisRun, AnalysisRunStatus, MetricResult } from '#api/analysis.ts'
import type { Experiment } from '#api/experiment.ts'
import { labels } from '#api/keys.ts'
import { planTermination, type Terminable } from '#engine/actions/terminate.ts'
import { planOf, refusalOf, requestsOf, rulesOf } from '#test/support/action-plan.ts'
import { aMetric, anAnalysisRun } from '#test/support/builders/analysis.ts'
import { anExperiment, aRun, aTemplateStatus } from '#test/support/builders/experiment.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

const rollout = aRollout()
const owner = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  name: 'web',
  uid: rollout.metadata.uid ?? '',
  controller: true,
}
const world = (analysisRuns: readonly AnalysisRun[], experiments: readonly Experiment[] = []) => ({
  ...aWorld({ rollout }),
  analysisRuns,
  experiments,
})
const runOfKind = (kind: string | undefined, status: Partial<AnalysisRunStatus> = {}) =>
  anAnalysisRun(
    { metrics: [aMetric(), aMetric({ name: 'smoke', provider: { job: {} } })] },
    {
      metadata: { ownerReferences: [owner], ...(kind !== undefined && { labels: { [labels.rolloutType]: kind } }) },
      status: { phase: 'Running', ...status } as AnalysisRunStatus,
    },
  )
const running = anExperiment({
  templates: ['old', 'new'],
  analyses: ['rate'],
  metadata: { ownerReferences: [owner] },
  status: { phase: 'Running' },
})
const told = (object: Terminable) => {
  const plan = planTermination(object)
  if (!plan.ok) throw new Error(plan.error.reason)
  return plan.value
}
const result = (change: Partial<MetricResult>): MetricResult => ({ name: 'rate', phase: 'Running', ...change })

describe('terminate', () => {
  it('ACT-142: one patch of the object itself, held to the version it was decided from', () => {
    const plan = planOf('terminateAnalysis', world([runOfKind('Step')]), { run: 'web-v2-2-1' })
    expect(requestsOf(plan)).toEqual([
      ['patch analysisruns', { spec: { terminate: true }, metadata: { uid: 'uid-run', resourceVersion: '1' } }],
    ])
    expect(rulesOf(plan)).toEqual(['ACT-142'])
    expect(plan.message).toBe("analysisRun 'web-v2-2-1' terminated")
    const other = planOf('terminateExperiment', world([], [running]), { experiment: 'try' })
    expect(requestsOf(other)).toEqual([
      ['patch experiments', { spec: { terminate: true }, metadata: { uid: 'uid-try', resourceVersion: '1' } }],
    ])
    expect(other.message).toBe("experiment 'try' terminated")
  })

  it.each([
    ['Step', 'goes on with its next step'],
    ['Background', 'goes on without it'],
    ['PrePromotion', 'goes on to be promoted'],
    ['PostPromotion', 'goes on: the version before is scaled down'],
  ])('ACT-142: warns that a rollout goes on after its %s analysis', (kind, goesOn) => {
    expect(told(runOfKind(kind)).warnings).toEqual([
      `Rollout web counts it as passed and ${goesOn}. To go back, abort the rollout`,
    ])
  })

  it('ACT-142: warns that a rollout goes on after its Experiment, and says what goes', () => {
    expect(told(running)).toMatchObject({
      effects: ['Its pods go: old, new', 'Its analyses end', 'It ends Successful, for nothing in it has failed'],
      warnings: ['Rollout web counts it as passed and goes on with its next step. To go back, abort the rollout'],
    })
  })

  it('warns of the Experiment that waits for a run, and of nobody where nobody waits', () => {
    expect(told(aRun('try-rate', 'Running')).warnings).toEqual(['Experiment try counts it as passed'])
    expect(told(runOfKind(undefined)).warnings).toEqual([])
    const { ownerReferences: _nobody, ...metadata } = running.metadata
    expect(told({ ...running, metadata }).warnings).toEqual([])
  })

  it('ANA-803: with a metric that has failed it ends as it would have; one that is only tried decides nothing', () => {
    const failed = told(runOfKind('Step', { metricResults: [result({ phase: 'Failed' })] }))
    expect(failed.effects).toContain('It ends Failed: metric "rate" decided so before')
    expect(failed.warnings).toEqual([])
    const tried = told(runOfKind('Step', { metricResults: [result({ phase: 'Failed', dryRun: true })] }))
    expect(tried.effects).toContain('It ends Successful, for no metric has failed')
    expect(tried.warnings).toHaveLength(1)
  })

  it('ANA-810: a Job that is called off is inconclusive, unless one may be', () => {
    const measurements = [{ phase: 'Running', startedAt: '2026-01-15T10:00:00Z' }] as const
    const run = runOfKind('Step', { metricResults: [result({ name: 'smoke', measurements })] })
    expect(told(run).effects).toContain('It ends Inconclusive: the Job that measures "smoke" is called off')
    expect(told(run).warnings).toEqual([])
    const metrics = run.spec.metrics.map((metric) => ({ ...metric, inconclusiveLimit: 1 }))
    const lenient = told({ ...run, spec: { ...run.spec, metrics } })
    expect(lenient.effects).toContain('It ends Successful, for no metric has failed')
  })

  it('EXP-303: an Experiment of which something has failed ends by that', () => {
    const failing: Experiment = {
      ...running,
      status: { phase: 'Running', templateStatuses: [aTemplateStatus('old', { status: 'Failed' })] },
    }
    expect(told(failing)).toMatchObject({ warnings: [] })
    expect(told(failing).effects).toContain('It ends as what has failed in it says')
  })

  it('UI-ACT-4: closed once it has ended or is ending', () => {
    const reasonFor = (run: AnalysisRun) => refusalOf('terminateAnalysis', world([run]), { run: 'web-v2-2-1' })
    expect(reasonFor(runOfKind('Step', { phase: 'Successful' }))).toBe(
      'Terminate is open until the AnalysisRun has ended: it is Successful',
    )
    const run = runOfKind('Step')
    expect(reasonFor({ ...run, spec: { ...run.spec, terminate: true } })).toMatch(/is ending already$/)
    const deletionTimestamp = '2026-01-15T10:00:00Z'
    expect(reasonFor({ ...run, metadata: { ...run.metadata, deletionTimestamp } })).toMatch(/is being deleted$/)
  })

  it('is refused for what belongs to another rollout, is gone, or is not named', () => {
    const foreign = anExperiment({ metadata: { ownerReferences: [{ ...owner, uid: 'another' }] } })
    expect(refusalOf('terminateAnalysis', world([]))).toMatch(/^Name the AnalysisRun/)
    expect(refusalOf('terminateExperiment', world([]))).toMatch(/^Name the Experiment/)
    expect(refusalOf('terminateAnalysis', world([]), { run: 'x' })).toBe('AnalysisRun x is not there any more')
    expect(refusalOf('terminateExperiment', world([], [foreign]), { experiment: 'try' })).toMatch(/not there any more$/)
    const ofForeign = world([aRun('try-rate', 'Running')], [foreign])
    expect(refusalOf('terminateAnalysis', ofForeign, { run: 'try-rate' })).toMatch(/not there any more$/)
    const ofOurs = world([aRun('try-rate', 'Running')], [running])
    expect(planOf('terminateAnalysis', ofOurs, { run: 'try-rate' }).writes).toHaveLength(1)
  })
})
