import * as v from 'valibot'
import { decodeJson } from '#lib/decode-json.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { fixedDecimal } from './fixed-decimal.ts'
import type { HttpAnswer, HttpCall } from './http/http.ts'
import type { Provider, QueryFailure, Reading } from './provider.ts'
import { measuredByQuery } from './query.ts'
import { queryText } from './query-text.ts'
import { optionalText, readShape } from './read-shape.ts'

const block = v.looseObject({ address: optionalText, query: optionalText })
const tokensSecret = 'wavefront-api-tokens'

/** Of each series the point nearest to now (PRV-701…705). */
export const wavefront: Provider = async (metric, context) => {
  const read = readShape(block, 'wavefront', metric.provider['wavefront'])
  if (!read.ok) return read
  const { address, query } = read.value
  const { clock, http, secret, settings } = context
  const tokens = await secret(settings.controllerNamespace, tokensSecret)
  if (!tokens.ok) return tokens
  const token = Object.hasOwn(tokens.value, address) ? tokens.value[address] : undefined
  if (token === undefined) return failure('API token not found')
  const ask = async (): Promise<Outcome<Reading, QueryFailure>> => {
    const atSeconds = Math.floor(clock.now() / 1000)
    const answered = await http(callFor({ address, query, token, atSeconds }))
    return answered.ok ? readAnswer(answered.value, atSeconds) : failure({ message: answered.error })
  }
  const keptWhenNotEvaluated = ({ metadata }: Reading) => warningsOnly(metadata?.['warnings'])
  return success(measuredByQuery({ metric, clock, ask, keptWhenNotEvaluated }))
}

interface Asked {
  /** Host, and port if need be. */
  readonly address: string
  readonly query: string
  readonly token: string
  readonly atSeconds: number
}

/** PRV-702: a window without length, so that points outside of it count too. */
function callFor({ address, query, token, atSeconds }: Asked): HttpCall {
  const at = `${atSeconds * 1000}`
  const pairs = {
    autoEvents: 'false',
    e: at,
    g: 's',
    i: 'true',
    includeObsoleteMetrics: 'false',
    listmode: 'false',
    p: '1',
    q: query,
    s: at,
    strict: 'false',
  }
  return {
    method: 'GET',
    url: `https://${address}/api/v2/chart/api?${queryText(pairs)}`,
    headers: [
      ['Authorization', `Bearer ${token}`],
      ['Accept', 'application/json'],
    ],
    timeoutMs: 30_000,
  }
}

const answer = v.nullish(
  v.looseObject({
    timeseries: v.nullish(
      v.array(v.looseObject({ data: v.nullish(v.array(v.array(v.nullable(v.number(), 0))), []) })),
      [],
    ),
    warnings: optionalText,
  }),
)

function readAnswer({ status, statusText, body }: HttpAnswer, atSeconds: number): Outcome<Reading, QueryFailure> {
  if (status !== 200) return failure({ message: `server returned ${status} ${statusText}\n${body}\n` })
  const decoded = decodeJson(body)
  const read = decoded.ok ? readShape(answer, 'body', decoded.value) : decoded
  if (!read.ok) return failure({ message: read.error })
  const { timeseries = [], warnings = '' } = read.value ?? {}
  const points = timeseries.map(({ data }) => nearest(data, atSeconds))
  const [first] = points
  const kept = warningsOnly(warnings).metadata
  if (first === undefined)
    return failure({ message: 'No TimeSeries found in response from Wavefront', ...(kept && { metadata: kept }) })
  const shown = (texts: readonly string[]) => (texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(',')}]`)
  return success({
    result: points.length === 1 ? first.value : Float64Array.from(points, ({ value }) => value),
    value: shown(points.map(({ value }) => fixedDecimal(value, 2))),
    metadata: {
      timestamps: shown(points.map(({ at }) => `${at}`)),
      drift: shown(points.map(({ drift }) => `${drift}`)),
      ...kept,
    },
  })
}

const warningsOnly = (warnings = ''): { readonly metadata?: Readonly<Record<string, string>> } =>
  warnings === '' ? {} : { metadata: { warnings } }

interface Point {
  readonly value: number
  /** Both in whole seconds; the drift of a series without points is none. */
  readonly at: number
  readonly drift: number
}

/** The first of those that are as near (PRV-703). */
function nearest(data: readonly (readonly number[])[], atSeconds: number): Point {
  let found: Point = { value: 0, at: 0, drift: Number.NaN }
  let distance = Number.POSITIVE_INFINITY
  for (const [at, value] of data) {
    if (at === undefined || value === undefined || Math.abs(at - atSeconds) >= distance) continue
    distance = Math.abs(at - atSeconds)
    found = { value, at: Math.trunc(at), drift: Math.trunc(at - atSeconds) }
  }
  return found
}
