import * as v from 'valibot'
import { parseFloat64 } from '#engine/expr/builtins/numbers.ts'
import { ExprError } from '#engine/expr/expr-error.ts'
import { formatValue, fromJson } from '#engine/expr/values.ts'
import { decodeJson } from '#lib/decode-json.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { fixedDecimal } from './fixed-decimal.ts'
import type { HttpAnswer } from './http/http.ts'
import type { Provider, QueryFailure, Reading } from './provider.ts'
import { measuredByQuery } from './query.ts'
import { queryOfPairs } from './query-text.ts'
import { optionalText, readShape } from './read-shape.ts'

/** PRV-1001 */
const block = v.looseObject({ address: optionalText, query: optionalText })

const timeoutMs = 10_000

export const graphite: Provider = (metric, { http, clock }) => {
  const read = readShape(block, 'graphite', metric.provider['graphite'])
  if (!read.ok) return Promise.resolve(read)
  const { address, query } = read.value
  const base = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(address) ? URL.parse(address) : null
  if (base === null) return Promise.resolve(failure(`Graphite address ${address} is not a valid URL`))
  const url = renderUrl(base, query)
  const ask = async (): Promise<Outcome<Reading, QueryFailure>> => {
    const answer = await http({ method: 'GET', url, timeoutMs })
    const reading = answer.ok ? readRendered(answer.value) : answer
    return reading.ok ? reading : failure({ message: reading.error })
  }
  const keptWhenNotEvaluated = ({ value }: Reading) => ({ value })
  return Promise.resolve(success(measuredByQuery({ metric, clock, ask, keptWhenNotEvaluated })))
}

/** PRV-1002 */
function renderUrl(base: URL, query: string): string {
  const url = new URL(base)
  url.pathname = `${base.pathname.replace(/\/+$/, '')}/render`
  const pairs = [...new URLSearchParams(query.replaceAll(/\s+/g, ''))].filter(([key]) => key !== 'format')
  url.search = queryOfPairs([...pairs, ['format', 'json']])
  return url.href
}

const targets = v.nullable(v.array(v.nullable(v.looseObject({ datapoints: v.nullish(v.array(v.unknown()), []) }))), [])

/** The points of the first target (PRV-1003, PRV-1004). */
function readRendered({ status, body }: HttpAnswer): Outcome<Reading, string> {
  if (status >= 400) return failure(`error response: ${body}`)
  const json = decodeJson(body)
  const read = json.ok ? readShape(targets, 'body', json.value) : json
  if (!read.ok) return read
  const points = read.value[0]?.datapoints ?? []
  if (points.length === 0) return failure('no values found')
  const numbers: number[] = []
  for (const point of points) {
    const value = valueOf(point)
    if (!value.ok) return value
    if (value.value !== undefined) numbers.push(value.value)
  }
  return success({
    result: Float64Array.from(numbers),
    value: `[${numbers.map((each) => fixedDecimal(each, 6)).join(',')}]`,
  })
}

/** `[value, time]`; `undefined` for a time without a value. */
function valueOf(point: unknown): Outcome<number | undefined, string> {
  if (!Array.isArray(point) || point.length !== 2)
    return failure(`error unmarshaling data point: ${formatValue(fromJson(point))}`)
  const [value] = point as readonly unknown[]
  if (value === null) return success(undefined)
  if (typeof value === 'number') return success(value)
  if (typeof value !== 'string') return failure(`error unmarshaling value: ${formatValue(fromJson(value))}`)
  try {
    return success(parseFloat64(value))
  } catch (error) {
    if (error instanceof ExprError) return failure(error.message)
    throw error
  }
}
