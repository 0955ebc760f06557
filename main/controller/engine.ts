import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { EngineMode } from '#contract/views.ts'
import type { Decision, Write } from '#engine/decision.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { applyWrites, type RequestWrite, type Stopped } from './apply-writes.ts'
import { DirtyRollouts, keyOf } from './dirty-rollouts.ts'
import { Lease, type LeaseState } from './lease.ts'
import { observeRollout } from './observe-rollout.ts'
import { engineMode, findReferenceControllers, findRival, type ReferenceController } from './ownership.ts'
import { KeyQueue, type Round } from './queue.ts'
import { EventRecorder } from './record-event.ts'
import { createErrorEvent, runRound } from './runner.ts'
import { ServiceReleases } from './service-releases.ts'
import { type GuardedKind, StaleGuard } from './stale-guard.ts'

/** Rollouts reconciled at once (OPS-5). */
const concurrency = 10
/** Every Rollout gets a round this often although nothing changed (OPS-1). */
const resyncMs = 900_000
/** How often a controller that stands in the way is looked at again. */
const rivalRetryMs = 15_000
/** While the lease is ours by name but its last renewal is too old to act on. */
const leaseDoubtMs = 1_000
const takeOverRetryMs = 5_000
const hiddenMax = 1000

export interface EngineOptions {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly log: Log
  /** The engine proper; an argument so that tests can put theirs. */
  readonly reconcile: (world: RolloutWorld, now: EpochMs) => Decision
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
  /** A reference controller no lease can hold back; while there is one nothing is written (OPS-39). */
  readonly rival: ReferenceController | undefined
  readonly stats: EngineStats
  /** Competes for the lease and drives while it holds it. */
  start(): void
  /** Only watches who drives; writes nothing. */
  observe(): void
  /** Ends rounds under way in order, then gives the lease back when asked to (OPS-37). */
  stop(options: { readonly release: boolean }): Promise<Outcome<void, Failure>>
  onChange(listener: () => void): Dispose
}

export const createEngine = (options: EngineOptions): Engine => new ClusterEngine(options)

class ClusterEngine implements Engine {
  readonly #options: EngineOptions
  readonly #cluster: Cluster
  readonly #log: Log
  readonly #lease: Lease
  readonly #guard: StaleGuard
  readonly #dirty: DirtyRollouts
  readonly #releases: ServiceReleases
  readonly #listeners = new Set<() => void>()
  #queue: KeyQueue
  #events: EventRecorder
  #rival: ReferenceController | undefined
  #wanted: 'nothing' | 'observe' | 'drive' = 'nothing'
  /** Calls of `stop` under way; what is wanted meanwhile begins when the last of them is done. */
  #stopping = 0
  /** The lease is ours… */
  #holding = false
  /** …and it is known how new the caches must be. */
  #driving = false
  /** ReplicaSets in the way that no cache shows (REC-50). */
  readonly #hidden = new Set<string>()
  readonly #disposals = new Set<Dispose>()
  #reconciles = 0
  #writes = 0
  #failures = 0

  constructor(options: EngineOptions) {
    this.#options = options
    this.#cluster = options.cluster
    const { context } = options.cluster
    this.#log = (level, message, fields) => options.log(level, message, { context, ...fields })
    const { client } = options.cluster
    this.#lease = new Lease({ ...options, client, namespace: options.leaseNamespace })
    this.#guard = new StaleGuard(options.clock)
    this.#releases = new ServiceReleases({
      cluster: options.cluster,
      clock: options.clock,
      log: this.#log,
      isDriving: () => this.#driving,
      mayWrite: () => this.#mayWrite(),
      reconcile: (rollout) => this.#dirty.mark(rollout),
    })
    this.#dirty = new DirtyRollouts(options.cluster, options.instanceID, {
      rollout: (key) => this.#add(key),
      service: (service) => (this.#driving ? this.#releases.look(service) : undefined),
      droppedService: (key) => (this.#driving ? this.#releases.dropped(key) : undefined),
    })
    this.#events = this.#newEvents()
    this.#queue = this.#newQueue()
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

  get rival(): ReferenceController | undefined {
    return this.#rival
  }

  get stats(): EngineStats {
    return { reconciles: this.#reconciles, writes: this.#writes, failures: this.#failures, queued: this.#queue.depth }
  }

  onChange(listener: () => void): Dispose {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
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
    if (this.#wanted === 'observe') this.#lease.observe()
    if (this.#wanted !== 'drive') return
    this.#dirty.start()
    void this.#checkRival()
  }

  async stop(options: { readonly release: boolean }): Promise<Outcome<void, Failure>> {
    this.#wanted = 'nothing'
    this.#stopping++
    for (const dispose of this.#disposals) dispose()
    this.#disposals.clear()
    this.#dirty.stop()
    await this.#queue.stop()
    await this.#releases.stop()
    await this.#events.stop()
    this.#driving = false
    this.#holding = false
    const released = await this.#lease.stop(options)
    this.#queue = this.#newQueue()
    this.#events = this.#newEvents()
    this.#log('info', 'engine stopped', { released: options.release && released.ok })
    this.#stopping--
    if (this.#stopping === 0) this.#begin()
    return released
  }

  #newQueue(): KeyQueue {
    return new KeyQueue({ clock: this.#options.clock, concurrency, round: (key) => this.#round(key) })
  }

  #newEvents(): EventRecorder {
    return new EventRecorder({ client: this.#cluster.client, clock: this.#options.clock, log: this.#log })
  }

  async #checkRival(): Promise<void> {
    const { leaseNamespace, instanceID } = this.#options
    const found = await findReferenceControllers(this.#cluster.client)
    if (this.#wanted !== 'drive') return
    if (!found.ok) this.#log('warn', 'reference controllers not listed', { failure: found.error })
    else this.#setRival(findRival(found.value, { leaseNamespace, instanceID: instanceID ?? '' }))
    const mayCompete = found.ok && this.#rival === undefined
    if (mayCompete && this.#lease.state.state !== 'held') this.#lease.drive()
    else if (this.#rival !== undefined && this.#lease.state.state !== 'held') this.#lease.observe()
    this.#after(mayCompete ? resyncMs : rivalRetryMs, () => {
      void this.#checkRival()
      if (mayCompete) this.#dirty.markAll()
    })
  }

  #setRival(rival: ReferenceController | undefined): void {
    if (rival?.name === this.#rival?.name && rival?.namespace === this.#rival?.namespace) return
    this.#rival = rival
    if (rival !== undefined)
      this.#log('warn', 'another controller acts without our lease: nothing is written', { ...rival })
    else this.#dirty.markAll()
    this.#changed()
  }

  #onLease(): void {
    const held = this.#lease.state.state === 'held'
    if (held && !this.#holding) void this.#takeOver()
    if (!held && this.#driving) this.#log('warn', 'lease lost: writing stops', { lease: this.#lease.state })
    if (!held) this.#driving = false
    this.#holding = held
    this.#changed()
  }

  /**
   * After the lease was (re-)acquired the caches may be older than what the former leader wrote, or than our sleep. One list
   * past the cache says how new each Rollout must be before its first round (OPS-41).
   */
  async #takeOver(): Promise<void> {
    const { identity, leaseNamespace } = this.#options
    this.#log('info', 'lease acquired', { identity, namespace: leaseNamespace })
    for (const namespace of this.#cluster.namespaces ?? [undefined]) {
      const listed = await this.#cluster.client.list(resources.rollouts, { namespace })
      if (!this.#holding) return
      if (!listed.ok) {
        this.#log('warn', 'rollouts not listed', { failure: listed.error })
        this.#after(takeOverRetryMs, () => (this.#holding ? void this.#takeOver() : undefined))
        return
      }
      for (const rollout of listed.value.items) this.#guard.read(keyOf(rollout), rollout)
    }
    this.#driving = true
    this.#dirty.markAll()
    this.#releases.lookAtAll()
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }

  #mayWrite(): boolean {
    return this.#rival === undefined && this.#lease.isValid()
  }

  #add(key: string): void {
    if (this.#driving) this.#queue.add(key)
  }

  #after(delayMs: number, task: () => void): void {
    const dispose = this.#options.clock.after(delayMs, () => {
      this.#disposals.delete(dispose)
      task()
    })
    this.#disposals.add(dispose)
  }

  async #round(key: string): Promise<Round> {
    if (!this.#driving) return { kind: 'settled', requeueAt: undefined }
    if (!this.#mayWrite()) return { kind: 'later', delayMs: leaseDoubtMs }
    const round = await runRound(key, {
      clock: this.#options.clock,
      log: this.#log,
      observe: (each) => this.#observe(each),
      reconcile: (world, now) => {
        this.#reconciles++
        return this.#options.reconcile(world, now)
      },
      apply: (each, writes) => this.#apply(each, writes),
      afterFailure: (world, stopped) => this.#afterFailure(world, stopped),
    })
    if (round.kind === 'failed') this.#failures++
    if (round.kind === 'forget') this.#guard.forget(key)
    return round
  }

  async #observe(key: string): ReturnType<typeof observeRollout> {
    const cached = (kind: GuardedKind, each: string) => this.#cluster.cache(kind).get(each)?.metadata.resourceVersion
    if (this.#guard.isStale(key, cached)) return failure({ kind: 'NotSynced' })
    const observed = await observeRollout(this.#cluster, key, this.#hidden)
    if (!observed.ok || observed.value === undefined) return observed
    if (!this.#dirty.isInScope(observed.value.rollout)) return success(undefined)
    return observed
  }

  #apply(key: string, writes: readonly Write[]): Promise<Outcome<void, Stopped>> {
    return applyWrites(writes, {
      client: this.#cluster.client,
      mayWrite: () => this.#mayWrite(),
      recordEvent: (event) => this.#events.record(event),
      onWritten: (write, object) => this.#onWritten(key, write, object),
    })
  }

  #onWritten(key: string, write: RequestWrite, object: KubeObject | undefined): void {
    this.#writes++
    const [namespace, rollout] = key.split('/')
    this.#log('info', write.summary, { namespace, rollout, rule: write.because })
    if (object === undefined) return
    if (write.ref.resource.kind === 'Rollout') this.#guard.wrote(key, 'rollouts', object, false)
    if (write.ref.resource.kind === 'ReplicaSet') this.#guard.wrote(key, 'replicaSets', object, write.kind === 'create')
  }

  async #afterFailure(world: RolloutWorld, stopped: Stopped): Promise<'handled' | 'unhandled'> {
    if (stopped.kind !== 'failed' || stopped.write.kind !== 'create') return 'unhandled'
    const { write, failure: cause } = stopped
    if (cause.kind !== 'AlreadyExists') {
      if (cause.kind === 'Forbidden' || cause.kind === 'Invalid')
        this.#events.record(createErrorEvent(world, write.ref.name, cause.message))
      return 'unhandled'
    }
    const { client } = this.#cluster
    const existing = await client.get(write.ref.resource, { namespace: write.ref.namespace, name: write.ref.name })
    if (!existing.ok) return 'unhandled'
    const owner = existing.value.metadata.ownerReferences?.find((each) => each.controller === true)?.uid
    if (owner === world.rollout.metadata.uid && labels.podTemplateHash in (existing.value.metadata.labels ?? {}))
      return 'handled'
    if (this.#hidden.size >= hiddenMax) this.#hidden.clear()
    this.#hidden.add(`${write.ref.namespace}/${write.ref.name}`)
    return 'handled'
  }
}
