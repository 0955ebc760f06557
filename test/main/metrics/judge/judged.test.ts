import { describe, expect, it } from 'vitest'
import type { AnalysisRun, Measurement } from '#api/analysis.ts'
import type { Probe } from '#engine/decision.ts'
import { createMetrics } from '#main/metrics/metrics.ts'
import { aMetric, anAnalysisRun } from '#test/support/builders/analysis.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { json, scriptedHttp } from '#test/support/scripted-http.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const begin: Probe = { kind: 'run', at: 0, name: 'rate', because: 'ANA-606' }
const prometheus = { address: 'http://p', query: 'p99{hash="{{args.canary}}"}' }
const declared = (more = '') => `rate: { baselineQuery: 'p99{hash="{{args.stable}}"}', direction: increase${more} }`

const matrix = (values: readonly number[]) =>
  json({
    status: 'success',
    data: { resultType: 'matrix', result: [{ metric: {}, values: values.map((value, at) => [at, String(value)]) }] },
  })

/** Values around a mean, the same ones every time. */
const around = (mean: number, count: number) =>
  Array.from({ length: count }, (_, at) => mean * (1 + 0.05 * Math.sin(at * 2.7)))

async function judged(
  sides: readonly (readonly number[])[],
  {
    annotation = declared(),
    probe = begin,
    run = {},
  }: { annotation?: string; probe?: Probe; run?: Partial<AnalysisRun> } = {},
) {
  const { http, calls } = scriptedHttp(...sides.map(matrix))
  const settings = { controllerNamespace: 'argo-rollouts', env: {} }
  const metrics = createMetrics({
    client: new FakeApi().client(),
    clock: new VirtualClock(),
    http: () => http,
    settings,
  })
  const args = [
    { name: 'canary', value: 'v2' },
    { name: 'stable', value: 'v1' },
  ]
  const built = anAnalysisRun(
    { metrics: [aMetric({ provider: { prometheus }, successCondition: 'false' })], args },
    { metadata: { annotations: { 'argosy.dev/judge': annotation } } },
  )
  const pass = await metrics.prepare({ ...built, ...run })
  if (!pass.ok || probe.kind === 'garbageCollect') throw new Error('not prepared')
  return {
    ...(await pass.value.measure(probe)),
    queries: calls.map(({ body }) => new URLSearchParams(body).get('query')),
  }
}

describe('a metric that is judged against its baseline', () => {
  it('asks both sides, and is not measured by its conditions', async () => {
    const { measurement, queries, metadata } = await judged([around(100, 60), around(101, 60)])
    expect(queries).toEqual(['p99{hash="v2"}', 'p99{hash="v1"}'])
    expect(measurement).toMatchObject({
      phase: 'Successful',
      value: expect.stringMatching(/^(ratio|shift) -?[\d.]+ \(-?[\d.]+…-?[\d.]+\)$/),
      message: expect.stringMatching(/\S/),
      metadata: { judgeVerdict: 'Pass', judgeIntervals: '60 and 60' },
    })
    expect(metadata).toEqual({ ResolvedPrometheusQuery: 'p99{hash="v2"}' })
  })

  it('fails where the canary is worse, says how much, and keeps the values', async () => {
    const { measurement } = await judged([around(150, 60), around(100, 60)])
    expect(measurement).toMatchObject({ phase: 'Failed', metadata: { judgeVerdict: 'Fail', judgeChange: 'High' } })
    expect(JSON.parse(measurement.metadata?.['judgeBaseline'] ?? '')).toHaveLength(60)
  })

  it('W20: looks again while there is not enough data, so often and no more', async () => {
    const options = { annotation: declared(', maxExtend: 1, step: 30s') }
    const first = (await judged([around(100, 3), around(100, 3)], options)).measurement
    expect(first).toMatchObject({
      phase: 'Running',
      resumeAt: '2026-01-15T10:00:30Z',
      metadata: { judgeVerdict: 'NotEnoughData', judgeExtended: '1' },
    })
    const resume: Probe = { ...begin, kind: 'resume', measurement: first }
    const second = (await judged([around(100, 4), around(100, 4)], { ...options, probe: resume })).measurement
    expect(second).toMatchObject({ phase: 'Inconclusive', startedAt: first.startedAt })
    const enough = (await judged([around(100, 60), around(100, 60)], { ...options, probe: resume })).measurement
    expect(enough.phase).toBe('Successful')
  })

  it('SCORE-1: is muted, tells what it found, and decides nothing', async () => {
    const { measurement } = await judged([around(150, 60), around(100, 60)], { annotation: declared(', muted: true') })
    expect(measurement).toMatchObject({ phase: 'Successful', metadata: { judgeVerdict: 'Fail' } })
  })

  it('SCORE-5: keeps whether it decides alone, for the score', async () => {
    const critical = { annotation: declared(', critical: true') }
    const keptOf = async (mean: number) => (await judged([around(mean, 60), around(100, 60)], critical)).measurement
    expect((await keptOf(150)).metadata).toMatchObject({ judgeVerdict: 'Fail', judgeCritical: 'true' })
    expect((await keptOf(100)).metadata).not.toHaveProperty('judgeCritical')
  })

  it('knows which look it is', async () => {
    const annotation = declared(', plannedLooks: 4')
    const spent = async (count: number) => {
      const metricResults = [{ name: 'rate', phase: 'Running' as const, count }]
      const run = { status: { metricResults } }
      const { measurement } = await judged([around(100, 60), around(100, 60)], { annotation, run })
      return Number(measurement.metadata?.['judgeSpentAlpha'])
    }
    expect(await spent(0)).toBeLessThan(await spent(1))
    expect(await spent(3)).toBe(await spent(9))
  })

  it.each([
    ['one that is worded wrongly', 'rate: { mode: guess }', 'argosy.dev/judge: rate'],
    [
      'one of another metric',
      'other: { baselineQuery: x }',
      'argosy.dev/judge: other: there is no metric of that name',
    ],
    ['two of one metric', `${declared()}\n---\n${declared()}`, 'argosy.dev/judge: rate: is declared twice'],
  ])('says what is wrong with a declaration: %s', async (_, annotation, message) => {
    const { measurement, queries } = await judged([], { annotation })
    expect(measurement).toMatchObject({ phase: 'Error', message: expect.stringContaining(message) })
    expect(queries).toEqual([])
  })

  it('ends when its run is ended', async () => {
    const open: Measurement = { phase: 'Running', startedAt: new Date(T0).toISOString() }
    const { measurement } = await judged([], { probe: { ...begin, kind: 'terminate', measurement: open } })
    expect(measurement).toMatchObject({ phase: 'Inconclusive', message: 'Metric Terminated' })
  })
})
