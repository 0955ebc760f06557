import type { AnalysisRun } from '#api/analysis.ts'
import type { Service } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import type { Rollout } from '#api/rollout.ts'
import { serviceNames } from '#engine/rollout/service-names.ts'
import { namedAnalyses } from '#engine/rollout/validation/analysis.ts'
import type { Dispose } from '#lib/clock.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { isInScope } from './driven-queue.ts'

/** Called from within watch callbacks, so they must only take note. */
export interface Concerned {
  /** A Rollout, by `namespace/name`. */
  readonly rollout: (key: string) => void
  /** A Service that changed. */
  readonly service: (service: Service) => void
  /** A Service, by `namespace/name`, that a Rollout named until now (REC-14). */
  readonly droppedService: (key: string) => void
}

/**
 * Which Rollouts a change concerns: itself, the owner of a ReplicaSet, an AnalysisRun or an Experiment, those that name a Service, a
 * workload or a template (REC-2…5, REC-7); and which Services have lost theirs.
 */
export class DirtyRollouts {
  readonly #cluster: Cluster
  readonly #instanceID: string | undefined
  readonly #concerned: Concerned
  readonly #disposals: Dispose[] = []
  #followsDeployments = false
  #followsTemplates = false

  constructor(cluster: Cluster, instanceID: string | undefined, concerned: Concerned) {
    this.#cluster = cluster
    this.#instanceID = instanceID
    this.#concerned = concerned
  }

  start(): void {
    this.#follow('rollouts', (object) => this.mark(object as Rollout))
    this.#followDroppedServices()
    this.#follow('replicaSets', (object) => this.#onOwned(object))
    this.#follow('services', (object) => {
      this.#onReferenced(object, serviceNames)
      this.#concerned.service(object as Service)
    })
    this.#followAnalysis()
    // Nothing but its own writes changes it often (REC-5).
    this.#follow('experiments', (object) => this.#onOwned(object))
    this.#cluster.cache('pods')
    this.markAll()
  }

  stop(): void {
    for (const dispose of this.#disposals.splice(0)) dispose()
    this.#followsDeployments = false
    this.#followsTemplates = false
  }

  markAll(): void {
    for (const rollout of this.#cluster.cache('rollouts').values()) this.mark(rollout)
  }

  #isInScope(rollout: Rollout): boolean {
    return isInScope(rollout, this.#instanceID)
  }

  #follow(
    kind: 'rollouts' | 'replicaSets' | 'services' | 'deployments' | 'analysisTemplates' | 'experiments',
    concern: (object: KubeObject) => void,
  ): void {
    const dispose = this.#cluster.cache(kind).onChange((change) => {
      if (change.kind !== 'state') concern(change.object)
    })
    this.#disposals.push(dispose)
  }

  #followDroppedServices(): void {
    const dispose = this.#cluster.cache('rollouts').onChange((change) => {
      if (change.kind === 'state') return
      const isGone = change.kind === 'removed'
      const before = (isGone ? change.object : change.previous) as Rollout | undefined
      if (before === undefined || !this.#isInScope(before)) return
      const kept = isGone ? [] : serviceNames(change.object as Rollout)
      const dropped = serviceNames(before).filter((name) => !kept.includes(name))
      for (const name of dropped) this.#concerned.droppedService(`${before.metadata.namespace ?? ''}/${name}`)
    })
    this.#disposals.push(dispose)
  }

  /** For a Rollout in scope only. */
  mark(rollout: Rollout): void {
    if (!this.#isInScope(rollout)) return
    if (rollout.spec?.workloadRef?.kind === 'Deployment') this.#followDeployments()
    if (hasAnalyses(rollout)) this.#followTemplates()
    this.#concerned.rollout(keyOf(rollout))
  }

  /** Only once a Rollout refers to one: most clusters never need that watch. */
  #followDeployments(): void {
    if (this.#followsDeployments) return
    this.#followsDeployments = true
    this.#follow('deployments', (object) => this.#onReferenced(object, (each) => [each.spec?.workloadRef?.name ?? '']))
  }

  #onOwned(object: KubeObject): void {
    const owner = object.metadata.ownerReferences?.find((each) => each.controller === true && each.kind === 'Rollout')
    const key = `${object.metadata.namespace}/${owner?.name}`
    const rollout = owner === undefined ? undefined : this.#cluster.cache('rollouts').get(key)
    if (rollout !== undefined && this.#isInScope(rollout)) this.#concerned.rollout(key)
  }

  /** A template concerns every Rollout of its namespace that has analyses. */
  #followTemplates(): void {
    if (this.#followsTemplates) return
    this.#followsTemplates = true
    this.#follow('analysisTemplates', ({ metadata }) => {
      for (const rollout of this.#cluster.cache('rollouts').inNamespace(metadata.namespace ?? ''))
        if (hasAnalyses(rollout)) this.mark(rollout)
    })
  }

  /** A run concerns its Rollout when it comes, goes, or enters another phase (REC-4, ANA-1108). */
  #followAnalysis(): void {
    const dispose = this.#cluster.cache('analysisRuns').onChange((change) => {
      if (change.kind === 'state') return
      const phaseOf = (run: KubeObject | undefined) => (run as AnalysisRun | undefined)?.status?.phase
      const before = change.kind === 'upserted' ? change.previous : undefined
      if (before === undefined || phaseOf(before) !== phaseOf(change.object)) this.#onOwned(change.object)
    })
    this.#disposals.push(dispose)
  }

  #onReferenced(object: KubeObject, namesOf: (rollout: Rollout) => readonly string[]): void {
    for (const rollout of this.#cluster.cache('rollouts').inNamespace(object.metadata.namespace ?? ''))
      if (namesOf(rollout).includes(object.metadata.name)) this.mark(rollout)
  }
}

const hasAnalyses = (rollout: Rollout): boolean => namedAnalyses(rollout).length > 0

/** `namespace/name`: how caches and queues call an object. */
export const keyOf = (object: KubeObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`
