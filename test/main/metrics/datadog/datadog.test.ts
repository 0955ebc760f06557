import { describe, expect, it } from 'vitest'
import type { Metric } from '#api/analysis.ts'
import { datadog } from '#main/metrics/datadog/datadog.ts'
import { aMeasureContext, aMetric, measureOnce, someSettings } from '#test/support/measuring.ts'
import { json, type Scripted, scriptedHttp } from '#test/support/scripted-http.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const shared = { 'argo-rollouts/datadog': { 'api-key': 'api-1', 'app-key': 'app-1' } }
const seconds = T0 / 1000
const ofBlock = (block: object, more: Partial<Metric> = {}) =>
  aMetric({ datadog: { apiVersion: 'v1', interval: '5m', requestTimeout: '10s', ...block } }, more)

async function measured(
  metric: Metric,
  answer: Scripted | string,
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>> = shared,
) {
  const { http, calls } = scriptedHttp(answer)
  return { measurement: await measureOnce(datadog, metric, aMeasureContext({ http, secrets })), calls }
}
const table = (columns: unknown) => json({ data: { attributes: { columns } } })
const v2 = (more: Partial<Metric> = {}) => ofBlock({ apiVersion: 'v2', query: 'avg:errors{*} by {host}' }, more)
const times = { startedAt: '2026-01-15T10:00:00Z', finishedAt: '2026-01-15T10:00:00Z' }

describe('what Datadog is asked', () => {
  it('PRV-504, PRV-505: v1 by GET, with both keys', async () => {
    const { calls } = await measured(ofBlock({ query: 'avg:kube.cpu{*} + 1' }), json({}))
    expect(calls).toEqual([
      {
        method: 'GET',
        url: `https://api.datadoghq.com/api/v1/query?from=${seconds - 300}&query=avg%3Akube.cpu%7B%2A%7D+%2B+1&to=${seconds}`,
        headers: [
          ['Content-Type', 'application/json'],
          ['DD-API-KEY', 'api-1'],
          ['DD-APPLICATION-KEY', 'app-1'],
        ],
        timeoutMs: 10_000,
      },
    ])
  })

  it('PRV-504: the window is of whole seconds, whatever is left over', async () => {
    const { calls } = await measured(ofBlock({ query: 'q', interval: '1900ms' }), json({}))
    expect(calls[0]?.url).toContain(`from=${seconds - 1}&`)
  })

  it('PRV-506: v2 by POST, in milliseconds', async () => {
    const block = {
      apiVersion: 'v2',
      queries: { a: 'sum:bad{*}', b: 'sum:all{*}' },
      formula: 'a / b',
      aggregator: 'avg',
    }
    const { calls } = await measured(ofBlock({ ...block, requestTimeout: '30s', interval: '90s' }), json({}))
    const [call] = calls
    expect(call).toMatchObject({
      method: 'POST',
      url: 'https://api.datadoghq.com/api/v2/query/scalar',
      timeoutMs: 30_000,
    })
    expect(JSON.parse(call?.body ?? '')).toEqual({
      data: {
        attributes: {
          from: T0 - 90_000,
          to: T0,
          queries: [
            { aggregator: 'avg', data_source: 'metrics', name: 'a', query: 'sum:bad{*}' },
            { aggregator: 'avg', data_source: 'metrics', name: 'b', query: 'sum:all{*}' },
          ],
          formulas: [{ formula: 'a / b' }],
        },
        type: 'scalar_request',
      },
    })
  })

  it('PRV-506: a single query is named query, of which the last value is taken', async () => {
    const { calls } = await measured(v2(), json({}))
    expect(JSON.parse(calls[0]?.body ?? '').data.attributes).toMatchObject({
      queries: [{ aggregator: 'last', name: 'query', query: 'avg:errors{*} by {host}' }],
      formulas: [],
    })
  })

  it('PRV-501: without a version it is v1; without an interval nothing is asked', async () => {
    const { calls } = await measured(aMetric({ datadog: { query: 'q', interval: '1m' } }), json({}))
    expect(calls[0]).toMatchObject({ method: 'GET', timeoutMs: 10_000 })
    const none = await measured(ofBlock({ query: 'q', interval: '' }), json({}))
    expect(none.measurement).toMatchObject({ phase: 'Error', message: 'time: invalid duration ""' })
    expect(none.calls).toEqual([])
  })
})

describe('credentials of Datadog', () => {
  const keys = { 'api-key': 'api-2', 'app-key': 'app-2', address: 'https://dd.example' }
  const refusal = { ok: false, error: 'failed to find the credentials for datadog metrics provider' }
  const provided = (secretRef: object | undefined, secrets: object, env = {}) => {
    const { http, calls } = scriptedHttp(json({}))
    const context = aMeasureContext({ http, secrets: { ...secrets }, settings: someSettings(env) })
    return { calls, context, made: datadog(ofBlock({ query: 'q', ...(secretRef && { secretRef }) }), context) }
  }
  const asked = async (secretRef: object | undefined, secrets: object, env = {}) => {
    const { calls, made } = provided(secretRef, secrets, env)
    const measuring = await made
    if (!measuring.ok) return measuring.error
    await measuring.value.run()
    const [call] = calls
    return `${call?.url.split('/api/')[0]} ${call?.headers
      ?.map(([, value]) => value)
      .slice(1)
      .join()}`
  }

  it('PRV-502: those that are named, here or beside the controller, and nothing else', async () => {
    const env = { DD_API_KEY: 'a', DD_APP_KEY: 'b', DD_ADDRESS: '' }
    const both = { 'prod/mine': keys, 'argo-rollouts/mine': { ...keys, 'api-key': 'api-3' } }
    expect(await asked({ name: 'mine', namespaced: true }, both, env)).toBe('https://dd.example api-2,app-2')
    expect(await asked({ name: 'mine' }, both, env)).toBe('https://dd.example api-3,app-2')
    expect(await provided({ name: 'absent' }, shared, env).made).toEqual(refusal)
    expect(await provided({ namespaced: true }, both, env).made).toEqual({
      ok: false,
      error: 'secret name is required for namespaced credentials',
    })
  })

  it('PRV-502: those of the settings when all three are there, else the shared ones', async () => {
    expect(await asked(undefined, shared, { DD_API_KEY: 'a', DD_APP_KEY: 'b', DD_ADDRESS: '' })).toBe(
      'https://api.datadoghq.com a,b',
    )
    expect(await asked(undefined, shared, { DD_API_KEY: 'a', DD_APP_KEY: 'b' })).toBe(
      'https://api.datadoghq.com api-1,app-1',
    )
    expect(await asked(undefined, shared, { DD_API_KEY: 'a', DD_APP_KEY: '', DD_ADDRESS: 'x' })).toContain('api-1')
  })

  it('PRV-502, PRV-1402: a Secret with half of them is none', async () => {
    expect(await provided(undefined, { 'argo-rollouts/datadog': { 'api-key': 'api-1' } }).made).toEqual(refusal)
    expect(await provided(undefined, {}).made).toEqual(refusal)
  })
})

describe('a block for Datadog that cannot be used', () => {
  const review = 'Please review the Analysis Template.'
  it.each([
    [{}, `Must have either a query or queries. ${review}`],
    [{ query: 'q', queries: { a: 'q' } }, `Cannot have both a query and queries. ${review}`],
    [
      { queries: { a: 'q' } },
      'Query is empty. API Version v1 only supports using the query parameter in your Analysis Template.',
    ],
    [{ query: 'q', formula: 'a' }, `Formula are only valid when queries are set. ${review}`],
    [
      { apiVersion: 'v2', queries: { a: 'q', b: 'q' } },
      'When multiple queries are provided you must include a formula.',
    ],
    [{ query: 'q', aggregator: 'sum' }, `Aggregator is not supported in v1. ${review}`],
    [
      { query: 'q', requestTimeout: 'soon' },
      `Could not parse the request timeout: time: invalid duration "soon". ${review}`,
    ],
    [
      { query: 'q', requestTimeout: '5' },
      `Could not parse the request timeout: time: missing unit in duration "5". ${review}`,
    ],
    [{ query: 'q', requestTimeout: '0s' }, `Request timeout must be a positive duration (e.g. 30s). ${review}`],
    [{ query: 5 }, 'datadog.query: expected string'],
  ])('PRV-503: %j', async (block, error) => {
    expect(await datadog(ofBlock(block), aMeasureContext({ secrets: shared }))).toEqual({ ok: false, error })
  })

  it('PRV-503: is looked at after the credentials', async () => {
    expect(await datadog(ofBlock({}), aMeasureContext())).toMatchObject({
      error: expect.stringContaining('credentials'),
    })
  })
})

describe('answers of Datadog', () => {
  const v1 = (more: Partial<Metric> = {}) => ofBlock({ query: 'q' }, more)

  it.each([
    [401, 'received authentication error response code: 401 no'],
    [403, 'received authentication error response code: 403 no'],
    [429, 'received non 2xx response code: 429 no'],
    [500, 'received non 2xx response code: 500 no'],
    [202, 'received non 2xx response code: 202 no'],
  ])('PRV-507: status %i', async (status, message) => {
    for (const metric of [v1(), v2()])
      expect((await measured(metric, { status, body: 'no' })).measurement).toEqual({
        phase: 'Error',
        message,
        ...times,
      })
  })

  it.each([
    ['<html>', "Could not parse JSON body: invalid character '<' looking for beginning of value"],
    ['', 'Could not parse JSON body: unexpected end of JSON input'],
    ['{"series":[', 'Could not parse JSON body: unexpected end of JSON input'],
    ['{"series":7}', 'Could not parse JSON body: body.series: expected Array'],
  ])('PRV-507: body %j', async (body, message) => {
    expect((await measured(v1(), { body })).measurement).toMatchObject({ phase: 'Error', message })
  })

  it('PRV-508: the last point of the first series', async () => {
    const series = [
      {
        pointlist: [
          [1, 7],
          [2, 0.0000001],
        ],
      },
      { pointlist: [[3, 9]] },
    ]
    const metric = v1({ successCondition: 'result < 1' })
    expect((await measured(metric, json({ series }))).measurement).toEqual({
      phase: 'Successful',
      value: '0.0000001',
      ...times,
    })
  })

  it.each([
    [{ series: [] }, '[]'],
    [{}, 'null'],
    [null, 'null'],
    [{ series: [{ pointlist: [], scope: '*' }] }, '[{"pointlist":[]}]'],
    [{ series: [{}] }, '[{"pointlist":null}]'],
  ])('PRV-508, PRV-510: %j is nothing, and needs a default', async (answer, value) => {
    const given = v1({ successCondition: 'default(result, 0) < 1' })
    expect((await measured(given, json(answer))).measurement).toMatchObject({ phase: 'Successful', value })
    const bare = (await measured(v1({ successCondition: 'result < 1' }), json(answer))).measurement
    expect(bare).toMatchObject({ phase: 'Error', message: expect.stringContaining('metric result is nil or empty') })
    expect(bare).not.toHaveProperty('value')
  })

  it('PRV-508: a null is 0, and a point of another length an error', async () => {
    const answer = (point: unknown) => json({ series: [{ pointlist: [point] }] })
    expect((await measured(v1(), answer([1, null]))).measurement.value).toBe('0')
    const odd = await measured(v1(), answer([1, 2, 3]))
    expect(odd.measurement).toMatchObject({ phase: 'Error', message: 'Datapoint does not have 2 values' })
  })

  it('PRV-509: errors of the query', async () => {
    const { measurement } = await measured(v2(), json({ data: { errors: 'no such metric' } }))
    expect(measurement).toMatchObject({
      phase: 'Error',
      message: 'There were errors in your query: no such metric',
    })
  })

  it.each([
    [[{ name: 'query', type: 'number', values: [null, 2.5, 3] }], '2.5'],
    [[{ name: 'query', values: [1e21] }], '1000000000000000000000'],
    [
      [
        { type: 'string', values: ['x'] },
        { type: 'number', values: [4] },
        { type: 'number', values: [5] },
      ],
      '4',
    ],
  ])('PRV-509: without groups the first number of %j', async (columns, value) => {
    const metric = v2({ successCondition: 'result > 1' })
    expect((await measured(metric, table(columns))).measurement).toMatchObject({ phase: 'Successful', value })
  })

  it('PRV-511: with groups all numbers, and who they are', async () => {
    const columns = [
      { name: 'resource_name', type: 'group', values: [['GET /a'], ['GET /b']] },
      { name: 'query', type: 'number', values: [0.01, 0.087] },
    ]
    expect((await measured(v2({ successCondition: 'max(result) < 0.05' }), table(columns))).measurement).toEqual({
      phase: 'Failed',
      value: '[0.01,0.087]',
      metadata: { groups: '[{"name":"GET /a","value":0.01},{"name":"GET /b","value":0.087}]' },
      ...times,
    })
  })

  it('PRV-509: a single group is a list too; several columns name a row together, and rows without a number go', async () => {
    const columns = [
      { type: 'group', values: [['eu'], ['us']] },
      { type: 'number', values: [null, 2] },
      { type: 'group', values: [['a'], ['b', 'c']] },
    ]
    expect((await measured(v2({ successCondition: 'len(result) == 1' }), table(columns))).measurement).toMatchObject({
      phase: 'Successful',
      value: '[2]',
      metadata: { groups: '[{"name":"us,b,c","value":2}]' },
    })
  })

  it('PRV-107: nothing is kept of what cannot be evaluated', async () => {
    const columns = [
      { type: 'group', values: [['a']] },
      { type: 'number', values: [2] },
    ]
    const { measurement } = await measured(v2({ successCondition: 'result.x' }), table(columns))
    expect(Object.keys(measurement).sort()).toEqual(['finishedAt', 'message', 'phase', 'startedAt'])
  })

  it.each([
    ['oops', '"\\"oops\\"" in column "query1": json: cannot unmarshal string into Go value of type float64'],
    [true, '"true" in column "query1": json: cannot unmarshal bool into Go value of type float64'],
    [[1], '"[1]" in column "query1": json: cannot unmarshal array into Go value of type float64'],
  ])('PRV-509: %j is no number', async (value, text) => {
    const { measurement } = await measured(v2(), table([{ name: 'query1', type: 'number', values: [1, value] }]))
    expect(measurement).toMatchObject({ phase: 'Error', message: `could not parse numeric value ${text}` })
  })

  it.each([[[['a']]], [[['a'], []]], [[['a'], null]], [[['a'], 'b']], [[['a'], [5]]]])(
    'PRV-509: groups %j do not name each row',
    async (values) => {
      const { measurement } = await measured(
        v2(),
        table([
          { type: 'group', values },
          { type: 'number', values: [1, 2] },
        ]),
      )
      expect(measurement).toMatchObject({ phase: 'Error', message: 'could not parse group label at index 1' })
    },
  )

  it('PRV-509: no numbers are nothing', async () => {
    for (const columns of [[], undefined, [{ type: 'group', values: [['a']] }], [{ type: 'number', values: [null] }]]) {
      const { measurement } = await measured(v2({ successCondition: 'default(result, 1) == 1' }), table(columns))
      expect(measurement).toMatchObject({ phase: 'Successful', value: '[]' })
    }
  })

  it('PRV-509: of more than a hundred groups the fifty lowest and the fifty highest are shown, and all evaluated', async () => {
    const numbers = Array.from({ length: 101 }, (_, at) => (at * 37) % 101)
    const columns = [
      { type: 'group', values: numbers.map((each) => [`host-${each}`]) },
      { type: 'number', values: numbers },
    ]
    const { measurement } = await measured(v2({ successCondition: 'len(result) == 101' }), table(columns))
    const shown: readonly { readonly value: number }[] = JSON.parse(measurement.metadata?.['groups'] ?? '')
    expect(measurement).toMatchObject({ phase: 'Successful', metadata: { groups_truncated: 'true' } })
    expect(shown.map(({ value }) => value)).toEqual(
      Array.from({ length: 101 }, (_, at) => at).filter((at) => at !== 50),
    )
  })

  it('PRV-106: a transport that fails is an error in its own words', async () => {
    expect((await measured(v1(), 'Get "https://x": context deadline exceeded')).measurement).toMatchObject({
      phase: 'Error',
      message: 'Get "https://x": context deadline exceeded',
    })
  })
})
