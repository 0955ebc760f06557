import type { AnalysisArgument, Metric } from '#api/analysis.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'

/** What stands for a secret where its value must not be (ANA-406). */
export const secretStandIn = 'temp-for-secret'

/** A copy for planning: names, limits and intervals may be read from it, and no secret is in it (ANA-406). */
export const withoutSecrets = (args: readonly AnalysisArgument[]): readonly AnalysisArgument[] =>
  args.map((each) => (each.valueFrom?.secretKeyRef === undefined ? each : { ...each, value: secretStandIn }))

/**
 * A metric with `{{args.NAME}}` replaced wherever it stands in a text, free-form JSON included (ANA-401…405). Inserted text is not
 * looked at again. The failure is the reference's message.
 */
export function substituteMetric(metric: Metric, args: readonly AnalysisArgument[]): Outcome<Metric, string> {
  const missing = args.find(({ value }) => value === undefined)
  if (missing !== undefined) return failure(`argument ${JSON.stringify(missing.name)} was not supplied`)
  const values = new Map(args.map(({ name, value = '' }) => [`args.${name}`, JSON.stringify(value).slice(1, -1)]))
  const text = substituteText(JSON.stringify(metric), values)
  return text.ok ? parsed(text.value) : text
}

/**
 * A text with each `{{TAG}}` replaced by what `values` has for the tag, white space around it aside (ANA-402, ANA-403). As the
 * reference scans: no nesting, no escapes; a tag ends at the first `}}`.
 */
export function substituteText(text: string, values: ReadonlyMap<string, string>): Outcome<string, string> {
  let result = ''
  let unknown: string | undefined
  for (let at = 0; ; ) {
    const start = text.indexOf('{{', at)
    if (start < 0) {
      result += text.slice(at)
      break
    }
    const end = text.indexOf('}}', start + 2)
    if (end < 0) return failure(unclosed(text, start + 2))
    const tag = text.slice(start + 2, end)
    const value = values.get(tag.trim())
    if (value === undefined) unknown = tag
    result += text.slice(at, start) + (value ?? '')
    at = end + 2
  }
  return unknown === undefined ? success(result) : failure(`failed to resolve {{${unknown}}}`)
}

const unclosed = (text: string, from: number): string =>
  `Cannot find end tag="}}" in the template=${JSON.stringify(text)} starting from ${JSON.stringify(text.slice(from))}`

function parsed(text: string): Outcome<Metric, string> {
  try {
    return success(JSON.parse(text) as Metric)
  } catch {
    return failure('the metric is no valid JSON once its arguments are filled in')
  }
}
