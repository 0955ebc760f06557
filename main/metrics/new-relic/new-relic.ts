import * as v from 'valibot'
import { jsonText } from '#engine/expr/json-text.ts'
import { fromJson, isMap } from '#engine/expr/values.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { HttpCall } from '../http/http.ts'
import type { Provider, QueryFailure, Reading } from '../provider.ts'
import { measuredByQuery } from '../query.ts'
import { optionalText, readShape } from '../read-shape.ts'
import { type NewRelicAccount, readAccount } from './credentials.ts'
import { askNerdGraph } from './nerd-graph.ts'

const block = v.looseObject({ query: optionalText, profile: optionalText, timeout: v.nullish(v.number(), 5) })
type NewRelicBlock = v.InferOutput<typeof block>

/** NRQL by way of NerdGraph (PRV-601…606). */
export const newRelic: Provider = async (metric, context) => {
  const read = readShape(block, 'newRelic', metric.provider['newRelic'])
  if (!read.ok) return read
  const { query, profile, timeout } = read.value
  const account = await readAccount(profile === '' ? 'newrelic' : profile, context)
  if (!account.ok) return account
  const { clock, http } = context
  const ask = async (): Promise<Outcome<Reading, QueryFailure>> => {
    if (timeout < 0) return failure({ message: 'timeout value needs to be a positive value' })
    const answer = await askNerdGraph(callFor(read.value, account.value), http, clock)
    const reading = answer.ok ? readRows(answer.value) : answer
    return reading.ok ? reading : failure({ message: reading.error })
  }
  const metadata: Readonly<Record<string, string>> = query === '' ? {} : { ResolvedNewRelicQuery: query }
  return success(measuredByQuery({ metric, clock, ask, metadata }))
}

const document =
  'query($query: Nrql!, $accountId: Int!, $timeout: Seconds!) { actor { account(id: $accountId) { nrql(query: $query, timeout: $timeout) { results } } } }'

/** PRV-603. The time limit of the block is that of New Relic's servers, in seconds. */
const callFor = ({ query, timeout }: NewRelicBlock, { url, apiKey, accountId }: NewRelicAccount): HttpCall => ({
  method: 'POST',
  url,
  headers: [
    ['Api-Key', apiKey],
    ['Content-Type', 'application/json'],
    ['User-Agent', 'argosy'],
  ],
  body: JSON.stringify({ query: document, variables: { accountId, query, timeout } }),
  timeoutMs: 30_000,
})

const rows = v.nullish(v.array(v.unknown()), [])
const answer = v.looseObject({
  data: v.nullish(
    v.looseObject({
      actor: v.nullish(
        v.looseObject({
          account: v.nullish(v.looseObject({ nrql: v.nullish(v.looseObject({ results: rows })) })),
        }),
      ),
    }),
  ),
})

/** One row is a map, several are a list of them (PRV-604). */
function readRows(json: unknown): Outcome<Reading, string> {
  const read = readShape(answer, 'body', json)
  if (!read.ok) return read
  const results = (read.value.data?.actor?.account?.nrql?.results ?? []).map(fromJson)
  if (!results.every(isMap)) return failure('body.data.actor.account.nrql.results: expected Object')
  const [first, second] = results
  if (first === undefined || (second === undefined && first.size === 0))
    return failure('no results returned from NRQL query')
  const result = second === undefined ? first : results
  return success({ result, value: jsonText(result) })
}
