import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Measurement, Metric } from '#api/analysis.ts'
import { createDirectHttp } from '#main/metrics/http/direct.ts'
import { prometheus } from '#main/metrics/prometheus.ts'
import { systemClock } from '#main/system-clock.ts'
import { aMeasureContext, aMetric, measuring } from '#test/support/measuring.ts'
import { prometheusProgram, type RealPrometheus, startPrometheus } from '#test/support/prometheus.ts'
import { tlsFile } from '#test/support/scripted-server.ts'

const exposition = `
# TYPE requests_total counter
requests_total{code="200"} 95
requests_total{code="500"} 5
# TYPE odd gauge
odd{kind="nan"} NaN
odd{kind="inf"} +Inf
# TYPE tiny gauge
tiny 1e-7
`

const direct = createDirectHttp({ clock: systemClock, env: {} })
afterAll(() => direct.close())

const measure = async (metric: Metric): Promise<Measurement> => {
  const context = aMeasureContext({ clock: systemClock, http: direct.http })
  return (await measuring(prometheus, metric, context)).run()
}

/** The last of many measurements: the one for which there was something to see. */
async function eventually(metric: Metric, isDone: (measurement: Measurement) => boolean): Promise<Measurement> {
  for (let tries = 0; ; tries++) {
    const measurement = await measure(metric)
    if (isDone(measurement) || tries === 100) return measurement
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

// Only with `npm run test:cluster`, where there is one.
describe.skipIf(prometheusProgram === '')('a Prometheus', () => {
  let real: RealPrometheus
  const asking = (query: string, block: object = {}, more: Partial<Metric> = {}): Metric =>
    aMetric({ prometheus: { address: real.url, query, ...block } }, more)

  beforeAll(async () => {
    real = await startPrometheus(() => exposition)
    await eventually(asking('count(up == 1)'), ({ value }) => value === '[1]')
  }, 60_000)
  afterAll(() => real.close())

  it.each([
    ['sum(requests_total{code="200"}) / sum(requests_total)', '[0.95]', 'result[0] >= 0.95'],
    ['sort(requests_total)', '[5,95]', 'len(result) == 2 && max(result) == 95'],
    ['scalar(sum(requests_total))', '100', 'result == 100'],
    ['scalar(absent_metric)', 'NaN', 'isNaN(result)'],
    ['absent_metric', '[]', 'len(result) == 0'],
    ['sum(requests_total) * 0 / 0', '[NaN]', 'isNaN(result[0])'],
    ['odd{kind="inf"}', '[+Inf]', 'isInf(result[0])'],
    ['tiny', '[0.0000001]', 'result[0] < 0.001'],
    ['2 ^ 70', '1180591620717411300000', 'result > 0'],
  ])('PRV-203, PRV-207: %s', async (query, value, successCondition) => {
    expect(await measure(asking(query, {}, { successCondition }))).toMatchObject({ phase: 'Successful', value })
  })

  it('PRV-204, PRV-207: a range gives the points of all series, one after the other', async () => {
    const rangeQuery = { start: 'now() - duration("1s")', end: 'now()', step: '500ms' }
    const metric = asking('requests_total', { rangeQuery }, { successCondition: 'all(result, # in [5, 95])' })
    const measurement = await eventually(metric, ({ value }) => value === '[95,95,95,5,5,5]')
    expect(measurement).toMatchObject({ phase: 'Successful', value: '[95,95,95,5,5,5]' })
  })

  it.each([
    ['sum(', {}, /^bad_data: invalid parameter "query": 1:5: parse error/],
    ['requests_total / on(job) requests_total', {}, /^execution: .*many-to-many/],
    ['"text"', {}, /^unexpected value type "string"$/],
    ['up', { rangeQuery: { start: 'now()', end: 'now()', step: '0s' } }, /^bad_data: .*step/],
    [
      'up',
      { rangeQuery: { start: 'now()', end: 'now() - duration("1h")', step: '1s' } },
      /^bad_data: .*end timestamp must not be before start/,
    ],
  ])('PRV-208: %s %j', async (query, block, message) => {
    expect(await measure(asking(query, block))).toMatchObject({
      phase: 'Error',
      message: expect.stringMatching(message),
    })
  })

  it('PRV-208: an address that is none of its own', async () => {
    expect(await measure(asking('up', { address: `${real.url}/elsewhere` }))).toMatchObject({
      phase: 'Error',
      message: 'client_error: client error: 404',
    })
  })
})

describe.skipIf(prometheusProgram === '')('a Prometheus below a path, with TLS and basic auth', () => {
  let real: RealPrometheus
  const asking = (block: object): Metric => aMetric({ prometheus: { address: real.url, query: 'vector(1)', ...block } })
  const basicAuth = { username: 'ada', password: 'test' }

  beforeAll(async () => {
    real = await startPrometheus(() => exposition, {
      path: '/prom',
      web: {
        tls_server_config: { cert_file: tlsFile('server.crt'), key_file: tlsFile('server.key') },
        // The hash of `test` that its documentation shows.
        basic_auth_users: { ada: '$2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay' },
      },
    })
  }, 60_000)
  afterAll(() => real.close())

  it('PRV-201, PRV-205: lets in who has both', async () => {
    expect(await measure(asking({ insecure: true, authentication: { basicAuth } }))).toMatchObject({ value: '[1]' })
  })

  it.each([
    [{ insecure: true }, /^client_error: client error: 401$/],
    [
      { insecure: true, authentication: { basicAuth: { ...basicAuth, password: 'x' } } },
      /^client_error: client error: 401$/,
    ],
    [
      { authentication: { basicAuth } },
      /^Post "https:.*\/prom\/api\/v1\/query": tls: failed to verify certificate: x509: /,
    ],
  ])('PRV-208: and nobody else: %j', async (block, message) => {
    expect(await measure(asking(block))).toMatchObject({ phase: 'Error', message: expect.stringMatching(message) })
  })
})
