import type { Metric } from '#api/analysis.ts'
import { redactText } from '#lib/redact-text.ts'

type Block = Readonly<Record<string, unknown>>

/** The member of the spec that names how a metric is measured; empty when there is none. */
export const providerName = ({ provider }: Metric): string =>
  Object.entries(provider).find(([, block]) => block !== null && block !== undefined)?.[0] ?? ''

/** What a metric asks its provider, as its spec has it (VIEW-200); credentials that stand in it are taken out. */
export function queryOf(metric: Metric): string | undefined {
  const name = providerName(metric)
  const block = metric.provider[name]
  if (typeof block !== 'object' || block === null) return undefined
  const text = Object.hasOwn(queries, name) ? queries[name]?.(block as Block) : undefined
  return text === undefined || text === '' ? undefined : redactText(text)
}

const textAt =
  (field: string) =>
  (block: Block): string | undefined => {
    const value = Object.hasOwn(block, field) ? block[field] : undefined
    return typeof value === 'string' ? value : undefined
  }

const queries: Readonly<Record<string, (block: Block) => string | undefined>> = {
  prometheus: textAt('query'),
  wavefront: textAt('query'),
  newRelic: textAt('query'),
  graphite: textAt('query'),
  influxdb: textAt('query'),
  skywalking: textAt('query'),
  datadog: datadogQuery,
  cloudWatch: ({ metricDataQueries }) =>
    metricDataQueries === undefined ? undefined : JSON.stringify(metricDataQueries, undefined, 2),
  // Never its headers and body, which may hold what is secret.
  web: (block) => {
    const url = textAt('url')(block)
    return url === undefined ? undefined : `${textAt('method')(block) ?? 'GET'} ${url}`
  },
}

function datadogQuery(block: Block): string | undefined {
  const { queries: named } = block
  if (typeof named !== 'object' || named === null) return textAt('query')(block)
  const lines = Object.entries(named).map(([name, query]) => `${name}: ${String(query)}`)
  const formula = textAt('formula')(block)
  return [...lines, ...(formula === undefined ? [] : [formula])].join('\n')
}
