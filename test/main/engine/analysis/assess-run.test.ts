import { describe, expect, it } from 'vitest'
import type { AnalysisPhase, Metric, MetricResult } from '#api/analysis.ts'
import { assessRun, type RunState } from '#engine/analysis/assess-run.ts'

const aMetric = (name: string, metric: Partial<Metric> = {}): Metric => ({ name, provider: {}, ...metric })
const measured = (
  name: string,
  phase: AnalysisPhase,
  counts: Partial<MetricResult>,
  message?: string,
): MetricResult => ({
  name,
  phase: 'Running',
  measurements: [{ phase, ...(message !== undefined && { message }) }],
  ...counts,
})
const failed = (name: string, message?: string) => measured(name, 'Failed', { failed: 1, count: 1 }, message)
const passed = (name: string) => measured(name, 'Successful', { successful: 1, count: 1 })

const assess = (metrics: readonly Metric[], results: readonly MetricResult[], state: Partial<RunState> = {}) =>
  assessRun({ metrics, results, isDryRun: () => false, terminating: false, terminate: false, ...state })

describe('a run', () => {
  it('ANA-806: goes on until every metric is done', () => {
    const some = assess([aMetric('a'), aMetric('b')], [passed('a')])
    expect(some).toMatchObject({ phase: 'Running', message: '', runSummary: { count: 2, successful: 1 } })
    const all = assess([aMetric('a'), aMetric('b')], [passed('a'), passed('b')])
    expect(all).toMatchObject({ phase: 'Successful', message: '', runSummary: { count: 2, successful: 2 } })
    expect(all.completed).toEqual([
      { name: 'a', phase: 'Successful' },
      { name: 'b', phase: 'Successful' },
    ])
  })

  it('ANA-803: a failed metric is told with its limit and its last words', () => {
    const run = assess([aMetric('a'), aMetric('b')], [passed('a'), failed('b', 'too slow')])
    expect(run).toMatchObject({
      phase: 'Failed',
      message: 'Metric "b" assessed Failed due to failed (1) > failureLimit (0): "Error Message: too slow"',
      runSummary: { count: 2, successful: 1, failed: 1 },
    })
    expect(run.results[1]).toMatchObject({ phase: 'Failed', message: 'too slow' })
  })

  it('ANA-808: one failed of two marks it, and ends the run in the next pass', () => {
    const metrics = [aMetric('a', { interval: '1m' }), aMetric('b')]
    const first = assess(metrics, [passed('a'), failed('b')])
    expect(first.phase).toBe('Running')
    const second = assess(metrics, first.results, { terminating: true })
    expect(second.phase).toBe('Failed')
    expect(second.results.map(({ phase }) => phase)).toEqual(['Successful', 'Failed'])
    expect(second.completed).toEqual([{ name: 'a', phase: 'Successful' }])
  })

  it('ANA-805, ANA-1494: the first of the worst gives the message', () => {
    const run = assess([aMetric('run-forever'), aMetric('other')], [failed('run-forever'), failed('other')])
    expect(run.message).toBe('Metric "run-forever" assessed Failed due to failed (1) > failureLimit (0)')
    const undecided = measured('a', 'Inconclusive', { inconclusive: 1, count: 1 })
    const worse = assess([aMetric('a'), aMetric('b')], [undecided, failed('b')])
    expect(worse).toMatchObject({ phase: 'Failed', runSummary: { inconclusive: 1, failed: 1 } })
    expect(worse.message).toMatch(/^Metric "b" assessed Failed/)
  })

  it('ANA-1494: dry runs change nothing but their own summary', () => {
    const run = assess([aMetric('a'), aMetric('b')], [failed('a'), failed('b')], { isDryRun: () => true })
    expect(run).toMatchObject({
      phase: 'Successful',
      message: '',
      runSummary: {},
      dryRunSummary: { count: 2, failed: 2 },
    })
    expect(run.results.map(({ message }) => message)).toEqual(
      Array(2).fill('Metric assessed Failed due to failed (1) > failureLimit (0)'),
    )
  })

  it('ANA-1493, ANA-810: told to end with nothing measured it is Successful', () => {
    const state = { terminate: true, terminating: true }
    expect(assess([aMetric('a', { initialDelay: '1h' })], [], state)).toMatchObject({
      phase: 'Successful',
      message: 'Run Terminated',
      runSummary: { count: 1 },
      dryRunSummary: {},
    })
    const dry = assess([aMetric('a')], [], { ...state, isDryRun: () => true })
    expect(dry).toMatchObject({ runSummary: {}, dryRunSummary: { count: 1 } })
  })

  it('ANA-810: a measurement ended while under way is inconclusive, and so is the run', () => {
    const job = measured('job', 'Inconclusive', { inconclusive: 1, count: 1 }, 'Metric Terminated')
    expect(assess([aMetric('job')], [job], { terminate: true, terminating: true })).toMatchObject({
      phase: 'Inconclusive',
      message:
        'Metric "job" assessed Inconclusive due to inconclusive (1) > inconclusiveLimit (0): "Error Message: Metric Terminated"',
    })
  })

  it('ANA-804: a phase that no limit gave counts as successful and says nothing', () => {
    const metric = aMetric('a', { count: 10, failureLimit: 4, consecutiveSuccessLimit: 4 })
    const result = measured('a', 'Failed', { failed: 4, consecutiveSuccess: 3, count: 10 })
    expect(assess([metric], [result])).toMatchObject({
      phase: 'Inconclusive',
      message: '',
      runSummary: { count: 1, successful: 1 },
    })
  })
})
