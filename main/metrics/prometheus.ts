import * as v from 'valibot'
import { timeOf } from '#engine/expr/time-expression.ts'
import type { Time } from '#engine/expr/values.ts'
import type { Clock } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { durationMs } from './duration-ms.ts'
import { clientError } from './http/go-error.ts'
import type { Http, HttpAnswer, HttpCall } from './http/http.ts'
import { authorizationOf, type OAuth2, oauth2Block, oauth2Of } from './oauth2.ts'
import { plainDecimal } from './plain-decimal.ts'
import { readPrometheusAnswer } from './prometheus-answer.ts'
import type { MeasureContext, Provider, QueryFailure, Reading } from './provider.ts'
import { measuredByQuery } from './query.ts'
import { queryText } from './query-text.ts'
import { optionalFlag, optionalText, readShape } from './read-shape.ts'
import { type Sign, sigv4For } from './sigv4.ts'

/** PRV-201 */
const block = v.looseObject({
  address: optionalText,
  query: optionalText,
  timeout: v.nullish(v.number(), 30),
  insecure: optionalFlag,
  headers: v.nullish(v.array(v.looseObject({ key: optionalText, value: optionalText })), []),
  rangeQuery: v.nullish(v.looseObject({ start: optionalText, end: optionalText, step: optionalText })),
  authentication: v.nullish(
    v.looseObject({
      basicAuth: v.nullish(v.looseObject({ username: optionalText, password: optionalText })),
      oauth2: oauth2Block,
      sigv4: v.nullish(v.looseObject({ region: optionalText, profile: optionalText, roleArn: optionalText })),
    }),
  ),
})
type Block = v.InferOutput<typeof block>

/** A Prometheus, ready to be asked. */
interface Server {
  readonly block: Block
  readonly address: URL
  readonly timeoutMs: number
  readonly oauth2: OAuth2 | undefined
  readonly sign: Sign | undefined
  readonly http: Http
  readonly clock: Clock
}

export const prometheus: Provider = async (metric, context) => {
  const read = readShape(block, 'prometheus', metric.provider['prometheus'])
  const server = read.ok ? await serverOf(read.value, context) : read
  if (!server.ok) return server
  const { query } = server.value.block
  const metadata: Record<string, string> = query ? { ResolvedPrometheusQuery: query } : {}
  return success(measuredByQuery({ metric, clock: context.clock, ask: () => ask(server.value), metadata }))
}

/** What the block lacks, in the reference's order (PRV-202). */
async function serverOf(read: Block, context: MeasureContext): Promise<Outcome<Server, string>> {
  const { http, clock, settings } = context
  const written = read.address || settings.env['ARGO_ROLLOUTS_PROMETHEUS_ADDRESS'] || ''
  const address = addressOf(written)
  if (!address.ok) return address
  const half = halfOfBasicAuth(read)
  if (half !== undefined) return failure(`missing mandatory parameter in metric for basic auth setup: ${half}`)
  const timeoutMs = read.timeout * 1000
  const sign = await signFor(written, read, context)
  if (!sign.ok) return sign
  const oauth2 = oauth2Of(read.authentication?.oauth2)
  if (!oauth2.ok) return oauth2
  if (timeoutMs < 0) return failure('prometheus timeout should not be negative')
  return success({
    block: read,
    address: address.value,
    timeoutMs,
    oauth2: oauth2.value,
    sign: sign.value,
    http,
    clock,
  })
}

function addressOf(text: string): Outcome<URL, string> {
  if (text === '') return failure('prometheus address is not configured')
  const address = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(text) ? URL.parse(text) : null
  return address === null ? failure('prometheus address is not is url format') : success(address)
}

/** What is missing where only the other is given. */
function halfOfBasicAuth({ authentication }: Block): 'username' | 'password' | undefined {
  const { username = '', password = '' } = authentication?.basicAuth ?? {}
  if ((username === '') === (password === '')) return undefined
  return username === '' ? 'username' : 'password'
}

/** Only for Amazon's managed service (PRV-205). */
async function signFor(
  address: string,
  { authentication, timeout }: Block,
  { settings, clock }: MeasureContext,
): Promise<Outcome<Sign | undefined, string>> {
  const { region = '', profile = '', roleArn = '' } = authentication?.sigv4 ?? {}
  const isSigned = address.includes('aps-workspaces') && `${region}${profile}${roleArn}` !== ''
  if (!isSigned) return success(undefined)
  const timeoutMs = Math.max(0, timeout * 1000)
  return sigv4For({ region, profile, roleArn, env: settings.env }, { clock, timeoutMs })
}

async function ask(server: Server): Promise<Outcome<Reading, QueryFailure>> {
  const question = questionOf(server)
  const answer = question.ok ? await exchange(server, question.value) : question
  return answer.ok ? readPrometheusAnswer(answer.value) : failure({ message: answer.error })
}

interface Question {
  readonly url: string
  /** As of a form or of a query. */
  readonly pairs: string
}

function questionOf({ block: { query, rangeQuery }, address, clock }: Server): Outcome<Question, string> {
  if (!rangeQuery) {
    const time = plainDecimal(clock.now() / 1000)
    return success({ url: endpoint(address, 'query'), pairs: queryText({ query, time }) })
  }
  const range = rangeOf(rangeQuery, clock)
  if (!range.ok) return range
  return success({ url: endpoint(address, 'query_range'), pairs: queryText({ query, ...range.value }) })
}

/** PRV-204 */
function rangeOf(
  { start, end, step }: NonNullable<Block['rangeQuery']>,
  clock: Clock,
): Outcome<Readonly<Record<'start' | 'end' | 'step', string>>, string> {
  const now = clock.now()
  const from = timeOf(start, now)
  if (!from.ok) return failure(`failed to parse rangeQuery.start as time: ${from.error}`)
  const to = timeOf(end, now)
  if (!to.ok) return failure(`failed to parse rangeQuery.end as time: ${to.error}`)
  const wide = durationMs(step)
  if (!wide.ok) return failure(`failed to parse rangeQuery.step as duration: ${wide.error}`)
  return success({ start: seconds(from.value), end: seconds(to.value), step: plainDecimal(wide.value / 1000) })
}

const seconds = ({ ns }: Time): string => plainDecimal(Number(ns / 1_000_000_000n) + Number(ns % 1_000_000_000n) / 1e9)

function endpoint(address: URL, name: string): string {
  const url = new URL(address)
  url.pathname = `${address.pathname.replace(/\/+$/, '')}/api/v1/${name}`
  return url.href
}

/** A form, or, where that is not let through, a query (PRV-203); the time is that of everything together. */
async function exchange(server: Server, { url, pairs }: Question): Promise<Outcome<HttpAnswer, string>> {
  const startedAt = server.clock.elapsed()
  const remainingMs = () => server.timeoutMs - (server.clock.elapsed() - startedAt)
  const token = await tokenFor(server, url, remainingMs)
  if (!token.ok) return token
  const send = async (call: Pick<HttpCall, 'method' | 'url' | 'headers' | 'body'>) =>
    server.http(layered(server, await authorised(server, { ...call, timeoutMs: remainingMs() }, token.value)))
  const headers = [['Content-Type', 'application/x-www-form-urlencoded']] as const
  const posted = await send({ method: 'POST', url, headers, body: pairs })
  if (!posted.ok || ![403, 405, 501].includes(posted.value.status)) return posted
  const asked = new URL(url)
  asked.search = pairs
  return send({ method: 'GET', url: asked.href })
}

async function tokenFor(
  server: Server,
  url: string,
  remainingMs: () => number,
): Promise<Outcome<string | undefined, string>> {
  if (server.oauth2 === undefined) return success(undefined)
  const token = await authorizationOf(server.oauth2, (call) =>
    server.http(layered(server, { ...call, timeoutMs: remainingMs() })),
  )
  return token.ok ? token : failure(clientError({ method: 'POST', url }, token.error))
}

/** A signature takes the place of a token. */
async function authorised({ sign }: Server, call: HttpCall, token: string | undefined): Promise<HttpCall> {
  const known =
    token === undefined ? call : { ...call, headers: [...(call.headers ?? []), ['Authorization', token] as const] }
  return sign === undefined ? known : sign(known)
}

/** What is nearest to the wire wins: the headers of the spec, and basic auth only where nothing else is (PRV-205, PRV-206). */
function layered({ block: { headers, authentication, insecure } }: Server, call: HttpCall): HttpCall {
  const { username = '', password = '' } = authentication?.basicAuth ?? {}
  const isOpen = !(call.headers ?? []).some(([name]) => name.toLowerCase() === 'authorization')
  const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  return {
    ...call,
    insecure,
    headers: [
      ...(call.headers ?? []),
      ...(isOpen && username !== '' ? [['Authorization', basic] as const] : []),
      ...headers.map(({ key, value }) => [key, value] as const),
    ],
  }
}
