import type {
  AnalysisPhaseView,
  AnalysisRunView,
  ConditionVerdicts,
  MeasurementView,
  MetricView,
  ThresholdView,
} from '#contract/analysis-views.ts'
import type { Input } from '#contract/requests.ts'
import type { RolloutDetailView, RolloutView } from '#contract/views.ts'
import { holds } from '#engine/expr/condition.ts'
import type { EpochMs } from '#lib/clock.ts'
import { isOver } from '#renderer/format/analysis-words.ts'
import { seeded } from './fixture-fleet.ts'

const SECOND = 1000
const MINUTE = 60_000

type Shown = Pick<RolloutDetailView, 'analysisRuns' | 'analysisState'>

/** The analyses of the fixture fleet, each application with another state of them. */
export function someAnalyses(view: RolloutView, now: EpochMs): Shown {
  const runs = told[view.name]?.(view, now) ?? []
  return { analysisRuns: runs, analysisState: states[view.name] ?? 'read' }
}

const states: Readonly<Record<string, RolloutDetailView['analysisState']>> = {
  ledger: 'loading',
}

const told: Readonly<Record<string, (view: RolloutView, now: EpochMs) => readonly AnalysisRunView[]>> = {
  'checkout-api': checkoutRuns,
  'search-index': searchRuns,
  'media-encoder': manyMetrics,
  'payments-gw': failedRuns,
  a: longTexts,
  'fraud-scoring': experimentRuns,
}

export function aRunView(change: Partial<AnalysisRunView> & Pick<AnalysisRunView, 'name'>): AnalysisRunView {
  return {
    kind: 'Background',
    stepIndex: undefined,
    revision: 48,
    current: true,
    rerunOf: undefined,
    phase: 'Running',
    message: '',
    score: undefined,
    terminating: false,
    terminateOff: isOver(change.phase ?? 'Running')
      ? `Terminate is open until the AnalysisRun has ended: it is ${change.phase}`
      : undefined,
    createdAt: 0,
    startedAt: 0,
    completedAt: undefined,
    args: [],
    metrics: [],
    ...change,
  }
}

export function aMetricView(change: Partial<MetricView> & Pick<MetricView, 'name'>): MetricView {
  const { measurements = [] } = change
  const count = (phase: AnalysisPhaseView) => measurements.filter((each) => each.phase === phase).length
  const errors = measurements.length - 1 - measurements.findLastIndex(({ phase }) => phase !== 'Error')
  return {
    phase: 'Running',
    message: '',
    provider: 'prometheus',
    query: 'sum(rate(http_requests_total{code!~"5.."}[2m])) / sum(rate(http_requests_total[2m]))',
    successCondition: undefined,
    failureCondition: undefined,
    intervalMs: MINUTE,
    initialDelayMs: undefined,
    count: undefined,
    limits: { failure: 2, inconclusive: 0, consecutiveError: 4, consecutiveSuccess: 0 },
    counts: {
      successful: count('Successful'),
      failed: count('Failed'),
      inconclusive: count('Inconclusive'),
      error: count('Error'),
      consecutiveError: errors,
      consecutiveSuccess: 0,
    },
    dryRun: false,
    series: [{ key: '0', role: undefined }],
    thresholds: [],
    stableMetric: undefined,
    nextAt: undefined,
    measurements,
    ...change,
  }
}

/** One a minute up to now, around a value. */
export function measured(
  values: readonly (number | string)[],
  last: EpochMs,
  phases: Readonly<Record<number, AnalysisPhaseView>> = {},
): readonly MeasurementView[] {
  return values.map((value, index) => {
    const at = last - (values.length - 1 - index) * MINUTE
    const isText = typeof value === 'string'
    return {
      at,
      finishedAt: at + SECOND,
      phase: phases[index] ?? (isText ? 'Error' : 'Successful'),
      value: isText ? '' : `[${value}]`,
      numbers: [isText ? null : value],
      message: isText ? value : '',
    }
  })
}

const around = (middle: number, spread: number, count: number, seed: number): readonly number[] => {
  const random = seeded(seed)
  return Array.from({ length: count }, () => Math.round((middle + (random() - 0.5) * 2 * spread) * 10_000) / 10_000)
}

const line = (good: ThresholdView['good'], value: number, from: ThresholdView['from'] = 'success'): ThresholdView => ({
  value,
  good,
  inclusive: true,
  from,
  key: '0',
})

function checkoutRuns(view: RolloutView, now: EpochMs): readonly AnalysisRunView[] {
  const last = now - 22 * SECOND
  const begun = now - 14 * MINUTE
  const rate = around(0.42, 0.08, 12, 1)
  const background = aRunView({
    name: 'checkout-api-6c7f5d9b88-48',
    createdAt: begun,
    startedAt: begun,
    args: [
      { name: 'service', value: 'checkout-api-canary', source: undefined },
      { name: 'token', value: '•••', source: 'secret metrics/token' },
      { name: 'hash', value: '6c7f5d9b88', source: "metadata.labels['rollouts-pod-template-hash']" },
    ],
    metrics: [
      aMetricView({
        name: 'success-rate',
        failureCondition: 'result[0] > 1',
        thresholds: [line('below', 1, 'failure')],
        nextAt: now + 38 * SECOND,
        measurements: measured([...rate.slice(0, 6), 1.04, ...rate.slice(7)], last, { 6: 'Failed' }),
      }),
      aMetricView({
        name: 'latency-canary',
        failureCondition: 'result[0] > 300',
        limits: { failure: 1, inconclusive: 0, consecutiveError: 4, consecutiveSuccess: 0 },
        thresholds: [line('below', 300, 'failure')],
        stableMetric: 'latency-stable',
        nextAt: now + 38 * SECOND,
        measurements: measured(around(241, 12, 12, 2), last),
      }),
      aMetricView({
        name: 'latency-stable',
        dryRun: true,
        nextAt: now + 38 * SECOND,
        measurements: measured(around(214, 8, 12, 3), last),
      }),
      aMetricView({
        name: 'cpu-saturation',
        provider: 'datadog',
        query: 'avg:kubernetes.cpu.usage{service:checkout-api}',
        failureCondition: 'result > 80',
        thresholds: [{ ...line('below', 80, 'failure'), key: undefined }],
        nextAt: now + 98 * SECOND,
        measurements: measured(around(62, 4, 6, 4), last),
      }),
      aMetricView({
        name: 'conversion',
        provider: 'web',
        query: 'GET https://orders.shop.io/conversion?service=checkout-api-canary',
        successCondition: 'result[0] >= 2.9',
        failureCondition: 'result[0] < 2.6',
        limits: { failure: 0, inconclusive: 1, consecutiveError: 4, consecutiveSuccess: 0 },
        thresholds: [line('above', 2.9), line('above', 2.6, 'failure')],
        nextAt: now + 38 * SECOND,
        measurements: measured([3.05, 2.8, 3.11, 3.02], last, { 1: 'Inconclusive' }),
      }),
    ],
  })
  const smoke = aRunView({
    name: 'checkout-api-6c7f5d9b88-48-2',
    kind: 'Step',
    stepIndex: 2,
    current: false,
    phase: 'Successful',
    createdAt: now - 9 * MINUTE,
    startedAt: now - 9 * MINUTE,
    completedAt: now - 8 * MINUTE,
    metrics: [
      aMetricView({
        name: 'smoke-http',
        phase: 'Successful',
        provider: 'job',
        query: undefined,
        count: 5,
        series: [{ key: '', role: undefined }],
        measurements: measured(['', '', '', '', ''], now - 8 * MINUTE).map((each) => ({
          ...each,
          phase: 'Successful',
        })),
      }),
    ],
  })
  return view.status === 'Healthy' ? [{ ...smoke, current: false }] : [background, smoke, ...failedRuns(view, now)]
}

/** Its only run is that of its Experiment. */
function experimentRuns(_view: RolloutView, now: EpochMs): readonly AnalysisRunView[] {
  return [
    aRunView({
      name: 'fraud-scoring-6c7f5d9b88-48-2-compare',
      kind: 'Experiment',
      current: false,
      createdAt: now - 5 * MINUTE,
      startedAt: now - 5 * MINUTE,
      metrics: [
        aMetricView({
          name: 'precision',
          successCondition: 'result[0] >= 0.9',
          thresholds: [line('above', 0.9)],
          nextAt: now + 21 * SECOND,
          measurements: measured([0.94, 0.93, 0.95, 0.91], now - 39 * SECOND),
        }),
      ],
    }),
  ]
}

function failedRuns(view: RolloutView, now: EpochMs): readonly AnalysisRunView[] {
  const ended = now - 40 * MINUTE
  return [
    aRunView({
      name: `${view.name}-5d8f6c7b49-47-1`,
      kind: 'Step',
      stepIndex: 1,
      revision: 47,
      current: view.name === 'payments-gw',
      phase: 'Failed',
      score: view.name === 'payments-gw' ? 62.5 : undefined,
      message: 'Metric "success-rate" assessed Failed due to failed (3) > failureLimit (2)',
      createdAt: ended - 8 * MINUTE,
      startedAt: ended - 8 * MINUTE,
      completedAt: ended,
      metrics: [
        aMetricView({
          name: 'success-rate',
          phase: 'Failed',
          successCondition: 'result[0] >= 0.95',
          thresholds: [line('above', 0.95)],
          measurements: measured([0.991, 0.984, 0.93, 0.962, 0.921, 0.908], ended, {
            2: 'Failed',
            4: 'Failed',
            5: 'Failed',
          }),
        }),
      ],
    }),
  ]
}

/** Not begun, delayed, without data, in errors. */
function searchRuns(_view: RolloutView, now: EpochMs): readonly AnalysisRunView[] {
  const refused =
    'Post "http://prometheus.monitoring:9090/api/v1/query": dial tcp: lookup prometheus.monitoring: no such host'
  const metrics = [
    aMetricView({
      name: 'warm-up',
      phase: 'Pending',
      initialDelayMs: 5 * MINUTE,
      successCondition: 'result[0] >= 0.95',
      nextAt: now + 185 * SECOND,
    }),
    aMetricView({
      name: 'no-host',
      successCondition: 'result[0] >= 0.95',
      thresholds: [line('above', 0.95)],
      nextAt: now + 6 * SECOND,
      measurements: measured([0.97, refused, refused], now - 4 * SECOND),
    }),
    aMetricView({
      name: 'words',
      provider: 'web',
      query: 'GET https://status.shop.io/health',
      successCondition: 'result.state == "ok"',
      series: [{ key: 'state', role: undefined }],
      measurements: measured([1, 2], now - 20 * SECOND).map((each) => ({
        ...each,
        value: '{"state":"ok","since":"2026-11-24T14:00:00Z"}',
        numbers: [null],
      })),
      nextAt: now + 40 * SECOND,
    }),
    aMetricView({ name: 'not-yet', phase: 'Pending', query: undefined, provider: 'kayenta' }),
  ]
  const name = 'search-index-7c9d5f6b8-12-2'
  const begun = now - 3 * MINUTE
  return [aRunView({ name, kind: 'Step', stepIndex: 2, createdAt: begun, startedAt: begun, metrics })]
}

/** 100 metrics with 50 measurements each. */
function manyMetrics(_view: RolloutView, now: EpochMs): readonly AnalysisRunView[] {
  const metrics = Array.from({ length: 100 }, (_, index) =>
    aMetricView({
      name: `encoder-${index % 2 === 0 ? 'throughput' : 'queue-depth'}-${String(index).padStart(3, '0')}`,
      failureCondition: 'result[0] > 90',
      thresholds: [line('below', 90, 'failure')],
      nextAt: now + 30 * SECOND,
      measurements: measured(
        around(60 + (index % 7) * 4, 20, 50, index + 10),
        now - 30 * SECOND,
        index % 9 === 0 ? { 20: 'Failed', 33: 'Inconclusive', 41: 'Error' } : {},
      ),
    }),
  )
  const begun = now - 51 * MINUTE
  return [aRunView({ name: 'media-encoder-6b7c8d9f-21', createdAt: begun, startedAt: begun, metrics })]
}

function longTexts(_view: RolloutView, now: EpochMs): readonly AnalysisRunView[] {
  const words =
    '指标服务返回的错误信息非常长，其中包含集群名称、命名空间以及完整的请求地址，因此不能在一行之内显示完整。'.repeat(4)
  const begun = now - 6 * MINUTE
  return [
    aRunView({
      name: 'a-name-of-an-analysis-run-that-is-made-of-a-rollout-name-and-a-hash-and-a-revision-and-a-step-index-6c7f5d9b88-48-2',
      kind: 'Step',
      stepIndex: 2,
      createdAt: begun,
      startedAt: begun,
      args: [
        {
          name: '服务名称以及部署环境的完整说明',
          value: '生产环境-上海一区-电商核心集群'.repeat(6),
          source: undefined,
        },
        { name: 'averyveryverylongargumentnamewithoutanybreak'.repeat(2), value: 'x'.repeat(300), source: undefined },
      ],
      metrics: [
        aMetricView({
          name: '支付成功率-最近五分钟-按照支付渠道加权平均-华东一区与华南二区合并计算',
          query: `sum(rate(${'payment_requests_total_by_channel_and_region'.repeat(5)}[5m]))`,
          successCondition: `result[0] >= 0.95 && ${'result[0] <= 1000000 && '.repeat(8)}true`,
          thresholds: [line('above', 0.95)],
          nextAt: now + 5 * SECOND,
          measurements: measured([0.97, 0.93, words], now - 55 * SECOND, { 1: 'Failed' }),
        }),
        aMetricView({
          name: 'a-metric-name-that-nobody-would-shorten-because-it-says-all-there-is-to-say-about-what-is-measured',
          failureCondition: 'result[0] > 1e12',
          thresholds: [line('below', 1e12, 'failure')],
          measurements: measured([123_456_789_012, 998_877_665_544, 1e12 + 7], now - 55 * SECOND, { 2: 'Failed' }),
        }),
      ],
    }),
  ]
}

/** As main says it, of the fixture's own measurements. */
export function verdictsOf(
  { run, metric, expression }: Input<'analysis.evaluate'>,
  view: RolloutView | undefined,
  now: EpochMs,
): ConditionVerdicts {
  const { analysisRuns } = view === undefined ? { analysisRuns: [] } : someAnalyses(view, now)
  const found = analysisRuns.find(({ name }) => name === run)?.metrics.find(({ name }) => name === metric)
  const verdicts = (found?.measurements ?? [])
    .filter(({ value }) => value !== '')
    .map(({ at, numbers }) => {
      const answer = holds(
        expression,
        Float64Array.from(numbers, (each) => each ?? Number.NaN),
        now,
      )
      if (!answer.ok) return { at, says: 'error' as const, type: '', text: answer.error }
      return {
        at,
        says: answer.value ? ('true' as const) : ('false' as const),
        type: 'bool',
        text: String(answer.value),
      }
    })
  const problem = verdicts.find(({ text }) => text.startsWith('unexpected token'))?.text
  return problem === undefined ? { problem, verdicts } : { problem, verdicts: [] }
}
