import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Status } from '#api/meta.ts'
import { rbacName } from '#api/resources.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import { type Log, silentLog } from '#lib/log.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { MemoryStore } from '../memory-store.ts'
import { type Fields, isFields } from '../registry/fields.ts'
import { isNamespaces, type ServedKind } from '../registry/kinds.ts'
import {
  forbidden,
  methodNotAllowed,
  misdirected,
  noSuchPath,
  notSimulated,
  refuse,
  status,
  unauthorized,
} from '../registry/status.ts'
import { type ApiToken, attemptOf, authenticate, isAllowed, refusalText } from './access.ts'
import { reviewNames, reviews } from './access-review.ts'
import { type Answer, created, failed, send } from './answer.ts'
import { answerCall } from './answer-call.ts'
import type { Call } from './call.ts'
import { refuseOptions } from './check-options.ts'
import { subresourcesOf } from './discovery.ts'
import { FaultList, type Faults, type ObservedRequest, refusalOf } from './faults.ts'
import { followPodLog } from './follow-pod-log.ts'
import { isLoopbackHost } from './loopback-host.ts'
import { answerOther } from './other-paths.ts'
import { readBody, readBytes } from './read-body.ts'
import { representationOf } from './representation.ts'
import { isTrue, parsePath, type ResourcePath, type Target, verbOf } from './request-path.ts'
import { answerByService, type Listeners } from './service-proxy.ts'
import { serveWatch } from './watch.ts'
import { WatchHistory } from './watch-history.ts'

const maxWatches = 2000

interface Served {
  readonly store: MemoryStore
  readonly clock: Clock
  readonly tokens: readonly ApiToken[]
  readonly log?: Log
  /** What can be reached by its proxy for Services. */
  readonly listeners?: Listeners
}

interface Request {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly target: Target
  readonly token: ApiToken
}

/** Takes each request from its socket to its answer: who is it, what is it about, may they, then the verb. */
export class ApiHandler {
  readonly requestCount = new Map<string, number>()
  readonly faults: Faults
  /** What discovery tells as the address of the server. */
  address = ''
  readonly #store: MemoryStore
  readonly #clock: Clock
  readonly #tokens: readonly ApiToken[]
  readonly #log: Log
  readonly #listeners: Listeners
  readonly #history: WatchHistory
  readonly #faultList = new FaultList()
  readonly #watches = new Map<ServerResponse, Dispose>()

  constructor({ store, clock, tokens, log = silentLog, listeners = new Map() }: Served) {
    this.#store = store
    this.#clock = clock
    this.#tokens = tokens
    this.#log = log
    this.#listeners = listeners
    this.#history = new WatchHistory(store)
    this.faults = {
      inject: (fault) => this.#faultList.inject(fault),
      compact: () => this.#history.compact(),
      dropWatches: () => this.#dropWatches(),
    }
  }

  get openWatches(): number {
    return this.#watches.size
  }

  /** Never rejects: a bug becomes a 500 and a log line. */
  handle(message: IncomingMessage, response: ServerResponse): void {
    response.on('error', (cause) => this.#log('debug', 'sandbox client went away', { cause: String(cause) }))
    this.#serve(message, response).catch((cause: unknown) => {
      // Its connection ended before all of it was read: nobody waits for an answer.
      if (message.errored !== null) return this.#log('debug', 'sandbox client went away', { cause: String(cause) })
      this.#log('error', 'sandbox API server failed', { method: message.method, cause: String(cause) })
      if (response.headersSent) response.destroy()
      else send(response, failed(status(500, 'InternalError', 'Internal error occurred: see the log of the sandbox')))
    })
  }

  close(): void {
    this.#dropWatches()
    this.#history.stop()
  }

  #dropWatches(): number {
    const open = [...this.#watches.values()]
    for (const end of open) end()
    return open.length
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isLoopbackHost(message.headers.host)) return send(response, failed(misdirected()))
    const token = authenticate(message.headers.authorization, this.#tokens, this.#clock.now())
    if (token === undefined) return send(response, failed(unauthorized()))
    const url = new URL(message.url ?? '/', 'http://sandbox')
    const request: Request = { message, response, url, target: parsePath(url.pathname), token }
    const observed = this.#observe(request)
    this.#count(observed)
    const misfortune = this.#faultList.next(observed)
    if (misfortune?.kind === 'cut') return void response.destroy()
    const refusal = misfortune && refusalOf(misfortune)
    if (refusal !== undefined) return send(response, failed(refusal))
    if (misfortune?.kind === 'delay') await this.#wait(misfortune.ms)
    const answer = await this.#answer(request)
    if (misfortune?.kind === 'cutAfter') return void response.destroy()
    if (answer !== undefined) send(response, answer)
  }

  /** `undefined` when the answer is a watch, which answers for itself. */
  async #answer(request: Request): Promise<Answer | undefined> {
    const { target } = request
    if (target.at === 'other') return this.#answerOther(request, target.segments)
    return target.at === 'proxy' ? this.#answerProxied(request, target) : this.#answerResource(request, target.path)
  }

  #answerOther({ message }: Request, segments: readonly string[]): Answer {
    if (message.method !== 'GET' && message.method !== 'HEAD') return failed(methodNotAllowed())
    return answerOther(this.#store, segments, message.headers.accept, this.address)
  }

  async #answerResource(request: Request, path: ResourcePath): Promise<Answer | undefined> {
    if (!this.#serves(path)) return { ...failed(notServed(path)), headers: { Connection: 'close' } }
    const contentType = (request.message.headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''
    const body = await readBody(request.message, contentType)
    if (!body.ok) return { ...failed(body.error), headers: { Connection: 'close' } }
    const review = path.version === 'v1' ? reviews[`${path.group}/${path.plural}`] : undefined
    if (review !== undefined) return answerReview(request, path, body.value)
    const call = this.#callOf(request, path, contentType, body.value)
    if (!call.ok) return failed(call.error)
    const { verb, name, subresource, query } = call.value
    if (subresource === 'log' && verb === 'get' && name !== undefined && isTrue(query.get('follow')))
      return this.#stream(request.response, (onEnd) => followPodLog(call.value, name, request.response, onEnd))
    if (verb !== 'watch') return answerCall(call.value)
    return this.#stream(request.response, (onEnd) => serveWatch(call.value, request.response, onEnd))
  }

  async #answerProxied({ message, url, token }: Request, { path, rest }: Target & { at: 'proxy' }): Promise<Answer> {
    const method = message.method ?? ''
    const kind = this.#store.kindOf(path)
    const verb = verbOf(method, path, new URLSearchParams())
    if (kind === undefined || verb === undefined) return failed(methodNotAllowed())
    const attempt = attemptOf(kind, verb, path)
    if (!isAllowed(token, attempt)) return failed(forbidden(kind, path.name, refusalText(token, attempt)))
    const body = await readBytes(message)
    if (!body.ok) return { ...failed(body.error), headers: { Connection: 'close' } }
    const asked = { method, url: new URL(`${rest}${url.search}`, 'http://service'), body: body.value.toString() }
    return answerByService(this.#store, this.#listeners, { namespace: path.namespace, id: path.name }, asked)
  }

  /** Asked before the body is read: what is not there need not be understood. */
  #serves(path: ResourcePath): boolean {
    if (path.version === 'v1' && Object.hasOwn(reviews, `${path.group}/${path.plural}`)) return true
    const kind = this.#store.kindOf(path)
    if (kind === undefined || !isInScope(kind, path)) return false
    return path.subresource === undefined || subresourcesOf(kind).some((each) => each.name === path.subresource)
  }

  #callOf(request: Request, path: ResourcePath, contentType: string, body: unknown): Outcome<Call, Status> {
    const { message, url, token } = request
    const { namespace, name, subresource } = path
    const kind = this.#store.kindOf(path)
    if (kind === undefined || !isInScope(kind, path)) return refuse(noSuchPath())
    const verb = verbOf(message.method ?? '', path, url.searchParams)
    if (verb === undefined) return refuse(methodNotAllowed())
    // Upstream asks RBAC about a namespace as if it were in itself.
    const attempt = attemptOf(kind, verb, { namespace: isNamespaces(kind) ? name : namespace, name, subresource })
    if (!isAllowed(token, attempt)) return refuse(forbidden(kind, name ?? '', refusalText(token, attempt)))
    const representation = subresource === 'log' ? 'object' : representationOf(message.headers.accept)
    if (representation === undefined)
      return refuse(status(406, 'NotAcceptable', 'only the following media types are accepted: application/json'))
    const userAgent = (message.headers['user-agent'] ?? 'unknown').split('/')[0] ?? ''
    const served = { store: this.#store, clock: this.#clock, history: this.#history, query: url.searchParams }
    const call: Call = {
      ...served,
      ...{ kind, verb, namespace, name, subresource, representation, token, userAgent, contentType, body },
    }
    const refusal = refuseOptions(call)
    return refusal === undefined ? success(call) : refuse(refusal)
  }

  /** `undefined` once the answer has begun: it ends by itself, or with the server. */
  #stream(response: ServerResponse, begin: (onEnd: () => void) => Dispose): Answer | undefined {
    if (this.#watches.size >= maxWatches)
      return failed(status(429, 'TooManyRequests', 'too many open watches', { retryAfterSeconds: 1 }))
    const end = begin(() => this.#watches.delete(response))
    if (!response.writableEnded) this.#watches.set(response, end)
    return undefined
  }

  #observe({ message, url, target, token: { user } }: Request): ObservedRequest {
    const nothing = { namespace: undefined, name: undefined, subresource: undefined }
    if (target.at === 'other') return { verb: 'other', resource: url.pathname, ...nothing, user }
    const { path } = target
    const { namespace, name, subresource } = path
    const verb = verbOf(message.method ?? '', path, url.searchParams) ?? 'other'
    return { verb, resource: rbacName({ ...path, kind: '', namespaced: true }), namespace, name, subresource, user }
  }

  /** Resources not served count under one name, so that the map stays small. */
  #count({ verb, resource, subresource }: ObservedRequest): void {
    const known =
      verb === 'other' || reviewNames.has(resource) || this.#store.served().some((kind) => rbacName(kind) === resource)
    const name = known
      ? `${resource.slice(0, 200)}${subresource === undefined ? '' : `/${subresource}`}`
      : '(not served)'
    const key = `${verb === 'other' ? 'get' : verb} ${name}`
    if (this.requestCount.size < 5000 || this.requestCount.has(key))
      this.requestCount.set(key, (this.requestCount.get(key) ?? 0) + 1)
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(ms, resolve))
  }
}

/** A namespaced object has a namespace in its path; a cluster-scoped one never has. */
const isInScope = (kind: ServedKind, { namespace, name }: ResourcePath): boolean =>
  kind.namespaced ? name === undefined || namespace !== undefined : namespace === undefined

const intoPods = new Set(['attach', 'ephemeralcontainers', 'exec', 'portforward', 'proxy'])

const notServed = ({ group, plural, subresource = '' }: ResourcePath): Status =>
  group === '' && plural === 'pods' && intoPods.has(subresource) ? notSimulated(subresource) : noSuchPath()

function answerReview({ message, token }: Request, path: ResourcePath, body: unknown): Answer {
  const review = reviews[`${path.group}/${path.plural}`]
  if (review === undefined || message.method !== 'POST') return failed(methodNotAllowed())
  const spec: Fields = isFields(body) && isFields(body['spec']) ? body['spec'] : {}
  const apiVersion = `${path.group}/${path.version}`
  return created({ kind: review.kind, apiVersion, metadata: {}, spec, status: review.answer(token, spec) })
}
