import { describe, expect, it } from 'vitest'
import type { AnalysisRun, AnalysisRunSpec, AnalysisRunStatus, Measurement } from '#api/analysis.ts'
import type { ObjectMeta } from '#api/meta.ts'
import { analysisRunViews } from '#main/fleet/detail/analysis.ts'
import { aMetric, anAnalysisRun, secretArgument } from '#test/support/builders/analysis.ts'
import { aRollout } from '#test/support/builders/rollout.ts'

const begin = Date.parse('2026-01-15T10:00:00Z')
const after = (seconds: number) => new Date(begin + seconds * 1000).toISOString().replace('.000', '')

const measured = (seconds: number, value: string, more: Partial<Measurement> = {}): Measurement => ({
  phase: 'Successful',
  startedAt: after(seconds),
  finishedAt: after(seconds + 1),
  value,
  ...more,
})

const aRun = (spec: Partial<AnalysisRunSpec>, status?: AnalysisRunStatus, metadata: Partial<ObjectMeta> = {}) =>
  anAnalysisRun(spec, { metadata, ...(status && { status }) })

const viewsOf = (runs: readonly AnalysisRun[], status = {}) => analysisRunViews(aRollout({ status }), runs)

const viewOf = (spec: Partial<AnalysisRunSpec>, status?: AnalysisRunStatus, metadata?: Partial<ObjectMeta>) => {
  const [view] = viewsOf([aRun(spec, status, metadata)])
  if (view === undefined) throw new Error('no view')
  return view
}

const metricOf = (...order: Parameters<typeof viewOf>) => {
  const [metric] = viewOf(...order).metrics
  if (metric === undefined) throw new Error('no metric')
  return metric
}

describe('the runs of a Rollout', () => {
  it('ANA-1106: those that its status names come first, then the newest; 20 at most', () => {
    const runs = Array.from({ length: 30 }, (_, index) =>
      aRun({}, undefined, { name: `run-${index}`, uid: `uid-${index}`, creationTimestamp: after(index) }),
    )
    const status = { canary: { currentStepAnalysisRunStatus: { name: 'run-3', status: 'Running' } } }
    const views = viewsOf(runs, status)
    expect(views.map(({ name }) => name).slice(0, 3)).toEqual(['run-3', 'run-29', 'run-28'])
    expect(views).toHaveLength(20)
    expect(views.map(({ current }) => current).slice(0, 2)).toEqual([true, false])
  })

  it('ANA-1101: labels and annotations say what it is for', () => {
    const labels = { 'rollout-type': 'Step', 'step-index': '3' }
    const annotations = { 'rollout.argoproj.io/revision': '7' }
    expect(viewOf({}, undefined, { labels, annotations })).toMatchObject({ kind: 'Step', stepIndex: 3, revision: 7 })
    expect(viewOf({}, undefined, { labels: { 'rollout-type': 'Other' } })).toMatchObject({
      kind: 'none',
      stepIndex: undefined,
      revision: undefined,
    })
  })

  it.each([
    ['82.5', 82.5],
    ['0', 0],
    ['100', 100],
    ['101', undefined],
    ['<b>', undefined],
    [undefined, undefined],
  ])('SCORE-4: the score that a run carries, %s, is %s', (score, shown) => {
    const annotations = { ...(score !== undefined && { 'argosy.dev/score': score }) }
    expect(viewOf({}, undefined, { annotations }).score).toBe(shown)
  })

  it('VIEW-191: before the first pass nothing is known', () => {
    expect(viewOf({})).toMatchObject({ phase: 'Unknown', message: '', startedAt: undefined, completedAt: undefined })
  })

  it('keeps so many measurements of all runs together, the newest runs first', () => {
    const many = Array.from({ length: 50 }, (_, index) => measured(index, '1'))
    const metrics = Array.from({ length: 100 }, (_, index) => aMetric({ name: `m${index}` }))
    const metricResults = metrics.map(({ name }) => ({ name, phase: 'Running' as const, measurements: many }))
    const run = (name: string, seconds: number) =>
      aRun({ metrics }, { phase: 'Running', metricResults }, { name, creationTimestamp: after(seconds) })
    const counts = viewsOf([run('old', 0), run('older', -5), run('new', 9)]).map(({ metrics: all }) =>
      all.reduce((sum, { measurements }) => sum + measurements.length, 0),
    )
    expect(counts).toEqual([5000, 1000, 0])
  })
})

describe('what is asked of a metric', () => {
  it('VIEW-199: limits as they count, with their defaults', () => {
    expect(metricOf({ metrics: [aMetric()] }).limits).toEqual({
      failure: 0,
      inconclusive: 0,
      consecutiveError: 4,
      consecutiveSuccess: 0,
    })
    const metric = aMetric({ failureLimit: '{{args.limit}}', inconclusiveLimit: -1, consecutiveSuccessLimit: 3 })
    expect(metricOf({ metrics: [metric], args: [{ name: 'limit', value: '2' }] }).limits).toMatchObject({
      failure: 2,
      inconclusive: -1,
      consecutiveSuccess: 3,
    })
  })

  it('VIEW-195: conditions with the arguments in place, and the lines they draw', () => {
    const metric = aMetric({ successCondition: 'result[0] >= {{args.min}}', interval: '90s', initialDelay: '1m' })
    expect(metricOf({ metrics: [metric], args: [{ name: 'min', value: '0.95' }] })).toMatchObject({
      successCondition: 'result[0] >= 0.95',
      failureCondition: undefined,
      thresholds: [{ value: 0.95, good: 'above', inclusive: true, from: 'success', key: '0' }],
      intervalMs: 90_000,
      initialDelayMs: 60_000,
    })
  })

  it('ANA-605: rules of the run make a metric a dry run', () => {
    const metrics = [aMetric({ name: 'a' }), aMetric({ name: 'b' })]
    const { metrics: shown } = viewOf({ metrics, dryRun: [{ metricName: 'b' }] })
    expect(shown.map(({ dryRun }) => dryRun)).toEqual([false, true])
  })
})

describe('what was measured', () => {
  it('values, their numbers, counts and times', () => {
    const metricResults = [
      {
        name: 'rate',
        phase: 'Failed' as const,
        failed: 1,
        successful: 1,
        measurements: [measured(0, '[0.99]'), measured(60, '[0.5]', { phase: 'Failed' as const })],
      },
    ]
    const metric = metricOf({ metrics: [aMetric({ successCondition: 'result[0] > 0.9' })] }, { metricResults })
    expect(metric.phase).toBe('Failed')
    expect(metric.counts).toMatchObject({ failed: 1, successful: 1, error: 0 })
    expect(metric.measurements).toEqual([
      { at: begin, finishedAt: begin + 1000, phase: 'Successful', value: '[0.99]', numbers: [0.99], message: '' },
      { at: begin + 60_000, finishedAt: begin + 61_000, phase: 'Failed', value: '[0.5]', numbers: [0.5], message: '' },
    ])
  })

  it('UI-ERR-8: an error has no number', () => {
    const failed = measured(0, '', { phase: 'Error', message: 'no such host' })
    const metricResults = [{ name: 'rate', phase: 'Running' as const, measurements: [failed] }]
    expect(metricOf({}, { metricResults }).measurements).toMatchObject([
      { phase: 'Error', message: 'no such host', numbers: [null], value: '' },
    ])
  })

  it.each<[string, Partial<AnalysisRunSpec>, AnalysisRunStatus | undefined, number | undefined]>([
    ['ANA-902: the interval after the last one', {}, { startedAt: after(0), metricResults: [result()] }, 61_001],
    ['ANA-901: the first after its delay', {}, { startedAt: after(0) }, 30_000],
    ['unknown before the run has begun', {}, undefined, undefined],
    ['none once the run was asked to end', { terminate: true }, { startedAt: after(0) }, undefined],
    ['none once it has ended', {}, { startedAt: after(0), completedAt: after(1) }, undefined],
  ])('the next one: %s', (_title, spec, status, expected) => {
    const metric = aMetric({ interval: '1m', initialDelay: '30s' })
    const { nextAt } = metricOf({ metrics: [metric], ...spec }, status)
    expect(nextAt).toBe(expected === undefined ? undefined : begin + expected)
  })

  function result() {
    return { name: 'rate', phase: 'Running' as const, measurements: [measured(0, '1')] }
  }
})

describe('VIEW-200: the query', () => {
  it('as it was sent, where that is kept; else as the spec has it', () => {
    const query = (metadata?: Readonly<Record<string, string>>) => {
      const metricResults = [{ name: 'rate', phase: 'Running' as const, ...(metadata && { metadata }) }]
      return metricOf({ metrics: [aMetric()] }, { metricResults }).query
    }
    expect(query()).toBe('up')
    expect(query({ ResolvedPrometheusQuery: 'up{job="web"}' })).toBe('up{job="web"}')
  })

  it.each<[Readonly<Record<string, unknown>>, string | undefined]>([
    [{ datadog: { query: 'avg:x' } }, 'avg:x'],
    [{ datadog: { queries: { a: 'avg:x', b: 'avg:y' }, formula: 'a / b' } }, 'a: avg:x\nb: avg:y\na / b'],
    [
      { web: { url: 'https://bot:hunter22@orders/rate', headers: [{ key: 'X', value: 'y' }] } },
      'GET https://[redacted]@orders/rate',
    ],
    [{ cloudWatch: { metricDataQueries: [{ id: 'a' }] } }, '[\n  {\n    "id": "a"\n  }\n]'],
    [{ job: { spec: {} } }, undefined],
    [{ kayenta: { query: 'x' } }, undefined],
    [{ toString: { query: 'x' } }, undefined],
    [{}, undefined],
  ])('of %j', (provider, query) => {
    expect(metricOf({ metrics: [aMetric({ provider })] }).query).toBe(query)
  })
})

describe('secrets', () => {
  const value = 'hunter2-very-secret'
  const args = [
    { ...secretArgument('token'), value },
    { name: 'job', value: 'web' },
  ]
  const provider = { prometheus: { address: 'http://p', query: 'up{job="{{args.job}}",token="{{ args.token }}"}' } }
  const metric = aMetric({ provider, successCondition: 'result != "{{args.token}}"' })
  const metricResults = [
    { name: 'rate', phase: 'Running' as const, metadata: { ResolvedPrometheusQuery: `up{token="${value}"}` } },
  ]

  it('PRV-109: no value of one is anywhere in the view', () => {
    const view = viewOf({ metrics: [metric], args }, { phase: 'Running', metricResults })
    expect(JSON.stringify(view)).not.toContain(value)
    expect(view.args).toEqual([
      { name: 'token', value: '•••', source: 'secret tokens/token' },
      { name: 'job', value: 'web', source: undefined },
    ])
    expect(view.metrics[0]).toMatchObject({
      query: 'up{job="web",token="•••"}',
      successCondition: 'result != "•••"',
    })
  })

  it('credentials that a message or a value quotes are taken out', () => {
    const message = 'GET https://bot:hunter2@prom/api: Bearer abcdef0123456789'
    const measurements = [measured(0, '{"token":"abcdef012345"}', { phase: 'Error', message })]
    const status = { phase: 'Error' as const, message, metricResults: [{ ...metricResults[0], measurements, message }] }
    const text = JSON.stringify(viewOf({ metrics: [metric], args }, status as AnalysisRunStatus))
    for (const secret of ['hunter2', 'abcdef0123']) expect(text).not.toContain(secret)
  })
})
