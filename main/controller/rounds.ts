import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { Decision, Write } from '#engine/decision.ts'
import { reportCreateError } from '#engine/rollout/create-error.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type Reason, reasonText } from '#lib/reason.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { writersOf } from '#main/cluster/writers.ts'
import { applyWrites, type RequestWrite, type Stopped } from './apply-writes.ts'
import { keyOf } from './dirty-rollouts.ts'
import { DueWrites } from './due-writes.ts'
import { observeRollout } from './observe-rollout.ts'
import { KeyQueue, type Round } from './queue.ts'
import { EventRecorder } from './record-event.ts'
import { type Encounter, RoundReasons } from './round-reasons.ts'
import { runRound } from './runner.ts'
import { type GuardedKind, StaleGuard } from './stale-guard.ts'

/** Rollouts reconciled at once (OPS-5). */
const concurrency = 10
/** While the lease is ours by name but its last renewal is too old to act on. */
const leaseDoubtMs = 1_000
const hiddenMax = 1000
/** Kinds that are written and cached. */
const cachedKinds = ['rollouts', 'replicaSets', 'services'] as const

export interface RoundsOptions {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly log: Log
  readonly reconcile: (world: RolloutWorld, now: EpochMs) => Decision
  /** Ours to drive, by the lease and by how new the caches are. */
  readonly isDriving: () => boolean
  readonly mayWrite: () => boolean
  readonly isInScope: (rollout: Rollout) => boolean
  /** Told with `namespace/name` when what its rounds run into has changed. */
  readonly onReasons: (key: string) => void
}

/** The rounds of all Rollouts of one cluster: a queue of keys, what each round reads and writes, and what it ran into. */
export class Rounds {
  readonly #options: RoundsOptions
  readonly #guard: StaleGuard
  readonly #reasons: RoundReasons
  readonly #due: DueWrites
  /** ReplicaSets in the way that no cache shows (REC-50). */
  readonly #hidden = new Set<string>()
  #queue: KeyQueue
  #events: EventRecorder
  /** Objects of writes as they were when the round decided, as far as the caches told. */
  readonly #before = new WeakMap<Write, KubeObject>()
  readonly #counts = { reconciles: 0, writes: 0, failures: 0 }

  constructor(options: RoundsOptions) {
    this.#options = options
    this.#guard = new StaleGuard(options.clock)
    this.#due = new DueWrites(options.clock)
    this.#reasons = new RoundReasons(options.clock, (key) => this.#onReasons(key))
    this.#queue = this.#newQueue()
    this.#events = this.#newEvents()
  }

  get counts() {
    return { ...this.#counts, queued: this.#queue.depth }
  }

  /** What the last rounds of a Rollout ran into. */
  reasons(key: string): readonly Reason[] {
    return this.#reasons.of(key)
  }

  add(key: string): void {
    if (this.#options.isDriving()) this.#queue.add(key)
  }

  /** No round of this Rollout before the caches are as new as this (OPS-41). */
  mustSee(rollout: KubeObject): void {
    this.#guard.read(keyOf(rollout), rollout)
  }

  /** No round begins any more; resolves when those under way have ended and their Events are sent. */
  async stop(): Promise<void> {
    await this.#queue.stop()
    await this.#events.stop()
    this.#reasons.forgetAll()
  }

  /** After `stop`: takes keys again. */
  renew(): void {
    this.#queue = this.#newQueue()
    this.#events = this.#newEvents()
  }

  #newQueue(): KeyQueue {
    return new KeyQueue({ clock: this.#options.clock, concurrency, round: (key) => this.#round(key) })
  }

  #newEvents(): EventRecorder {
    const { cluster, clock, log } = this.#options
    return new EventRecorder({ client: cluster.client, clock, log })
  }

  async #round(key: string): Promise<Round> {
    const { clock, log, isDriving, mayWrite, reconcile } = this.#options
    if (!isDriving()) return { kind: 'settled', requeueAt: undefined }
    if (!mayWrite()) return { kind: 'later', delayMs: leaseDoubtMs }
    const round = await runRound(key, {
      clock,
      log,
      observe: (each) => this.#observe(each),
      reconcile: (world, now) => {
        this.#counts.reconciles++
        return reconcile(world, now)
      },
      due: (each, writes) => this.#due.of(each, writes),
      apply: (each, writes) => this.#apply(each, writes),
      afterFailure: (world, stopped) => this.#afterFailure(key, world, stopped),
      ended: (each, encounter) => this.#ended(each, encounter),
    })
    if (round.kind === 'failed') this.#counts.failures++
    if (round.kind === 'forget') {
      this.#guard.forget(key)
      this.#reasons.forget(key)
      this.#due.forget(key)
    }
    return round
  }

  async #observe(key: string): ReturnType<typeof observeRollout> {
    const { cluster, isInScope } = this.#options
    const cached = (kind: GuardedKind, each: string) => cluster.cache(kind).get(each)?.metadata.resourceVersion
    if (this.#guard.isStale(key, cached)) return failure({ kind: 'NotSynced' })
    const observed = await observeRollout(cluster, key, this.#hidden)
    if (!observed.ok || observed.value === undefined) return observed
    return isInScope(observed.value.rollout) ? observed : success(undefined)
  }

  #apply(key: string, writes: readonly Write[]): Promise<Outcome<void, Stopped>> {
    for (const write of writes) {
      const before = this.#cached(write)
      if (before !== undefined) this.#before.set(write, before)
    }
    return applyWrites(writes, {
      client: this.#options.cluster.client,
      mayWrite: this.#options.mayWrite,
      recordEvent: (event) => this.#events.record(event),
      onWritten: (write, object) => this.#onWritten(key, write, object),
      onHeldBack: (write, { message }: Failure) => this.#reasons.heldBack(key, write, message),
    })
  }

  #onWritten(key: string, write: RequestWrite, object: KubeObject | undefined): void {
    this.#counts.writes++
    this.#reasons.written(key, write, this.#before.get(write))
    const [namespace, rollout] = key.split('/')
    this.#options.log('info', write.summary, { namespace, rollout, rule: write.because })
    if (object === undefined) return
    if (write.ref.resource.kind === 'Rollout') this.#guard.wrote(key, 'rollouts', object, false)
    if (write.ref.resource.kind === 'ReplicaSet') this.#guard.wrote(key, 'replicaSets', object, write.kind === 'create')
  }

  #ended(key: string, encounter: Encounter): void {
    const write = encounter.kind === 'stopped' ? encounter.stopped.write : undefined
    this.#reasons.ended(key, encounter, write && this.#before.get(write))
  }

  /** The object of a write, and who wrote it before. */
  #cached(write: Write): KubeObject | undefined {
    if (write.kind === 'event') return undefined
    const { resource, namespace, name } = write.ref
    const kind = cachedKinds.find((each) => resources[each] === resource)
    const cached = kind && this.#options.cluster.cache(kind).get(`${namespace}/${name}`)
    return cached && { ...cached, metadata: { ...cached.metadata, managedFields: writersOf(cached) } }
  }

  #onReasons(key: string): void {
    const [namespace, rollout] = key.split('/')
    for (const reason of this.#reasons.of(key))
      this.#options.log('warn', reasonText(reason), { namespace, rollout, cause: reason.cause, object: reason.object })
    this.#options.onReasons(key)
  }

  async #afterFailure(key: string, world: RolloutWorld, stopped: Stopped): Promise<'handled' | 'unhandled'> {
    if (stopped.kind !== 'failed' || stopped.write.kind !== 'create') return 'unhandled'
    const { write, failure: cause } = stopped
    if (cause.kind !== 'AlreadyExists') {
      if (cause.kind === 'Forbidden' || cause.kind === 'Invalid')
        await this.#apply(key, reportCreateError(world, write.ref.name, cause.message, this.#options.clock.now()))
      return 'unhandled'
    }
    const { client } = this.#options.cluster
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
