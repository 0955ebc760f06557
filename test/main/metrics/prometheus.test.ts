import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Metric } from '#api/analysis.ts'
import type { HttpCall } from '#main/metrics/http/http.ts'
import { prometheus } from '#main/metrics/prometheus.ts'
import { aMeasureContext, aMetric, measureOnce, measuring, someSettings } from '#test/support/measuring.ts'
import { json, type Scripted, scriptedHttp } from '#test/support/scripted-http.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const address = 'http://prom.monitoring:9090'
const query = 'sum(rate(http_requests_total{code!~"5.."}[2m]))'

const asking = (block: object = {}, more: Partial<Metric> = {}) =>
  aMetric({ prometheus: { address, query, ...block } }, more)

const vector = (...values: readonly string[]): Scripted =>
  json({
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1767225600.25, value] })) },
  })
const data = (resultType: string, result: unknown): Scripted =>
  json({ status: 'success', data: { resultType, result } })

/** The measurement, and what was sent for it. */
async function measured(metric: Metric, ...answers: readonly (Scripted | string)[]) {
  const { http, calls } = scriptedHttp(...answers)
  const measurement = await measureOnce(prometheus, metric, aMeasureContext({ http }))
  return { measurement, calls }
}

const headersOf = (call: HttpCall | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries((call?.headers ?? []).map(([name, value]) => [name.toLowerCase(), value]))
const pairs = (text: string | undefined) => Object.fromEntries(new URLSearchParams(text))

describe('what cannot be asked', () => {
  it.each([
    [{ address: '' }, 'prometheus address is not configured'],
    [{ address: 'prom:9090' }, 'prometheus address is not is url format'],
    [{ address: '/prom' }, 'prometheus address is not is url format'],
    [{ address: 'http://' }, 'prometheus address is not is url format'],
    [{ timeout: -1 }, 'prometheus timeout should not be negative'],
    [
      { authentication: { basicAuth: { password: 'x' } } },
      'missing mandatory parameter in metric for basic auth setup: username',
    ],
    [
      { authentication: { basicAuth: { username: 'x' } } },
      'missing mandatory parameter in metric for basic auth setup: password',
    ],
    [
      { authentication: { oauth2: { tokenUrl: 'http://t', clientId: 'x' } } },
      'missing mandatory parameter in metric for OAuth2 setup',
    ],
    [{ query: 5 }, 'prometheus.query: expected string'],
  ])('PRV-202: %j: %s', async (block, cause) => {
    expect(await prometheus(asking(block), aMeasureContext())).toEqual({ ok: false, error: cause })
  })

  it('PRV-202: no time at all is an expired deadline', async () => {
    const { calls } = await measured(asking({ timeout: 0 }), vector('1'))
    expect(calls[0]?.timeoutMs).toBe(0)
  })

  it('PRV-1502: the address of the settings serves a metric without one', async () => {
    const { http, calls } = scriptedHttp(vector('1'))
    const settings = someSettings({ ARGO_ROLLOUTS_PROMETHEUS_ADDRESS: 'https://shared:9090/base/' })
    await measureOnce(prometheus, asking({ address: '' }), aMeasureContext({ http, settings }))
    expect(calls[0]?.url).toBe('https://shared:9090/base/api/v1/query')
    const bad = aMeasureContext({ settings: someSettings({ ARGO_ROLLOUTS_PROMETHEUS_ADDRESS: 'shared' }) })
    expect(await prometheus(asking({ address: '' }), bad)).toEqual({
      ok: false,
      error: 'prometheus address is not is url format',
    })
  })
})

describe('an instant query', () => {
  it('PRV-203, PRV-211: is posted as a form', async () => {
    const { calls, measurement } = await measured(
      asking({ headers: [{ key: 'X-Scope-OrgID', value: 'tenant_a' }] }, { successCondition: 'result[0] >= 0.95' }),
      vector('0.9931'),
    )
    expect(calls).toEqual([
      {
        method: 'POST',
        url: `${address}/api/v1/query`,
        headers: [
          ['Content-Type', 'application/x-www-form-urlencoded'],
          ['X-Scope-OrgID', 'tenant_a'],
        ],
        body: expect.stringMatching(/^query=sum%28rate%28.*%29%29&time=\d+$/),
        timeoutMs: 30_000,
        insecure: false,
      },
    ])
    expect(pairs(calls[0]?.body)).toEqual({ query, time: String(T0 / 1000) })
    expect(measurement).toEqual({
      phase: 'Successful',
      value: '[0.9931]',
      startedAt: '2026-01-15T10:00:00Z',
      finishedAt: '2026-01-15T10:00:00Z',
    })
  })

  it.each([
    ['http://prom:9090/', 'http://prom:9090/api/v1/query'],
    ['https://host/base//', 'https://host/base/api/v1/query'],
    ['https://host/base?tenant=a', 'https://host/base/api/v1/query?tenant=a'],
  ])('PRV-203: below %s it is %s', async (base, url) => {
    const { calls } = await measured(asking({ address: base }), vector('1'))
    expect(calls[0]?.url).toBe(url)
  })

  it.each([403, 405, 501])('PRV-203: when a POST is answered with %i, a GET counts', async (status) => {
    const refused = { status, body: 'no' }
    const { calls, measurement } = await measured(asking(), refused, vector('7'))
    expect(measurement).toMatchObject({ phase: 'Successful', value: '[7]' })
    expect(calls[1]?.method).toBe('GET')
    expect(calls[1]?.body).toBeUndefined()
    expect(headersOf(calls[1])['content-type']).toBeUndefined()
    const url = new URL(calls[1]?.url ?? '')
    expect([url.pathname, pairs(url.search)]).toEqual(['/api/v1/query', pairs(calls[0]?.body)])
    const twice = await measured(asking(), refused, { status: 403, body: '' })
    expect(twice.measurement).toMatchObject({ phase: 'Error', message: 'client_error: client error: 403' })
  })

  it.each([400, 404, 500])('PRV-203: and not with %i', async (status) => {
    expect((await measured(asking(), { status, body: '' })).calls.length).toBe(1)
  })

  it('PRV-201: `timeout` is for all that is sent together, `insecure` for each', async () => {
    const { calls } = await measured(asking({ timeout: 7, insecure: true }), { status: 403, body: '' }, vector('1'))
    expect(calls.map((each) => [each.timeoutMs, each.insecure])).toEqual([
      [7000, true],
      [7000, true],
    ])
  })
})

describe('a range query', () => {
  const range = { start: 'now() - duration("5m")', end: 'now()', step: '1m' }

  it('PRV-204: start and end are expressions, the step is in seconds', async () => {
    const { calls, measurement } = await measured(
      asking({ rangeQuery: range }),
      data('matrix', [
        {
          metric: {},
          values: [
            [1, '1'],
            [2, '2.5'],
          ],
        },
        { metric: {}, values: [[1, 'NaN']] },
      ]),
    )
    expect(calls[0]?.url).toBe(`${address}/api/v1/query_range`)
    expect(pairs(calls[0]?.body)).toEqual({ query, start: `${T0 / 1000 - 300}`, end: `${T0 / 1000}`, step: '60' })
    expect(calls[0]?.body).toMatch(/^end=.*&query=.*&start=.*&step=60$/)
    expect(measurement.value).toBe('[1,2.5,NaN]')
  })

  it('PRV-204: fractions stay', async () => {
    const fine = { start: 'date("2026-01-01T00:00:00.25Z")', end: 'now()', step: '1500ms' }
    const { calls } = await measured(asking({ rangeQuery: fine }), vector())
    expect(pairs(calls[0]?.body)).toMatchObject({ start: '1767225600.25', step: '1.5' })
  })

  it.each([
    [{ start: '1' }, 'failed to parse rangeQuery.start as time: expected time.Time, but got int'],
    [{ end: 'result' }, 'failed to parse rangeQuery.end as time: unknown name result'],
    [{ step: '5' }, 'failed to parse rangeQuery.step as duration: time: missing unit in duration "5"'],
    [{ step: '' }, 'failed to parse rangeQuery.step as duration: time: invalid duration ""'],
  ])('PRV-204: %j: %s', async (wrong, message) => {
    const { calls, measurement } = await measured(asking({ rangeQuery: { ...range, ...wrong } }), vector())
    expect(measurement).toMatchObject({ phase: 'Error', message })
    expect(calls).toEqual([])
  })
})

describe('answers', () => {
  it.each<[string, Scripted, string]>([
    ['a scalar', data('scalar', [1, '1e3']), '1000'],
    ['a vector', vector('1', '0.5'), '[1,0.5]'],
    ['no series', vector(), '[]'],
    ['no result', data('vector', null), '[]'],
    ['a matrix without points', data('matrix', [{ metric: {} }]), '[]'],
    ['no traffic', vector('NaN'), '[NaN]'],
    ['infinities', vector('+Inf', '-Inf'), '[+Inf,-Inf]'],
    ['numbers without exponents', vector('1e21', '1e-7', '-0'), '[1000000000000000000000,0.0000001,-0]'],
  ])('PRV-207, PRV-1401: %s', async (_what, answer, value) => {
    expect((await measured(asking(), answer)).measurement).toMatchObject({ phase: 'Successful', value })
  })

  it.each<[string, Scripted, string]>([
    ['result == 1000', data('scalar', [1, '1e3']), 'Successful'],
    ['result[1] < 1', vector('1', '0.5'), 'Successful'],
    ['len(result) == 0', vector(), 'Successful'],
    ['result[0] >= 0.95', vector('NaN'), 'Failed'],
    ['isNaN(result[0])', vector('NaN'), 'Successful'],
  ])('PRV-207, ANA-705: %s', async (successCondition, answer, phase) => {
    const { measurement } = await measured(asking({}, { successCondition }), answer)
    expect(measurement.phase).toBe(phase)
  })

  it('PRV-107: a condition that cannot be evaluated leaves no value', async () => {
    const { measurement } = await measured(asking({}, { successCondition: 'result[0] > 1' }), vector())
    expect(measurement).toEqual({
      phase: 'Error',
      message:
        'could not evaluate successCondition "result[0] > 1": metric result is nil or empty: no data returned from the metric provider',
      startedAt: '2026-01-15T10:00:00Z',
      finishedAt: '2026-01-15T10:00:00Z',
    })
  })

  it('PRV-209, PRV-1404: warnings are kept with the measurement', async () => {
    const envelope = { status: 'success', warnings: ['w1', 'w2'], data: { resultType: 'scalar', result: [1, '1'] } }
    const { measurement } = await measured(asking(), json(envelope))
    expect(measurement.metadata).toEqual({ warnings: '"w1", "w2"' })
  })

  it('PRV-210, PRV-1404: the query is kept with the metric', async () => {
    expect((await measuring(prometheus, asking(), aMeasureContext())).metadata).toEqual({
      ResolvedPrometheusQuery: query,
    })
    expect((await measuring(prometheus, asking({ query: '' }), aMeasureContext())).metadata).toEqual({})
  })

  const reasoned = { status: 'error', errorType: 'bad_data', error: 'invalid parameter "query": 1:1: oops' }

  it.each<[string, Scripted | string, string]>([
    ['400 with a reason', json(reasoned, 400), 'bad_data: invalid parameter "query": 1:1: oops'],
    [
      '422 with a reason',
      json({ ...reasoned, errorType: 'execution' }, 422),
      'execution: invalid parameter "query": 1:1: oops',
    ],
    ['200 with a reason', json(reasoned), 'bad_data: invalid parameter "query": 1:1: oops'],
    ['400 that succeeded', json({ status: 'success' }, 400), 'bad_response: inconsistent body for response code'],
    [
      '400 of something else',
      { status: 400, body: '<html>' },
      "bad_response: invalid character '<' looking for beginning of value",
    ],
    ['401', { status: 401, body: 'no' }, 'client_error: client error: 401'],
    ['404', { status: 404, body: '' }, 'client_error: client error: 404'],
    ['429', { status: 429, body: '' }, 'client_error: client error: 429'],
    ['503', { status: 503, body: '' }, 'server_error: server error: 503'],
    ['304', { status: 304, body: '' }, 'bad_response: bad response code 304'],
    ['no JSON', { body: 'OK' }, "bad_response: invalid character 'O' looking for beginning of value"],
    ['half of it', { body: '{"status":"succ' }, 'bad_response: unexpected end of JSON input'],
    ['nothing', { body: '' }, 'bad_response: unexpected end of JSON input'],
    ['no data', json({ status: 'success' }), 'unexpected end of JSON input'],
    ['a text', data('string', [1, 'x']), 'unexpected value type "string"'],
    ['a number that is none', vector('many'), 'strconv.ParseFloat: parsing "many": invalid syntax'],
    ['a vector of something else', data('vector', { a: 1 }), 'data.result: expected Array'],
    ['a bare number', data('scalar', [1, 5]), 'a sample is not a time and the text of a number'],
    ['a sample that is none', data('vector', [{ value: 5 }]), 'a sample is not a time and the text of a number'],
    ['a series that is none', data('matrix', [{ values: 5 }]), 'data.result.0.values: expected unknown'],
    ['an envelope that is none', json('x'), 'bad_response: body: expected Object'],
    [
      'a histogram',
      data('vector', [{ metric: {}, histogram: [1, { count: '1' }] }]),
      'the query gives histograms, which no condition can judge: use histogram_quantile() or its like',
    ],
    [
      'no connection',
      `Post "${address}/api/v1/query": context deadline exceeded`,
      `Post "${address}/api/v1/query": context deadline exceeded`,
    ],
  ])('PRV-106, PRV-208: %s', async (_what, answer, message) => {
    const { measurement } = await measured(asking(), answer)
    expect(measurement).toMatchObject({ phase: 'Error', message, finishedAt: '2026-01-15T10:00:00Z' })
    expect(measurement.value).toBeUndefined()
  })
})

describe('who asks', () => {
  const basicAuth = { username: 'ada', password: 'p:w' }
  const oauth2 = { tokenUrl: 'http://idp/token', clientId: 'id', clientSecret: 's', scopes: ['a', 'b'] }
  const token = json({ access_token: 'T', token_type: 'bearer' })

  it('PRV-205: basic auth', async () => {
    const { calls } = await measured(asking({ authentication: { basicAuth } }), vector('1'))
    expect(headersOf(calls[0])['authorization']).toBe(`Basic ${btoa('ada:p:w')}`)
  })

  it('PRV-206: a header of the spec goes before any of them, and the last of a name counts', async () => {
    const headers = [
      { key: 'Authorization', value: 'first' },
      { key: 'authorization', value: 'last' },
    ]
    const { calls } = await measured(asking({ headers, authentication: { basicAuth, oauth2 } }), token, vector('1'))
    expect(calls.map((each) => headersOf(each)['authorization'])).toEqual(['last', 'last'])
  })

  it('PRV-205: a token goes before basic auth, and is asked for over the same transport', async () => {
    const block = { insecure: true, headers: [{ key: 'X-A', value: 'a' }], authentication: { basicAuth, oauth2 } }
    const { calls } = await measured(asking(block), token, vector('1'))
    expect(calls.map((each) => headersOf(each)['authorization'])).toEqual([`Basic ${btoa('id:s')}`, 'Bearer T'])
    expect(calls.map((each) => [headersOf(each)['x-a'], each.insecure])).toEqual([
      ['a', true],
      ['a', true],
    ])
    expect(calls[0]?.url).toBe('http://idp/token')
  })

  it('PRV-205: the second try for a token falls to basic auth', async () => {
    const { calls } = await measured(
      asking({ authentication: { basicAuth, oauth2 } }),
      { status: 401 },
      token,
      vector('1'),
    )
    expect(headersOf(calls[1])['authorization']).toBe(`Basic ${btoa('ada:p:w')}`)
  })

  it('PRV-212: no token, no question; the failure is told as that of the query', async () => {
    const refused = { status: 401, statusText: 'Unauthorized', body: 'no' }
    const { calls, measurement } = await measured(asking({ authentication: { oauth2 } }), refused)
    expect(calls.length).toBe(2)
    expect(measurement).toMatchObject({
      phase: 'Error',
      message: `Post "${address}/api/v1/query": oauth2: cannot fetch token: 401 Unauthorized\nResponse: no`,
    })
  })

  it('PRV-212: nothing is kept between measurements', async () => {
    const { http, calls } = scriptedHttp(token, vector('1'), token, vector('2'))
    const made = await measuring(prometheus, asking({ authentication: { oauth2 } }), aMeasureContext({ http }))
    await made.run()
    await made.run()
    expect(calls.map(({ url }) => url.split('/').at(-1))).toEqual(['token', 'query', 'token', 'query'])
  })
})

describe('Amazon', () => {
  const amazon = 'https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1'
  const env = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session' }
  const sigv4 = { region: 'eu-west-1' }

  async function signedBy(block: object, ...answers: readonly Scripted[]) {
    const { http, calls } = scriptedHttp(...answers)
    const context = aMeasureContext({ http, settings: someSettings(env) })
    await measureOnce(prometheus, asking({ address: amazon, ...block }), context)
    return calls
  }

  const sha = (text: string) => createHash('sha256').update(text).digest('hex')
  const mac = (key: Uint8Array | string, text: string) => createHmac('sha256', key).update(text).digest()

  /** Signature Version 4, by its specification. */
  function signatureOf(call: HttpCall, signedHeaders: readonly string[]): string {
    const url = new URL(call.url)
    const headers = headersOf(call)
    const path = url.pathname.split('/').map(encodeURIComponent).join('/')
    const search = url.search.slice(1).split('&').toSorted().join('&')
    const lines = signedHeaders.map((name) => `${name}:${name === 'host' ? url.host : headers[name]}\n`).join('')
    const canonical = [call.method, path, search, lines, signedHeaders.join(';'), sha(call.body ?? '')].join('\n')
    const scope = '20260115/eu-west-1/aps/aws4_request'
    const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha(canonical)].join('\n')
    const key = scope.split('/').reduce<Uint8Array | string>(mac, `AWS4${env.AWS_SECRET_ACCESS_KEY}`)
    return mac(key, toSign).toString('hex')
  }

  it.each(['POST', 'GET'])('PRV-205: a %s is signed for the service', async (method) => {
    const answers = method === 'GET' ? [{ status: 405 }, vector('1')] : [vector('1')]
    const call = (await signedBy({ authentication: { sigv4 } }, ...answers)).at(-1)
    const headers = headersOf(call)
    expect(call?.method).toBe(method)
    expect([headers['x-amz-date'], headers['x-amz-security-token']]).toEqual(['20260115T100000Z', 'session'])
    const [, names = '', signature] =
      /SignedHeaders=([^,]+), Signature=(\w+)$/.exec(headers['authorization'] ?? '') ?? []
    expect(names.split(';')).toContain('host')
    expect(call && signatureOf(call, names.split(';'))).toBe(signature)
    expect(headers['authorization']).toContain('Credential=AKID/20260115/eu-west-1/aps/aws4_request')
  })

  it('PRV-205: only with such an address, and with a member of `sigv4`', async () => {
    expect(
      headersOf((await signedBy({ authentication: { sigv4: {} } }, vector('1')))[0])['authorization'],
    ).toBeUndefined()
    const elsewhere = await signedBy({ address, authentication: { sigv4 } }, vector('1'))
    expect(headersOf(elsewhere[0])['authorization']).toBeUndefined()
  })

  it('PRV-205: without a region, or with a profile that nobody has, there is nothing to measure', async () => {
    const settings = someSettings({ AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' })
    const metric = (block: object) => asking({ address: amazon, authentication: { sigv4: block } })
    const context = aMeasureContext({ settings })
    expect(await prometheus(metric({ profile: 'nobody' }), context)).toEqual({
      ok: false,
      error: 'region not configured in sigv4 or in default credentials chain',
    })
    expect(await prometheus(metric({ profile: 'nobody', ...sigv4 }), context)).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^could not get SigV4 credentials: .*nobody/),
    })
  })
})
