import type { AnalysisRun, AnalysisTemplate, ClusterAnalysisTemplate } from '#api/analysis.ts'
import type { Deployment, ReplicaSet, StatefulSet } from '#api/apps.ts'
import type { Event, Pod, Service } from '#api/core.ts'
import type { Experiment } from '#api/experiment.ts'
import type { KubeObject } from '#api/meta.ts'
import type { Rollout } from '#api/rollout.ts'
import type { RouteKind } from '#api/route-kinds.ts'
import type { Dispose, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { ClusterClient, ReflectorChange } from './client.ts'
import type { ServedKinds } from './served-kinds.ts'

/**
 * One kubeconfig context in use: its client and one shared set of caches, read by the engine, the fleet board and the
 * history recorder alike (VIEW-133). Nobody else lists or watches. Implemented by `openCluster` (open-cluster.ts).
 */
export interface Cluster {
  readonly context: string
  readonly client: ClusterClient
  /** Namespaces in scope; `undefined` means all. */
  readonly namespaces: readonly string[] | undefined
  readonly connection: Connection
  onConnection(listener: (connection: Connection) => void): Dispose
  /**
   * The shared cache of a kind. Kinds other than `rollouts` are watched from the first call on; the same cache is
   * returned to everybody.
   */
  cache<K extends keyof CachedKinds>(kind: K): Cache<CachedKinds[K]>
  /** How it serves route objects. A cache of those shows what the cluster serves, so it is asked for after this. */
  readonly served: Pick<ServedKinds, 'of'>
  /** Begins: reachable? → allowed? → watch. */
  start(): void
  /** Ends every watch and wait. */
  stop(): Promise<void>
  /** Ends the back-off of every broken watch. */
  retryNow(): void
}

/** Route objects that have a cache; Services have one anyway. */
export type CachedRouteKind = Exclude<RouteKind, 'services'>

/** What is cached of a cluster. Scopes: ReplicaSets only with the pod-template-hash label (OPS-51). */
export interface CachedKinds extends Readonly<Record<CachedRouteKind, KubeObject>> {
  readonly rollouts: Rollout
  readonly replicaSets: ReplicaSet
  readonly pods: Pod
  readonly services: Service
  readonly deployments: Deployment
  readonly statefulSets: StatefulSet
  readonly experiments: Experiment
  readonly analysisRuns: AnalysisRun
  readonly analysisTemplates: AnalysisTemplate
  readonly clusterAnalysisTemplates: ClusterAnalysisTemplate
  /** Only those that measure for an AnalysisRun. */
  readonly jobs: KubeObject
  /** Only those about Rollouts. */
  readonly events: Event
}

export interface Cache<T extends KubeObject> {
  /** True once the first list is in. Readers that decide must wait for it. */
  readonly synced: boolean
  /** Why it is not, where its list was refused or did not come. */
  readonly failure: Failure | undefined
  readonly size: number
  /** `key` is `namespace/name`. */
  get(key: string): T | undefined
  values(): Iterable<T>
  inNamespace(namespace: string): readonly T[]
  /** Objects with any ownerReference of this uid (VIEW-2). */
  ownedBy(uid: string): readonly T[]
  onChange(listener: (change: ReflectorChange) => void): Dispose
}

export type Connection =
  | { readonly state: 'connecting'; readonly since: EpochMs }
  | { readonly state: 'connected'; readonly since: EpochMs }
  /** Some watch is broken for more than 10 s but the server answers (UI-P-6). */
  | { readonly state: 'late'; readonly since: EpochMs; readonly failure: Failure }
  | {
      readonly state: 'unreachable'
      readonly since: EpochMs
      readonly failure: Failure
      readonly retryAt: EpochMs
      readonly attempt: number
    }
  | { readonly state: 'signInNeeded'; readonly since: EpochMs; readonly failure: Failure }
  | { readonly state: 'forbidden'; readonly since: EpochMs; readonly failure: Failure }
  /** The API server answers, but does not serve these resources. Checked again with back-off. */
  | { readonly state: 'crdsMissing'; readonly since: EpochMs; readonly missing: readonly string[] }
