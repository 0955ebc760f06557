import { describe, expect, it } from 'vitest'
import type { Metric } from '#api/analysis.ts'
import { influxdb } from '#main/metrics/influxdb/influxdb.ts'
import { aMeasureContext, aMetric, measureOnce } from '#test/support/measuring.ts'
import { json, type Scripted, scriptedHttp } from '#test/support/scripted-http.ts'

const credentials = { address: 'http://influx.test:8086', authToken: 't0k3n', org: 'my org' }
const query = 'from(bucket: "app") |> range(start: -15m)'
const flux = (more: Partial<Metric> = {}, block: object = {}) => aMetric({ influxdb: { query, ...block } }, more)
const csv = (...values: readonly string[]): Scripted => ({
  body: ['#datatype,string,double', ',result,_value', ...values.map((each) => `,,${each}`)].join('\n'),
  headers: { 'content-type': 'text/csv; charset=utf-8' },
})
const times = { startedAt: '2026-01-15T10:00:00Z', finishedAt: '2026-01-15T10:00:00Z' }

async function measured(
  metric: Metric,
  answer: Scripted | string,
  secret: Readonly<Record<string, string>> = credentials,
) {
  const { http, calls } = scriptedHttp(answer)
  const context = aMeasureContext({ http, secrets: { 'argo-rollouts/influxdb': secret } })
  return { measurement: await measureOnce(influxdb, metric, context), calls }
}

describe('what InfluxDB is asked', () => {
  it('PRV-1102: a Flux query, for annotated CSV', async () => {
    const { calls } = await measured(flux(), csv('1'))
    expect(calls).toEqual([
      {
        method: 'POST',
        url: 'http://influx.test:8086/api/v2/query?org=my+org',
        headers: [
          ['Authorization', 'Token t0k3n'],
          ['Content-Type', 'application/json'],
          ['Accept-Encoding', 'gzip'],
        ],
        body: JSON.stringify({
          dialect: { annotations: ['datatype', 'group', 'default'], delimiter: ',', header: true },
          query,
          type: 'flux',
        }),
        timeoutMs: 20_000,
      },
    ])
  })

  it('PRV-1102: the path of an address is kept', async () => {
    const { calls } = await measured(flux(), csv('1'), { ...credentials, address: 'https://proxy.test/influx/' })
    expect(calls[0]?.url).toBe('https://proxy.test/influx/api/v2/query?org=my+org')
  })

  it('PRV-1101, PRV-1402: with the credentials of a Secret, all of them', async () => {
    const made = (secret: Readonly<Record<string, string>>, profile = '') =>
      influxdb(flux({}, { profile }), aMeasureContext({ secrets: { 'argo-rollouts/influxdb': secret } }))
    for (const each of ['address', 'authToken', 'org'])
      expect(await made({ ...credentials, [each]: '' })).toEqual({
        ok: false,
        error: 'authToken, org, or address not found',
      })
    expect(await made(credentials, 'team')).toEqual({ ok: false, error: 'secrets "team" not found' })
  })
})

describe('answers of InfluxDB', () => {
  it('PRV-1103, PRV-1104: every value, as Go prints the list', async () => {
    const metric = flux({ successCondition: 'all(result, # < 0.05)' })
    expect((await measured(metric, csv('0.01', '0.02'))).measurement).toEqual({
      phase: 'Successful',
      value: '[0.01 0.02]',
      ...times,
    })
    expect((await measured(flux(), csv('1000000', ''))).measurement.value).toBe('[1e+06 <nil>]')
    const moments = '#datatype,string,dateTime:RFC3339\n,result,_value\n,,2026-01-01T00:00:00.5+01:00\n'
    expect((await measured(flux(), { body: moments })).measurement.value).toBe('[2025-12-31 23:00:00.5 +0000 UTC]')
  })

  it('PRV-1103: no rows are an error', async () => {
    for (const answer of [csv(), { body: '' }, { body: '<html>' }])
      expect((await measured(flux(), answer)).measurement).toEqual({
        phase: 'Error',
        message: 'no results returned from flux query',
        ...times,
      })
  })

  it('PRV-1103: more rows than anybody can look at are an error', async () => {
    const { measurement } = await measured(flux(), csv(...Array.from({ length: 100_001 }, () => '1')))
    expect(measurement).toMatchObject({ phase: 'Error', message: 'more than 100000 rows returned from flux query' })
  })

  it.each([
    [json({ code: 'unauthorized', message: 'unauthorized access' }, 401), 'unauthorized: unauthorized access'],
    [{ status: 502, statusText: 'Bad Gateway', body: 'upstream' }, '502 Bad Gateway: upstream'],
    [{ status: 429, statusText: 'Too Many Requests' }, 'too many requests: exceeded rate limit'],
    [json({}, 503), 'unavailable: service temporarily unavailable'],
    [{ status: 500, statusText: 'Internal Server Error' }, 'Unexpected status code 500'],
    [
      { status: 400, statusText: 'Bad Request', headers: { 'x-influxdb-error': 'no such org' } },
      '400 Bad Request: no such org',
    ],
    [json({ code: 'invalid' }, 400), 'Unexpected status code 400'],
    [{ ...json({}, 400), body: '{' }, 'unexpected end of JSON input'],
    ['Post "x": context deadline exceeded', 'Post "x": context deadline exceeded'],
  ])('PRV-1104: %j: %s', async (answer, message) => {
    expect((await measured(flux(), answer)).measurement).toEqual({ phase: 'Error', message, ...times })
  })
})
