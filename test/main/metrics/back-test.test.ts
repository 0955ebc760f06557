import { describe, expect, it } from 'vitest'
import type { AnalysisRunSpec, Metric } from '#api/analysis.ts'
import { resources } from '#api/resources.ts'
import { askableNowOnly, backTest, summarised } from '#main/metrics/back-test.ts'
import type { Http } from '#main/metrics/http/http.ts'
import { createMetrics } from '#main/metrics/metrics.ts'
import { aMetric, anAnalysisRun, secretArgument } from '#test/support/builders/analysis.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const yesterday = T0 - 86_400_000

/** A Prometheus whose value at a time is that function of the seconds since the release began. */
function storeOf(valueAt: (seconds: number) => number) {
  const asked: number[] = []
  const http: Http = async ({ body = '' }) => {
    const time = Number(new URLSearchParams(body).get('time'))
    asked.push(time - yesterday / 1000)
    const result = [time, String(valueAt(time - yesterday / 1000))]
    const text = JSON.stringify({ status: 'success', data: { resultType: 'scalar', result } })
    return { ok: true, value: { status: 200, statusText: 'OK', header: () => undefined, body: text } }
  }
  return { http, asked }
}

async function played(
  spec: Partial<AnalysisRunSpec>,
  valueAt: (seconds: number) => number,
  seconds = 600,
  signal = new AbortController().signal,
) {
  const { http, asked } = storeOf(valueAt)
  const api = new FakeApi()
  const settings = { controllerNamespace: 'argo-rollouts', env: {} }
  const outcome = await backTest(
    anAnalysisRun(spec),
    { from: yesterday, to: yesterday + seconds * 1000 },
    {
      clock: new VirtualClock(),
      signal,
      metricsAt: (clock) => createMetrics({ client: api.client(), clock, http: () => http, settings }),
    },
  )
  return { outcome, asked, api }
}

const rate = (metric: Partial<Metric> = {}) => aMetric({ successCondition: 'result >= 0.95', ...metric })

describe('a release of the past, as a template would have seen it', () => {
  it('W6: every query is as of its time, in the order and at the intervals of the run', async () => {
    const { outcome, asked, api } = await played({ metrics: [rate({ interval: '1m', count: 3 })] }, () => 0.99)
    expect(outcome).toMatchObject({ ok: true, value: { phase: 'Successful', runSummary: { count: 1, successful: 1 } } })
    expect(asked.map(Math.round)).toEqual([0, 60, 120])
    expect(api.requests).toEqual([])
  })

  it('W6: it fails when it would have failed, and tells then', async () => {
    const spec = { metrics: [rate({ interval: '1m', failureLimit: 1 }), rate({ name: 'other', interval: '1m' })] }
    const { outcome } = await played(spec, (seconds) => (seconds > 200 ? 0.5 : 0.99))
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        phase: 'Failed',
        message: expect.stringContaining('failed (1) > failureLimit (0)'),
        completedAt: '2026-01-14T10:04:00Z',
      },
    })
  })

  it('W6: what would have gone on for ever is ended with the release', async () => {
    const { outcome, asked } = await played({ metrics: [rate({ interval: '5m' })] }, () => 1, 610)
    expect(outcome).toMatchObject({ ok: true, value: { phase: 'Successful', message: 'Run Terminated' } })
    expect(asked.map(Math.round)).toEqual([0, 300, 600])
  })

  it('W6: a delay longer than the release means that nothing is measured', async () => {
    const { outcome, asked } = await played({ metrics: [rate({ initialDelay: '1h' })] }, () => 0)
    expect(outcome).toMatchObject({ ok: true, value: { phase: 'Successful', message: 'Run Terminated' } })
    expect(asked).toEqual([])
  })

  it('W6: it stops when asked, and asks nothing more', async () => {
    const stopping = new AbortController()
    const spec = { metrics: [rate({ interval: '1m', count: 9 })] }
    const stopAt = (seconds: number) => {
      if (seconds >= 120) stopping.abort()
      return 1
    }
    const { outcome, asked } = await played(spec, stopAt, 600, stopping.signal)
    expect(outcome).toEqual({ ok: false, error: 'it was stopped' })
    expect(asked.map(Math.round)).toEqual([0, 60, 120])
  })

  it('says why it cannot be told: a Secret that is missing, a spec that is wrong', async () => {
    const missing = await played({ metrics: [rate()], args: [secretArgument('token')] }, () => 1)
    expect(missing.outcome).toMatchObject({ ok: false, error: expect.stringContaining('tokens') })
    expect(missing.api.requests).toMatchObject([{ verb: 'get', resource: resources.secrets.plural }])
    const wrong = await played({ metrics: [] }, () => 1)
    expect(wrong.outcome).toMatchObject({
      ok: true,
      value: { phase: 'Error', message: expect.stringContaining('no metrics') },
    })
  })
})

it('W6: only stores that take a time can be asked about the past', () => {
  const named = (name: string) => aMetric({ name, provider: { [name]: {} } })
  expect(askableNowOnly(['prometheus', 'web', 'datadog', 'job', 'graphite', 'cloudWatch'].map(named))).toEqual([
    'web',
    'job',
    'graphite',
  ])
})

it('W6: many back-tests make a rate of aborts, those of good releases apart', () => {
  expect(
    summarised([
      { phase: 'Successful', wasCompleted: true },
      { phase: 'Failed', wasCompleted: true },
      { phase: 'Error', wasCompleted: false },
      { phase: 'Inconclusive', wasCompleted: true },
    ]),
  ).toEqual({ releases: 4, aborts: 2, pauses: 1, abortsOfGood: 1 })
})
