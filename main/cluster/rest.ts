import { fieldManager } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { apiVersionOf, type Resource, rbacName, resourcePath, resources } from '#api/resources.ts'
import type { PatchType, Precondition, Subresource } from '#engine/decision.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { At, ClusterClient, ListOptions, ObjectList, WatchEvent, WatchOptions, WriteOptions } from './client.ts'
import { createGateway } from './open-gateway.ts'
import { createTransport, type HttpRequest, type Transport, type TransportOptions } from './transport.ts'
import { watchEvents } from './watch-stream.ts'

const pageSize = 500
const pagesMax = 400

const patchTypes: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

/**
 * A client for one kubeconfig context. Nothing is sent before the first call. Whoever made it closes it.
 * @param options `random` spreads retries; `env` is where proxies are named, the process' own by default.
 */
export function createClusterClient(options: TransportOptions): SigningClient {
  const transport = createTransport(options)
  const sendJson = async <T>(request: HttpRequest): Promise<Outcome<T, Failure>> => {
    const text = await transport.send(request)
    return text.ok ? parseJson<T>(text.value) : text
  }
  return {
    context: options.access.context,
    server: options.access.cluster.server,
    requests: transport.requests,
    get clockOffsetMs() {
      return transport.clockOffsetMs
    },
    get: (resource, at, subresource) => sendJson(aboutObject('GET', 'get', resource, { ...at, subresource })),
    list: (resource, listOptions = {}) => listAll(transport, resource, listOptions),
    create: (resource, object, write) => {
      const request = aboutCollection('POST', 'create', resource, object.metadata, writeQuery(write))
      return sendJson(asWrite(withBody(request, object), object.metadata, write))
    },
    update: (resource, object, write) => {
      const at = { ...object.metadata, subresource: write?.subresource }
      return sendJson(
        asWrite(withBody(aboutObject('PUT', 'update', resource, at, writeQuery(write)), object), at, write),
      )
    },
    patch: (resource, { namespace, name }, { type, body, subresource, force }, write) => {
      const at = { namespace, name, subresource }
      const query = { ...writeQuery(write), ...(force === true && { force: 'true' }) }
      const request = withBody(aboutObject('PATCH', 'patch', resource, at, query), body, patchTypes[type])
      return sendJson(asWrite(request, at, write))
    },
    delete: (resource, at, how) =>
      sendNoAnswer(
        transport,
        asWrite(withBody(aboutObject('DELETE', 'delete', resource, at), deleteOptions(how)), at, how),
      ),
    evict: (at, precondition, cause) => sendNoAnswer(transport, asWrite(eviction(at, precondition), at, { cause })),
    raw: (path) => readAny(transport, path),
    watch: (resource, watchOptions, signal) => watch(transport, resource, watchOptions, signal),
    gateway: createGateway(transport, options),
    signInAs: (access) => transport.signInAs(access),
    close: () => transport.close(),
  }
}

/** A client that goes on with another credential, once the kubeconfig has one. */
export interface SigningClient extends ClusterClient {
  signInAs: Transport['signInAs']
}

type Query = Readonly<Record<string, string>>
type ObjectAt = At & { readonly subresource?: Subresource | 'eviction' | undefined }

function aboutObject(
  method: HttpRequest['method'],
  verb: HttpRequest['verb'],
  resource: Resource,
  at: ObjectAt,
  query: Query = {},
): HttpRequest {
  const { namespace, name, subresource } = at
  const path = resourcePath(resource, { namespace, name, subresource })
  return {
    method,
    verb,
    path: `${path}${queryText(query)}`,
    asked: { verb, resource, subresource, namespace, name, path },
  }
}

function aboutCollection(
  method: HttpRequest['method'],
  verb: HttpRequest['verb'],
  resource: Resource,
  { namespace }: { readonly namespace?: string | undefined },
  query: Query,
): HttpRequest {
  const path = resourcePath(resource, { namespace })
  return { method, verb, path: `${path}${queryText(query)}`, asked: { verb, resource, namespace, path } }
}

/** Questions are posted too, and a dry run is one: neither changes anything. */
const questionGroups: readonly string[] = ['authentication.k8s.io', 'authorization.k8s.io']

/** What a request changes goes along with it, for the record (ACT-15). */
function asWrite(request: HttpRequest, { namespace, name }: At, options: WriteOptions = {}): HttpRequest {
  const { resource, subresource } = request.asked
  const { verb } = request
  const isWrite = verb === 'create' || verb === 'update' || verb === 'patch' || verb === 'delete'
  if (!isWrite || resource === undefined || questionGroups.includes(resource.group) || options.dryRun === true)
    return request
  return {
    ...request,
    write: { verb, resource: rbacName(resource), subresource, namespace, name, cause: options.cause },
  }
}

const queryText = (query: Query): string => {
  const text = new URLSearchParams(query).toString()
  return text === '' ? '' : `?${text}`
}

const writeQuery = (write: WriteOptions | undefined): Query => ({
  fieldManager,
  ...(write?.dryRun === true && { dryRun: 'All' }),
})

const selectors = ({ labelSelector, fieldSelector }: ListOptions): Query => ({
  ...(labelSelector !== undefined && { labelSelector }),
  ...(fieldSelector !== undefined && { fieldSelector }),
})

const withBody = (request: HttpRequest, body: unknown, type = 'application/json'): HttpRequest => ({
  ...request,
  body: { type, text: JSON.stringify(body) },
})

const deleteOptions = (how: Parameters<ClusterClient['delete']>[2]) => ({
  apiVersion: 'v1',
  kind: 'DeleteOptions',
  ...(how?.precondition !== undefined && { preconditions: how.precondition }),
  ...(how?.propagationPolicy !== undefined && { propagationPolicy: how.propagationPolicy }),
})

function eviction(at: At, precondition: Precondition | undefined): HttpRequest {
  const request = aboutObject('POST', 'create', resources.pods, { ...at, subresource: 'eviction' })
  return withBody(request, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: at.name, namespace: at.namespace },
    deleteOptions: deleteOptions(precondition === undefined ? undefined : { precondition }),
  })
}

/** JSON where the answer is JSON, else its text: `/readyz` says `ok`. */
async function readAny(transport: Transport, path: string): Promise<Outcome<unknown, Failure>> {
  const asked = { verb: 'get', resource: undefined, path }
  const text = await transport.send({ method: 'GET', path, verb: 'get', asked })
  if (!text.ok) return text
  const json = parseJson<unknown>(text.value)
  return json.ok ? json : text
}

async function sendNoAnswer(transport: Transport, request: HttpRequest): Promise<Outcome<void, Failure>> {
  const text = await transport.send(request)
  return text.ok ? success(undefined) : text
}

function parseJson<T>(text: string): Outcome<T, Failure> {
  try {
    return success(JSON.parse(text) as T)
  } catch {
    return failure({
      kind: 'ServerError',
      message: 'The answer is not JSON. Is this a Kubernetes API server?',
      status: 200,
    })
  }
}

interface Page {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string }
  readonly items?: readonly KubeObject[] | null
}

/** Pages of 500. A continue token that grew too old starts the list over, once. */
async function listAll(
  transport: Transport,
  resource: Resource,
  options: ListOptions,
): Promise<Outcome<ObjectList, Failure>> {
  const first = await listPages(transport, resource, options)
  return !first.ok && first.error.kind === 'Gone' ? listPages(transport, resource, options) : first
}

async function listPages(
  transport: Transport,
  resource: Resource,
  options: ListOptions,
): Promise<Outcome<ObjectList, Failure>> {
  const items: KubeObject[] = []
  const type = { apiVersion: apiVersionOf(resource), kind: resource.kind }
  let next = ''
  for (let page = 0; page < pagesMax; page++) {
    const query = { ...selectors(options), limit: String(pageSize), ...(next !== '' && { continue: next }) }
    const text = await transport.send(aboutCollection('GET', 'list', resource, options, query))
    if (!text.ok) return text
    const parsed = parseJson<Page>(text.value)
    if (!parsed.ok) return parsed
    const { metadata, items: found } = parsed.value
    if (found === undefined)
      return failure({ kind: 'ServerError', message: `The answer is not a list of ${resource.plural}.`, status: 200 })
    // Items of a built-in list leave out what the list says.
    for (const item of found ?? []) items.push({ ...type, ...item })
    next = metadata?.continue ?? ''
    if (next === '') return success({ resourceVersion: metadata?.resourceVersion ?? '', items })
  }
  const message = `There are more than ${pagesMax * pageSize} ${resource.plural}. Choose namespaces for this cluster.`
  return failure({ kind: 'Invalid', message, causes: [] })
}

async function* watch(
  transport: Transport,
  resource: Resource,
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<Outcome<WatchEvent, Failure>> {
  const query = {
    ...selectors(options),
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: options.resourceVersion,
    timeoutSeconds: String(options.timeoutSeconds),
  }
  const request = aboutCollection('GET', 'watch', resource, options, query)
  const body = await transport.stream(request, signal)
  if (!body.ok) {
    if (!signal.aborted) yield body
    return
  }
  options.onOpen?.()
  try {
    yield* watchEvents(body.value, request.asked)
  } catch (error) {
    // The caller knows that it aborted; for anybody else a connection that broke is a failure.
    if (!signal.aborted) yield failure(transport.brokenOff(error))
  }
}
