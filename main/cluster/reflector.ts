import type { KubeObject } from '#api/meta.ts'
import type { Resource } from '#api/resources.ts'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient, ListOptions, Reflector, ReflectorChange, ReflectorState, WatchEvent } from './client.ts'
import { keptCopy, withoutManagedFields } from './writers.ts'

export interface ReflectorOptions {
  readonly client: Pick<ClusterClient, 'list' | 'watch'>
  readonly resource: Resource
  readonly scope?: ListOptions
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly log: Log
}

const watchSeconds = { min: 300, max: 600 }
/** How long beyond its own time-out a watch may stay open before it counts as dead. */
const overdueMs = 30_000
const backoffMs = { first: 800, max: 30_000 }
/** For what only a person can mend: rights, credentials, missing CRDs. */
const patientBackoffMs = { first: 30_000, max: 300_000 }
/** A watch that lived this long was a good one: the next failure starts the back-off anew. */
const goodWatchMs = 5_000
const relistJitterMs = 1_000

/** `namespace/name`, or the name alone. */
export const keyOf = ({ metadata }: KubeObject): string =>
  metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`

/**
 * Lists once, then watches for ever: bookmarks move the position on, 410 lists again, every other end is followed by another
 * watch from the same position after a back-off of 0.8 s to 30 s. The objects stay readable through all of it.
 */
export function createReflector(options: ReflectorOptions): Reflector {
  return new ListWatch(options)
}

class ListWatch implements Reflector {
  readonly resource: Resource
  readonly #options: ReflectorOptions
  readonly #objects = new Map<string, KubeObject>()
  readonly #listeners = new Set<(change: ReflectorChange) => void>()
  #state: ReflectorState
  #resourceVersion: string | undefined
  #failures = 0
  #running: AbortController | undefined
  #endWait: (() => void) | undefined

  constructor(options: ReflectorOptions) {
    this.#options = options
    this.resource = options.resource
    this.#state = { state: 'listing', since: options.clock.now() }
  }

  get state(): ReflectorState {
    return this.#state
  }

  get objects(): ReadonlyMap<string, KubeObject> {
    return this.#objects
  }

  onChange(listener: (change: ReflectorChange) => void): Dispose {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  start(): void {
    if (this.#running !== undefined) return
    const running = new AbortController()
    this.#running = running
    this.#failures = 0
    this.#run(running.signal).catch((error: unknown) => {
      // A bug. The reflector stops and says so, instead of going on with a copy that may be wrong.
      this.#options.log('error', 'reflector stopped', { resource: this.resource.plural, error })
    })
  }

  stop(): void {
    this.#running?.abort()
    this.#running = undefined
    this.#endWait?.()
  }

  retryNow(): void {
    this.#endWait?.()
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const outcome = this.#resourceVersion === undefined ? await this.#list(signal) : await this.#watch(signal)
      if (signal.aborted) return
      if (!outcome.ok) await this.#wait(this.#afterFailure(outcome.error), signal)
    }
  }

  async #list(signal: AbortSignal): Promise<Outcome<void, Failure>> {
    const { client, resource, scope = {} } = this.#options
    const outcome = await client.list(resource, scope)
    if (!outcome.ok || signal.aborted) return outcome.ok ? success(undefined) : outcome
    const listed = new Set<string>()
    for (const item of outcome.value.items) {
      listed.add(keyOf(item))
      this.#upsert(item)
    }
    for (const [key, object] of this.#objects) if (!listed.has(key)) this.#remove(object)
    this.#resourceVersion = outcome.value.resourceVersion
    this.#enter({ state: 'live', since: this.#options.clock.now() })
    return success(undefined)
  }

  async #watch(signal: AbortSignal): Promise<Outcome<void, Failure>> {
    const { client, resource, scope = {}, clock, random } = this.#options
    const timeoutSeconds = Math.round(watchSeconds.min + random() * (watchSeconds.max - watchSeconds.min))
    const overdue = new AbortController()
    const cancelOverdue = clock.after(timeoutSeconds * 1000 + overdueMs, () => overdue.abort())
    const openedAt = clock.now()
    const events = client.watch(
      resource,
      { ...scope, resourceVersion: this.#resourceVersion ?? '', timeoutSeconds, onOpen: () => this.#opened() },
      AbortSignal.any([signal, overdue.signal]),
    )
    try {
      for await (const event of events) {
        if (!event.ok) {
          this.#forgiveIfGood(openedAt)
          return event
        }
        if (signal.aborted) return success(undefined)
        this.#apply(event.value)
      }
    } finally {
      cancelOverdue()
    }
    this.#forgiveIfGood(openedAt)
    if (overdue.signal.aborted) return failure(this.#silent('the watch is silent for too long'))
    const lived = clock.now() - openedAt
    return lived >= goodWatchMs ? success(undefined) : failure(this.#silent('the server ended the watch at once'))
  }

  #silent(message: string): Failure {
    return { kind: 'Unreachable', message: `${this.resource.plural}: ${message}`, since: this.#options.clock.now() }
  }

  #forgiveIfGood(openedAt: EpochMs): void {
    if (this.#options.clock.now() - openedAt >= goodWatchMs) this.#failures = 0
  }

  #opened(): void {
    if (this.#state.state === 'stale') this.#enter({ state: 'live', since: this.#options.clock.now() })
  }

  #apply(event: WatchEvent): void {
    if (event.type === 'BOOKMARK') {
      if (event.resourceVersion !== '') this.#resourceVersion = event.resourceVersion
      return
    }
    this.#resourceVersion = event.object.metadata.resourceVersion ?? this.#resourceVersion
    if (event.type === 'DELETED') this.#remove(event.object)
    else this.#upsert(event.object)
  }

  #upsert(arrived: KubeObject): void {
    const key = keyOf(arrived)
    const previous = this.#objects.get(key)
    const object = keptCopy(previous, arrived)
    // A new list repeats what is known; nobody needs to hear of it.
    const { resourceVersion } = object.metadata
    if (
      previous !== undefined &&
      resourceVersion !== undefined &&
      previous.metadata.resourceVersion === resourceVersion
    )
      return
    this.#objects.set(key, object)
    this.#tell({ kind: 'upserted', object, previous })
  }

  #remove(object: KubeObject): void {
    if (this.#objects.delete(keyOf(object))) this.#tell({ kind: 'removed', object: withoutManagedFields(object) })
  }

  /** Notes the failure and says how long to wait. A new list after 410 is routine: jitter, and no alarm. */
  #afterFailure(reason: Failure): number {
    const { clock, random, log, resource } = this.#options
    const now = clock.now()
    if (reason.kind === 'Gone' && this.#resourceVersion !== undefined) {
      this.#resourceVersion = undefined
      this.#enter({ state: 'listing', since: now })
      return random() * relistJitterMs
    }
    this.#failures++
    const waitMs = retryDelayMs(reason, this.#failures, random)
    const since = this.#state.state === 'stale' ? this.#state.since : now
    this.#enter({ state: 'stale', since, failure: reason, retryAt: now + waitMs })
    log('info', 'watch interrupted', { resource: resource.plural, kind: reason.kind, reason: reason.message, waitMs })
    return waitMs
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, () => this.#endWait?.())
      this.#endWait = () => {
        this.#endWait = undefined
        cancel()
        resolve()
      }
    })
  }

  #enter(state: ReflectorState): void {
    this.#state = state
    this.#tell({ kind: 'state', state })
  }

  #tell(change: ReflectorChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change)
      } catch (error) {
        // A bug of the listener must not cost the others their copy.
        this.#options.log('error', 'listener failed', { resource: this.resource.plural, error })
      }
    }
  }
}

/** Exponential with jitter of up to a half; never sooner than the server asked for. */
export function retryDelayMs(reason: Failure, failures: number, random: () => number): number {
  const patient = reason.kind === 'Forbidden' || reason.kind === 'Unauthorized' || reason.kind === 'NotFound'
  const { first, max } = patient ? patientBackoffMs : backoffMs
  const delay = Math.min(max, first * 2 ** (failures - 1) * (1 + random() / 2))
  return reason.kind === 'Throttled' ? Math.max(delay, reason.retryAfterMs) : delay
}
