import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Metric } from '#api/analysis.ts'
import { cloudWatch } from '#main/metrics/cloudwatch/cloudwatch.ts'
import { aMeasureContext, aMetric, measureOnce, someSettings } from '#test/support/measuring.ts'
import { type Answer, type ScriptedServer, startServer } from '#test/support/scripted-server.ts'
import { until } from '#test/support/until.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

/** The SDK of AWS against a server that speaks what it speaks. */
let server: ScriptedServer
beforeEach(async () => {
  server = await startServer((_request, reply) => reply.json(500, {}))
})
afterEach(() => server.close())

const queries = [
  { id: 'rate', expression: 'errors / requests', label: 'Rate' },
  {
    id: 'errors',
    metricStat: {
      metric: { namespace: 'app', metricName: 'errors', dimensions: [{ name: 'k', value: 'v' }] },
      period: '300',
      stat: 'Sum',
      unit: 'Count',
    },
    returnData: false,
  },
  { id: 'requests', metricStat: { metric: { metricName: 'requests' }, period: 60, stat: 'Sum' }, period: 'often' },
]
const ofQueries = (more: Partial<Metric> = {}, block: object = {}) =>
  aMetric({ cloudWatch: { metricDataQueries: queries, ...block } }, more)

function contextFor(clock = new VirtualClock(), more: Readonly<Record<string, string>> = {}) {
  const env = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 's3cr3t',
    AWS_SESSION_TOKEN: 't0k3n',
    AWS_ENDPOINT_URL_CLOUDWATCH: server.url,
    ...more,
  }
  return aMeasureContext({ clock, settings: someSettings(env) })
}
function measured(metric: Metric, answer: Answer) {
  server.answer(answer)
  return measureOnce(cloudWatch, metric, contextFor())
}
const results = (...each: readonly object[]): Answer => {
  return (_request, reply) => reply.json(200, { MetricDataResults: each })
}
const times = { startedAt: '2026-01-15T10:00:00Z', finishedAt: '2026-01-15T10:00:00Z' }

describe('what CloudWatch is asked', () => {
  it('PRV-902, PRV-906: the queries over a window, signed for the region of the settings', async () => {
    await measured(ofQueries(), results())
    const [request] = server.requests
    expect(request).toMatchObject({ method: 'POST', path: '/' })
    expect(request?.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
      'x-amz-security-token': 't0k3n',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-central-1\/monitoring\/aws4_request/,
      ),
    })
    expect(JSON.parse(request?.body ?? '')).toEqual({
      StartTime: T0 / 1000 - 300,
      EndTime: T0 / 1000,
      MetricDataQueries: [
        { Id: 'rate', Expression: 'errors / requests', Label: 'Rate' },
        {
          Id: 'errors',
          MetricStat: {
            Metric: { Namespace: 'app', MetricName: 'errors', Dimensions: [{ Name: 'k', Value: 'v' }] },
            Period: 300,
            Stat: 'Sum',
            Unit: 'Count',
          },
          ReturnData: false,
        },
        {
          Id: 'requests',
          MetricStat: { Metric: { MetricName: 'requests' }, Period: 60, Stat: 'Sum' },
          Period: 0,
        },
      ],
    })
  })

  it('PRV-901: over another window', async () => {
    await measured(ofQueries({}, { interval: '90s' }), results())
    expect(JSON.parse(server.requests[0]?.body ?? '').StartTime).toBe(T0 / 1000 - 90)
    const odd = await measured(ofQueries({}, { interval: 'long' }), results())
    expect(odd).toMatchObject({ phase: 'Error', message: 'time: invalid duration "long"' })
    expect(server.requests).toHaveLength(1)
  })

  it('PRV-901: a block of another shape is refused', async () => {
    const made = await cloudWatch(ofQueries({}, { metricDataQueries: [{ period: {} }] }), contextFor())
    expect(made).toEqual({ ok: false, error: expect.stringContaining('cloudWatch.metricDataQueries.0.period') })
  })
})

describe('answers of CloudWatch', () => {
  const errors = {
    Id: 'errors',
    Label: 'errors',
    StatusCode: 'Complete',
    Timestamps: [1768471200, 1768470900],
    Values: [0.1, 0.2],
  }

  it.each([
    'result[0].Values[0] == 0.1',
    'all(result[0].Values, {# <= 0.2})',
    'len(result[1].Values) == 1',
    'string(result[0].StatusCode) == "Complete"',
    'result[0].Id == "errors" && result[0].Label == "errors"',
    'result[0].Timestamps[0].Unix() == 1768471200',
    'result[0].Messages[0].Code == "C"',
  ])('PRV-903, PRV-905: conditions see the results of AWS: %s', async (successCondition) => {
    const told = { ...errors, Messages: [{ Code: 'C', Value: 'v' }] }
    const measurement = await measured(ofQueries({ successCondition }), results(told, { Id: 'b', Values: [1] }))
    expect(measurement).toEqual({ phase: 'Successful', value: '[[0.1 0.2] [1]]', ...times })
  })

  it('PRV-904, PRV-1404: messages are kept as text', async () => {
    const Messages = [
      { Code: 'ArithmeticError', Value: 'One or more data points' },
      { Code: 'B', Value: 'b' },
    ]
    const answer: Answer = (_request, reply) => reply.json(200, { MetricDataResults: [errors], Messages })
    const metadata = { messages: 'ArithmeticError: One or more data points, B: b' }
    expect(await measured(ofQueries(), answer)).toMatchObject({ phase: 'Successful', metadata })
    expect(await measured(ofQueries({ successCondition: 'result[0] > 1' }), answer)).toMatchObject({
      phase: 'Error',
      value: '[[0.1 0.2]]',
      metadata,
    })
  })

  it('PRV-107, PRV-1401: no results are a list without members, and the value is kept', async () => {
    const metric = ofQueries({ successCondition: 'result[0].Values[0] > 1' })
    expect(await measured(metric, results())).toMatchObject({
      phase: 'Error',
      value: '[]',
      message: expect.stringContaining('metric result is nil or empty'),
    })
    expect(await measured(metric, results({ Id: 'a' }))).toMatchObject({ phase: 'Error', value: '[[]]' })
  })

  it('PRV-904: NaN is NaN, and so is what is no number', async () => {
    const metric = ofQueries({ successCondition: 'isNaN(result[0].Values[0]) && isNaN(result[0].Values[1])' })
    expect(await measured(metric, results({ Id: 'a', Values: ['NaN', null] }))).toMatchObject({
      phase: 'Successful',
      value: '[[NaN NaN]]',
    })
  })

  const refused = 'operation error CloudWatch: GetMetricData, https response error StatusCode:'
  it('PRV-904: what AWS refuses is told in its words, and once', async () => {
    const measurement = await measured(ofQueries(), (_request, reply) =>
      reply.json(400, { __type: 'com.amazonaws.cloudwatch#ValidationError', message: 'The parameter Period' }),
    )
    expect(measurement).toEqual({
      phase: 'Error',
      message: `${refused} 400, ValidationException: The parameter Period`,
      ...times,
    })
    expect(server.requests).toHaveLength(1)
  })

  it('PRV-904: of a signature that does not match not the request is told, in which the session token is', async () => {
    const measurement = await measured(ofQueries(), (_request, reply) =>
      reply.json(403, {
        __type: 'SignatureDoesNotMatch',
        message: 'The request signature does not match.\n\nThe Canonical String was\nx-amz-security-token:t0k3n',
      }),
    )
    expect(measurement.message).toBe(`${refused} 403, SignatureDoesNotMatch: The request signature does not match.`)
  })

  it('PRV-902: a server that fails is tried three times', async () => {
    const measurement = await measured(ofQueries(), (_request, reply) =>
      reply.json(500, { __type: 'InternalServiceFault', message: 'sorry' }),
    )
    expect(measurement).toMatchObject({ phase: 'Error', message: `${refused} 500, InternalServiceFault: sorry` })
    expect(server.requests).toHaveLength(3)
  })

  it('PRV-904: a body that is none', async () => {
    const measurement = await measured(ofQueries(), (_request, reply) => reply.text(200, '<html>'))
    expect(measurement).toMatchObject({ phase: 'Error', message: expect.stringContaining('GetMetricData') })
  })

  it('PRV-1403: does not wait longer than half a minute', async () => {
    const clock = new VirtualClock()
    server.answer(() => undefined)
    const measuring = measureOnce(cloudWatch, ofQueries(), contextFor(clock))
    await until('asked', () => server.requests.length === 1)
    await clock.advance(30_000)
    expect(await measuring).toMatchObject({
      phase: 'Error',
      message: 'operation error CloudWatch: GetMetricData, context deadline exceeded',
      finishedAt: '2026-01-15T10:00:30Z',
    })
    expect(clock.pending).toBe(0)
  })

  it('PRV-106: nobody answers where nobody listens', async () => {
    const nowhere = await measureOnce(
      cloudWatch,
      ofQueries(),
      contextFor(new VirtualClock(), { AWS_ENDPOINT_URL_CLOUDWATCH: 'http://127.0.0.1:1' }),
    )
    expect(nowhere).toMatchObject({ phase: 'Error', message: expect.stringContaining('ECONNREFUSED') })
  })
})
