import type { Clock, Dispose } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import type { Log } from '#lib/log.ts'
import { admit, type Obstacle } from './admission.ts'
import { createCache } from './cache.ts'
import type { ClusterClient, Reflector, ReflectorState } from './client.ts'
import type { Cache, CachedKinds, Cluster, Connection } from './cluster.ts'
import { createReflector, retryDelayMs } from './reflector.ts'
import { ServedKinds } from './served-kinds.ts'
import { isOptional, isRouteKind, watchedKind } from './watched-kinds.ts'

export interface ClusterOptions {
  readonly context: string
  readonly client: ClusterClient
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly log: Log
  /** Only these; all when absent. */
  readonly namespaces?: readonly string[]
  /** Only Rollouts with this instance id; only those without one when absent (OPS-50). */
  readonly instanceID?: string
}

type Kind = keyof CachedKinds

/** A broken watch is late only after this; a quick reconnect is nobody's business (UI-P-6). */
const lateAfterMs = 10_000

/** Opens one context. Nothing is sent before `start`. The client stays the caller's to close. */
export function openCluster(options: ClusterOptions): Cluster {
  return new OpenCluster(options)
}

/**
 * Two phases. Admission: reachable? → allowed? → CRDs there?, asked again with back-off until all are yes. Watching: the
 * reflectors heal themselves; only what they cannot heal (rights on rollouts, sign-in, CRDs gone) leads back to admission.
 */
class OpenCluster implements Cluster {
  readonly context: string
  readonly client: ClusterClient
  readonly namespaces: readonly string[] | undefined
  readonly served: ServedKinds
  readonly #options: ClusterOptions
  readonly #reflectors = new Map<Kind, readonly Reflector[]>()
  readonly #caches = new Map<Kind, unknown>()
  /** Failed attempts of each broken reflector since it was last live. */
  readonly #attempts = new Map<Reflector, number>()
  readonly #listeners = new Set<(connection: Connection) => void>()
  #connection: Connection
  #phase: 'stopped' | 'admission' | 'watching' = 'stopped'
  #admissionFailures = 0
  /** Tells the answers of an admission begun before a stop from those of the current one. */
  #round = 0
  #cancelRetry: Dispose | undefined
  #cancelLateCheck: Dispose | undefined

  constructor(options: ClusterOptions) {
    this.#options = options
    this.context = options.context
    this.client = options.client
    this.served = new ServedKinds(options.client, options.clock)
    this.namespaces = options.namespaces
    this.#connection = { state: 'connecting', since: options.clock.now() }
    this.cache('rollouts')
  }

  get connection(): Connection {
    return this.#connection
  }

  onConnection(listener: (connection: Connection) => void): Dispose {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  cache<K extends Kind>(kind: K): Cache<CachedKinds[K]> {
    const known = this.#caches.get(kind)
    if (known !== undefined) return known as Cache<CachedKinds[K]>
    const reflectors = this.#createReflectors(kind)
    const cache = createCache<CachedKinds[K]>(reflectors)
    this.#reflectors.set(kind, reflectors)
    this.#caches.set(kind, cache)
    if (this.#phase === 'watching') for (const each of reflectors) each.start()
    return cache
  }

  start(): void {
    if (this.#phase !== 'stopped') return
    this.#beginAdmission()
  }

  async stop(): Promise<void> {
    this.#phase = 'stopped'
    this.#round++
    this.#cancelRetry?.()
    this.#cancelLateCheck?.()
    for (const each of this.#allReflectors()) each.stop()
  }

  retryNow(): void {
    if (this.#phase === 'watching') for (const each of this.#allReflectors()) each.retryNow()
    if (this.#phase === 'admission' && this.#cancelRetry !== undefined) this.#beginAdmission()
  }

  #createReflectors(kind: Kind): readonly Reflector[] {
    const { client, clock, random, log, context, instanceID } = this.#options
    const { resource: usual, scope } = watchedKind(kind, instanceID)
    const served = isRouteKind(kind) ? this.served.of(kind) : undefined
    const resource = served?.state === 'served' ? served.resource : usual
    const namespaces = resource.namespaced ? this.namespaces : undefined
    return (namespaces ?? [undefined]).map((namespace) => {
      const reflector = createReflector({
        client,
        resource,
        scope: { ...scope, namespace },
        clock,
        random,
        log: (level, message, fields) => log(level, message, { context, ...fields }),
      })
      reflector.onChange((change) => {
        if (change.kind === 'state') this.#onReflectorState(kind, reflector, change.state)
      })
      return reflector
    })
  }

  #allReflectors(): readonly Reflector[] {
    return [...this.#reflectors.values()].flat()
  }

  #beginAdmission(): void {
    this.#phase = 'admission'
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    const round = ++this.#round
    admit(this.client, this.namespaces)
      .then((outcome) => {
        if (round !== this.#round) return
        if (outcome.ok) this.#beginWatching()
        else this.#onObstacle(outcome.error)
      })
      .catch((error: unknown) => this.#options.log('error', 'admission stopped', { context: this.context, error }))
  }

  #beginWatching(): void {
    this.#phase = 'watching'
    this.#admissionFailures = 0
    this.#attempts.clear()
    for (const each of this.#allReflectors()) each.start()
  }

  #onObstacle(obstacle: Obstacle): void {
    const { clock, random } = this.#options
    const now = clock.now()
    const attempt = ++this.#admissionFailures
    // Missing CRDs wait for a person, as missing rights do.
    const reason: Failure =
      obstacle.kind === 'failed' ? obstacle.failure : { kind: 'NotFound', message: '', resource: '', name: undefined }
    const waitMs = retryDelayMs(reason, attempt, random)
    this.#cancelRetry = clock.after(waitMs, () => this.#beginAdmission())
    if (obstacle.kind === 'crdsMissing') {
      this.#enter({ state: 'crdsMissing', since: this.#sinceIf('crdsMissing'), missing: obstacle.missing })
    } else this.#enter(this.#brokenConnection(reason, attempt, now + waitMs))
  }

  /** How a failure that stops everything looks from outside. */
  #brokenConnection(reason: Failure, attempt: number, retryAt: number): Connection {
    if (reason.kind === 'Unauthorized')
      return { state: 'signInNeeded', since: this.#sinceIf('signInNeeded'), failure: reason }
    if (reason.kind === 'Forbidden') return { state: 'forbidden', since: this.#sinceIf('forbidden'), failure: reason }
    return { state: 'unreachable', since: this.#sinceIf('unreachable'), failure: reason, retryAt, attempt }
  }

  #sinceIf(state: Connection['state']): number {
    return this.#connection.state === state ? this.#connection.since : this.#options.clock.now()
  }

  #onReflectorState(kind: Kind, reflector: Reflector, state: ReflectorState): void {
    if (this.#phase !== 'watching') return
    if (state.state === 'live') this.#attempts.delete(reflector)
    if (state.state === 'stale') {
      this.#attempts.set(reflector, (this.#attempts.get(reflector) ?? 0) + 1)
      const { kind: failureKind } = state.failure
      const beyondHealing = kind === 'rollouts' && (failureKind === 'Forbidden' || failureKind === 'NotFound')
      if (beyondHealing || failureKind === 'Unauthorized') return this.#backToAdmission(state.failure)
    }
    this.#judge()
  }

  #backToAdmission(reason: Failure): void {
    for (const each of this.#allReflectors()) each.stop()
    this.#cancelLateCheck?.()
    this.#admissionFailures = 0
    if (reason.kind === 'NotFound') return this.#beginAdmission()
    this.#phase = 'admission'
    this.#round++
    this.#onObstacle({ kind: 'failed', failure: reason })
  }

  /** The connection as all reflectors together show it. */
  #judge(): void {
    const { clock } = this.#options
    this.#cancelLateCheck?.()
    const optional = [...this.#reflectors].flatMap(([kind, each]) => (isOptional(kind) ? each : []))
    const broken = this.#allReflectors().flatMap((each) => {
      const { state } = each
      if (state.state !== 'stale') return []
      const isAbsent = state.failure.kind === 'Forbidden' || state.failure.kind === 'NotFound'
      return isAbsent && optional.includes(each) ? [] : [{ each, state }]
    })
    // The second failure in a row: the first may be no more than a connection that was closed.
    const rollouts = this.#reflectors.get('rollouts') ?? []
    const dead = broken.find(
      ({ each, state }) =>
        rollouts.includes(each) && state.failure.kind === 'Unreachable' && (this.#attempts.get(each) ?? 0) > 1,
    )
    if (dead !== undefined) {
      const { failure, retryAt } = dead.state
      return this.#enter(this.#brokenConnection(failure, this.#attempts.get(dead.each) ?? 1, retryAt))
    }
    const [oldest] = broken.toSorted((a, b) => a.state.since - b.state.since)
    if (oldest === undefined) {
      const listing = this.#allReflectors().some((each) => each.state.state === 'listing')
      if (!listing) this.#enter({ state: 'connected', since: this.#sinceIf('connected') })
      return
    }
    const lateInMs = oldest.state.since + lateAfterMs - clock.now()
    if (lateInMs <= 0) this.#enter({ state: 'late', since: oldest.state.since, failure: oldest.state.failure })
    else this.#cancelLateCheck = clock.after(lateInMs, () => this.#judge())
  }

  #enter(connection: Connection): void {
    // Each of the watches finds out by itself; it is news once.
    const unchanged = jsonEqual(connection, this.#connection)
    this.#connection = connection
    if (unchanged) return
    for (const listener of this.#listeners) listener(connection)
  }
}
