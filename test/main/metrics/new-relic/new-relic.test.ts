import { describe, expect, it } from 'vitest'
import type { Metric } from '#api/analysis.ts'
import type { Http } from '#main/metrics/http/http.ts'
import { newRelic } from '#main/metrics/new-relic/new-relic.ts'
import { aMeasureContext, aMetric, measureOnce, measuring } from '#test/support/measuring.ts'
import { json, type Scripted, scriptedHttp } from '#test/support/scripted-http.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const account = { 'personal-api-key': 'NRAK-1', 'account-id': '1234567' }
const shared = { 'argo-rollouts/newrelic': account }
const query = 'FROM Transaction SELECT count(*)'
const nrql = (block: object = {}, more: Partial<Metric> = {}) => aMetric({ newRelic: { query, ...block } }, more)
const rows = (results: unknown) => json({ data: { actor: { account: { nrql: { results } } } } })

/** Ten seconds of it, which is more than all retries take. */
async function measured(metric: Metric, ...answers: readonly (Scripted | string)[]) {
  const script = scriptedHttp(...answers)
  const clock = new VirtualClock()
  const askedAt: number[] = []
  const http: Http = (call) => {
    askedAt.push(clock.now())
    return script.http(call)
  }
  const measurement = measureOnce(newRelic, metric, aMeasureContext({ http, clock, secrets: shared }))
  await clock.advance(10_000)
  const waitsMs = askedAt.slice(1).map((at, before) => at - (askedAt[before] ?? 0))
  return { measurement: await measurement, calls: script.calls, waitsMs }
}

describe('what New Relic is asked', () => {
  it('PRV-603: a GraphQL document, with the key in a header', async () => {
    const { calls } = await measured(nrql(), rows([{ count: 1 }]))
    const [call] = calls
    expect(call).toMatchObject({
      method: 'POST',
      url: 'https://api.newrelic.com/graphql',
      headers: [
        ['Api-Key', 'NRAK-1'],
        ['Content-Type', 'application/json'],
        ['User-Agent', 'argosy'],
      ],
      timeoutMs: 30_000,
    })
    expect(JSON.parse(call?.body ?? '')).toEqual({
      query:
        'query($query: Nrql!, $accountId: Int!, $timeout: Seconds!) { actor { account(id: $accountId) { nrql(query: $query, timeout: $timeout) { results } } } }',
      variables: { accountId: 1234567, query, timeout: 5 },
    })
  })

  it('PRV-601: with a time limit of its own, which is not negative', async () => {
    const { calls } = await measured(nrql({ timeout: 0 }), rows([{ count: 1 }]))
    expect(JSON.parse(calls[0]?.body ?? '').variables.timeout).toBe(0)
    const negative = await measured(nrql({ timeout: -1 }), rows([{ count: 1 }]))
    expect(negative.measurement).toMatchObject({
      phase: 'Error',
      message: 'timeout value needs to be a positive value',
    })
    expect(negative.calls).toEqual([])
  })

  it.each([
    [{}, 'https://api.newrelic.com/graphql'],
    [{ region: 'EU' }, 'https://api.eu.newrelic.com/graphql'],
    [{ region: 'jp' }, 'https://api.jp.newrelic.com/graphql'],
    [{ region: 'Gov' }, 'https://gov-api.newrelic.com/graphql'],
    [{ region: 'fedramp' }, 'https://gov-api.newrelic.com/graphql'],
    [{ region: 'eu', 'base-url-nerdgraph': 'http://nr.test/graphql' }, 'http://nr.test/graphql'],
  ])('PRV-602, PRV-603: of %j', async (more, url) => {
    const { http, calls } = scriptedHttp(rows([{ count: 1 }]))
    const secrets = { 'argo-rollouts/team': { ...account, ...more } }
    await measureOnce(newRelic, nrql({ profile: 'team' }), aMeasureContext({ http, secrets }))
    expect(calls[0]?.url).toBe(url)
  })

  it.each([
    [{ ...account, region: 'mars' }, 'unknown region: mars'],
    [{ ...account, region: 'constructor' }, 'unknown region: constructor'],
    [{ 'account-id': '1' }, 'account ID or personal API key not found'],
    [{ 'personal-api-key': 'k', region: 'mars' }, 'account ID or personal API key not found'],
    [{ ...account, 'account-id': 'NRAK-1' }, 'could not parse account ID: invalid syntax'],
  ])('PRV-602: cannot be asked with %j, and no value is told', async (secret, error) => {
    const secrets = { 'argo-rollouts/newrelic': secret }
    expect(await newRelic(nrql(), aMeasureContext({ secrets }))).toEqual({ ok: false, error })
  })

  it('PRV-109, PRV-1402: cannot be asked without the Secret', async () => {
    expect(await newRelic(nrql(), aMeasureContext())).toEqual({ ok: false, error: 'secrets "newrelic" not found' })
  })

  it('PRV-605, PRV-1404: the query is kept with the metric', async () => {
    const of = async (block: object) =>
      (await measuring(newRelic, nrql(block), aMeasureContext({ secrets: shared }))).metadata
    expect(await of({})).toEqual({ ResolvedNewRelicQuery: query })
    expect(await of({ query: '' })).toEqual({})
  })
})

describe('answers of New Relic', () => {
  it('PRV-606: one row is a map', async () => {
    const metric = nrql({}, { successCondition: 'result.successRate >= 95' })
    expect((await measured(metric, rows([{ successRate: 99.2 }]))).measurement).toEqual({
      phase: 'Successful',
      value: '{"successRate":99.2}',
      startedAt: '2026-01-15T10:00:00Z',
      finishedAt: '2026-01-15T10:00:00Z',
    })
  })

  it('PRV-604: several rows are a list, and ANA-1316: as Go writes it', async () => {
    const metric = nrql({}, { successCondition: 'result[1]["average.duration"] < 1 && len(result) == 2' })
    const results = [{ name: '<a>', 'average.duration': 2 }, { 'average.duration': 1e-7 }]
    expect((await measured(metric, rows(results))).measurement).toMatchObject({
      phase: 'Successful',
      value: '[{"average.duration":2,"name":"\\u003ca\\u003e"},{"average.duration":1e-7}]',
    })
  })

  it('PRV-604: a column may have any name', async () => {
    const metric = nrql({}, { successCondition: 'result["constructor"] == 1' })
    const { measurement } = await measured(metric, rows([{ constructor: 1 }]))
    expect(measurement).toMatchObject({ phase: 'Successful', value: '{"constructor":1}' })
  })

  it('PRV-604: a row that is none is an error', async () => {
    const { measurement } = await measured(nrql(), rows([{ a: 1 }, 7]))
    expect(measurement).toMatchObject({
      phase: 'Error',
      message: 'body.data.actor.account.nrql.results: expected Object',
    })
  })

  it.each([[rows([])], [rows([{}])], [rows(null)], [json({ data: null })], [json({})]])(
    'PRV-604: nothing is an error (%j)',
    async (answer) => {
      expect((await measured(nrql(), answer)).measurement).toMatchObject({
        phase: 'Error',
        message: 'no results returned from NRQL query',
      })
    },
  )

  it.each([
    [
      401,
      { errors: [{ message: 'no' }] },
      '401 response returned: Invalid credentials provided. Missing API key or an invalid API key was provided.',
    ],
    [
      403,
      { errors: [{ extensions: { error_code: 'BAD_API_KEY' } }] },
      '401 response returned: Invalid credentials provided. Missing API key or an invalid API key was provided.',
    ],
    [401, {}, '401 response returned'],
    [402, {}, 'Payment Required'],
    [404, {}, 'resource not found'],
    [400, { errors: [{ message: 'bad' }, { message: 'worse' }] }, '400 response returned: bad, worse'],
    [501, {}, '501 response returned'],
    [200, { errors: [{ message: 'NRQL Syntax Error' }, { message: 'b' }] }, 'NRQL Syntax Error, b'],
    [200, { data: 7 }, 'body.data: expected Object'],
    [200, 'x', 'body: expected Object'],
  ])('PRV-605: status %i, body %j, at once', async (status, body, message) => {
    const { measurement, calls } = await measured(nrql(), json(body, status))
    expect(measurement).toMatchObject({ phase: 'Error', message })
    expect(calls).toHaveLength(1)
  })

  it('PRV-605: a body that is no JSON', async () => {
    expect((await measured(nrql(), { body: '<html>' })).measurement).toMatchObject({
      phase: 'Error',
      message: "invalid character '<' looking for beginning of value",
    })
  })

  it('PRV-605: what is said of deprecated fields is left aside', async () => {
    const answer = {
      ...JSON.parse(rows([{ a: 1 }]).body ?? ''),
      errors: [{ message: 'This field is deprecated! Use b' }],
    }
    expect((await measured(nrql(), json(answer))).measurement).toMatchObject({ phase: 'Successful', value: '{"a":1}' })
  })

  it.each([
    [
      'POST "x": connection refused',
      'POST https://api.newrelic.com/graphql giving up after 4 attempt(s): POST "x": connection refused',
    ],
    [json({}, 429), 'POST https://api.newrelic.com/graphql giving up after 4 attempt(s)'],
    [json({}, 500), 'POST https://api.newrelic.com/graphql giving up after 4 attempt(s)'],
    [json({}, 503), 'POST https://api.newrelic.com/graphql giving up after 4 attempt(s)'],
    [json({ errors: [{ message: 'slow', extensions: { errorClass: 'TIMEOUT' } }] }), 'maximum retries reached: slow'],
    [
      json({ errors: [{ extensions: { errorClass: 'TOO_MANY_REQUESTS' } }] }),
      'POST https://api.newrelic.com/graphql giving up after 4 attempt(s): TOO_MANY_REQUESTS',
    ],
  ] as const)('PRV-605: %j is tried three times more, after 1, 2 and 4 s', async (answer, message) => {
    const { measurement, calls, waitsMs } = await measured(nrql(), answer)
    expect(measurement).toMatchObject({ phase: 'Error', message, finishedAt: '2026-01-15T10:00:07Z' })
    expect(calls).toHaveLength(4)
    expect(waitsMs).toEqual([1000, 2000, 4000])
  })

  it('PRV-605: a retry that succeeds is the measurement', async () => {
    const { measurement, calls } = await measured(nrql(), json({}, 500), rows([{ a: 1 }]))
    expect(measurement).toMatchObject({ phase: 'Successful', finishedAt: '2026-01-15T10:00:01Z' })
    expect(calls).toHaveLength(2)
  })

  it('PRV-605: a certificate that nobody vouches for is not tried again', async () => {
    const { measurement, calls } = await measured(nrql(), 'x509: certificate signed by unknown authority')
    expect(measurement.message).toMatch(/giving up after 1 attempt\(s\): x509/)
    expect(calls).toHaveLength(1)
  })
})
