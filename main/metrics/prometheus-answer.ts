import * as v from 'valibot'
import { parseFloat64 } from '#engine/expr/builtins/numbers.ts'
import { ExprError } from '#engine/expr/expr-error.ts'
import { decodeJson } from '#lib/decode-json.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { HttpAnswer } from './http/http.ts'
import { plainDecimal, plainDecimals } from './plain-decimal.ts'
import type { QueryFailure, Reading } from './provider.ts'
import { optionalText, readShape } from './read-shape.ts'

const envelope = v.looseObject({
  status: optionalText,
  errorType: optionalText,
  error: optionalText,
  warnings: v.nullish(v.array(v.string()), []),
  data: v.nullish(v.looseObject({ resultType: optionalText, result: v.optional(v.unknown(), null) })),
})
type Envelope = v.InferOutput<typeof envelope>

/** What a query of Prometheus gave (PRV-207…209). */
export function readPrometheusAnswer({ status, body }: HttpAnswer): Outcome<Reading, QueryFailure> {
  const read = readEnvelope(status, body)
  if (!read.ok) return failure({ message: read.error })
  const reading = readData(read.value)
  if (!reading.ok) return failure({ message: reading.error })
  return success({ ...reading.value, ...warningsOf(read.value) })
}

/** Of a request that can be answered with a reason in the envelope. */
const isReasoned = (status: number): boolean => status === 400 || status === 422

function readEnvelope(status: number, body: string): Outcome<Envelope, string> {
  if ((status < 200 || status >= 300) && !isReasoned(status)) return failure(statusText(status))
  const json = decodeJson(body)
  if (!json.ok) return failure(`bad_response: ${json.error}`)
  const read = readShape(envelope, 'body', json.value)
  if (!read.ok) return failure(`bad_response: ${read.error}`)
  const { status: told, errorType, error } = read.value
  if (told === 'error') return failure(`${errorType}: ${error}`)
  if (isReasoned(status)) return failure('bad_response: inconsistent body for response code')
  return read
}

function statusText(status: number): string {
  if (status >= 400 && status < 500) return `client_error: client error: ${status}`
  if (status >= 500 && status < 600) return `server_error: server error: ${status}`
  return `bad_response: bad response code ${status}`
}

/** A sample or a series may hold a histogram in the place of numbers. There may be very many points: they are looked at below. */
const vector = v.nullish(v.array(v.looseObject({ value: v.optional(v.unknown()) })), [])
const matrix = v.nullish(
  v.array(
    v.looseObject({
      values: v.nullish(v.custom<readonly unknown[]>(Array.isArray)),
      histograms: v.nullish(v.unknown()),
    }),
  ),
  [],
)

function readData({ data }: Envelope): Outcome<Reading, string> {
  if (data === undefined || data === null) return failure('unexpected end of JSON input')
  const points = pointsOf(data)
  const numbers = points.ok ? numbersOf(points.value) : points
  if (!numbers.ok) return numbers
  const [first = Number.NaN] = numbers.value
  if (data.resultType === 'scalar') return success({ result: first, value: plainDecimal(first) })
  return success({ result: Float64Array.from(numbers.value), value: plainDecimals(numbers.value) })
}

/** Of all series, one after the other. */
function pointsOf({ resultType, result }: NonNullable<Envelope['data']>): Outcome<readonly unknown[], string> {
  const name = 'data.result'
  if (resultType === 'scalar') return success([result])
  if (resultType === 'vector') {
    const read = readShape(vector, name, result)
    if (!read.ok) return read
    const points = read.value.map(({ value }) => value)
    return points.every((each) => each !== undefined) ? success(points) : failure(histograms)
  }
  if (resultType === 'matrix') {
    const read = readShape(matrix, name, result)
    if (!read.ok) return read
    const series = read.value
    return series.some((each) => each.histograms)
      ? failure(histograms)
      : success(series.flatMap(({ values }) => values ?? []))
  }
  return failure(`unexpected value type ${JSON.stringify(resultType)}`)
}

/** The reference takes them for 0, or for nothing. */
const histograms = 'the query gives histograms, which no condition can judge: use histogram_quantile() or its like'

/** Not too large for a float. */
const plain = /^-?\d{1,300}(?:\.\d+)?$/

/** Each point is a time and the text of a float. */
function numbersOf(points: readonly unknown[]): Outcome<readonly number[], string> {
  const numbers: number[] = []
  for (const point of points) {
    const text: unknown = Array.isArray(point) && point.length >= 2 ? point[1] : undefined
    if (typeof text !== 'string') return failure('a sample is not a time and the text of a number')
    const number = plain.test(text) ? success(Number(text)) : floatOf(text)
    if (!number.ok) return number
    numbers.push(number.value)
  }
  return success(numbers)
}

function floatOf(text: string): Outcome<number, string> {
  try {
    return success(parseFloat64(text))
  } catch (error) {
    if (error instanceof ExprError) return failure(error.message)
    throw error
  }
}

/** PRV-209 */
function warningsOf({ warnings }: Envelope): Pick<Reading, 'metadata'> {
  const shown = warnings.map((each) => `"${each}"`).join(', ')
  return shown === '' ? {} : { metadata: { warnings: shown } }
}
