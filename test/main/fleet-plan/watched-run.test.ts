import { describe, expect, it } from 'vitest'
import type { AnalysisRunSpec, Metric } from '#api/analysis.ts'
import {
  ending,
  evidenceOf,
  goOn,
  lasting,
  verdictOf,
  type WatchedRun,
  watchRun,
} from '#main/fleet-plan/watched-run.ts'
import type { Http } from '#main/metrics/http/http.ts'
import { createMetrics } from '#main/metrics/metrics.ts'
import { aMetric, anAnalysisRun } from '#test/support/builders/analysis.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const minute = 60_000

/** A store whose value at a minute since T0 is that function, and a run over it. */
function aWatch(metrics: readonly Metric[], valueAt: (minutes: number) => number | undefined, each = lasting) {
  const clock = new VirtualClock()
  const asked: number[] = []
  const http: Http = async ({ body = '', url }) => {
    const time = Number(new URLSearchParams(body || url.split('?')[1]).get('time'))
    const minutes = Math.round((time * 1000 - T0) / minute)
    asked.push(minutes)
    const value = valueAt(minutes)
    if (value === undefined)
      return { ok: true, value: { status: 500, statusText: 'no', header: () => undefined, body: '' } }
    const text = JSON.stringify({
      status: 'success',
      data: { resultType: 'scalar', result: [time, String(value)] },
      errors: value,
    })
    return { ok: true, value: { status: 200, statusText: 'OK', header: () => undefined, body: text } }
  }
  const settings = { controllerNamespace: 'argo-rollouts', env: {} }
  const client = new FakeApi().client()
  const metricsAt = (then: typeof clock | Parameters<typeof createMetrics>[0]['clock']) =>
    createMetrics({ client, clock: then, http: () => http, settings })
  let watched: WatchedRun = watchRun(anAnalysisRun({ metrics } as Partial<AnalysisRunSpec>), each, T0)
  const look = async (minutes: number) => {
    // A measurement is due just after its interval.
    await clock.advance(T0 + minutes * minute + 1_000 - clock.now())
    const next = await goOn(watched, { metricsAt, clock })
    if (!next.ok) throw new Error(next.error)
    watched = next.value
    return watched
  }
  return { look, asked }
}

const minutesOf = ({ samples }: WatchedRun) => samples['rate']?.map((time) => Math.round((time - T0) / minute))
const rate = (more: Partial<Metric> = {}) => aMetric({ successCondition: 'result >= 0.95', interval: '1m', ...more })
const web = (): Metric =>
  ({ ...rate(), provider: { web: { url: 'http://shop/errors', jsonPath: '{$.errors}' } } }) as Metric

describe('what is measured of a member after its update', () => {
  it('SR-3: the past that nobody looked at is asked for, as of its times, and once', async () => {
    const { look, asked } = aWatch([rate()], () => 1)
    expect(evidenceOf(await look(2), 0)['rate']).toMatchObject({ count: 3, isBad: false })
    const later = await look(30)
    expect([evidenceOf(later, 0)['rate']?.count, asked]).toEqual([31, Array.from({ length: 31 }, (_, index) => index)])
    expect(Math.floor(((later.dueAt ?? 0) - T0) / minute)).toBe(31)
    expect(minutesOf(later)).toEqual(asked)
  })

  it('SR-3: a long past is asked for in parts', async () => {
    const { look, asked } = aWatch([rate()], () => 1)
    const first = await look(600)
    expect([asked.length < 70, (first.dueAt ?? 0) < T0 + 600 * minute]).toEqual([true, true])
    for (let more = 0; more < 20; more++) await look(600)
    expect(asked.length).toBe(601)
  })

  it('SR-3: a provider that tells of now only gives one sample for what was missed', async () => {
    const { look } = aWatch([web()], () => 1)
    await look(0)
    expect(minutesOf(await look(30))).toEqual([0, 30])
  })

  it('SR-1: times are those of the clock of the member', async () => {
    const { look } = aWatch([rate()], () => 1)
    const ours = await look(1)
    expect(evidenceOf(ours, 5_000)['rate']?.times).toEqual(ours.samples['rate']?.map((time) => time + 5_000))
    expect(ours.samples['rate']).toHaveLength(2)
  })

  it('PC-5: what could not be measured is no sample', async () => {
    const { look } = aWatch([rate({ consecutiveErrorLimit: 9 })], (minutes) => (minutes === 1 ? undefined : 1))
    expect(minutesOf(await look(2))).not.toContain(1)
  })

  it('3.4.2: a metric that failed is bad, the others are not', async () => {
    const { look } = aWatch([rate(), rate({ name: 'other', successCondition: 'result >= 0' })], (minutes) =>
      minutes > 1 ? 0.5 : 1,
    )
    const evidence = evidenceOf(await look(5), 0)
    expect([evidence['rate']?.isBad, evidence['other']?.isBad]).toEqual([true, false])
  })

  it('W3: a template with an end is measured on for as long as it is needed', async () => {
    const { look } = aWatch([rate({ count: 2 })], () => 1)
    expect(evidenceOf(await look(9), 0)['rate']?.count).toBe(10)
  })

  it.each([
    ['open', 1],
    ['shut', 0.1],
  ])('3.4.1: a gate is %s by one run of its template', async (verdict, value) => {
    const { look, asked } = aWatch([rate()], () => value, ending)
    expect(verdictOf(await look(0))).toBe(verdict)
    await look(30)
    expect(asked).toEqual([0])
  })
})
