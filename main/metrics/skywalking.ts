import * as v from 'valibot'
import { jsonText } from '#engine/expr/json-text.ts'
import { fromJson } from '#engine/expr/values.ts'
import type { EpochMs } from '#lib/clock.ts'
import { decodeJson } from '#lib/decode-json.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { durationMs } from './duration-ms.ts'
import type { HttpAnswer } from './http/http.ts'
import type { Provider, QueryFailure, Reading } from './provider.ts'
import { measuredByQuery } from './query.ts'
import { optionalText, readShape } from './read-shape.ts'

const block = v.looseObject({ address: optionalText, query: optionalText, interval: optionalText })

/** GraphQL over a window of minutes (PRV-1201…1204). */
export const skywalking: Provider = async (metric, { clock, http, settings }) => {
  const read = readShape(block, 'skywalking', metric.provider['skywalking'])
  if (!read.ok) return read
  const { address, query, interval } = read.value
  const window = durationMs(interval)
  if (!window.ok) return window
  const minutes = minutesIn(settings.timeZone ?? 'UTC')
  if (!minutes.ok) return minutes
  const ask = async (): Promise<Outcome<Reading, QueryFailure>> => {
    const now = clock.now()
    const duration = { start: minutes.value(now - window.value), end: minutes.value(now), step: 'MINUTE' }
    const answer = await http({
      method: 'POST',
      url: `${address}/graphql`,
      headers: [
        ['Content-Type', 'application/json; charset=utf-8'],
        ['Accept', 'application/json; charset=utf-8'],
      ],
      body: JSON.stringify({ query, variables: { duration } }),
      timeoutMs: 30_000,
    })
    const reading = answer.ok ? readAnswer(answer.value) : answer
    return reading.ok ? reading : failure({ message: reading.error })
  }
  return success(measuredByQuery({ metric, clock, ask }))
}

/** `2026-01-01 0003`: a time as it is told there, the seconds cut off. */
function minutesIn(timeZone: string): Outcome<(at: EpochMs) => string, string> {
  try {
    const digits = { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const
    const format = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', year: 'numeric', ...digits })
    return success((at) => {
      const part = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
      const [year, month, day] = [part.get('year'), part.get('month'), part.get('day')]
      return `${year}-${month}-${day} ${part.get('hour')}${part.get('minute')}`
    })
  } catch {
    return failure(`the time zone ${JSON.stringify(timeZone)} of the settings is not known`)
  }
}

const answer = v.nullish(
  v.looseObject({
    data: v.optional(v.unknown()),
    errors: v.nullish(v.array(v.looseObject({ message: optionalText })), []),
  }),
)

/** The status is not looked at (PRV-1203). */
function readAnswer({ body }: HttpAnswer): Outcome<Reading, string> {
  const decoded = decodeJson(body)
  const read = decoded.ok ? readShape(answer, 'body', decoded.value) : decoded
  if (!read.ok) return failure(`decoding response: ${read.error}`)
  const { data, errors = [] } = read.value ?? {}
  const [first] = errors
  if (first !== undefined) return failure(`graphql: ${first.message}`)
  const result = fromJson(data)
  return result === null
    ? failure('no results returned from SkyWalking query')
    : success({ result, value: jsonText(result) })
}
