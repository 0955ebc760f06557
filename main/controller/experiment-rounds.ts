import type { AnalysisRun } from '#api/analysis.ts'
import type { ReplicaSet } from '#api/apps.ts'
import type { Experiment } from '#api/experiment.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { isCompleted } from '#engine/analysis/metric-phase.ts'
import type { Write } from '#engine/decision.ts'
import { reconcileExperiment } from '#engine/experiment/reconcile.ts'
import { assess, claimError } from '#engine/experiment/situation.ts'
import type { ExperimentWorld } from '#engine/experiment/world.ts'
import { isAwaited, type RefusedWrite, reportWriteError } from '#engine/experiment/write-error.ts'
import { controllerOf, isControlledBy } from '#engine/ownership.ts'
import type { Dispose, EpochMs } from '#lib/clock.ts'
import type { Outcome } from '#lib/outcome.ts'
import { applyWrites, type RequestWrite, type Stopped } from './apply-writes.ts'
import type { Companion } from './companions.ts'
import { keyOf } from './dirty-rollouts.ts'
import { DrivenQueue, type Driving, isInScope, leaseInDoubt } from './driven-queue.ts'
import { observeExperiment } from './observe-experiment.ts'
import type { Round } from './queue.ts'
import { roundAfter } from './runner.ts'
import { type GuardedKind, StaleGuard, staleRetryMs } from './stale-guard.ts'

/** Experiments decided at once (OPS-5). */
const concurrency = 10

export interface ExperimentRoundsOptions extends Driving {
  readonly instanceID: string | undefined
}

/** Kinds that are written and cached. */
const guardedKinds = [
  'experiments',
  'replicaSets',
  'services',
  'analysisRuns',
] as const satisfies readonly GuardedKind[]

/** The rounds of all Experiments of one cluster, whoever made them. */
export class ExperimentRounds implements Companion {
  readonly resource = resources.experiments
  readonly #options: ExperimentRoundsOptions
  readonly #guard: StaleGuard
  /** By Experiment: AnalysisRuns of others in the way that no cache shows (ANA-1104). */
  readonly #hidden = new Map<string, readonly KubeObject[]>()
  readonly #disposals: Dispose[] = []
  readonly #queue: DrivenQueue

  constructor(options: ExperimentRoundsOptions) {
    this.#options = options
    this.#guard = new StaleGuard(options.clock)
    this.#queue = new DrivenQueue(options, concurrency, (key) => this.#round(key))
  }

  /** Follows Experiments, and what is made for them, from now on (EXP-301). */
  start(): void {
    this.#follow('experiments', (object) => this.#mark(object as Experiment))
    this.#follow('replicaSets', (object, before) => {
      if (before === undefined || haveSizesChanged(before as ReplicaSet, object as ReplicaSet)) this.#markOwner(object)
    })
    this.#follow('analysisRuns', (object) => {
      const { phase = '' } = (object as AnalysisRun).status ?? {}
      if (phase !== '' && isCompleted(phase)) this.#markOwner(object)
    })
  }

  lookAtAll(): void {
    for (const experiment of this.#options.cluster.cache('experiments').values()) this.#mark(experiment)
  }

  mustSee(experiment: KubeObject): void {
    this.#guard.read(keyOf(experiment), experiment, 'experiments')
  }

  async stop(): Promise<void> {
    for (const dispose of this.#disposals.splice(0)) dispose()
    await this.#queue.stop()
  }

  renew(): void {
    this.#queue.renew()
  }

  /** `before` is `undefined` for what comes and goes. */
  #follow(
    kind: 'experiments' | 'replicaSets' | 'analysisRuns',
    concern: (object: KubeObject, before: KubeObject | undefined) => void,
  ): void {
    const dispose = this.#options.cluster.cache(kind).onChange((change) => {
      if (change.kind === 'upserted') concern(change.object, change.previous)
      if (change.kind === 'removed') concern(change.object, undefined)
    })
    this.#disposals.push(dispose)
  }

  #mark(experiment: Experiment): void {
    if (isInScope(experiment, this.#options.instanceID)) this.#queue.add(keyOf(experiment))
  }

  #markOwner(object: KubeObject): void {
    const owner = controllerOf(object)
    if (owner?.kind !== 'Experiment') return
    const key = `${object.metadata.namespace ?? ''}/${owner.name}`
    const experiment = this.#options.cluster.cache('experiments').get(key)
    if (experiment !== undefined) this.#mark(experiment)
  }

  async #round(key: string): Promise<Round> {
    const { cluster, instanceID, log } = this.#options
    const version = (kind: GuardedKind, each: string) => cluster.cache(kind).get(each)?.metadata.resourceVersion
    if (this.#guard.isStale(key, version)) return { kind: 'later', delayMs: staleRetryMs }
    const observed = await observeExperiment(cluster, key, this.#hidden.get(key))
    if (!observed.ok)
      return observed.error.kind === 'NotSynced' ? { kind: 'later', delayMs: staleRetryMs } : roundAfter(observed.error)
    const world = observed.value
    if (world === undefined || !isInScope(world.experiment, instanceID)) {
      this.#guard.forget(key)
      this.#hidden.delete(key)
      return { kind: 'forget' }
    }
    try {
      return await this.#pass(key, world)
    } catch (error) {
      log('error', 'bug in a round of an Experiment', { ...about(key), error, world })
      return { kind: 'failed', notBeforeMs: 1000 }
    }
  }

  async #pass(key: string, world: ExperimentWorld): Promise<Round> {
    const { clock, log } = this.#options
    const now = clock.now()
    const unclear = claimError(assess(world, now))
    if (unclear !== undefined) log('warn', unclear, about(key))
    const { writes, requeueAt } = reconcileExperiment(world, now)
    const applied = await this.#apply(key, writes)
    if (applied.ok) return { kind: 'settled', requeueAt }
    if (applied.error.kind === 'leaseLost') return leaseInDoubt
    const { write, failure } = applied.error
    const level = failure.kind === 'Conflict' ? 'debug' : 'warn'
    log(level, 'write failed', { ...about(key), summary: write.summary, rule: write.because, failure })
    if (write.kind === 'event') return { kind: 'failed' }
    return this.#afterFailure(key, world, { write, cause: failure }, now)
  }

  #apply(key: string, writes: readonly Write[]): Promise<Outcome<void, Stopped>> {
    return applyWrites(writes, {
      client: this.#options.cluster.client,
      mayWrite: this.#options.mayWrite,
      recordEvent: (event) => this.#queue.record(event),
      onWritten: (write, object) => this.#onWritten(key, write, object),
      onHeldBack: () => undefined,
    })
  }

  /** The next round must know what was made, or it would make another one (OPS-74). */
  #onWritten(key: string, write: RequestWrite, object: KubeObject | undefined): void {
    this.#options.log('info', write.summary, { ...about(key), rule: write.because })
    const kind = guardedKinds.find((each) => resources[each] === write.ref.resource)
    // What a run is asked does not change what its Experiment decides.
    const matters = kind !== 'analysisRuns' || write.kind === 'create'
    if (kind !== undefined && object !== undefined && matters)
      this.#guard.wrote(key, kind, object, write.kind === 'create')
  }

  /** Looks at what is in the way of a creation, and says in the status what will not go better. */
  async #afterFailure(key: string, world: ExperimentWorld, refused: RefusedWrite, now: EpochMs): Promise<Round> {
    const { write, cause } = refused
    const { resource, namespace, name } = write.ref
    if (cause.kind === 'AlreadyExists') {
      const existing = await this.#options.cluster.client.get(resource, { namespace, name })
      if (!existing.ok) return roundAfter(existing.error)
      const isRun = resource === resources.analysisRuns
      // Ours the cache will show.
      if (isRun && !isControlledBy(existing.value, world.experiment))
        this.#hidden.set(key, [...(this.#hidden.get(key) ?? []), { ...existing.value, kind: resource.kind }])
      if (isRun || isAwaited(world, refused, existing.value)) return { kind: 'later', delayMs: staleRetryMs }
    }
    const report = reportWriteError(world, refused, now)
    const reported = await this.#apply(key, report)
    // The status says something new: what follows from it need not wait.
    if (reported.ok && report.some(({ kind }) => kind === 'patch')) return { kind: 'later', delayMs: staleRetryMs }
    return cause.kind === 'NotFound' && resource !== resources.experiments ? { kind: 'failed' } : roundAfter(cause)
  }
}

const about = (key: string) => {
  const [namespace, experiment] = key.split('/')
  return { namespace, experiment }
}

/** EXP-301. */
function haveSizesChanged(before: ReplicaSet, after: ReplicaSet): boolean {
  return (
    before.spec.replicas !== after.spec.replicas ||
    before.status?.replicas !== after.status?.replicas ||
    before.status?.readyReplicas !== after.status?.readyReplicas ||
    before.status?.availableReplicas !== after.status?.availableReplicas
  )
}
