import type { KubeObject } from '#api/meta.ts'
import { type Resource, rbacName, resources } from '#api/resources.ts'
import type { Subresource } from '#engine/decision.ts'
import type { Failure } from '#lib/failure.ts'
import { applyJsonPatch } from '#lib/json-patch.ts'
import { matchesSelector, parseSelector } from '#lib/label-selector.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { At, ClusterClient, RequestVerb } from '#main/cluster/client.ts'

export interface FakeRequest {
  readonly verb: RequestVerb
  readonly resource: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: Subresource | 'eviction' | undefined
  readonly body: unknown
}

type Result = Outcome<KubeObject, Failure>

/**
 * A few dozen lines of API server for tests of the shell: objects by path, resourceVersions, uids, conflicts, status kept
 * apart, and a list of every request. Anything that needs more of an API server uses the sandbox.
 */
export class FakeApi {
  readonly requests: FakeRequest[] = []
  /** When set, each request is first offered here: an answer replaces the real one. */
  intercept: (request: FakeRequest) => Failure | undefined = () => undefined
  readonly #objects = new Map<string, KubeObject>()
  readonly #listeners = new Set<
    (resource: Resource, object: KubeObject, previous: KubeObject | undefined, gone: boolean) => void
  >()
  #version = 100
  #serial = 0

  onChange(
    listener: (resource: Resource, object: KubeObject, previous: KubeObject | undefined, gone: boolean) => void,
  ): void {
    this.#listeners.add(listener)
  }

  /** Puts an object there without a request; what a person or another controller does. */
  put(resource: Resource, object: KubeObject): KubeObject {
    return this.#store(resource, object, this.read(resource, object.metadata))
  }

  read(resource: Resource, at: At): KubeObject | undefined {
    return this.#objects.get(pathOf(resource, at))
  }

  remove(resource: Resource, at: At): void {
    const object = this.read(resource, at)
    if (object === undefined) return
    this.#objects.delete(pathOf(resource, at))
    for (const listener of this.#listeners) listener(resource, object, object, true)
  }

  all(resource: Resource): readonly KubeObject[] {
    return [...this.#objects].filter(([path]) => path.startsWith(`${rbacName(resource)} `)).map(([, object]) => object)
  }

  /** Requests that change something. */
  get writes(): readonly FakeRequest[] {
    return this.requests.filter((each) => !['get', 'list', 'watch'].includes(each.verb))
  }

  client(context = 'harbor-1'): ClusterClient {
    return new FakeClient(this, context)
  }

  handle(request: FakeRequest, respond: () => Result): Result {
    this.requests.push(request)
    const refused = this.intercept(request)
    return refused === undefined ? respond() : failure(refused)
  }

  create(resource: Resource, object: KubeObject): Result {
    if (this.read(resource, object.metadata) !== undefined)
      return failure({ kind: 'AlreadyExists', message: `${resource.plural} "${object.metadata.name}" already exists` })
    return success(this.#store(resource, object, undefined))
  }

  change(
    resource: Resource,
    at: At,
    subresource: Subresource | undefined,
    to: (current: KubeObject) => KubeObject,
  ): Result {
    const current = this.read(resource, at)
    if (current === undefined) return failure(notFound(resource, at))
    const wanted = to(current)
    const { uid, resourceVersion } = wanted.metadata
    if ((uid !== undefined && uid !== current.metadata.uid) || resourceVersion !== current.metadata.resourceVersion)
      return failure({ kind: 'Conflict', message: 'the object has been modified' })
    const separate = resource.kind === 'Rollout'
    const status = (of: KubeObject) => ('status' in of ? { status: of.status } : {})
    const next =
      subresource === 'status'
        ? { ...current, ...status(wanted) }
        : separate
          ? { ...wanted, ...status(current) }
          : wanted
    return success(this.#store(resource, next, current))
  }

  #store(resource: Resource, object: KubeObject, previous: KubeObject | undefined): KubeObject {
    const specOf = (each: KubeObject | undefined) => JSON.stringify((each as { spec?: unknown } | undefined)?.spec)
    const generation = (previous?.metadata.generation ?? 0) + (specOf(previous) === specOf(object) ? 0 : 1)
    const stored = {
      ...object,
      metadata: {
        creationTimestamp: '2026-01-15T10:00:00Z',
        ...object.metadata,
        uid: previous?.metadata.uid ?? object.metadata.uid ?? `uid-${++this.#serial}`,
        generation: Math.max(1, generation),
        resourceVersion: String(++this.#version),
      },
    }
    this.#objects.set(pathOf(resource, object.metadata), stored)
    for (const listener of this.#listeners) listener(resource, stored, previous, false)
    return stored
  }
}

const pathOf = (resource: Resource, at: { readonly namespace?: string | undefined; readonly name: string }) =>
  `${rbacName(resource)} ${resource.namespaced ? (at.namespace ?? '') : ''}/${at.name}`

const notFound = (resource: Resource, at: At): Failure => ({
  kind: 'NotFound',
  message: `${rbacName(resource)} "${at.name}" not found`,
  resource: rbacName(resource),
  name: at.name,
})

class FakeClient implements ClusterClient {
  readonly context: string
  readonly server = 'http://127.0.0.1:1'
  readonly #api: FakeApi

  constructor(api: FakeApi, context: string) {
    this.#api = api
    this.context = context
  }

  get requests(): Readonly<Record<RequestVerb, number>> {
    const counts = { get: 0, list: 0, watch: 0, create: 0, update: 0, patch: 0, delete: 0 }
    for (const { verb } of this.#api.requests) counts[verb]++
    return counts
  }

  async #ask(
    verb: RequestVerb,
    resource: Resource,
    at: Partial<At>,
    rest: { subresource?: FakeRequest['subresource']; body?: unknown },
    respond: () => Result,
  ): Promise<Result> {
    const request = {
      verb,
      resource: rbacName(resource),
      namespace: at.namespace,
      name: at.name,
      subresource: rest.subresource,
      body: rest.body,
    }
    await Promise.resolve()
    return this.#api.handle(request, respond)
  }

  get: ClusterClient['get'] = (resource, at, subresource) =>
    this.#ask('get', resource, at, { subresource }, () => {
      const found = this.#api.read(resource, at)
      return found === undefined ? failure(notFound(resource, at)) : success(found)
    })

  list: ClusterClient['list'] = async (resource, options = {}) => {
    const checked = await this.#ask('list', resource, { namespace: options.namespace }, {}, () =>
      success({ apiVersion: 'v1', kind: 'List', metadata: { name: '' } }),
    )
    if (!checked.ok) return checked
    const selector = parseSelector(options.labelSelector ?? '')
    const items = this.#api
      .all(resource)
      .filter((each) => options.namespace === undefined || each.metadata.namespace === options.namespace)
      .filter(
        (each) =>
          !selector.ok || options.labelSelector === undefined || matchesSelector(selector.value, each.metadata.labels),
      )
    return success({ resourceVersion: '1', items })
  }

  create: ClusterClient['create'] = (resource, object) =>
    this.#ask('create', resource, object.metadata, { body: object }, () => this.#api.create(resource, object))

  update: ClusterClient['update'] = (resource, object, options = {}) =>
    this.#ask('update', resource, object.metadata, { body: object, subresource: options.subresource }, () =>
      this.#api.change(resource, object.metadata, options.subresource, () => object),
    )

  patch: ClusterClient['patch'] = (resource, at, patch) =>
    this.#ask('patch', resource, at, { body: patch.body, subresource: patch.subresource }, () => {
      let problem: Failure | undefined
      const outcome = this.#api.change(resource, at, patch.subresource, (current) => {
        if (patch.type !== 'json') return applyMergePatch(current, patch.body) as KubeObject
        const patched = applyJsonPatch(current, patch.body)
        if (!patched.ok) problem = { kind: 'Conflict', message: 'a test operation failed' }
        return patched.ok ? (patched.value as KubeObject) : current
      })
      return problem === undefined ? outcome : failure(problem)
    })

  delete: ClusterClient['delete'] = async (resource, at) => {
    const outcome = await this.#ask('delete', resource, at, {}, () => {
      const found = this.#api.read(resource, at)
      this.#api.remove(resource, at)
      return found === undefined ? failure(notFound(resource, at)) : success(found)
    })
    return outcome.ok ? success(undefined) : outcome
  }

  evict: ClusterClient['evict'] = async (at) => {
    const outcome = await this.#ask('create', resources.pods, at, { subresource: 'eviction' }, () => {
      const found = this.#api.read(resources.pods, at)
      this.#api.remove(resources.pods, at)
      return found === undefined ? failure(notFound(resources.pods, at)) : success(found)
    })
    return outcome.ok ? success(undefined) : outcome
  }

  raw: ClusterClient['raw'] = async () => success({ gitVersion: 'v1.34.0' })

  /** Ends at once: the caches of tests are fed directly. */
  watch: ClusterClient['watch'] = () => ({
    [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
  })

  async close(): Promise<void> {
    return
  }
}
