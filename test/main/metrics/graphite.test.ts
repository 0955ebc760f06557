import { describe, expect, it } from 'vitest'
import type { Metric } from '#api/analysis.ts'
import { graphite } from '#main/metrics/graphite.ts'
import { aMeasureContext, aMetric, measureOnce } from '#test/support/measuring.ts'
import { json, type Scripted, scriptedHttp } from '#test/support/scripted-http.ts'

const asking = (block: object = {}, more: Partial<Metric> = {}) =>
  aMetric({ graphite: { address: 'http://graphite:8080', query: 'target=a&from=-5min', ...block } }, more)

/** The measurement, and what was sent for it. */
async function measured(metric: Metric, ...answers: readonly (Scripted | string)[]) {
  const { http, calls } = scriptedHttp(...answers)
  return { measurement: await measureOnce(graphite, metric, aMeasureContext({ http })), calls }
}

const series = (...points: readonly unknown[]): Scripted => json([{ target: 'a', datapoints: points }])

describe('what is sent', () => {
  it.each([
    ['', 'Graphite address  is not a valid URL'],
    ['graphite:80', 'Graphite address graphite:80 is not a valid URL'],
    ['://', 'Graphite address :// is not a valid URL'],
  ])('PRV-1001: %j is no address', async (address, error) => {
    expect(await graphite(asking({ address }), aMeasureContext())).toEqual({ ok: false, error })
  })

  it('PRV-1001: a block of another shape', async () => {
    expect(await graphite(asking({ query: 5 }), aMeasureContext())).toEqual({
      ok: false,
      error: 'graphite.query: expected string',
    })
  })

  it.each([
    [
      'http://g',
      'target=sumSeries(app.http.*.count)&from=-5min',
      'http://g/render?format=json&from=-5min&target=sumSeries%28app.http.%2A.count%29',
    ],
    [
      'http://g/',
      ' target = alias( a , "b" )\n&from=-1h ',
      'http://g/render?format=json&from=-1h&target=alias%28a%2C%22b%22%29',
    ],
    ['http://g:81/base/?x=1', 'target=b&target=a&format=csv', 'http://g:81/base/render?format=json&target=b&target=a'],
    ['http://g', '', 'http://g/render?format=json'],
  ])('PRV-1002, PRV-1005: %s %j', async (address, query, url) => {
    const { calls } = await measured(asking({ address, query }), series([1, 1]))
    expect(calls).toEqual([{ method: 'GET', url, timeoutMs: 10_000 }])
  })
})

describe('what is made of the answer', () => {
  it.each<[string, Scripted, string]>([
    ['one point', series([92.5, 1767225300], [null, 1767225360]), '[92.500000]'],
    ['several', series([10, 1], [12.5, 2], [-1e-7, 3]), '[10.000000,12.500000,-0.000000]'],
    ['numbers as texts', series(['1e3', 1], ['.5', 2]), '[1000.000000,0.500000]'],
    ['nothing but gaps', series([null, 1]), '[]'],
    ['the first target only', json([{ datapoints: [[1, 1]] }, { datapoints: [[2, 1]] }]), '[1.000000]'],
  ])('PRV-1004, PRV-1005: %s', async (_what, answer, value) => {
    expect((await measured(asking(), answer)).measurement).toMatchObject({ phase: 'Successful', value })
  })

  it('PRV-1004: conditions see a list of floats', async () => {
    const condition = { successCondition: 'len(result) == 2 && max(result) == 12.5 && 10.0 in result' }
    expect((await measured(asking({}, condition), series([10, 1], [null, 2], [12.5, 3]))).measurement.phase).toBe(
      'Successful',
    )
  })

  it.each<[string, Scripted | string, string]>([
    ['a refusal', { status: 400, body: 'Missing target' }, 'error response: Missing target'],
    ['too many', { status: 429, body: '' }, 'error response: '],
    ['a page', { body: '<html>' }, "invalid character '<' looking for beginning of value"],
    ['an object', json({}), 'body: expected Array'],
    ['no target', json([]), 'no values found'],
    ['null', json(null), 'no values found'],
    ['no points', series(), 'no values found'],
    ['a point of three', series([1, 2, 3]), 'error unmarshaling data point: [1 2 3]'],
    ['a point that is none', series(5), 'error unmarshaling data point: 5'],
    ['a value that is true', series([true, 1]), 'error unmarshaling value: true'],
    ['a value that is text', series(['many', 1]), 'strconv.ParseFloat: parsing "many": invalid syntax'],
    ['no connection', 'Get "http://graphite:8080": EOF', 'Get "http://graphite:8080": EOF'],
  ])('PRV-1003, PRV-1401: %s', async (_what, answer, message) => {
    expect((await measured(asking(), answer)).measurement).toMatchObject({ phase: 'Error', message })
  })

  it('PRV-107: a value that cannot be judged is kept', async () => {
    const { measurement } = await measured(asking({}, { successCondition: 'result > 1' }), series([2, 1]))
    expect(measurement).toMatchObject({ phase: 'Error', value: '[2.000000]' })
  })
})
