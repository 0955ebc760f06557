import type { Dispatcher } from 'undici'
import type { Clock, EpochMs } from '#lib/clock.ts'
import { decodeJson } from '#lib/decode-json.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { redactText } from '#lib/redact-text.ts'
import type { WriteSent, WriteTarget } from '#lib/write-sent.ts'
import { type Asked, classifyAnswer, classifyThrown, codeOf, credentialRefused, isStatus } from './classify-failure.ts'
import type { RequestVerb } from './client.ts'
import { createPools } from './connection-pools.ts'
import { type Credential, createCredentials } from './credentials.ts'
import type { ProxyAnswer } from './gateway.ts'
import { heldWait } from './held-wait.ts'
import type { ContextAccess } from './kubeconfig.ts'
import { discard, readBody } from './read-body.ts'
import { createTokenBucket } from './token-bucket.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path with query. */
  readonly path: string
  readonly verb: RequestVerb
  readonly asked: Asked
  readonly body?: { readonly type?: string; readonly text: string }
  /** What it changes, of requests that change something. */
  readonly write?: WriteTarget
  /** For somebody behind the API server: with these headers, and however long it takes. */
  readonly proxied?: { readonly headers: Readonly<Record<string, string>>; readonly answerMax: number }
}

export interface Transport {
  /** Sends, and reads the whole answer. Retries GET on what is likely to pass; anything else is the caller's to decide. */
  send(request: HttpRequest): Promise<Outcome<string, Failure>>
  /** Sends once, and gives whatever answer came from behind the API server; a failure is the API server's own. */
  sendProxied(request: HttpRequest, signal: AbortSignal): Promise<Outcome<ProxyAnswer, Failure>>
  /** For a request that takes a connection of its own: the credential to send it with, once it is its turn. It is counted. */
  admit(verb: RequestVerb): Promise<Outcome<Credential, Failure>>
  /** Sends, and hands over the body of a 2xx answer as it comes. No limit on how long it may be silent. */
  stream(request: HttpRequest, signal: AbortSignal): Promise<Outcome<AsyncIterable<Uint8Array>, Failure>>
  /** The failure that an error thrown by a streamed body means. */
  brokenOff(error: unknown): Failure
  readonly requests: Readonly<Record<RequestVerb, number>>
  /** See `ClusterClient.clockOffsetMs`. */
  readonly clockOffsetMs: number | undefined
  /** Sends with the user of `access` from the next request on; what is under way goes on. Its server must be the same. */
  signInAs(access: ContextAccess): void
  /** Ends what is under way and closes every connection. */
  close(): Promise<void>
}

export interface TransportOptions {
  readonly access: ContextAccess
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Told of each write that went out, once it is answered or no answer can come any more (ACT-15). */
  readonly onWrite?: (sent: WriteSent) => void
}

/** OPS-4 */
const limits = { qps: 40, burst: 80, waitMaxMs: 30_000 }
const headersTimeout = 30_000
const bodyTimeout = 30_000
const attemptsMax = 3
const retryWaitMaxMs = 10_000
/** Of the text of a refusal. */
const problemMax = 2000

/** Everything one kubeconfig context sends goes through here: credentials, connections, limits, counters. */
export function createTransport(options: TransportOptions): Transport {
  const { clock, random } = options
  const { server } = options.access.cluster
  let { access } = options
  let credentials = createCredentials(access, clock)
  const pools = createPools(access.cluster, options.env ?? process.env)
  const bucket = createTokenBucket({ ...limits, clock })
  const closing = new AbortController()
  const requests: Record<RequestVerb, number> = { get: 0, list: 0, watch: 0, create: 0, update: 0, patch: 0, delete: 0 }
  let silentSince: EpochMs | undefined
  let clockOffsetMs: number | undefined

  const unreachable = (error: unknown): Failure => {
    silentSince ??= clock.now()
    return classifyThrown(error, server, silentSince)
  }

  const tooMany = () => {
    const message = `Too many requests to ${server} are waiting already.`
    return failure<Failure>({ kind: 'Throttled', message, retryAfterMs: limits.waitMaxMs })
  }

  /** One request on the wire. A 401 is answered by one more with a renewed credential, if there is another. */
  const exchange = async (
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<Outcome<Dispatcher.ResponseData, Failure>> => {
    const credential = await credentials.current()
    if (!credential.ok) return unauthorized(credential.error)
    const first = await exchangeWith(credential.value, request, signal)
    if (!first.ok || first.value.statusCode !== 401) return first
    const renewed = await credentials.renew(credential.value)
    if (!renewed.ok || renewed.value !== undefined) await discard(first.value)
    if (!renewed.ok) return unauthorized(renewed.error)
    return renewed.value === undefined ? first : exchangeWith(renewed.value, request, signal)
  }

  const exchangeWith = async (
    credential: Credential,
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<Outcome<Dispatcher.ResponseData, Failure>> => {
    if (!(await bucket.take())) return tooMany()
    const pool = pools.poolFor(credential.tls)
    if (!pool.ok) return unauthorized(pool.error)
    requests[request.verb]++
    try {
      const answer = await pool.value.request({
        origin: origin(server),
        path: `${prefix(server)}${request.path}`,
        method: request.method,
        headers: { ...headersOf(request), ...credential.headers },
        ...(request.body !== undefined && { body: request.body.text }),
        headersTimeout: request.proxied === undefined ? headersTimeout : 0,
        bodyTimeout: request.verb === 'watch' || request.proxied !== undefined ? 0 : bodyTimeout,
        signal,
      })
      silentSince = undefined
      if (request.proxied === undefined) clockOffsetMs = offsetOf(answer.headers['date'], clock.now()) ?? clockOffsetMs
      return success(answer)
    } catch (error) {
      // The connection may be half-open, after sleep for instance: the next request must not share its fate.
      if (codeOf(error) === 'UND_ERR_HEADERS_TIMEOUT') pools.retire()
      return failure(unreachable(error))
    }
  }

  const sendOnce = async (request: HttpRequest): Promise<Outcome<string, Failure>> => {
    const at = clock.now()
    const answer = await exchange(request, closing.signal)
    if (!answer.ok) {
      // Without a credential or its turn it never went out.
      if (answer.error.kind === 'Unreachable') tellWrite(request, at, undefined, answer.error.message)
      return answer
    }
    const body = await readBody(answer.value.body, unreachable)
    tellWrite(request, at, answer.value.statusCode, body.ok ? body.value : body.error.message)
    if (!body.ok) return body
    return answer.value.statusCode < 300 ? body : failure(failureOf(answer.value, body.value, request.asked))
  }

  const tellWrite = ({ write, body }: HttpRequest, at: EpochMs, code: number | undefined, text: string): void => {
    if (write === undefined || options.onWrite === undefined) return
    const type = body?.type ?? ''
    options.onWrite({ ...write, at, code, body: body && { type, text: body.text }, ...answeredBy(code, text) })
  }

  const sendProxiedWith = async (
    credential: Credential,
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<Outcome<ProxyAnswer, Failure>> => {
    const answer = await exchangeWith(credential, request, AbortSignal.any([signal, closing.signal]))
    if (!answer.ok) return answer
    const { statusCode: status, statusText, headers } = answer.value
    const body = await readBody(answer.value.body, unreachable, request.proxied?.answerMax)
    if (!body.ok) return body
    if (status >= 400 && isStatus(body.value)) return failure(failureOf(answer.value, body.value, request.asked))
    return success({ status, statusText, headers, body: body.value })
  }

  const failureOf = ({ statusCode, headers }: Dispatcher.ResponseData, body: string, asked: Asked): Failure => {
    const header = headers['retry-after']
    const retryAfter = typeof header === 'string' ? header : undefined
    const refused = statusCode === 401 ? credentialRefused(access) : undefined
    return classifyAnswer({ status: statusCode, retryAfter, body, now: clock.now(), refused }, asked)
  }

  return {
    requests,
    get clockOffsetMs() {
      return clockOffsetMs
    },
    brokenOff: unreachable,
    signInAs(other) {
      access = other
      credentials = createCredentials(other, clock)
    },
    async send(request) {
      for (let attempt = 1; ; attempt++) {
        const startedAt = clock.now()
        const outcome = await sendOnce(request)
        if (outcome.ok || request.method !== 'GET' || attempt === attemptsMax || closing.signal.aborted) return outcome
        const waitMs = retryWaitMs(outcome.error, { attempt, tookMs: clock.now() - startedAt, random })
        if (waitMs === undefined) return outcome
        await heldWait(clock, waitMs, closing.signal)
      }
    },
    async sendProxied(request, signal) {
      const credential = await credentials.current()
      if (!credential.ok) return unauthorized(credential.error)
      const first = await sendProxiedWith(credential.value, request, signal)
      if (first.ok || first.error.kind !== 'Unauthorized') return first
      const renewed = await credentials.renew(credential.value)
      if (!renewed.ok) return unauthorized(renewed.error)
      return renewed.value === undefined ? first : sendProxiedWith(renewed.value, request, signal)
    },
    async admit(verb) {
      const credential = await credentials.current()
      if (!credential.ok) return unauthorized(credential.error)
      if (!(await bucket.take())) return tooMany()
      requests[verb]++
      return credential
    },
    async stream(request, signal) {
      const answer = await exchange(request, AbortSignal.any([signal, closing.signal]))
      if (!answer.ok) return answer
      if (answer.value.statusCode < 300) return success(answer.value.body)
      const body = await readBody(answer.value.body, unreachable)
      return body.ok ? failure(failureOf(answer.value, body.value, request.asked)) : body
    },
    async close() {
      closing.abort()
      await pools.close()
    },
  }
}

/** The version of the object as answered, or why it was refused. */
function answeredBy(code: number | undefined, text: string): Pick<WriteSent, 'problem' | 'resourceVersion'> {
  if (code === undefined) return { problem: redactText(text), resourceVersion: undefined }
  const decoded = decodeJson(text)
  const answer = (decoded.ok ? decoded.value : undefined) as Answer | null | undefined
  if (code < 300) return { problem: undefined, resourceVersion: answer?.metadata?.resourceVersion }
  return { problem: redactText(answer?.message ?? text).slice(0, problemMax), resourceVersion: undefined }
}

interface Answer {
  readonly message?: string
  readonly metadata?: { readonly resourceVersion?: string }
}

/** The header has whole seconds: the server's clock may be up to one second further. */
function offsetOf(date: unknown, now: EpochMs): number | undefined {
  const at = typeof date === 'string' ? Date.parse(date) : Number.NaN
  return Number.isNaN(at) ? undefined : at - now
}

const unauthorized = (message: string) => failure<Failure>({ kind: 'Unauthorized', message })

/** A server address may have a path (`https://rancher.example/k8s/clusters/c-1`). */
const origin = (server: string): string => URL.parse(server)?.origin ?? server
const prefix = (server: string): string => (URL.parse(server)?.pathname ?? '').replace(/\/$/, '')

const headersOf = ({ body, proxied }: HttpRequest): Readonly<Record<string, string>> =>
  proxied?.headers ?? {
    Accept: 'application/json',
    'User-Agent': 'argosy',
    ...(body?.type !== undefined && { 'Content-Type': body.type }),
  }

/** How long to wait before a GET is sent again; `undefined`: not at all. */
function retryWaitMs(
  reason: Failure,
  sent: { attempt: number; tookMs: number; random: () => number },
): number | undefined {
  const jittered = 200 * 2 ** sent.attempt * (1 + sent.random())
  if (reason.kind === 'Throttled' && reason.retryAfterMs <= retryWaitMaxMs) return reason.retryAfterMs + jittered
  if (reason.kind === 'ServerError' && [500, 502, 504].includes(reason.status)) return jittered
  // Likely a kept connection that the other side closed meanwhile; what took long is not worth asking twice.
  if (reason.kind === 'Unreachable' && sent.attempt === 1 && sent.tookMs < 5000) return jittered
  return undefined
}
