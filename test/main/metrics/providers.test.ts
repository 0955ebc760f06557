import { describe, expect, it } from 'vitest'
import { providerOf, providers } from '#main/metrics/providers.ts'
import { aMetric } from '#test/support/measuring.ts'

const order = [
  'prometheus',
  'job',
  'kayenta',
  'web',
  'datadog',
  'wavefront',
  'newRelic',
  'cloudWatch',
  'graphite',
  'influxdb',
  'skywalking',
  'plugin',
]

describe('the provider of a metric', () => {
  it('PRV-102: they are looked for in this order', () => {
    const names = providers.map(([name]) => name)
    expect(names).toEqual(order.filter((each) => names.includes(each)))
  })

  it('PRV-102: of several blocks the first counts', () => {
    for (const [at, [name, provider]] of providers.entries()) {
      const blocks = Object.fromEntries(providers.slice(at).map(([each]) => [each, {}]))
      expect([name, providerOf(aMetric(blocks))]).toEqual([name, { ok: true, value: provider }])
    }
  })

  it.each([{}, { prometheus: null }, { carrierPigeon: {} }])('PRV-102: %j is none', (blocks) => {
    expect(providerOf(aMetric(blocks))).toEqual({ ok: false, error: "no valid provider in metric 'smoke'" })
  })
})
