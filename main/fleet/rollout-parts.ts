import type { AnalysisRun } from '#api/analysis.ts'
import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { Event, Pod, PodTemplate, Service } from '#api/core.ts'
import type { Experiment } from '#api/experiment.ts'
import type { Rollout } from '#api/rollout.ts'
import { serviceNames } from '#engine/rollout/service-names.ts'
import type { Routes } from '#engine/traffic/routes.ts'
import { workloadResource } from '#main/controller/read-workload.ts'
import { isRerunFor } from './detail/analysis.ts'
import { type ReadableRoutes, type ReadCluster, readableRoutes } from './readable-routes.ts'

/** A Rollout and all that is shown of it, as cached: nothing here is normalised. */
export interface RolloutParts {
  readonly context: string
  readonly rollout: Rollout
  /** Those that name the Rollout as an owner (VIEW-2), in no order. */
  readonly replicaSets: readonly ReplicaSet[]
  /** Pods of those ReplicaSets, in no order; empty where they are not asked for yet. */
  readonly pods: readonly Pod[]
  /** The Services that the strategy names and that exist, by name. */
  readonly services: Readonly<Record<string, Service>>
  /** Events about this Rollout; empty unless asked for. */
  readonly events: readonly Event[]
  /** Those it owns, those that repeat one of them and those of its Experiments, in no order; empty unless asked for. */
  readonly analysisRuns: readonly AnalysisRun[]
  /** Those it owns, in no order; empty unless asked for, and where no step of it is one. */
  readonly experiments: readonly Experiment[]
  /** What `spec.workloadRef` names; `undefined` also for kinds that are not cached. */
  readonly workload: Deployment | ReplicaSet | PodTemplate | undefined
  /** Its route objects as far as they can be read; absent unless asked for, and where no router splits its traffic. */
  readonly routes?: Routes
  readonly readRoutes?: ReadableRoutes
}

export type PartsScope = 'bare' | 'board' | 'detail'

/**
 * Reads a Rollout and its children from the caches; `undefined` when it is gone.
 * @param key `namespace/name`
 * @param scope `detail` adds events, AnalysisRuns, Experiments and route objects, and begins to watch them in this cluster; `bare` leaves
 * out pods, and begins to watch nothing
 */
export function partsOf(cluster: ReadCluster, key: string, scope: PartsScope = 'board'): RolloutParts | undefined {
  const rollout = cluster.cache('rollouts').get(key)
  if (rollout === undefined) return undefined
  const replicaSets = ownedBy(cluster, 'replicaSets', rollout.metadata.uid)
  return {
    context: cluster.context,
    rollout,
    replicaSets,
    pods: scope === 'bare' ? [] : replicaSets.flatMap((each) => ownedBy(cluster, 'pods', each.metadata.uid)),
    services: servicesOf(cluster, rollout),
    events: scope === 'detail' ? eventsAbout(cluster, rollout) : [],
    ...(scope === 'detail' ? analysesOf(cluster, rollout) : { analysisRuns: [], experiments: [] }),
    ...(scope === 'detail' && routesOf(cluster, rollout)),
    workload: workloadOf(cluster, rollout),
  }
}

const ownedBy = <K extends 'replicaSets' | 'pods'>(cluster: ReadCluster, kind: K, uid: string | undefined) =>
  uid === undefined ? [] : cluster.cache(kind).ownedBy(uid)

function servicesOf(cluster: ReadCluster, rollout: Rollout): Readonly<Record<string, Service>> {
  const found = serviceNames(rollout).flatMap((name) => {
    const service = cluster.cache('services').get(`${rollout.metadata.namespace ?? ''}/${name}`)
    return service === undefined ? [] : [[name, service] as const]
  })
  return Object.fromEntries(found)
}

/** By uid, so that a Rollout made anew does not inherit the events of its namesake. */
const eventsAbout = (cluster: ReadCluster, rollout: Rollout): readonly Event[] =>
  cluster
    .cache('events')
    .inNamespace(rollout.metadata.namespace ?? '')
    .filter(({ involvedObject }) => involvedObject.uid === rollout.metadata.uid)

function analysesOf(cluster: ReadCluster, rollout: Rollout): Pick<RolloutParts, 'analysisRuns' | 'experiments'> {
  const { namespace = '', uid } = rollout.metadata
  if (uid === undefined) return { analysisRuns: [], experiments: [] }
  const runs = cluster.cache('analysisRuns')
  const experiments = mayHaveExperiments(rollout) ? cluster.cache('experiments').ownedBy(uid) : []
  const analysisRuns = [
    ...runs.ownedBy(uid),
    ...runs.inNamespace(namespace).filter((run) => isRerunFor(rollout, run)),
    ...experiments.flatMap(({ metadata }) => runs.ownedBy(metadata.uid ?? '')),
  ]
  return { analysisRuns, experiments }
}

function routesOf(cluster: ReadCluster, rollout: Rollout): Pick<RolloutParts, 'routes' | 'readRoutes'> {
  const readRoutes = readableRoutes(cluster, rollout)
  return readRoutes === undefined ? {} : { routes: readRoutes.routes, readRoutes }
}

/** Most Rollouts have none, and most clusters need no watch for them. */
export const mayHaveExperiments = ({ spec }: Rollout): boolean =>
  (spec?.strategy?.canary?.steps ?? []).some(({ experiment }) => experiment !== undefined)

/** `namespace/name` of the Deployment that the Rollout borrows its template from, if it does. */
export function referredDeployment(rollout: Rollout): string | undefined {
  if (workloadResource(rollout)?.kind !== 'Deployment') return undefined
  return `${rollout.metadata.namespace ?? ''}/${rollout.spec.workloadRef?.name ?? ''}`
}

function workloadOf(cluster: ReadCluster, rollout: Rollout): RolloutParts['workload'] {
  const deployment = referredDeployment(rollout)
  return deployment === undefined ? undefined : cluster.cache('deployments').get(deployment)
}
