import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { aggregate } from './aggregate.ts'
import { combine } from './combine.ts'
import type { Expression, Matcher, Selector } from './expression.ts'
import { histogramQuantile } from './histogram-quantile.ts'
import type { Labels, Series, SeriesSource } from './series.ts'
import { QueryProblem, type Sample, type Value } from './value.ts'

/** How far apart the samples of a real server would be: what `irate` looks at, and what is averaged over a range. */
const scrapeMs = 15_000
/** Bounds the work of one `…_over_time`. */
const samplesMax = 2_000

/**
 * Evaluates a query at one moment. Rates are exact: the growth of the counter over the window, divided by the window; there
 * is no extrapolation because nothing is missing between samples.
 */
export function evaluate(expression: Expression, source: SeriesSource, now: EpochMs): Outcome<Value, string> {
  try {
    return success(valueOf(expression, { source, now }))
  } catch (error) {
    if (error instanceof QueryProblem) return failure(error.message)
    throw error
  }
}

interface Scope {
  readonly source: SeriesSource
  readonly now: EpochMs
}

function valueOf(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'number':
      return { kind: 'scalar', value: expression.value }
    case 'string':
      return { kind: 'string', value: expression.value }
    case 'selector':
      return instant(expression, scope)
    case 'aggregate': {
      const parameter = expression.parameter === undefined ? 0 : scalarOf(valueOf(expression.parameter, scope))
      return vector(
        aggregate(expression.name, parameter, samplesOf(valueOf(expression.body, scope)), expression.grouping),
      )
    }
    case 'binary':
      return combine(expression, valueOf(expression.left, scope), valueOf(expression.right, scope))
    case 'call':
      return call(expression.name, expression.args, scope)
  }
}

/** The series a selector names. */
export const selectSeries = (
  { name, matchers }: Pick<Selector, 'name' | 'matchers'>,
  source: SeriesSource,
): readonly Series[] => {
  const tests = matchers.map(testOf)
  return source(name).filter((series) => tests.every((test) => test(series.labels)))
}

/** Patterns match the whole value; an absent label is an empty one. */
function testOf({ label, operator, value }: Matcher): (labels: Labels) => boolean {
  const wanted = operator === '=' || operator === '=~'
  if (operator === '=' || operator === '!=') return (labels) => ((labels[label] ?? '') === value) === wanted
  const pattern = new RegExp(`^(?:${value})$`, 'v')
  return (labels) => pattern.test(labels[label] ?? '') === wanted
}

function instant(selector: Selector, { source, now }: Scope): Value {
  if (selector.rangeMs !== undefined) throw new QueryProblem('a range vector needs a function such as rate()')
  return vector(
    selectSeries(selector, source).flatMap((series) => {
      const value = series.at(now - selector.offsetMs)
      return value === undefined ? [] : [{ labels: series.labels, value }]
    }),
  )
}

type Window = { readonly from: EpochMs; readonly to: EpochMs }

/** Functions of a range vector, for one series; `undefined` leaves the series out. */
const overRange: Readonly<Record<string, (series: Series, window: Window) => number | undefined>> = {
  increase: (series, { from, to }) => series.increase(from, to),
  rate: (series, window) => perSecond(series, window),
  irate: (series, { from, to }) => perSecond(series, { from: Math.max(from, to - scrapeMs), to }),
  delta: (series, { from, to }) => series.increase(from, to),
  avg_over_time: (series, window) => over(series, window, (values) => total(values) / values.length),
  sum_over_time: (series, window) => over(series, window, total),
  min_over_time: (series, window) => over(series, window, (values) => Math.min(...values)),
  max_over_time: (series, window) => over(series, window, (values) => Math.max(...values)),
  count_over_time: (series, window) => over(series, window, (values) => values.length),
  last_over_time: (series, window) => over(series, window, (values) => values.at(-1) ?? 0),
}

function perSecond(series: Series, { from, to }: Window): number | undefined {
  const grown = series.increase(from, to)
  return grown === undefined ? undefined : (grown * 1000) / (to - from)
}

function over(series: Series, { from, to }: Window, fold: (values: readonly number[]) => number): number | undefined {
  const step = Math.max(scrapeMs, (to - from) / samplesMax)
  const values: number[] = []
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const value = series.at(at)
    if (value !== undefined) values.push(value)
  }
  return values.length === 0 ? undefined : fold(values)
}

const total = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0)

/** Functions of each sample by itself. */
const perSample: Readonly<Record<string, (value: number, ...numbers: readonly number[]) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  exp: Math.exp,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sqrt: Math.sqrt,
  round: (value, to = 1) => Math.round(value / to) * to,
  clamp: (value, min = value, max = value) => Math.min(Math.max(value, min), max),
  clamp_min: (value, min = value) => Math.max(value, min),
  clamp_max: (value, max = value) => Math.min(value, max),
}

function call(name: string, args: readonly Expression[], scope: Scope): Value {
  const ranged = overRange[name]
  if (ranged !== undefined) return vector(ranging(name, args[0], ranged, scope))
  const values = args.map((each) => valueOf(each, scope))
  const each = perSample[name]
  if (each !== undefined) {
    const numbers = values.slice(1).map(scalarOf)
    return vector(
      samplesOf(values[0]).map(({ labels, value }) => ({ labels: nameless(labels), value: each(value, ...numbers) })),
    )
  }
  switch (name) {
    case 'histogram_quantile':
      return vector(histogramQuantile(scalarOf(values[0]), samplesOf(values[1])))
    case 'scalar': {
      const [only, ...others] = samplesOf(values[0])
      return { kind: 'scalar', value: only === undefined || others.length > 0 ? Number.NaN : only.value }
    }
    case 'vector':
      return vector([{ labels: {}, value: scalarOf(values[0]) }])
    case 'time':
      return { kind: 'scalar', value: scope.now / 1000 }
    case 'absent':
      return vector(samplesOf(values[0]).length === 0 ? [{ labels: {}, value: 1 }] : [])
    default:
      throw new QueryProblem(`unknown function with name "${name}"`)
  }
}

function ranging(
  name: string,
  argument: Expression | undefined,
  measure: (series: Series, window: Window) => number | undefined,
  { source, now }: Scope,
): readonly Sample[] {
  if (argument?.kind !== 'selector' || argument.rangeMs === undefined)
    throw new QueryProblem(`expected type range vector in call to function "${name}"`)
  const to = now - argument.offsetMs
  const window = { from: to - argument.rangeMs, to }
  return selectSeries(argument, source).flatMap((series) => {
    const value = measure(series, window)
    return value === undefined ? [] : [{ labels: nameless(series.labels), value }]
  })
}

const vector = (samples: readonly Sample[]): Value => ({ kind: 'vector', samples })

const nameless = ({ __name__: _name, ...labels }: Labels): Labels => labels

function scalarOf(value: Value | undefined): number {
  if (value?.kind !== 'scalar') throw new QueryProblem('expected a number')
  return value.value
}

function samplesOf(value: Value | undefined): readonly Sample[] {
  if (value?.kind !== 'vector') throw new QueryProblem('expected type instant vector')
  return value.samples
}
