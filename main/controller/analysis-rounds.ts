import type { AnalysisRun } from '#api/analysis.ts'
import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { isCompleted } from '#engine/analysis/metric-phase.ts'
import { type AnalysisWorld, type Measured, reconcileAnalysisRun } from '#engine/analysis/reconcile.ts'
import type { Decision, Probe } from '#engine/decision.ts'
import type { Dispose } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { applyWrites } from './apply-writes.ts'
import { isLeftAlone } from './check-analyses.ts'
import type { Companion } from './companions.ts'
import { keyOf } from './dirty-rollouts.ts'
import { DrivenQueue, type Driving, isInScope, leaseInDoubt } from './driven-queue.ts'
import type { MetricsPort, PreparedRun } from './metrics-port.ts'
import type { Round } from './queue.ts'
import { roundAfter } from './runner.ts'
import { StaleGuard, staleRetryMs } from './stale-guard.ts'

/** AnalysisRuns measured at once (OPS-5). */
const concurrency = 30
/** A query under way is not waited for longer when the engine stops; what it brings is not written any more. */
const stopMs = 2_000

export interface AnalysisRoundsOptions extends Driving {
  readonly metrics: MetricsPort
  readonly instanceID: string | undefined
}

/** The passes of all AnalysisRuns of one cluster, whoever made them: measure what is due, write what it means (ANA-601). */
export class AnalysisRounds implements Companion {
  readonly resource = resources.analysisRuns
  readonly #options: AnalysisRoundsOptions
  readonly #guard: StaleGuard
  readonly #disposals: Dispose[] = []
  readonly #queue: DrivenQueue
  #followsJobs = false

  constructor(options: AnalysisRoundsOptions) {
    this.#options = options
    this.#guard = new StaleGuard(options.clock)
    this.#queue = new DrivenQueue(options, concurrency, (key) => this.#round(key))
  }

  start(): void {
    const dispose = this.#options.cluster.cache('analysisRuns').onChange((change) => {
      if (change.kind !== 'state') this.#mark(change.object as AnalysisRun)
    })
    this.#disposals.push(dispose)
  }

  lookAtAll(): void {
    for (const run of this.#options.cluster.cache('analysisRuns').values()) this.#mark(run)
  }

  mustSee(run: KubeObject): void {
    this.#guard.read(keyOf(run), run, 'analysisRuns')
  }

  async stop(): Promise<void> {
    for (const dispose of this.#disposals.splice(0)) dispose()
    this.#followsJobs = false
    await this.#queue.stop(stopMs)
  }

  renew(): void {
    this.#queue.renew()
  }

  #mark(run: AnalysisRun): void {
    if (isInScope(run, this.#options.instanceID)) this.#queue.add(keyOf(run))
  }

  async #round(key: string): Promise<Round> {
    const { cluster, instanceID, log, metrics } = this.#options
    const cache = cluster.cache('analysisRuns')
    // A measurement must not be taken twice for want of our own last write (ANA-612).
    const version = (_kind: string, each: string) => cache.get(each)?.metadata.resourceVersion
    if (!cache.synced || this.#guard.isStale(key, version)) return { kind: 'later', delayMs: staleRetryMs }
    const run = cache.get(key)
    if (run === undefined || !isInScope(run, instanceID)) {
      this.#guard.forget(key)
      return { kind: 'forget' }
    }
    if (isLeftAlone(run, cluster, metrics)) return { kind: 'settled', requeueAt: undefined }
    try {
      return await this.#pass(key, run)
    } catch (error) {
      log('error', 'bug in a pass of an AnalysisRun', { ...about(run), error })
      return { kind: 'failed', notBeforeMs: 1000 }
    }
  }

  async #pass(key: string, run: AnalysisRun): Promise<Round> {
    const { log, mayWrite, cluster } = this.#options
    const { term } = this.#queue
    const decided = await this.#decide(run)
    if (!decided.ok) return roundAfter(decided.error)
    const decision = decided.value
    const applied = await applyWrites(decision.writes, {
      client: cluster.client,
      // What began before a stop is not written when the engine drives again: it is measured anew.
      mayWrite: () => this.#queue.term === term && mayWrite(),
      recordEvent: (event) => this.#queue.record(event),
      onWritten: (write, object) => {
        log('info', write.summary, { ...about(run), rule: write.because })
        if (object !== undefined) this.#guard.wrote(key, 'analysisRuns', object, false)
      },
      onHeldBack: (write, reason) =>
        log('warn', 'write held back', { ...about(run), summary: write.summary, failure: reason }),
    })
    if (applied.ok) return { kind: 'settled', requeueAt: decision.requeueAt }
    if (applied.error.kind === 'leaseLost') return leaseInDoubt
    const { write, failure: reason } = applied.error
    log('warn', 'write failed', { ...about(run), summary: write.summary, failure: reason })
    return reason.kind === 'NotFound' ? { kind: 'forget' } : roundAfter(reason)
  }

  /** Decides, answers what the decision asks for, and decides again; twice at most (ANA-603). */
  async #decide(run: AnalysisRun): Promise<Outcome<Decision, Failure>> {
    const { metrics, clock } = this.#options
    const scoring = metrics.scoring({ annotations: run.metadata.annotations, metrics: run.spec.metrics })
    let world: AnalysisWorld = { run, secretError: undefined, scoring }
    let decision = reconcileAnalysisRun(world, clock.now())
    if (decision.probes.length === 0 && !needsSecrets(run, decision)) return success(decision)
    const prepared = await metrics.prepare(run)
    if (!prepared.ok) {
      if (prepared.error.kind === 'unanswered') return failure(prepared.error.failure)
      return success(reconcileAnalysisRun({ ...world, secretError: prepared.error.message }, clock.now()))
    }
    while (decision.probes.length > 0) {
      world = { ...world, ...(await this.#answers(decision.probes, prepared.value, run)) }
      decision = reconcileAnalysisRun(world, clock.now())
    }
    return success(decision)
  }

  async #answers(probes: readonly Probe[], prepared: PreparedRun, run: AnalysisRun): Promise<Partial<AnalysisWorld>> {
    if (probes.some(({ at }) => run.spec.metrics[at]?.provider['job'] !== undefined)) this.#followJobs()
    const measured = new Map<string, Measured>()
    const collected = new Set<string>()
    let isCollection = false
    await Promise.all(
      probes.map(async (probe) => {
        if (probe.kind === 'garbageCollect') {
          isCollection = true
          const outcome = await prepared.garbageCollect(probe)
          if (outcome.ok) collected.add(probe.name)
          else this.#options.log('warn', 'not cleared up', { ...about(run), metric: probe.name, cause: outcome.error })
        } else measured.set(probe.name, await prepared.measure(probe))
      }),
    )
    return isCollection ? { collected } : { measured }
  }

  /** Only once a metric measures by Jobs: their end is news for its run (ANA-601, PRV-410). */
  #followJobs(): void {
    if (this.#followsJobs) return
    this.#followsJobs = true
    const { cluster } = this.#options
    const dispose = cluster.cache('jobs').onChange((change) => {
      if (change.kind === 'state' || !hasEnded(change.object)) return
      const uid = change.object.metadata.labels?.[labels.analysisRunUid]
      for (const run of cluster.cache('analysisRuns').values()) if (run.metadata.uid === uid) this.#mark(run)
    })
    this.#disposals.push(dispose)
  }
}

/** They are looked for in every pass of a run that goes on, whether anything is due or not (ANA-305). */
function needsSecrets({ spec, status }: AnalysisRun, { writes }: Decision): boolean {
  const { phase = '' } = status ?? {}
  const isOver = (phase !== '' && isCompleted(phase)) || writes.some(({ because }) => because === 'ANA-603')
  return !isOver && (spec.args ?? []).some(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined)
}

const about = ({ metadata }: AnalysisRun) => ({ namespace: metadata.namespace, analysisRun: metadata.name })

/** Whatever the status of the condition says, as the reference has it. */
function hasEnded(job: KubeObject): boolean {
  const { status } = job as KubeObject & { readonly status?: { readonly conditions?: readonly { type: string }[] } }
  return (status?.conditions ?? []).some(({ type }) => type === 'Complete' || type === 'Failed')
}
