import * as v from 'valibot'
import { formatValue } from '#engine/expr/values.ts'
import { decodeJson } from '#lib/decode-json.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { HttpAnswer, HttpCall } from '../http/http.ts'
import type { Provider, QueryFailure, Reading } from '../provider.ts'
import { measuredByQuery } from '../query.ts'
import { queryText } from '../query-text.ts'
import { optionalText, readShape } from '../read-shape.ts'
import { rowsMax, valuesIn } from './annotated-csv.ts'

const block = v.looseObject({ query: optionalText, profile: optionalText })

/** Flux, answered in annotated CSV (PRV-1101…1104). */
export const influxdb: Provider = async (metric, context) => {
  const read = readShape(block, 'influxdb', metric.provider['influxdb'])
  if (!read.ok) return read
  const { query, profile } = read.value
  const { clock, http, secret, settings } = context
  const credentials = await secret(settings.controllerNamespace, profile === '' ? 'influxdb' : profile)
  if (!credentials.ok) return credentials
  const { address = '', authToken = '', org = '' } = credentials.value
  if (address === '' || authToken === '' || org === '') return failure('authToken, org, or address not found')
  const ask = async (): Promise<Outcome<Reading, QueryFailure>> => {
    const answer = await http(callFor({ query, address, authToken, org }))
    const reading = answer.ok ? readAnswer(answer.value) : answer
    return reading.ok ? reading : failure({ message: reading.error })
  }
  return success(measuredByQuery({ metric, clock, ask }))
}

interface Asked {
  readonly query: string
  readonly address: string
  readonly authToken: string
  readonly org: string
}

/** PRV-1102. */
const callFor = ({ query, address, authToken, org }: Asked): HttpCall => ({
  method: 'POST',
  url: `${address.replace(/\/$/, '')}/api/v2/query?${queryText({ org })}`,
  headers: [
    ['Authorization', `Token ${authToken}`],
    ['Content-Type', 'application/json'],
    ['Accept-Encoding', 'gzip'],
  ],
  body: JSON.stringify({
    dialect: { annotations: ['datatype', 'group', 'default'], delimiter: ',', header: true },
    query,
    type: 'flux',
  }),
  timeoutMs: 20_000,
})

function readAnswer(answer: HttpAnswer): Outcome<Reading, string> {
  if (answer.status < 200 || answer.status > 299) return failure(refusalText(answer))
  const values = valuesIn(answer.body)
  if (values.length > rowsMax) return failure(`more than ${rowsMax} rows returned from flux query`)
  if (values.length === 0) return failure('no results returned from flux query')
  return success({ result: values, value: formatValue(values) })
}

const refusal = v.looseObject({ code: optionalText, message: optionalText })

/** PRV-1104: what the server says, in the order in which it is looked for. */
function refusalText(answer: HttpAnswer): string {
  const { status, statusText, header, body } = answer
  const isJson = /^application\/json(;|$)/i.test(header('content-type') ?? '')
  if (body !== '' && !isJson) return `${status} ${statusText}: ${body}`
  const decoded = body === '' ? success({}) : decodeJson(body)
  const read = decoded.ok ? readShape(refusal, 'body', decoded.value) : decoded
  if (!read.ok) return read.error
  const { code, message } = read.value
  if (code !== '' && message !== '') return `${code}: ${message}`
  const usual = code === '' && message === '' ? usualText(answer) : undefined
  return usual ?? `Unexpected status code ${status}`
}

function usualText({ status, statusText, header }: HttpAnswer): string | undefined {
  if (status === 429) return 'too many requests: exceeded rate limit'
  if (status === 503) return 'unavailable: service temporarily unavailable'
  const told = header('x-influxdb-error')
  return told === undefined ? undefined : `${status} ${statusText}: ${told}`
}
