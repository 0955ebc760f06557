import * as v from 'valibot'
import { decodeJson } from '#lib/decode-json.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { HttpAnswer, HttpCall } from './http/http.ts'
import { optionalText, readShape } from './read-shape.ts'

/** Absent, or with an empty `tokenUrl`: no token is asked for. */
export const oauth2Block = v.nullish(
  v.looseObject({
    tokenUrl: optionalText,
    clientId: optionalText,
    clientSecret: optionalText,
    scopes: v.nullish(v.array(v.string()), []),
  }),
)
export type OAuth2 = NonNullable<v.InferOutput<typeof oauth2Block>>

/** What is asked for, `undefined` for nothing; the failure is the reference's text (PRV-202). */
export function oauth2Of(block: v.InferOutput<typeof oauth2Block>): Outcome<OAuth2 | undefined, string> {
  if (!block || block.tokenUrl === '') return success(undefined)
  if (block.clientId === '' || block.clientSecret === '')
    return failure('missing mandatory parameter in metric for OAuth2 setup')
  return success(block)
}

export type SendTokenCall = (
  call: Pick<HttpCall, 'method' | 'url' | 'headers' | 'body'>,
) => Promise<Outcome<HttpAnswer, string>>

/**
 * The Authorization of a metric's request, by the client-credentials grant: first with id and secret in a header, then, if that
 * fails for whatever reason, in the body. Nothing is kept (PRV-212). The failure is Go's text.
 */
export async function authorizationOf(oauth2: OAuth2, send: SendTokenCall): Promise<Outcome<string, string>> {
  const grant = {
    grant_type: 'client_credentials',
    ...(oauth2.scopes.length > 0 && { scope: oauth2.scopes.join(' ') }),
  }
  const basic = Buffer.from(`${formEscaped(oauth2.clientId)}:${formEscaped(oauth2.clientSecret)}`).toString('base64')
  const first = await ask(oauth2.tokenUrl, grant, send, [['Authorization', `Basic ${basic}`]])
  if (first.ok) return first
  const credentials = { client_id: oauth2.clientId, client_secret: oauth2.clientSecret }
  return ask(oauth2.tokenUrl, { ...credentials, ...grant }, send, [])
}

const formEscaped = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)

async function ask(
  url: string,
  form: Readonly<Record<string, string>>,
  send: SendTokenCall,
  authorization: readonly (readonly [string, string])[],
): Promise<Outcome<string, string>> {
  const answer = await send({
    method: 'POST',
    url,
    headers: [['Content-Type', 'application/x-www-form-urlencoded'], ...authorization],
    body: new URLSearchParams(form).toString(),
  })
  return answer.ok ? readToken(answer.value) : answer
}

const answerShape = v.looseObject({
  access_token: optionalText,
  token_type: optionalText,
  error: optionalText,
  error_description: optionalText,
  error_uri: optionalText,
})

const readMax = 2 ** 20

function readToken(answer: HttpAnswer): Outcome<string, string> {
  const isRefused = answer.status < 200 || answer.status > 299
  const read = readFields(answer)
  if (!read.ok) return failure(isRefused ? refusal(answer) : read.error)
  const { access_token, token_type, error, error_description, error_uri } = read.value
  if (error !== '')
    return failure(`oauth2: ${[error, error_description, error_uri].filter(Boolean).map(quoted).join(' ')}`)
  if (isRefused) return failure(refusal(answer))
  if (access_token === '') return failure('oauth2: server response missing access_token')
  return success(`${typeShown(token_type)} ${access_token}`)
}

const quoted = (text: string): string => JSON.stringify(text)

const refusal = ({ status, statusText, body }: HttpAnswer): string =>
  `oauth2: cannot fetch token: ${status} ${statusText}\nResponse: ${body}`

function readFields(answer: HttpAnswer): Outcome<v.InferOutput<typeof answerShape>, string> {
  const body = answer.body.slice(0, readMax)
  const type = (answer.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'application/x-www-form-urlencoded' || type === 'text/plain')
    return readShape(answerShape, 'token', Object.fromEntries(new URLSearchParams(body)))
  const json = decodeJson(body)
  const read = json.ok ? readShape(answerShape, 'token', json.value) : json
  return read.ok ? read : failure(`oauth2: cannot parse json: ${read.error}`)
}

/** The usual types in their usual spelling. */
function typeShown(type: string): string {
  const known = { bearer: 'Bearer', mac: 'MAC', basic: 'Basic' }[type.toLowerCase()]
  return known ?? (type === '' ? 'Bearer' : type)
}
