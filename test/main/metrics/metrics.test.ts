import { describe, expect, it } from 'vitest'
import type { AnalysisRunSpec, Measurement, Metric } from '#api/analysis.ts'
import { resources } from '#api/resources.ts'
import type { Probe } from '#engine/decision.ts'
import type { Route } from '#main/metrics/http/route.ts'
import { createMetrics } from '#main/metrics/metrics.ts'
import { aMetric, anAnalysisRun, secretArgument } from '#test/support/builders/analysis.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { json, type Scripted, scriptedHttp } from '#test/support/scripted-http.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const begin: Probe = { kind: 'run', at: 0, name: 'rate', because: 'ANA-606' }
const running: Measurement = { phase: 'Running', startedAt: '2026-01-15T09:59:00Z', metadata: { 'job-name': 'gone' } }
const web = (block: object = {}, more: Partial<Metric> = {}) =>
  aMetric({ provider: { web: { url: 'http://kpi/{{args.token}}', ...block } }, ...more })

/** A pass of a run with these arguments, and all that was sent. */
function setUp(spec: Partial<AnalysisRunSpec>, answers: readonly (Scripted | string)[] = [], annotations = {}) {
  const api = new FakeApi()
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const data = { token: base64('s3cr3t-long'), part: base64('s3cr3t'), empty: '' }
  api.put(resources.secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'tokens', namespace: 'shop' },
    ...{ data },
  })
  const { http, calls } = scriptedHttp(...answers)
  const ways: (readonly Route[])[] = []
  const metrics = createMetrics({
    client: api.client(),
    clock: new VirtualClock(),
    http: (routes) => {
      ways.push(routes)
      return http
    },
    settings: { controllerNamespace: 'argo-rollouts', env: {} },
  })
  const run = anAnalysisRun(spec, { metadata: { annotations } })
  return { api, calls, ways, prepare: () => metrics.prepare(run) }
}

async function measured(probe: Probe, ...given: Parameters<typeof setUp>) {
  const set = setUp(...given)
  const pass = await set.prepare()
  if (!pass.ok || probe.kind === 'garbageCollect') throw new Error('not prepared')
  return { ...(await pass.value.measure(probe)), ...set }
}

describe('the arguments of a run', () => {
  it('ANA-303, ANA-305, ANA-406: a secret goes over a value, and into the request alone', async () => {
    const args = [{ ...secretArgument('token'), value: 'plain' }]
    const { calls, measurement } = await measured(begin, { metrics: [web()], args }, [{ body: 'fine' }])
    expect(calls.map(({ url }) => url)).toEqual(['http://kpi/s3cr3t-long'])
    expect(measurement).toMatchObject({ phase: 'Successful', value: 'fine' })
  })

  it('ANA-305: a Secret or a key that is missing is told in the words of the API server', async () => {
    const gone = { name: 'token', valueFrom: { secretKeyRef: { name: 'gone', key: 'token' } } }
    const refusal = async (arg: typeof gone) => setUp({ args: [arg] }).prepare()
    expect(await refusal(gone)).toMatchObject({
      ok: false,
      error: { kind: 'refused', message: expect.stringContaining('gone') },
    })
    expect(await refusal(secretArgument('other') as typeof gone)).toEqual({
      ok: false,
      error: { kind: 'refused', message: "key 'other' does not exist in secret 'tokens'" },
    })
  })

  it('ANA-305: a Secret that nobody answers for ends no run', async () => {
    const { api, prepare } = setUp({ args: [secretArgument('token')] })
    api.intercept = () => ({ kind: 'Unreachable', message: 'no route', since: T0 })
    expect(await prepare()).toMatchObject({
      ok: false,
      error: { kind: 'unanswered', failure: { kind: 'Unreachable' } },
    })
  })

  it('ANA-309: what a secret says is taken out of messages, the longest first, and an empty one says nothing', async () => {
    const args = ['part', 'token', 'empty'].map(secretArgument)
    const failing = web({}, { successCondition: 'result == "{{args.token}}" && nothing' })
    const { measurement } = await measured(begin, { metrics: [failing], args }, [{ body: 'fine' }])
    expect(measurement.message).toBe(
      'could not evaluate successCondition "result == "*****" && nothing": unknown name nothing',
    )
  })
})

describe('a probe', () => {
  it('ANA-607, PRV-103: without a provider that can be made it is an error, begun now or going on', async () => {
    const metrics = [aMetric({ provider: { prometheus: { address: 'nowhere' } } })]
    const { measurement, metadata } = await measured(begin, { metrics })
    expect(measurement).toEqual({
      phase: 'Error',
      message: 'prometheus address is not is url format',
      startedAt: '2026-01-15T10:00:00Z',
      finishedAt: '2026-01-15T10:00:00Z',
    })
    expect(metadata).toBeUndefined()
    const goesOn: Probe = { ...begin, kind: 'resume', measurement: running }
    expect((await measured(goesOn, { metrics })).measurement).toMatchObject({ ...running, phase: 'Error' })
  })

  it('ANA-608: ended by its owner, a measurement that is fine says so', async () => {
    const metrics = [aMetric({ provider: { job: { spec: {} } } })]
    const { measurement } = await measured({ ...begin, kind: 'terminate', measurement: running }, { metrics })
    expect(measurement).toMatchObject({ phase: 'Inconclusive', message: 'Metric Terminated' })
  })

  it('ANA-609, PRV-1404: brings what its provider tells of the metric', async () => {
    const metrics = [aMetric({ provider: { prometheus: { address: 'http://p', query: 'up{a="{{args.a}}"}' } } })]
    const answer = json({ status: 'success', data: { resultType: 'scalar', result: [1, '1'] } })
    const { metadata } = await measured(begin, { metrics, args: [{ name: 'a', value: 'b' }] }, [answer])
    expect(metadata).toEqual({ ResolvedPrometheusQuery: 'up{a="b"}' })
  })

  it('PRV-1501: is asked for by the way that its template declares', async () => {
    const args = [{ name: 'token', value: 'x' }]
    const via = 'service/monitoring/prometheus:9090'
    const ways = { 'argosy.dev/metrics-via': JSON.stringify({ rate: via, other: 'direct' }) }
    const service = { name: 'prometheus', namespace: 'monitoring', port: '9090', scheme: undefined }
    expect((await measured(begin, { metrics: [web()], args }, [{ body: 'ok' }], ways)).ways).toEqual([
      [{ host: undefined, to: service }],
    ])
    const wrong = { 'argosy.dev/metrics-via': 'prometheus:9090' }
    const { measurement } = await measured(begin, { metrics: [web()], args }, [], wrong)
    expect(measurement).toMatchObject({
      phase: 'Error',
      message: expect.stringContaining('argosy.dev/metrics-via: "prometheus:9090" is neither'),
    })
  })
})
