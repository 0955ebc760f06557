import { describe, expect, it } from 'vitest'
import type { Metric } from '#api/analysis.ts'
import { web } from '#main/metrics/web.ts'
import { aMeasureContext, aMetric, measureOnce } from '#test/support/measuring.ts'
import { json, type Scripted, scriptedHttp } from '#test/support/scripted-http.ts'

const url = 'http://measure.monitoring/api/v1/measurement?a=1'

const asking = (block: object = {}, more: Partial<Metric> = {}) => aMetric({ web: { url, ...block } }, more)

/** The measurement, and what was sent for it. */
async function measured(metric: Metric, ...answers: readonly (Scripted | string)[]) {
  const { http, calls } = scriptedHttp(...answers)
  return { measurement: await measureOnce(web, metric, aMeasureContext({ http })), calls }
}

const text = (body: string, status = 200): Scripted => ({ status, body })

describe('what is sent', () => {
  it('PRV-301: a GET, for ten seconds', async () => {
    const { calls } = await measured(asking(), text('1'))
    expect(calls).toEqual([{ method: 'GET', url, headers: [], timeoutMs: 10_000, insecure: false }])
  })

  it('PRV-301, PRV-304: headers as they stand, with the time and the trust of the spec', async () => {
    const headers = [
      { key: 'X-A', value: '1' },
      { key: 'x-a', value: '2' },
    ]
    const { calls } = await measured(asking({ headers, timeoutSeconds: 3, insecure: true, method: 'PUT' }), text('1'))
    expect(calls[0]).toMatchObject({ method: 'PUT', timeoutMs: 3000, insecure: true })
    expect(calls[0]?.headers).toEqual([
      ['X-A', '1'],
      ['x-a', '2'],
    ])
  })

  it('PRV-301: no time is the usual time', async () => {
    for (const timeoutSeconds of [0, -1, null])
      expect((await measured(asking({ timeoutSeconds }), text('1'))).calls[0]?.timeoutMs).toBe(10_000)
  })

  it('PRV-303: a body says nothing about its type', async () => {
    const { calls } = await measured(asking({ method: 'POST', body: '{"a": 1}' }), text('1'))
    expect(calls[0]).toMatchObject({ method: 'POST', body: '{"a": 1}', headers: [] })
  })

  it('PRV-303, PRV-309: a JSON body does, after the headers of the spec; its members keep their order', async () => {
    const headers = [{ key: 'content-type', value: 'text/x' }]
    const jsonBody = { window: '5m', service: 'web <1>' }
    const { calls } = await measured(asking({ method: 'POST', headers, jsonBody }), text('1'))
    expect(calls[0]?.body).toBe('{"window":"5m","service":"web \\u003c1\\u003e"}')
    expect(calls[0]?.headers).toEqual([
      ['content-type', 'text/x'],
      ['Content-Type', 'application/json'],
    ])
  })

  it.each([
    [
      { method: 'POST', body: 'a', jsonBody: {} },
      'use either Body or JSONBody; both cannot exists for WebMetric payload',
    ],
    [{ body: 'a', jsonBody: {} }, 'use either Body or JSONBody; both cannot exists for WebMetric payload'],
    [{ body: 'a' }, 'Body/JSONBody can only be used with POST or PUT WebMetric Method types'],
    [{ method: 'GET', jsonBody: {} }, 'Body/JSONBody can only be used with POST or PUT WebMetric Method types'],
  ])('PRV-303: %j: %s', async (block, message) => {
    const { calls, measurement } = await measured(asking(block), text('1'))
    expect(measurement).toMatchObject({ phase: 'Error', message })
    expect(calls).toEqual([])
  })
})

describe('what cannot be asked', () => {
  const oauth2 = { tokenUrl: 'http://idp', clientId: 'x' }

  it.each([
    [{ authentication: { oauth2 } }, 'missing mandatory parameter in metric for OAuth2 setup'],
    [{ jsonPath: '{$.a' }, 'unclosed action'],
    [{ jsonPath: '{$.a[0}' }, 'unterminated array'],
    [{ jsonPath: '{$["a"]}' }, 'invalid array index "a"'],
    [{ jsonPath: '{#}' }, "unrecognized character in action: U+0023 '#'"],
    [{ jsonPath: '{$.a[?(@.x]}' }, 'unterminated filter'],
    [{ method: 'DELETE' }, expect.stringMatching(/^web\.method: expected/)],
    [{ url: 5 }, 'web.url: expected string'],
  ])('PRV-302: %j', async (block, error) => {
    expect(await web(asking(block), aMeasureContext())).toEqual({ ok: false, error })
  })

  it('PRV-301: other ways to sign in have no meaning here', async () => {
    const authentication = { basicAuth: { username: 'x' }, sigv4: { region: 'x' } }
    expect((await measured(asking({ authentication }), text('1'))).calls[0]?.headers).toEqual([])
  })
})

describe('a token', () => {
  const oauth2 = { tokenUrl: 'http://idp/token', clientId: 'id', clientSecret: 's' }
  const block = { authentication: { oauth2 }, headers: [{ key: 'Authorization', value: 'mine' }], insecure: true }

  it('PRV-304, PRV-212: is asked for first, with the same time and trust, and replaces any other', async () => {
    const { calls } = await measured(asking({ ...block, timeoutSeconds: 4 }), json({ access_token: 'T' }), text('1'))
    expect(calls.map((each) => [each.url, each.timeoutMs, each.insecure])).toEqual([
      ['http://idp/token', 4000, true],
      [url, 4000, true],
    ])
    expect(calls[0]?.headers).not.toContainEqual(['Authorization', 'mine'])
    expect(calls[1]?.headers?.at(-1)).toEqual(['Authorization', 'Bearer T'])
  })

  it.each([
    ['GET', 'Get'],
    ['PUT', 'Put'],
  ])('PRV-212: without one, the %s is not sent', async (method, name) => {
    const refused = json({ error: 'invalid_client' }, 401)
    const { calls, measurement } = await measured(asking({ ...block, method }), refused)
    expect(calls.map((each) => each.url)).toEqual(['http://idp/token', 'http://idp/token'])
    expect(measurement.message).toBe(`${name} "${url}": oauth2: "invalid_client"`)
  })
})

describe('what is made of the answer', () => {
  const page = { data: { ok: true, successPercent: 0.95, html: '<b>', list: [1, 2] } }

  it.each<[string, Scripted, string, string]>([
    ['{$.data}', json(page), '{"html":"\\u003cb\\u003e","list":[1,2],"ok":true,"successPercent":0.95}', 'result.ok'],
    ['{$.data.ok}', json(page), 'true', 'result == true'],
    ['{$.data.successPercent}', json(page), '0.95', 'result >= 0.95'],
    ['{$.data.list[*]}', json(page), '1', 'result == 1'],
    ['{$.data.list}', json(page), '[1,2]', 'len(result) == 2'],
    ['{$.data.html}', json(page), '"\\u003cb\\u003e"', 'result == "<b>"'],
    ['$.data.ok', json(page), '"$.data.ok"', 'result == "$.data.ok"'],
    ['', json(5), '5', 'result == 5'],
    ['', json('1'), '"1"', 'asInt(result) == 1'],
    ['', json(null), 'null', 'isNil(result)'],
    ['{$.a}', json({ a: null }), 'null', 'isNil(result)'],
    ['{$.a}', text('OK'), 'OK', 'result == "OK"'],
    ['{$.a}', text(''), '', 'result == ""'],
    ['{$.a}', text('{"a":'), '{"a":', 'len(result) == 5'],
    ['{$.a}', text('1e999'), '1e999', 'result == "1e999"'],
    ['', text(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), '…', 'len(result) == 200000'],
  ])('PRV-306, PRV-307: %s', async (jsonPath, answer, value, successCondition) => {
    const { measurement } = await measured(asking({ jsonPath }, { successCondition }), answer)
    expect(measurement).toMatchObject({ phase: 'Successful', value })
  })

  it.each<[string, string]>([
    ['{$.missing}', 'Could not find JSONPath in body: missing is not found'],
    ['{$.data.list[2]}', 'Could not find JSONPath in body: array index out of bounds: index 2, length 2'],
    ['{$.data.list[2:2]}', 'result of web metric produced no value'],
    ['{$.data.ok.*}', 'result of web metric produced no value'],
  ])('PRV-306, PRV-1401: %s: %s', async (jsonPath, message) => {
    const { measurement } = await measured(asking({ jsonPath }), json(page))
    expect(measurement).toMatchObject({ phase: 'Error', message })
  })

  it.each([199, 300, 304, 401, 404, 429, 500])('PRV-305, PRV-309: %i is an Error', async (status) => {
    const { measurement } = await measured(asking(), text('1', status))
    expect(measurement).toMatchObject({ phase: 'Error', message: `received non 2xx response code: ${status}` })
  })

  it('PRV-305: any 2xx is an answer', async () => {
    for (const status of [200, 204, 299])
      expect((await measured(asking(), text('1', status))).measurement.value).toBe('1')
  })

  it('PRV-309: the example of the documentation', async () => {
    const headers = [{ key: 'Authorization', value: 'Bearer s3cr3t' }]
    const metric = asking(
      { headers, method: 'POST', jsonBody: { service: 'web', window: '5m' }, jsonPath: '{$.data}' },
      { successCondition: 'result.ok && result.successPercent >= 0.90' },
    )
    const answer = json({ data: { ok: true, successPercent: 0.95 } })
    expect((await measured(metric, answer)).measurement).toEqual({
      phase: 'Successful',
      value: '{"ok":true,"successPercent":0.95}',
      startedAt: '2026-01-15T10:00:00Z',
      finishedAt: '2026-01-15T10:00:00Z',
    })
  })

  it('PRV-107: what cannot be judged leaves no value', async () => {
    const { measurement } = await measured(asking({}, { successCondition: 'result' }), json(5))
    expect(measurement).toMatchObject({ phase: 'Error', message: expect.stringContaining('expected bool') })
    expect(measurement.value).toBeUndefined()
  })

  it('PRV-106: a failure of the transport is told as it is', async () => {
    const { measurement } = await measured(asking(), `Get "${url}": EOF`)
    expect(measurement).toMatchObject({ phase: 'Error', message: `Get "${url}": EOF` })
  })
})
