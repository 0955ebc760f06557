import { describe, expect, it } from 'vitest'
import type { Measurement, Metric } from '#api/analysis.ts'
import { kayenta } from '#main/metrics/kayenta/kayenta.ts'
import { aMeasureContext, aMetric, aRun, measuring } from '#test/support/measuring.ts'
import { json, type Scripted, scriptedHttp } from '#test/support/scripted-http.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const side = (more: object = {}) => ({ scope: 'app=web', region: 'us-west-2', step: 60, ...more })
const block = {
  address: 'http://kayenta.test:8090',
  application: 'guest book',
  canaryConfigName: 'my-test',
  metricsAccountName: 'metrics',
  configurationAccountName: 'config',
  storageAccountName: 'storage',
  threshold: { pass: 90, marginal: 75 },
  scopes: [{ name: 'default', controlScope: side(), experimentScope: side({ scope: 'app=web-2' }) }],
}
const judge = (more: object = {}, of: Partial<Metric> = { interval: '1h' }) =>
  aMetric({ kayenta: { ...block, ...more } }, of)
const configs = json([
  { id: 'c-1', name: 'other' },
  { id: 'c-2', name: 'my-test' },
])
const begun = json({ canaryExecutionId: '01HX' })

async function run(metric: Metric, answers: readonly (Scripted | string)[], startedAt?: string) {
  const { http, calls } = scriptedHttp(...answers)
  const status = startedAt === undefined ? {} : { status: { startedAt } }
  const made = await measuring(kayenta, metric, aMeasureContext({ http, run: aRun(status) }))
  return { measurement: await made.run(), calls }
}
const scopesOf = (body: string | undefined) => JSON.parse(body ?? '').scopes.default

describe('a canary execution of Kayenta', () => {
  it('PRV-802, PRV-803: is begun with the configuration of a name', async () => {
    const { measurement, calls } = await run(judge(), [configs, begun])
    const span = { start: '2026-01-15T09:00:00Z', end: '2026-01-15T10:00:00Z' }
    expect(calls).toEqual([
      {
        method: 'GET',
        url: 'http://kayenta.test:8090/canaryConfig?application=guest book&configurationAccountName=storage',
        timeoutMs: 15_000,
      },
      {
        method: 'POST',
        url: 'http://kayenta.test:8090/canary/c-2?application=guest book&metricsAccountName=metrics&configurationAccountName=config&storageAccountName=storage',
        headers: [['Content-Type', 'application/json']],
        body: JSON.stringify({
          scopes: {
            default: {
              controlScope: { scope: 'app=web', location: 'us-west-2', step: 60, ...span },
              experimentScope: { scope: 'app=web-2', location: 'us-west-2', step: 60, ...span },
            },
          },
          thresholds: { pass: 90, marginal: 75 },
        }),
        timeoutMs: 15_000,
      },
    ])
    expect(measurement).toEqual({
      phase: 'Running',
      startedAt: '2026-01-15T10:00:00Z',
      metadata: { canaryExecutionId: '01HX' },
      resumeAt: '2026-01-15T10:00:15Z',
    })
  })

  it('PRV-804: looks back to the begin of the run, or to now in its first pass', async () => {
    const back = judge({ lookback: true }, {})
    const { calls } = await run(back, [configs, begun], '2026-01-15T08:30:00Z')
    expect(scopesOf(calls[1]?.body).controlScope).toMatchObject({ start: '2026-01-15T08:30:00Z' })
    const first = await run(back, [configs, begun])
    expect(scopesOf(first.calls[1]?.body).controlScope).toMatchObject({
      start: '2026-01-15T10:00:00Z',
      end: '2026-01-15T10:00:00Z',
    })
  })

  it('PRV-804: keeps times that are given', async () => {
    const given = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z' }
    const scopes = [{ name: 'default', controlScope: side(given), experimentScope: side(given) }]
    const { calls } = await run(judge({ scopes }, {}), [configs, begun])
    expect(scopesOf(calls[1]?.body)).toMatchObject({ controlScope: given, experimentScope: given })
  })

  it.each([
    [{ start: 'x' }, {}, 'controlScope.start and experimentScope.start must both be set or be empty'],
    [{}, { end: 'x' }, 'controlScope.end and experimentScope.end must both be set or be empty'],
    [{}, {}, 'Invalid duration "": time: invalid duration ""'],
  ])('PRV-804: times %j and %j without an interval: %s', async (control, experiment, message) => {
    const scopes = [{ name: 'default', controlScope: side(control), experimentScope: side(experiment) }]
    const { measurement, calls } = await run(judge({ scopes }, {}), [configs, begun])
    expect(measurement).toMatchObject({ phase: 'Error', message })
    expect(calls).toHaveLength(1)
  })

  it.each([
    [[json([], 404)], 'Invalid Response: HTTP 404'],
    [[json([])], 'Canary config not found'],
    [[json(null)], 'Canary config not found'],
    [[{ body: '' }], 'unexpected end of JSON input'],
    [['Get "x": connection refused'], 'Get "x": connection refused'],
    [[configs, json({}, 201)], 'Invalid Response'],
    [[configs, { body: '<' }], "invalid character '<' looking for beginning of value"],
    [[configs, json({})], 'Invalid canaryExecutionId'],
    [[configs, json({ canaryExecutionId: '' })], 'Invalid canaryExecutionId'],
    [[configs, 'Post "x": EOF'], 'Post "x": EOF'],
  ])('PRV-803: answers %j: %s', async (answers, message) => {
    const { measurement } = await run(judge(), answers)
    const at = '2026-01-15T10:00:00Z'
    expect(measurement).toEqual({ phase: 'Error', message, startedAt: at, finishedAt: at })
  })
})

describe('the score of Kayenta', () => {
  const running: Measurement = {
    phase: 'Running',
    startedAt: '2026-01-15T09:59:00Z',
    metadata: { canaryExecutionId: '01HX' },
  }
  async function resumed(answer: Scripted | string) {
    const { http, calls } = scriptedHttp(answer)
    const made = await measuring(kayenta, judge(), aMeasureContext({ http, clock: new VirtualClock() }))
    return { measurement: await made.resume(running), calls, made }
  }
  const scored = (score: unknown) => json({ complete: true, result: { judgeResult: { score: { score } } } })

  it.each([
    [90, 'Successful', '90'],
    [100, 'Successful', '100'],
    [89.99, 'Inconclusive', '89'],
    [75, 'Inconclusive', '75'],
    [74.9, 'Failed', '74'],
    [-0.5, 'Failed', '0'],
  ])('PRV-805, ANA-704: %d is %s', async (score, phase, value) => {
    const { measurement, calls } = await resumed(scored(score))
    expect(measurement).toEqual({ ...running, phase, value, finishedAt: '2026-01-15T10:00:00Z' })
    expect(calls).toEqual([{ method: 'GET', url: 'http://kayenta.test:8090/canary/01HX', timeoutMs: 15_000 }])
  })

  it('PRV-805: is asked for again in 15 s while it is not complete', async () => {
    const { measurement } = await resumed(json({ complete: false }))
    expect(measurement).toEqual({ ...running, resumeAt: '2026-01-15T10:00:15Z' })
  })

  it.each([
    [json({}, 500), 'Invalid Response'],
    [json({}), 'Missing Complete Status'],
    [json({ complete: 'yes' }), 'Missing Complete Status'],
    [json([]), 'Missing Complete Status'],
    [json({ complete: true }), 'Missing Score'],
    [scored(null), 'Missing Score'],
    [scored('90'), 'Missing Score'],
    ['Get "x": EOF', 'Get "x": EOF'],
  ])('PRV-805: answer %j: %s', async (answer, message) => {
    const { measurement } = await resumed(answer)
    expect(measurement).toEqual({ ...running, phase: 'Error', message, finishedAt: '2026-01-15T10:00:00Z' })
  })

  it('PRV-806, ANA-810: is not ended: the measurement stays as it is', async () => {
    const { made, calls } = await resumed(json({ complete: false }))
    expect(await made.terminate(running)).toBe(running)
    expect(await made.garbageCollect(1)).toMatchObject({ ok: true })
    expect(calls).toHaveLength(1)
  })

  it('PRV-801: a block of another shape is refused', async () => {
    expect(await kayenta(judge({ threshold: 7 }), aMeasureContext())).toEqual({
      ok: false,
      error: 'kayenta.threshold: expected Object',
    })
  })
})
