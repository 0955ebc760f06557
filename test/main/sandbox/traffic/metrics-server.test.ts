import { request as startRequest } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MetricsServer, startMetricsServer } from '#main/sandbox/traffic/metrics-server.ts'
import type { SeriesSource } from '#main/sandbox/traffic/promql/series.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

/** Two counters that grow by 1 and by 3 each second. */
const source: SeriesSource = (name) =>
  name === undefined || name === 'hits'
    ? [1, 3].map((perSecond) => ({
        labels: { __name__: 'hits', code: perSecond === 1 ? '500' : '200', app: 'web' },
        at: (moment: number) => ((moment - T0) / 1000) * perSecond + 1000,
        increase: (from: number, to: number) => ((to - from) / 1000) * perSecond,
      }))
    : []

let server: MetricsServer

beforeEach(async () => {
  server = await startMetricsServer({ source, clock: new VirtualClock(), host: '127.0.0.1', port: 0 })
})

afterEach(() => server.close())

async function ask(path: string, parameters: Readonly<Record<string, string>>, method: 'GET' | 'POST' = 'GET') {
  const form = new URLSearchParams(parameters)
  const response =
    method === 'GET'
      ? await fetch(`${server.url}${path}?${form}`)
      : await fetch(`${server.url}${path}`, { method, body: form })
  return { code: response.status, body: (await response.json()) as unknown }
}

const vector = (...result: readonly object[]) => ({
  code: 200,
  body: { status: 'success', data: { resultType: 'vector', result } },
})

describe('the Prometheus API', () => {
  it.each(['GET', 'POST'] as const)('answers an instant query by %s', async (method) => {
    const errorRate = 'sum(rate(hits{code=~"5.."}[1m])) / sum(rate(hits[1m]))'
    expect(await ask('/api/v1/query', { query: errorRate }, method)).toEqual(
      vector({ metric: {}, value: [T0 / 1000, '0.25'] }),
    )
  })

  it('compares, so that a condition leaves nothing behind when it does not hold', async () => {
    expect(await ask('/api/v1/query', { query: 'sum(rate(hits[1m])) > 5' })).toEqual(vector())
    expect(await ask('/api/v1/query', { query: 'nothing_of_that_name' })).toEqual(vector())
  })

  it('answers scalars', async () => {
    expect(await ask('/api/v1/query', { query: '2 ^ 3 ^ 2' })).toMatchObject({
      body: { data: { resultType: 'scalar', result: [T0 / 1000, '512'] } },
    })
  })

  it('answers a range with one point per step', async () => {
    const start = T0 / 1000
    expect(
      await ask('/api/v1/query_range', {
        query: 'hits{code="200"}',
        start: `${start}`,
        end: `${start + 60}`,
        step: '30s',
      }),
    ).toMatchObject({
      code: 200,
      body: {
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: { __name__: 'hits', code: '200', app: 'web' },
              values: [
                [start, '1000'],
                [start + 30, '1090'],
                [start + 60, '1180'],
              ],
            },
          ],
        },
      },
    })
  })

  it.each([
    ['/api/v1/query', { query: 'sum(' }, /parse error: unexpected end of input/],
    ['/api/v1/query', { query: 'hits', time: 'noon' }, /invalid parameter "time"/],
    ['/api/v1/query_range', { query: 'hits', start: '10', end: '5', step: '1' }, /end timestamp must not be before/],
    ['/api/v1/query_range', { query: 'hits', start: '0', end: '5', step: '0' }, /zero or negative/],
    ['/api/v1/query_range', { query: 'hits', start: '0', end: '99999', step: '1' }, /exceeded maximum resolution/],
  ])('refuses %s %o', async (path, parameters, error) => {
    expect(await ask(path, parameters)).toMatchObject({
      code: 400,
      body: { status: 'error', errorType: 'bad_data', error: expect.stringMatching(error) },
    })
  })

  it('names labels and their values', async () => {
    expect(await ask('/api/v1/labels', {})).toMatchObject({ body: { data: ['__name__', 'app', 'code'] } })
    expect(await ask('/api/v1/label/code/values', {})).toMatchObject({ body: { data: ['200', '500'] } })
    expect(await ask('/api/v1/series', { 'match[]': 'hits{code="500"}' })).toMatchObject({
      body: { data: [{ __name__: 'hits', code: '500', app: 'web' }] },
    })
    expect(await ask('/api/v1/rules', {})).toMatchObject({ code: 404 })
  })

  it('answers only to names of this machine', async () => {
    const code = await new Promise((resolve) => {
      startRequest(`${server.url}/api/v1/labels`, { headers: { Host: 'evil.example' } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).end()
    })
    expect(code).toBe(421)
  })
})
