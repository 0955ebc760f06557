import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { routeKindOf } from '#api/route-kinds.ts'
import type { Decision, Write } from '#engine/decision.ts'
import { isControlledBy } from '#engine/ownership.ts'
import { reportCreateError } from '#engine/rollout/create-error.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type Reason, reasonText } from '#lib/reason.ts'
import { writersOf } from '#main/cluster/writers.ts'
import { applyWrites, type RequestWrite, type Stopped } from './apply-writes.ts'
import { AwsKnowledge, type AwsPort } from './aws-knowledge.ts'
import { keyOf } from './dirty-rollouts.ts'
import { DrivenQueue, type Driving, isInScope } from './driven-queue.ts'
import { DueWrites } from './due-writes.ts'
import type { MetricsPort } from './metrics-port.ts'
import { observeRollout, type RoutingPort } from './observe-rollout.ts'
import type { Round } from './queue.ts'
import { type Encounter, RoundReasons } from './round-reasons.ts'
import { RouteWatch } from './route-watch.ts'
import { runRound } from './runner.ts'
import { type GuardedKind, StaleGuard } from './stale-guard.ts'

/** Rollouts reconciled at once (OPS-5). */
const concurrency = 10
const hiddenMax = 1000
/** Kinds that are written and cached. */
const cachedKinds = ['rollouts', 'replicaSets', 'services', 'analysisRuns', 'experiments'] as const

export interface RoundsOptions extends Driving {
  readonly metrics: MetricsPort | undefined
  /** Asks AWS whether weights and targets have arrived; absent: nobody does (SVC-24). */
  readonly aws: AwsPort | undefined
  readonly reconcile: (world: RolloutWorld, now: EpochMs) => Decision
  readonly instanceID: string | undefined
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
  /** By Rollout: AnalysisRuns and Experiments of others in the way that no cache shows (ANA-1104, EXP-808). */
  readonly #inTheWay = new Map<string, readonly KubeObject[]>()
  readonly #queue: DrivenQueue
  /** Objects of writes as they were when the round decided, as far as the caches told. */
  readonly #before = new WeakMap<Write, KubeObject>()
  readonly #routes: RouteWatch
  readonly #aws: AwsKnowledge | undefined
  readonly #counts = { reconciles: 0, writes: 0, failures: 0 }

  constructor(options: RoundsOptions) {
    this.#options = options
    this.#guard = new StaleGuard(options.clock)
    this.#due = new DueWrites(options.clock)
    this.#routes = new RouteWatch(options.cluster, (key) => this.add(key))
    this.#aws = options.aws && new AwsKnowledge(options.clock, options.aws, (key) => this.add(key))
    this.#reasons = new RoundReasons(options.clock, (key) => this.#onReasons(key))
    this.#queue = new DrivenQueue(options, concurrency, (key) => this.#round(key))
  }

  get counts() {
    return { ...this.#counts, queued: this.#queue.depth }
  }

  /** What the last rounds of a Rollout ran into. */
  reasons(key: string): readonly Reason[] {
    return this.#reasons.of(key)
  }

  add(key: string): void {
    this.#queue.add(key)
  }

  /** No round of this Rollout before the caches are as new as this (OPS-41). */
  mustSee(rollout: KubeObject): void {
    this.#guard.read(keyOf(rollout), rollout)
  }

  /** No round begins any more; resolves when those under way have ended and their Events are sent. */
  async stop(): Promise<void> {
    await this.#queue.stop()
    this.#reasons.forgetAll()
    this.#routes.stop()
  }

  /** After `stop`: takes keys again. */
  renew(): void {
    this.#queue.renew()
  }

  async #round(key: string): Promise<Round> {
    const { clock, log, reconcile } = this.#options
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
      ask: (each, questions) => void this.#aws?.ask(each, questions),
      ended: (each, encounter) => this.#ended(each, encounter),
    })
    if (round.kind === 'failed') this.#counts.failures++
    if (round.kind === 'forget') {
      this.#guard.forget(key)
      this.#reasons.forget(key)
      this.#due.forget(key)
      this.#inTheWay.delete(key)
      this.#routes.forget(key)
      this.#aws?.forget(key)
    }
    return round
  }

  async #observe(key: string): ReturnType<typeof observeRollout> {
    const { cluster, metrics, instanceID } = this.#options
    const cached = (kind: GuardedKind, each: string) => cluster.cache(kind).get(each)?.metadata.resourceVersion
    if (this.#guard.isStale(key, cached)) return failure({ kind: 'NotSynced' })
    const hidden = { replicaSets: this.#hidden, objects: this.#inTheWay.get(key) ?? [] }
    const observed = await observeRollout(cluster, key, hidden, metrics, this.#routingOf(key))
    if (!observed.ok || observed.value === undefined) return observed
    return isInScope(observed.value.rollout, instanceID) ? observed : success(undefined)
  }

  #routingOf(key: string): RoutingPort {
    const onReads: RoutingPort['onReads'] = (reads) => this.#routes.read(key, reads)
    if (this.#aws === undefined) return { onReads }
    return { onReads, aws: { enabled: true, tagKey: this.#aws.tagKey, answers: this.#aws.of(key) } }
  }

  #apply(key: string, writes: readonly Write[]): Promise<Outcome<void, Stopped>> {
    for (const write of writes) {
      const before = this.#cached(write)
      if (before !== undefined) this.#before.set(write, before)
    }
    return applyWrites(writes, {
      client: this.#options.cluster.client,
      mayWrite: this.#options.mayWrite,
      recordEvent: (event) => this.#queue.record(event),
      onWritten: (write, object) => this.#onWritten(key, write, object),
      onHeldBack: (write, { message }: Failure) => this.#reasons.heldBack(key, write, message),
    })
  }

  #onWritten(key: string, write: RequestWrite, object: KubeObject | undefined): void {
    this.#counts.writes++
    this.#reasons.written(key, write, this.#before.get(write))
    const [namespace, rollout] = key.split('/')
    this.#options.log('info', write.summary, { namespace, rollout, rule: write.because })
    const route = routeKindOf(write.ref.resource)
    // What AWS said was about how things were before.
    if (route !== undefined) this.#aws?.forget(key)
    if (object === undefined) return
    if (route !== undefined && route !== 'services') this.#guard.wrote(key, route, object, write.kind === 'create')
    if (write.ref.resource.kind === 'Rollout') this.#guard.wrote(key, 'rollouts', object, false)
    if (write.ref.resource.kind === 'ReplicaSet') this.#guard.wrote(key, 'replicaSets', object, write.kind === 'create')
    // The next round must know it, or it would make another one.
    if (write.ref.resource.kind === 'AnalysisRun' && write.kind === 'create')
      this.#guard.wrote(key, 'analysisRuns', object, true)
    if (write.ref.resource.kind === 'Experiment' && write.kind === 'create')
      this.#guard.wrote(key, 'experiments', object, true)
  }

  #ended(key: string, encounter: Encounter): void {
    const write = encounter.kind === 'stopped' ? encounter.stopped.write : undefined
    this.#reasons.ended(key, encounter, write && this.#before.get(write))
  }

  /** The object of a write, and who wrote it before. */
  #cached(write: Write): KubeObject | undefined {
    if (write.kind === 'event') return undefined
    const { resource, namespace, name } = write.ref
    const kind = cachedKinds.find((each) => resources[each] === resource) ?? routeKindOf(resource)
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
    if (write.ref.resource !== resources.replicaSets) return this.#afterTrial(key, world, write, cause)
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

  /** A run or an Experiment whose name is taken: what has it is part of the next round's world. Ours the cache will show. */
  async #afterTrial(
    key: string,
    { rollout }: RolloutWorld,
    { ref }: RequestWrite,
    cause: Failure,
  ): Promise<'handled' | 'unhandled'> {
    if (cause.kind !== 'AlreadyExists') return 'unhandled'
    const { resource, namespace, name } = ref
    const existing = await this.#options.cluster.client.get(resource, { namespace, name })
    if (!existing.ok) return 'unhandled'
    if (isControlledBy(existing.value, rollout)) return 'handled'
    this.#inTheWay.set(key, [...(this.#inTheWay.get(key) ?? []), { ...existing.value, kind: resource.kind }])
    return 'handled'
  }
}
