import { describe, expect, it } from 'vitest'
import type { Metric } from '#api/analysis.ts'
import { wavefront } from '#main/metrics/wavefront.ts'
import { aMeasureContext, aMetric, measureOnce } from '#test/support/measuring.ts'
import { json, type Scripted, scriptedHttp } from '#test/support/scripted-http.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const secrets = { 'argo-rollouts/wavefront-api-tokens': { 'wf.example.com': 't0k3n' } }
const now = T0 / 1000
const ofQuery = (more: Partial<Metric> = {}) =>
  aMetric({ wavefront: { address: 'wf.example.com', query: 'ts("a b")' } }, more)
const series = (...data: readonly unknown[]) => json({ timeseries: data.map((each) => ({ data: each })) })

async function measured(metric: Metric, answer: Scripted | string) {
  const { http, calls } = scriptedHttp(answer)
  return { measurement: await measureOnce(wavefront, metric, aMeasureContext({ http, secrets })), calls }
}

describe('what Wavefront is asked', () => {
  it('PRV-702: all parameters, sorted, in milliseconds', async () => {
    const { calls } = await measured(ofQuery(), series([[now, 1]]))
    expect(calls).toEqual([
      {
        method: 'GET',
        url: `https://wf.example.com/api/v2/chart/api?autoEvents=false&e=${T0}&g=s&i=true&includeObsoleteMetrics=false&listmode=false&p=1&q=ts%28%22a+b%22%29&s=${T0}&strict=false`,
        headers: [
          ['Authorization', 'Bearer t0k3n'],
          ['Accept', 'application/json'],
        ],
        timeoutMs: 30_000,
      },
    ])
  })

  it('PRV-701: nothing without a token for this very address', async () => {
    const refused = (given: Readonly<Record<string, Readonly<Record<string, string>>>>) =>
      wavefront(ofQuery(), aMeasureContext({ secrets: given }))
    expect(await refused({ 'argo-rollouts/wavefront-api-tokens': { 'other.example.com': 't' } })).toEqual({
      ok: false,
      error: 'API token not found',
    })
    expect(await refused({})).toEqual({ ok: false, error: 'secrets "wavefront-api-tokens" not found' })
  })
})

describe('answers of Wavefront', () => {
  const times = { startedAt: '2026-01-15T10:00:00Z', finishedAt: '2026-01-15T10:00:00Z' }

  it('PRV-703, PRV-704: of one series the nearest point, the first of two', async () => {
    const data = [
      [now - 60, 1],
      [now - 2, 0.9512],
      [now + 2, 2],
      [now + 30, 3],
    ]
    expect((await measured(ofQuery({ successCondition: 'result > 0.951' }), series(data))).measurement).toEqual({
      phase: 'Successful',
      value: '0.95',
      metadata: { timestamps: `${now - 2}`, drift: '-2' },
      ...times,
    })
  })

  it('PRV-703, PRV-705: several series are a list, in full precision', async () => {
    const metric = ofQuery({ successCondition: 'all(result, # > 0.899)', failureCondition: 'len(result) != 2' })
    expect((await measured(metric, series([[now, 0.954]], [[now + 5, 0.8999]]))).measurement).toEqual({
      phase: 'Successful',
      value: '[0.95,0.90]',
      metadata: { timestamps: `[${now},${now + 5}]`, drift: '[0,5]' },
      ...times,
    })
  })

  it('PRV-703: a series without points is 0', async () => {
    expect((await measured(ofQuery({ successCondition: 'result == 0' }), series([]))).measurement).toMatchObject({
      phase: 'Successful',
      value: '0.00',
      metadata: { timestamps: '0', drift: 'NaN' },
    })
  })

  it('PRV-703: no series is an error, also when it says why', async () => {
    const message = 'No TimeSeries found in response from Wavefront'
    for (const body of [{}, null, { timeseries: null }, { timeseries: [], errorType: 'X', errorMessage: 'y' }])
      expect((await measured(ofQuery(), json(body))).measurement).toEqual({ phase: 'Error', message, ...times })
  })

  it('PRV-704, PRV-107: warnings are kept, on errors too', async () => {
    const warned = (timeseries: unknown) => json({ timeseries, warnings: 'slow' })
    const data = [{ data: [[now, 1]] }]
    expect((await measured(ofQuery(), warned(data))).measurement.metadata).toMatchObject({
      warnings: 'slow',
      drift: '0',
    })
    const none = (await measured(ofQuery(), warned([]))).measurement
    expect(none).toMatchObject({ phase: 'Error', metadata: { warnings: 'slow' } })
    const odd = (await measured(ofQuery({ successCondition: 'result.x' }), warned(data))).measurement
    expect(odd).toMatchObject({ phase: 'Error', metadata: { warnings: 'slow' } })
    expect(odd.metadata).toEqual({ warnings: 'slow' })
    expect(odd).not.toHaveProperty('value')
  })

  it.each([
    [{ status: 401, statusText: 'Unauthorized', body: 'no' }, 'server returned 401 Unauthorized\nno\n'],
    [{ status: 204, statusText: 'No Content' }, 'server returned 204 No Content\n\n'],
    [{ body: '<html>' }, "invalid character '<' looking for beginning of value"],
    [{ body: '{"timeseries":[{"data":[["a"]]}]}' }, 'body.timeseries.0.data.0.0: expected number'],
    ['Get "x": context deadline exceeded', 'Get "x": context deadline exceeded'],
  ])('PRV-702: %j', async (answer, message) => {
    expect((await measured(ofQuery(), answer)).measurement).toEqual({ phase: 'Error', message, ...times })
  })
})
