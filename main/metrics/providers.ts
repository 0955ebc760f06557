import type { Metric } from '#api/analysis.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { cloudWatch } from './cloudwatch/cloudwatch.ts'
import { datadog } from './datadog/datadog.ts'
import { graphite } from './graphite.ts'
import { influxdb } from './influxdb/influxdb.ts'
import { job } from './job.ts'
import { kayenta } from './kayenta/kayenta.ts'
import { newRelic } from './new-relic/new-relic.ts'
import { plugin } from './plugin/plugin.ts'
import { prometheus } from './prometheus.ts'
import type { Provider } from './provider.ts'
import { skywalking } from './skywalking.ts'
import { wavefront } from './wavefront.ts'
import { web } from './web.ts'

/** By the member of `metric.provider`, in the order in which they are looked for (PRV-102). */
export const providers: readonly (readonly [name: string, provider: Provider])[] = [
  ['prometheus', prometheus],
  ['job', job],
  ['kayenta', kayenta],
  ['web', web],
  ['datadog', datadog],
  ['wavefront', wavefront],
  ['newRelic', newRelic],
  ['cloudWatch', cloudWatch],
  ['graphite', graphite],
  ['influxdb', influxdb],
  ['skywalking', skywalking],
  ['plugin', plugin],
]

/** How a metric is measured. Failure: the reference's text when nobody knows. */
export function providerOf({ name, provider }: Metric): Outcome<Provider, string> {
  const found = providers.find(([member]) => (provider[member] ?? undefined) !== undefined)
  return found === undefined ? failure(`no valid provider in metric '${name}'`) : success(found[1])
}
