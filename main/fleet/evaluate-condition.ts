import type { AnalysisRun, Measurement, Metric } from '#api/analysis.ts'
import type { ConditionVerdict, ConditionVerdicts } from '#contract/analysis-views.ts'
import { evaluate } from '#engine/expr/condition.ts'
import { ExprError } from '#engine/expr/expr-error.ts'
import { parse } from '#engine/expr/parse.ts'
import { formatValue, fromJson, typeNameOf, type Value } from '#engine/expr/values.ts'
import type { EpochMs } from '#lib/clock.ts'
import { redactText } from '#lib/redact-text.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { jsonOf } from './detail/measured-numbers.ts'
import { clip, measurementsMax, shownMetric } from './detail/metric.ts'
import { providerName } from './detail/metric-query.ts'

interface Question {
  readonly run: AnalysisRun
  /** One of the run's. */
  readonly metric: Metric
  readonly expression: string
  readonly now: EpochMs
  /** Milliseconds that have gone by; what is left is not tried once it took too long. */
  readonly elapsed: () => number
}

/** Each evaluation is bounded by itself; this is for all of them. */
const tooLongMs = 300

/**
 * What a condition says of each value that a metric has kept, as the engine would have decided (ANA-1301…1316). Arguments in it are
 * filled in; one from a Secret is `•••`, for its value is not here.
 */
export function evaluateCondition(question: Question): ConditionVerdicts {
  const { run, metric, elapsed } = question
  const args = run.spec.args ?? []
  const expression = shownMetric({ ...metric, successCondition: question.expression }, args).successCondition ?? ''
  const problem = problemOf(expression)
  if (problem !== undefined) return { problem, verdicts: [] }
  const measurements = run.status?.metricResults?.find(({ name }) => name === metric.name)?.measurements ?? []
  const endsAt = elapsed() + tooLongMs
  const verdicts = measurements
    .slice(-measurementsMax)
    .filter(({ value = '' }) => value !== '')
    .map((each): ConditionVerdict => {
      if (elapsed() > endsAt) return refusal(each, 'not evaluated: those before it took too long')
      return verdictOf(each, { ...question, expression })
    })
  return { problem: undefined, verdicts }
}

function problemOf(expression: string): string | undefined {
  try {
    parse(expression)
    return undefined
  } catch (error) {
    if (error instanceof ExprError) return error.message
    throw error
  }
}

function verdictOf(measurement: Measurement, { metric, expression, now }: Question): ConditionVerdict {
  const { value = '' } = measurement
  const result = resultOf(value, providerName(metric))
  if (result === undefined) return refusal(measurement, 'the value was too long to be kept whole')
  try {
    const answer = evaluate(expression, result, now)
    const [type, text] = [typeNameOf(answer), shown(formatValue(answer))]
    if (typeof answer !== 'boolean') return { ...refusal(measurement, `expected bool, but got ${type}: ${text}`), type }
    return { at: beganAt(measurement), says: answer ? 'true' : 'false', type, text }
  } catch (error) {
    if (error instanceof ExprError) return refusal(measurement, shown(error.message))
    throw error
  }
}

const shown = (text: string): string => clip(redactText(text), 500)

const beganAt = ({ startedAt }: Measurement): EpochMs => parseTime(startedAt) ?? 0

const refusal = (measurement: Measurement, text: string): ConditionVerdict => ({
  at: beganAt(measurement),
  says: 'error',
  type: '',
  text,
})

/** Those whose lists are Go's `[]float64`. */
const vectorProviders = new Set(['prometheus', 'graphite', 'cloudWatch', 'datadog', 'wavefront'])

/** The result that a kept text stands for; `undefined` when it was cut, which the last character tells. */
function resultOf(text: string, provider: string): Value | undefined {
  const json = jsonOf(text)
  if (json === undefined) return text.endsWith('…') ? undefined : text
  if (/^[+-]?(NaN|Inf)$/.test(text)) return numberOf(text)
  if (Array.isArray(json) && vectorProviders.has(provider)) {
    const items = text.slice(1, -1).split(',')
    return Float64Array.from(json, (each, index) =>
      typeof each === 'number' ? each : numberOf(items[index]?.trim() ?? ''),
    )
  }
  return fromJson(json)
}

const numberOf = (text: string): number =>
  text.endsWith('Inf') ? (text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : Number.NaN
