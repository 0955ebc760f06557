import { describe, expect, it } from 'vitest'
import type { Measurement, Metric } from '#api/analysis.ts'
import { createMetrics } from '#main/metrics/metrics.ts'
import type { MeasureContext } from '#main/metrics/provider.ts'
import { providerOf, providers } from '#main/metrics/providers.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { aMeasureContext, aMetric, aRun, someSettings } from '#test/support/measuring.ts'
import { type Scripted, scriptedHttp } from '#test/support/scripted-http.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

interface Row {
  readonly provider: Metric['provider']
  /** What its Secret holds, by the Secret's name. */
  readonly secret?: { readonly name: string; readonly data: Readonly<Record<string, string>> }
  /** It measures over several passes. */
  readonly isSlow?: boolean
}

const programs = { 'acme/orders': { path: '/opt/orders', sha256: 'a'.repeat(64) } }

const rows: Readonly<Record<string, Row>> = {
  prometheus: { provider: { prometheus: { address: 'http://prom.test', query: 'up' } } },
  job: { provider: { job: { spec: {} } }, isSlow: true },
  kayenta: { provider: { kayenta: { address: 'http://k.test', threshold: {} } }, isSlow: true },
  web: { provider: { web: { url: 'http://web.test' } } },
  datadog: {
    provider: { datadog: { query: 'q', interval: '5m' } },
    secret: { name: 'datadog', data: { 'api-key': 's3cr3t-api', 'app-key': 's3cr3t-app' } },
  },
  wavefront: {
    provider: { wavefront: { address: 'wf.test', query: 'q' } },
    secret: { name: 'wavefront-api-tokens', data: { 'wf.test': 's3cr3t-wf' } },
  },
  newRelic: {
    provider: { newRelic: { query: 'q' } },
    secret: { name: 'newrelic', data: { 'personal-api-key': 's3cr3t-nr', 'account-id': '7' } },
  },
  cloudWatch: { provider: { cloudWatch: {} } },
  graphite: { provider: { graphite: { address: 'http://g.test', query: 'target=a' } } },
  influxdb: {
    provider: { influxdb: { query: 'q' } },
    secret: { name: 'influxdb', data: { address: 'http://i.test', authToken: 's3cr3t-i', org: 'o' } },
  },
  skywalking: { provider: { skywalking: { address: 'http://s.test', interval: '1m' } } },
  plugin: { provider: { plugin: { 'acme/orders': {} } }, isSlow: true },
}
const table = Object.entries(rows)
const withSecret = table.flatMap(([name, { provider, secret }]) =>
  secret === undefined ? [] : [{ name, provider, secret }],
)

/** Of a controller that lives somewhere else than usual. */
function contextFor({ secret }: Row, more: Partial<MeasureContext> = {}) {
  const asked: string[] = []
  const known = secret === undefined ? {} : { [`rollouts-system/${secret.name}`]: secret.data }
  const context = aMeasureContext({
    secrets: known,
    settings: { ...someSettings(), controllerNamespace: 'rollouts-system', plugins: programs },
    runProgram: () => Promise.reject(new Error('was run')),
    ...more,
  })
  const read: MeasureContext['secret'] = (namespace, name) => {
    asked.push(`${namespace}/${name}`)
    return context.secret(namespace, name)
  }
  return { context: { ...context, secret: read }, asked }
}

async function made(row: Row, more: Partial<MeasureContext> = {}) {
  const metric = aMetric(row.provider)
  const provider = providerOf(metric)
  const { context, asked } = contextFor(row, more)
  const measuring = provider.ok ? await provider.value(metric, context) : provider
  if (!measuring.ok) throw new Error(measuring.error)
  return { measuring: measuring.value, asked }
}

describe('every provider', () => {
  it('is looked at here', () => {
    expect(Object.keys(rows)).toEqual(providers.map(([name]) => name))
  })

  it.each(table)('PRV-101: %s is made without asking anybody but for its credentials', async (_name, row) => {
    const { measuring } = await made(row)
    expect(Object.values(measuring.metadata).every((each) => typeof each === 'string')).toBe(true)
    expect(await measuring.garbageCollect(10)).toEqual({ ok: true, value: undefined })
  })

  it.each(table.filter(([, { isSlow }]) => isSlow !== true))(
    'PRV-105: %s has nothing to go on with, to end or to clear up',
    async (_name, row) => {
      const running: Measurement = { phase: 'Running', startedAt: '2026-01-15T09:00:00Z' }
      const { measuring } = await made(row)
      expect(await measuring.resume(running)).toBe(running)
      expect(await measuring.terminate(running)).toBe(running)
    },
  )

  it.each(withSecret)('PRV-108, PRV-109: $name reads its Secret once, beside the controller', async (row) => {
    const { asked } = await made(row)
    expect(asked).toEqual([`rollouts-system/${row.secret.name}`])
  })

  const troubles: readonly (Scripted | string)[] = [
    { status: 401, statusText: 'Unauthorized' },
    { status: 500, body: '{' },
    { status: 200, body: 'null' },
    'Post "http://x": context deadline exceeded',
  ]
  it.each(withSecret)('PRV-1503: $name tells nothing of its credentials', async (row) => {
    for (const trouble of troubles) {
      const clock = new VirtualClock()
      const { measuring } = await made(row, { clock, http: scriptedHttp(trouble).http })
      const measurement = measuring.run()
      await clock.advance(10_000)
      expect(JSON.stringify([await measurement, measuring.metadata])).not.toContain('s3cr3t')
    }
  })
})

describe('a metric that cannot be measured', () => {
  it('PRV-103: is a measurement in phase Error, with the text of its provider', async () => {
    const run = aRun({ spec: { metrics: [aMetric({}), aMetric({ newRelic: {} })] } })
    const options = { client: new FakeApi().client(), clock: new VirtualClock(), settings: someSettings() }
    const pass = await createMetrics({ ...options, http: () => scriptedHttp().http }).prepare(run)
    if (!pass.ok) throw new Error(JSON.stringify(pass.error))
    const measured = (at: number) => pass.value.measure({ kind: 'run', at, name: 'smoke', because: 'ANA-607' })
    const times = { startedAt: '2026-01-15T10:00:00Z', finishedAt: '2026-01-15T10:00:00Z' }
    expect((await measured(0)).measurement).toEqual({
      phase: 'Error',
      message: "no valid provider in metric 'smoke'",
      ...times,
    })
    expect((await measured(1)).measurement).toMatchObject({
      phase: 'Error',
      message: expect.stringContaining('newrelic'),
      ...times,
    })
  })
})
