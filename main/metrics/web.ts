import * as v from 'valibot'
import { jsonText } from '#engine/expr/json-text.ts'
import { fromJson } from '#engine/expr/values.ts'
import { decodeJson } from '#lib/decode-json.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { clientError } from './http/go-error.ts'
import type { Http, HttpAnswer, HttpCall } from './http/http.ts'
import { firstFound, parseJsonPath } from './json-path/json-path.ts'
import type { Template } from './json-path/nodes.ts'
import { authorizationOf, type OAuth2, oauth2Block, oauth2Of } from './oauth2.ts'
import type { Provider, QueryFailure, Reading } from './provider.ts'
import { measuredByQuery } from './query.ts'
import { optionalFlag, optionalText, readShape } from './read-shape.ts'

/** PRV-301; `basicAuth` and `sigv4` have no meaning here. */
const block = v.looseObject({
  url: optionalText,
  method: v.nullish(v.picklist(['', 'GET', 'POST', 'PUT']), ''),
  headers: v.nullish(v.array(v.looseObject({ key: optionalText, value: optionalText })), []),
  body: optionalText,
  jsonBody: v.optional(v.unknown()),
  timeoutSeconds: v.nullish(v.number(), 0),
  jsonPath: optionalText,
  insecure: optionalFlag,
  authentication: v.nullish(v.looseObject({ oauth2: oauth2Block })),
})
type Block = v.InferOutput<typeof block>

/** A value from anywhere on the web: a part of its JSON, or the whole text of what is none. */
export const web: Provider = async (metric, { http, clock }) => {
  const read = readShape(block, 'web', metric.provider['web'])
  if (!read.ok) return read
  const oauth2 = oauth2Of(read.value.authentication?.oauth2)
  if (!oauth2.ok) return oauth2
  const template = parseJsonPath(read.value.jsonPath || '{$}')
  if (!template.ok) return template
  const ask = () => askWeb({ block: read.value, oauth2: oauth2.value, template: template.value, http })
  return success(measuredByQuery({ metric, clock, ask }))
}

interface Page {
  readonly block: Block
  readonly oauth2: OAuth2 | undefined
  readonly template: Template
  readonly http: Http
}

async function askWeb(page: Page): Promise<Outcome<Reading, QueryFailure>> {
  const call = callFor(page.block)
  const admitted = call.ok ? await withToken(page, call.value) : call
  const answer = admitted.ok ? await page.http(admitted.value) : admitted
  const reading = answer.ok ? readPage(answer.value, page.template) : answer
  return reading.ok ? reading : failure({ message: reading.error })
}

/** PRV-303, PRV-304 */
function callFor({
  url,
  method: written,
  headers,
  body,
  jsonBody,
  timeoutSeconds,
  insecure,
}: Block): Outcome<HttpCall, string> {
  const method = written || 'GET'
  const hasJson = jsonBody !== undefined && jsonBody !== null
  if (body !== '' && hasJson) return failure('use either Body or JSONBody; both cannot exists for WebMetric payload')
  if ((body !== '' || hasJson) && method === 'GET')
    return failure('Body/JSONBody can only be used with POST or PUT WebMetric Method types')
  const sent = hasJson ? escapedJson(jsonBody) : body
  return success({
    method,
    url,
    headers: [
      ...headers.map(({ key, value }) => [key, value] as const),
      ...(hasJson ? [['Content-Type', 'application/json'] as const] : []),
    ],
    ...(sent !== '' && { body: sent }),
    timeoutMs: (timeoutSeconds > 0 ? timeoutSeconds : 10) * 1000,
    insecure,
  })
}

/** Members in the order in which they were written; what Go escapes is escaped. */
const escapedJson = (json: unknown): string =>
  JSON.stringify(json).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** The token takes the place of whatever was to be sent as Authorization; each call has the whole time (PRV-304). */
async function withToken({ oauth2, http }: Page, call: HttpCall): Promise<Outcome<HttpCall, string>> {
  if (oauth2 === undefined) return success(call)
  const { timeoutMs, insecure = false } = call
  const token = await authorizationOf(oauth2, (each) => http({ ...each, timeoutMs, insecure }))
  if (!token.ok) return failure(clientError(call, token.error))
  return success({ ...call, headers: [...(call.headers ?? []), ['Authorization', token.value]] })
}

/** PRV-305…307 */
function readPage({ status, body }: HttpAnswer, template: Template): Outcome<Reading, string> {
  if (status < 200 || status > 299) return failure(`received non 2xx response code: ${status}`)
  const json = decodeJson(body)
  if (!json.ok) return success({ result: body, value: body })
  const found = firstFound(template, fromJson(json.value))
  if (!found.ok) return failure(`Could not find JSONPath in body: ${found.error}`)
  if (found.value === undefined) return failure('result of web metric produced no value')
  const { value } = found.value
  return success({ result: value, value: jsonText(value) })
}
