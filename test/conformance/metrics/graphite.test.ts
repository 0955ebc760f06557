import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Metric } from '#api/analysis.ts'
import { graphite } from '#main/metrics/graphite.ts'
import { createDirectHttp } from '#main/metrics/http/direct.ts'
import { systemClock } from '#main/system-clock.ts'
import { graphitePython, startGraphite } from '#test/support/graphite.ts'
import { aMeasureContext, aMetric, measureOnce } from '#test/support/measuring.ts'

const recorded = {
  'app.web.count': [
    [30, 92.5],
    [20, 12.25],
  ],
  'app.api.count': [[30, 7.5]],
  'app.silent': [],
} as const

const direct = createDirectHttp({ clock: systemClock, env: {} })
afterAll(() => direct.close())

// Only with `npm run test:cluster`, where there is one.
describe.skipIf(graphitePython === '')('a Graphite', () => {
  let real: Awaited<ReturnType<typeof startGraphite>>
  beforeAll(async () => {
    real = await startGraphite(recorded)
  }, 60_000)
  afterAll(() => real.close())

  const measure = (query: string, more: Partial<Metric> = {}) =>
    measureOnce(
      graphite,
      aMetric({ graphite: { address: real.url, query } }, more),
      aMeasureContext({ clock: systemClock, http: direct.http }),
    )

  it.each([
    ['target=app.web.count&from=-10min', '[92.500000,12.250000]', 'len(result) == 2 && max(result) == 92.5'],
    ['target = sumSeries( app.*.count )\n&from=-10min', '[100.000000,12.250000]', 'result[0] == 100'],
    ["target=alias(app.web.count,'a%26b%2Bc (x)')&from=-10min", '[92.500000,12.250000]', 'result[1] < 13'],
    ['target=app.api.count&target=app.web.count&from=-10min', '[7.500000]', 'len(result) == 1'],
    ['target=app.web.count&from=-10min&format=csv', '[92.500000,12.250000]', 'true'],
    ['target=app.silent&from=-10min', '[]', 'len(result) == 0'],
  ])('PRV-1002, PRV-1004: %s', async (query, value, successCondition) => {
    expect(await measure(query, { successCondition })).toMatchObject({ phase: 'Successful', value })
  })

  it.each([
    ['target=nobody.knows&from=-10min', /^no values found$/],
    ['', /^no values found$/],
    ['target=nosuch(app.web.count)&from=-10min', /^(?:error response: |no values found$)/],
    ['target=app.web.count&from=yesteryear', /^error response: /],
  ])('PRV-1003: %j: %s', async (query, message) => {
    expect(await measure(query)).toMatchObject({ phase: 'Error', message: expect.stringMatching(message) })
  })
})
