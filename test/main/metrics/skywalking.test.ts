import { describe, expect, it } from 'vitest'
import type { Metric } from '#api/analysis.ts'
import { skywalking } from '#main/metrics/skywalking.ts'
import { aMeasureContext, aMetric, measureOnce, someSettings } from '#test/support/measuring.ts'
import { json, type Scripted, scriptedHttp } from '#test/support/scripted-http.ts'

const query =
  'query queryData($duration: Duration!) { service_apdex: readMetricsValues(duration: $duration) { values } }'
const apdex = (more: Partial<Metric> = {}, block: object = {}) =>
  aMetric({ skywalking: { address: 'http://oap.test:12800', query, interval: '3m', ...block } }, more)
const times = { startedAt: '2026-01-15T10:00:00Z', finishedAt: '2026-01-15T10:00:00Z' }

async function measured(metric: Metric, answer: Scripted | string, timeZone?: string) {
  const { http, calls } = scriptedHttp(answer)
  const settings = { ...someSettings(), ...(timeZone !== undefined && { timeZone }) }
  return { measurement: await measureOnce(skywalking, metric, aMeasureContext({ http, settings })), calls }
}

describe('what SkyWalking is asked', () => {
  it('PRV-1202: a query over the minutes until now', async () => {
    const { calls } = await measured(apdex(), json({ data: {} }))
    expect(calls).toEqual([
      {
        method: 'POST',
        url: 'http://oap.test:12800/graphql',
        headers: [
          ['Content-Type', 'application/json; charset=utf-8'],
          ['Accept', 'application/json; charset=utf-8'],
        ],
        body: JSON.stringify({
          query,
          variables: { duration: { start: '2026-01-15 0957', end: '2026-01-15 1000', step: 'MINUTE' } },
        }),
        timeoutMs: 30_000,
      },
    ])
  })

  it.each([
    ['Asia/Shanghai', '2026-01-14 1801', '2026-01-15 1800'],
    ['America/New_York', '2026-01-14 0501', '2026-01-15 0500'],
    ['Etc/GMT+10', '2026-01-14 0001', '2026-01-15 0000'],
  ])('PRV-1202: in the zone of the server, %s', async (timeZone, start, end) => {
    const { calls } = await measured(apdex({}, { interval: '23h59m' }), json({ data: {} }), timeZone)
    expect(JSON.parse(calls[0]?.body ?? '').variables.duration).toEqual({ start, end, step: 'MINUTE' })
  })

  it('PRV-1201, PRV-1202: nothing without an interval, or in a zone that is none', async () => {
    const made = (block: object, timeZone = 'UTC') =>
      skywalking(apdex({}, block), aMeasureContext({ settings: { ...someSettings(), timeZone } }))
    expect(await made({ interval: undefined })).toEqual({ ok: false, error: 'time: invalid duration ""' })
    expect(await made({}, 'Mars/Olympus')).toMatchObject({ ok: false, error: expect.stringContaining('Mars/Olympus') })
  })
})

describe('answers of SkyWalking', () => {
  it('PRV-1204: the data, of which a condition takes what it wants', async () => {
    const metric = apdex({ successCondition: 'all(result.service_apdex.values.values, {asFloat(.value) >= 9900})' })
    const data = (value: number) => ({ service_apdex: { values: { values: [{ value: 9900 }, { value }] } } })
    expect((await measured(metric, json({ data: data(10000) }))).measurement).toEqual({
      phase: 'Successful',
      value: '{"service_apdex":{"values":{"values":[{"value":9900},{"value":10000}]}}}',
      ...times,
    })
    expect((await measured(metric, json({ data: data(0) }))).measurement.phase).toBe('Failed')
  })

  it('PRV-1203: is read whatever its status', async () => {
    expect((await measured(apdex(), json({ data: { a: '<' } }, 500))).measurement).toMatchObject({
      phase: 'Successful',
      value: '{"a":"\\u003c"}',
    })
  })

  it.each([
    [json({ data: null }), 'no results returned from SkyWalking query'],
    [json({}), 'no results returned from SkyWalking query'],
    [json(null), 'no results returned from SkyWalking query'],
    [json({ data: { a: 1 }, errors: [{ message: 'first' }, { message: 'second' }] }), 'graphql: first'],
    [json({ data: { a: 1 }, errors: 'x' }), 'decoding response: body.errors: expected Array'],
    [{ status: 502, body: '<html>' }, "decoding response: invalid character '<' looking for beginning of value"],
    [
      'Post "http://oap.test:12800/graphql": context deadline exceeded',
      'Post "http://oap.test:12800/graphql": context deadline exceeded',
    ],
  ])('PRV-1203: %j: %s', async (answer, message) => {
    expect((await measured(apdex(), answer)).measurement).toEqual({ phase: 'Error', message, ...times })
  })
})
