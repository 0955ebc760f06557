import { resources } from '#api/resources.ts'
import type { EngineMode } from '#contract/views.ts'
import type { Decision } from '#engine/decision.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { Reason } from '#lib/reason.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import type { AwsPort } from './aws-knowledge.ts'
import { type Companion, createCompanions } from './companions.ts'
import { DirtyRollouts } from './dirty-rollouts.ts'
import type { Driving } from './driven-queue.ts'
import { drivingReason } from './driving-reason.ts'
import { Lease, type LeaseState } from './lease.ts'
import type { LeaseRequest } from './lease-request.ts'
import type { MetricsPort } from './metrics-port.ts'
import type { NotifiedCount } from './notification-counts.ts'
import { Notifications } from './notifications.ts'
import type { NotificationsPort } from './notifications-port.ts'
import { engineMode, findReferenceControllers, findRival, type ReferenceController } from './ownership.ts'
import { Rounds } from './rounds.ts'
import { RouteReleases } from './route-releases.ts'
import { ServiceReleases } from './service-releases.ts'

/** Every Rollout gets a round this often although nothing changed (OPS-1). */
const resyncMs = 900_000
/** How often a controller that stands in the way is looked at again. */
const rivalRetryMs = 15_000
const takeOverRetryMs = 5_000

export interface EngineOptions {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly log: Log
  /** The engine proper; an argument so that tests can put theirs. */
  readonly reconcile: (world: RolloutWorld, now: EpochMs) => Decision
  /** Absent: AnalysisRuns are left to others. */
  readonly metrics?: MetricsPort
  /** Absent: nobody asks AWS whether weights and targets have arrived. */
  readonly aws?: AwsPort | undefined
  /** Absent: nobody is notified. */
  readonly notifications?: NotificationsPort | undefined
  /** Milliseconds that never go back (OPS-41). */
  readonly random: () => number
  /** `argosy-<hostname>_<uuid>` (OPS-37). */
  readonly identity: string
  readonly leaseNamespace: string
  /** Only Rollouts with this id; absent or empty: only those without any (OPS-50). */
  readonly instanceID?: string | undefined
}

export interface EngineStats {
  readonly reconciles: number
  readonly writes: number
  readonly failures: number
  readonly queued: number
}

/** The reconciler of one cluster: takes the lease, then drives every Rollout in scope until stopped. */
export interface Engine {
  readonly context: string
  readonly mode: EngineMode
  readonly lease: LeaseState
  /** What the holder of the lease was asked, as last seen; it may be over (SR-6). */
  readonly request: LeaseRequest | undefined
  readonly identity: string
  /** It was started, and not stopped since. */
  readonly isWanted: boolean
  /** Whether a write would be sent at this moment (OPS-41). */
  readonly mayWrite: boolean
  /** A reference controller no lease can hold back; while there is one nothing is written (OPS-39). */
  readonly rival: ReferenceController | undefined
  readonly stats: EngineStats
  /** What Events have told, and could not (OPS-127). */
  readonly notified: readonly NotifiedCount[]
  /** Competes for the lease and drives while it holds it. */
  start(): void
  /** Only watches who drives; writes nothing. */
  observe(): void
  /** Ends rounds under way in order, then gives the lease back when asked to (OPS-37), `to` an engine that asked for it. */
  stop(options: StopOptions): Promise<Outcome<void, Failure>>
  onChange(listener: () => void): Dispose
  /** Why a Rollout, `namespace/name`, does not move although its objects say nothing about it. */
  reasons(key: string): EngineReasons
  /** Told with the key of a Rollout, or without for all of them. */
  onReasons(listener: (key: string | undefined) => void): Dispose
}

export interface StopOptions {
  readonly release: boolean
  readonly to?: string | undefined
}

export interface EngineReasons {
  /** About who drives the cluster. */
  readonly driving: Reason | undefined
  /** What the last rounds of this Rollout ran into, and anything else that only the engine knows. */
  readonly rounds: readonly Reason[]
}

export const createEngine = (options: EngineOptions): Engine => new ClusterEngine(options)

class ClusterEngine implements Engine {
  readonly #options: EngineOptions
  readonly #cluster: Cluster
  readonly #log: Log
  readonly #lease: Lease
  readonly #dirty: DirtyRollouts
  readonly #releases: ServiceReleases
  readonly #routes: RouteReleases
  readonly #rounds: Rounds
  readonly #companions: readonly Companion[]
  readonly #notifications: Notifications | undefined
  readonly #listeners = new Set<() => void>()
  readonly #reasonListeners = new Set<(key: string | undefined) => void>()
  #driver: Reason | undefined
  #rival: ReferenceController | undefined
  #wanted: 'nothing' | 'observe' | 'drive' = 'nothing'
  /** Calls of `stop` under way; what is wanted meanwhile begins when the last of them is done. */
  #stopping = 0
  /** The lease is ours… */
  #holding = false
  /** …and it is known how new the caches must be. */
  #driving = false
  readonly #disposals = new Set<Dispose>()
  #cancelRivalCheck: Dispose = () => undefined

  constructor(options: EngineOptions) {
    this.#options = options
    this.#cluster = options.cluster
    const { context } = options.cluster
    this.#log = (level, message, fields) => options.log(level, message, { context, ...fields })
    const { cluster, clock, instanceID, metrics, aws, reconcile, random, notifications: port } = options
    const driving: Driving = {
      cluster,
      clock,
      log: this.#log,
      isDriving: () => this.#driving,
      mayWrite: () => this.mayWrite,
      onEvent: (event) => this.#notifications?.onEvent(event),
    }
    const said = { random, namespace: options.leaseNamespace, instanceID }
    this.#notifications = port && new Notifications({ ...driving, ...said, port })
    this.#lease = new Lease({ ...options, client: cluster.client, namespace: options.leaseNamespace })
    this.#releases = new ServiceReleases({ ...driving, reconcile: (rollout) => this.#dirty.mark(rollout) })
    this.#routes = new RouteReleases({ ...driving, instanceID })
    this.#dirty = new DirtyRollouts(cluster, instanceID, {
      rollout: (key) => this.#rounds.add(key),
      service: (service) => (this.#driving ? this.#releases.look(service) : undefined),
      droppedService: (key) => (this.#driving ? this.#releases.dropped(key) : undefined),
    })
    this.#rounds = new Rounds({
      ...driving,
      metrics,
      aws,
      reconcile,
      instanceID,
      onReasons: (key) => this.#tellReasons(key),
    })
    this.#companions = createCompanions({ ...driving, metrics, instanceID })
    this.#lease.onChange(() => this.#onLease())
  }

  get context(): string {
    return this.#cluster.context
  }

  get mode(): EngineMode {
    return engineMode(this.#lease.state, this.#rival)
  }

  get lease(): LeaseState {
    return this.#lease.state
  }

  get request(): LeaseRequest | undefined {
    return this.#lease.request
  }

  get identity(): string {
    return this.#options.identity
  }

  get isWanted(): boolean {
    return this.#wanted === 'drive'
  }

  get mayWrite(): boolean {
    return this.#driving && this.#rival === undefined && this.#lease.isValid()
  }

  get rival(): ReferenceController | undefined {
    return this.#rival
  }

  get notified(): readonly NotifiedCount[] {
    return this.#notifications?.counts ?? []
  }

  get stats(): EngineStats {
    return this.#rounds.counts
  }

  onChange(listener: () => void): Dispose {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  reasons(key: string): EngineReasons {
    return { driving: this.#driver, rounds: this.#rounds.reasons(key) }
  }

  onReasons(listener: (key: string | undefined) => void): Dispose {
    this.#reasonListeners.add(listener)
    return () => this.#reasonListeners.delete(listener)
  }

  start(): void {
    if (this.#wanted === 'drive') return
    this.#wanted = 'drive'
    if (this.#stopping === 0) this.#begin()
  }

  observe(): void {
    if (this.#wanted !== 'nothing') return
    this.#wanted = 'observe'
    if (this.#stopping === 0) this.#begin()
  }

  #begin(): void {
    this.#weighDriver()
    if (this.#wanted === 'nothing') return
    if (this.#wanted === 'observe') this.#lease.observe()
    else {
      this.#dirty.start()
      this.#routes.start()
      for (const each of [...this.#companions, this.#notifications]) each?.start()
    }
    void this.#checkRival()
  }

  async stop(options: StopOptions): Promise<Outcome<void, Failure>> {
    this.#wanted = 'nothing'
    this.#stopping++
    for (const dispose of this.#disposals) dispose()
    this.#disposals.clear()
    this.#dirty.stop()
    await Promise.all([this.#rounds, this.#releases, this.#routes, ...this.#companions].map((each) => each.stop()))
    // The last rounds may have had something to say.
    await this.#notifications?.stop()
    this.#driving = false
    this.#holding = false
    const released = await this.#lease.stop(options)
    this.#rounds.renew()
    for (const each of [...this.#companions, this.#notifications]) each?.renew()
    this.#log('info', 'engine stopped', { released: options.release && released.ok })
    this.#stopping--
    if (this.#stopping === 0) this.#begin()
    return released
  }

  async #checkRival(): Promise<void> {
    const { leaseNamespace, instanceID } = this.#options
    const { namespaces } = this.#cluster
    const wanted = this.#wanted
    const found = await findReferenceControllers(this.#cluster.client, namespaces)
    // Whoever stopped or began to drive meanwhile has asked again.
    if (this.#wanted !== wanted || wanted === 'nothing') return
    if (!found.ok) this.#log('warn', 'reference controllers not listed', { failure: found.error })
    else this.#setRival(findRival(found.value, { leaseNamespace, instanceID: instanceID ?? '', namespaces }))
    this.#cancelRivalCheck()
    if (wanted === 'observe') {
      this.#cancelRivalCheck = this.#after(resyncMs, () => void this.#checkRival())
      return
    }
    const mayCompete = found.ok && this.#rival === undefined
    if (mayCompete && this.#lease.state.state !== 'held') this.#lease.drive()
    else if (this.#rival !== undefined && this.#lease.state.state !== 'held') this.#lease.observe()
    this.#cancelRivalCheck = this.#after(mayCompete ? resyncMs : rivalRetryMs, () => {
      void this.#checkRival()
      if (!mayCompete) return
      this.#dirty.markAll()
      for (const each of [...this.#companions, this.#notifications]) each?.lookAtAll()
    })
  }

  #setRival(rival: ReferenceController | undefined): void {
    if (rival?.name === this.#rival?.name && rival?.namespace === this.#rival?.namespace) return
    this.#rival = rival
    const level = this.#wanted === 'drive' ? 'warn' : 'info'
    if (rival !== undefined)
      this.#log(level, 'another controller acts without our lease: nothing is written', { ...rival })
    else this.#dirty.markAll()
    this.#changed()
  }

  #onLease(): void {
    const held = this.#lease.state.state === 'held'
    if (held && !this.#holding) void this.#takeOver()
    if (!held && this.#driving) this.#log('warn', 'lease lost: writing stops', { lease: this.#lease.state })
    if (!held) {
      this.#driving = false
      this.#notifications?.leave()
    }
    this.#holding = held
    this.#changed()
  }

  /**
   * After the lease was (re-)acquired the caches may be older than what the former leader wrote, or than our sleep. One list
   * of each kind past the cache says how new each object must be before its first round (OPS-41).
   */
  async #takeOver(): Promise<void> {
    const { identity, leaseNamespace } = this.#options
    this.#log('info', 'lease acquired', { identity, namespace: leaseNamespace })
    for (const namespace of this.#cluster.namespaces ?? [undefined]) {
      const failed = await this.#readPastCaches(namespace)
      if (!this.#holding) return
      if (failed !== undefined) {
        this.#log('warn', 'what is driven was not listed', { failure: failed })
        this.#after(takeOverRetryMs, () => (this.#holding ? void this.#takeOver() : undefined))
        return
      }
    }
    this.#driving = true
    this.#dirty.markAll()
    for (const each of [this.#releases, this.#routes, ...this.#companions, this.#notifications]) each?.lookAtAll()
  }

  /** Of the kinds beside Rollouts nothing is driven by who may not read them, or has none of them. */
  async #readPastCaches(namespace: string | undefined): Promise<Failure | undefined> {
    const { client } = this.#cluster
    const rollouts = await client.list(resources.rollouts, { namespace })
    if (!rollouts.ok) return rollouts.error
    for (const rollout of rollouts.value.items)
      for (const each of [this.#rounds, this.#notifications]) each?.mustSee(rollout)
    for (const companion of this.#companions) {
      const listed = await client.list(companion.resource, { namespace })
      if (!listed.ok && !['Forbidden', 'NotFound'].includes(listed.error.kind)) return listed.error
      for (const object of listed.ok ? listed.value.items : []) companion.mustSee(object)
    }
    return undefined
  }

  #changed(): void {
    this.#weighDriver()
    for (const listener of this.#listeners) listener()
  }

  #weighDriver(): void {
    const driver = drivingReason({ wanted: this.#wanted, lease: this.#lease.state, rival: this.#rival })
    const isNew = driver?.cause !== this.#driver?.cause || driver?.object?.name !== this.#driver?.object?.name
    this.#driver = driver
    if (isNew) this.#tellReasons(undefined)
  }

  #tellReasons(key: string | undefined): void {
    for (const listener of this.#reasonListeners) listener(key)
  }

  #after(delayMs: number, task: () => void): Dispose {
    const dispose = this.#options.clock.after(delayMs, () => {
      this.#disposals.delete(dispose)
      task()
    })
    this.#disposals.add(dispose)
    return dispose
  }
}
