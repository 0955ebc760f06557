import type { AnalysisArgument, AnalysisRun, Metric } from '#api/analysis.ts'
import { looksSecret } from '#lib/secret-names.ts'

const hidden = '[redacted]'
/** Shorter ones are in every other word. */
const literalMin = 4

/**
 * A run whose status no longer quotes its arguments (ANA-309): those that look secret, wherever they stand, and what a metric asked its provider
 * when it used one from a Secret, whose value is not known here. What holds no such argument is returned as it is.
 */
export function analysisForm(run: AnalysisRun): AnalysisRun {
  const args = (run.spec.args ?? []).filter(isSecret)
  if (args.length === 0 || run.status === undefined) return run
  const literals = args.flatMap(({ value = '' }) => (value.length < literalMin ? [] : [value]))
  const results = run.status.metricResults?.map((result) =>
    uses(run.spec.metrics, result.name, args) ? withoutQueries(result) : result,
  )
  const status = { ...run.status, ...(results !== undefined && { metricResults: results }) }
  return { ...run, status: without(literals, status) }
}

const isSecret = ({ name, value, valueFrom }: AnalysisArgument): boolean =>
  valueFrom?.secretKeyRef !== undefined || (value !== undefined && looksSecret(name))

function uses(metrics: readonly Metric[], name: string, args: readonly AnalysisArgument[]): boolean {
  const text = JSON.stringify(metrics.find((each) => each.name === name)?.provider ?? {})
  return args.some((each) => text.includes(`args.${each.name}`))
}

/**
 * A copy in which no text tells what a metric asked its provider: an argument may be in it. Of what is written to a run this is all that
 * can be said, for its arguments were written before.
 */
export function withoutQueries<T>(value: T): T {
  return mapTexts(value, (text, name) => (/^Resolved\w+Query$/.test(name) ? hidden : text)) as T
}

const without = <T>(literals: readonly string[], value: T): T =>
  mapTexts(value, (text) => literals.reduce((rest, each) => rest.replaceAll(each, hidden), text)) as T

function mapTexts(value: unknown, change: (text: string, name: string) => string, name = ''): unknown {
  if (typeof value === 'string') return change(value, name)
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, change, name))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([field, each]) => [field, mapTexts(each, change, field)]))
}
