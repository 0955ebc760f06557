import type { KubeObject } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import { routeKinds } from '#api/route-kinds.ts'
import type { Failure } from '#lib/failure.ts'
import { matchesSelector, parseSelector } from '#lib/label-selector.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient, ListOptions, ObjectList, RequestVerb, WatchEvent } from '#main/cluster/client.ts'
import type { Network } from './network.ts'
import type { SimulatedApi } from './simulated-api.ts'
import type { ProcessClock, SimulatedTime } from './simulated-time.ts'
import { SimulatedWatch } from './simulated-watch.ts'

export interface Link {
  readonly process: string
  readonly time: SimulatedTime
  readonly clock: ProcessClock
  readonly api: SimulatedApi
  readonly network: Network
  /** Open watches of all processes; who breaks connections finds them here. */
  readonly watches: Set<SimulatedWatch>
  /** After a write took effect and before its answer leaves. */
  readonly onEffect: (resource: Resource) => void
}

/** What a process holds instead of an HTTP client: each request travels, takes effect at one moment, and is answered, or not. */
export class SimulatedClient implements ClusterClient {
  readonly context = 'harbor'
  readonly server = 'http://127.0.0.1:1'
  readonly requests: Record<RequestVerb, number> = {
    get: 0,
    list: 0,
    watch: 0,
    create: 0,
    update: 0,
    patch: 0,
    delete: 0,
  }
  readonly #link: Link

  constructor(link: Link) {
    this.#link = link
  }

  get: ClusterClient['get'] = (resource, at) => this.#ask('get', resource, () => this.#link.api.get(resource, at))

  list: ClusterClient['list'] = (resource, options = {}) =>
    this.#ask('list', resource, (): Outcome<ObjectList, Failure> => {
      const items = this.#link.api.all(resource).filter(selected(options))
      return success({ resourceVersion: this.#link.api.version, items })
    })

  create: ClusterClient['create'] = (resource, object) =>
    this.#ask('create', resource, () => {
      if (resource === resources.selfSubjectAccessReviews) return success(allowed(object))
      if (resource === resources.events) return success(object)
      return this.#link.api.create(resource, object, this.#link.process)
    })

  update: ClusterClient['update'] = (resource, object, options = {}) =>
    this.#ask('update', resource, () =>
      this.#link.api.update(resource, object, this.#link.process, options.subresource),
    )

  patch: ClusterClient['patch'] = (resource, at, patch) =>
    this.#ask('patch', resource, () =>
      resource === resources.events
        ? success<KubeObject>({ apiVersion: 'v1', kind: 'Event', metadata: { name: at.name } })
        : this.#link.api.patch(resource, at, patch, this.#link.process),
    )

  delete: ClusterClient['delete'] = (resource, at, options = {}) =>
    this.#ask('delete', resource, () => this.#link.api.delete(resource, at, this.#link.process, options.precondition))

  evict: ClusterClient['evict'] = (at, precondition) =>
    this.#ask('create', resources.pods, () =>
      this.#link.api.delete(resources.pods, at, this.#link.process, precondition),
    )

  raw: ClusterClient['raw'] = (path) =>
    this.#ask('get', resources.rollouts, () =>
      success(path.startsWith('/apis/') ? { resources: served.map(({ plural }) => ({ name: plural })) } : {}),
    )

  async *watch(
    resource: Resource,
    options: Parameters<ClusterClient['watch']>[1],
    signal: AbortSignal,
  ): AsyncGenerator<Outcome<WatchEvent, Failure>> {
    const opened = await this.#ask('watch', resource, () => this.#open(resource, options))
    if (!opened.ok) {
      yield opened
      return
    }
    const watch = opened.value
    if (signal.aborted) watch.end()
    signal.addEventListener('abort', () => watch.end())
    options.onOpen?.()
    yield* watch
  }

  async close(): Promise<void> {
    return
  }

  #open(resource: Resource, options: Parameters<ClusterClient['watch']>[1]): Outcome<SimulatedWatch, Failure> {
    const { api, time, clock, network, watches, process } = this.#link
    const missed = api.changesSince(resource, Number(options.resourceVersion))
    if (missed === undefined) return failure({ kind: 'Gone', message: 'too old resource version' })
    const watch = new SimulatedWatch({ process, time, clock, network, matches: selected(options) })
    const stop = api.onChange((change) => {
      if (watch.isOver) close()
      else if (change.resource === resource) watch.push(change)
    })
    const close = () => {
      stop()
      watches.delete(watch)
    }
    watches.add(watch)
    for (const change of missed) watch.push(change)
    time.after(options.timeoutSeconds * 1000, () => {
      watch.end()
      close()
    })
    return success(watch)
  }

  /** Effects happen on the world's time even if the process dies meanwhile; answers reach only the living. */
  #ask<T>(verb: RequestVerb, resource: Resource, effect: () => Outcome<T, Failure>): Promise<Outcome<T, Failure>> {
    const { time, clock, network, process } = this.#link
    this.requests[verb]++
    const isWrite = verb !== 'get' && verb !== 'list' && verb !== 'watch'
    const fate = network.fateOf(process, isWrite)
    const unreachable = (): Outcome<T, Failure> =>
      failure({ kind: 'Unreachable', message: 'no answer', since: clock.now() })
    if (fate.lost === 'request') return this.#answered(fate.travelMs, unreachable)
    return new Promise((resolve) => {
      time.after(fate.travelMs, () => {
        const outcome = fate.refusal === undefined ? effect() : failure(fate.refusal)
        if (isWrite && outcome.ok && !clock.isDead) this.#link.onEffect(resource)
        const answer = fate.lost === 'reply' ? unreachable() : outcome
        if (clock.isDead) return
        if (fate.replyMs === 0 && clock.asleepForMs === 0) resolve(answer)
        else clock.after(fate.replyMs, () => resolve(answer))
      })
    })
  }

  #answered<T>(afterMs: number, answer: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.#link.clock.after(afterMs, () => resolve(answer()))
    })
  }
}

/** In every group and version that anybody asks for. */
const served: readonly Resource[] = [resources.rollouts, ...Object.values(routeKinds)]

function selected({ namespace, labelSelector, fieldSelector }: ListOptions): (object: KubeObject) => boolean {
  const selector = labelSelector === undefined ? undefined : parseSelector(labelSelector)
  const name = /^metadata\.name=([^,]+)$/.exec(fieldSelector ?? '')?.[1]
  return (object) =>
    (name === undefined || object.metadata.name === name) &&
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (selector === undefined || (selector.ok && matchesSelector(selector.value, object.metadata.labels)))
}

const allowed = (review: KubeObject): KubeObject => ({ ...review, status: { allowed: true } }) as KubeObject
