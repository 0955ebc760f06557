import type { EpochMs } from '#lib/clock.ts'
import { decodeJson } from '#lib/decode-json.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { durationMs } from '../duration-ms.ts'
import type { HttpAnswer, HttpCall } from '../http/http.ts'
import type { Provider, QueryFailure, Reading } from '../provider.ts'
import { measuredByQuery } from '../query.ts'
import { queryText } from '../query-text.ts'
import { readShape } from '../read-shape.ts'
import { checkBlock, type DatadogBlock, datadogBlock } from './block.ts'
import { type DatadogCredentials, findCredentials } from './credentials.ts'
import { readSeries } from './series.ts'
import { readTable } from './table.ts'

/** Two APIs of one product: v1 answers with a series, of which the last point counts, v2 with a table. */
export const datadog: Provider = async (metric, context) => {
  const read = readShape(datadogBlock, 'datadog', metric.provider['datadog'])
  if (!read.ok) return read
  const block = read.value
  const { name = '', namespaced = false } = block.secretRef ?? {}
  const credentials = await findCredentials({ name, namespaced }, context)
  if (!credentials.ok) return credentials
  const checked = checkBlock(block)
  if (!checked.ok) return checked
  const { clock, http } = context
  const ask = async (): Promise<Outcome<Reading, QueryFailure>> => {
    const call = callFor(block, credentials.value, clock.now())
    const answer = call.ok ? await http(call.value) : call
    const reading = answer.ok ? readAnswer(block, answer.value) : answer
    return reading.ok ? reading : failure({ message: reading.error })
  }
  return success(measuredByQuery({ metric, clock, ask }))
}

/** PRV-504. */
function callFor(
  block: DatadogBlock,
  { address, apiKey, appKey }: DatadogCredentials,
  now: EpochMs,
): Outcome<HttpCall, string> {
  const window = durationMs(block.interval)
  if (!window.ok) return window
  const timeout = block.requestTimeout === '' ? success(10_000) : durationMs(block.requestTimeout)
  if (!timeout.ok) return timeout
  const to = Math.floor(now / 1000)
  const span = { from: to - Math.trunc(window.value / 1000), to }
  const base = address === '' ? 'https://api.datadoghq.com' : address
  return success({
    ...(block.apiVersion === 'v2' ? tableCall(base, block, span) : seriesCall(base, block, span)),
    headers: [
      ['Content-Type', 'application/json'],
      ['DD-API-KEY', apiKey],
      ['DD-APPLICATION-KEY', appKey],
    ],
    timeoutMs: timeout.value,
  })
}

/** In whole seconds since 1970. */
interface Span {
  readonly from: number
  readonly to: number
}

/** PRV-505. */
const seriesCall = (base: string, { query }: DatadogBlock, { from, to }: Span) => ({
  method: 'GET' as const,
  url: `${base}/api/v1/query?${queryText({ from: `${from}`, query, to: `${to}` })}`,
})

/** PRV-506. */
const tableCall = (base: string, { query, queries, formula, aggregator }: DatadogBlock, { from, to }: Span) => {
  const asked = Object.entries(query === '' ? queries : { query })
  const attributes = {
    from: from * 1000,
    to: to * 1000,
    queries: asked.map(([name, each]) => ({
      aggregator: aggregator === '' ? 'last' : aggregator,
      data_source: 'metrics',
      name,
      query: each,
    })),
    formulas: formula === '' ? [] : [{ formula }],
  }
  return {
    method: 'POST' as const,
    url: `${base}/api/v2/query/scalar`,
    body: JSON.stringify({ data: { attributes, type: 'scalar_request' } }),
  }
}

/** PRV-507. */
function readAnswer({ apiVersion }: DatadogBlock, { status, body }: HttpAnswer): Outcome<Reading, string> {
  if (status === 401 || status === 403) return failure(`received authentication error response code: ${status} ${body}`)
  if (status !== 200) return failure(`received non 2xx response code: ${status} ${body}`)
  const decoded = decodeJson(body)
  if (!decoded.ok) return failure(`Could not parse JSON body: ${decoded.error}`)
  return apiVersion === 'v2' ? readTable(decoded.value) : readSeries(decoded.value)
}
