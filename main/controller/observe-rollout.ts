import type { Service } from '#api/core.ts'
import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { serviceNames } from '#engine/rollout/service-names.ts'
import type { AwsVerification } from '#engine/traffic/alb/aws-answers.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import type { MetricsPort } from './metrics-port.ts'
import { observeAnalysis } from './observe-analysis.ts'
import { observeExperiments } from './observe-experiment.ts'
import { type ObservedRoutes, observeRoutes } from './observe-routes.ts'
import { readWorkload, workloadResource } from './read-workload.ts'

/** What was found in the way although no cache shows it. */
export interface Hidden {
  /** ReplicaSets, by `namespace/name` (REC-50). */
  readonly replicaSets: ReadonlySet<string>
  /** AnalysisRuns and Experiments with a name this Rollout has tried (ANA-1104, EXP-808). */
  readonly objects: readonly KubeObject[]
}

export interface RoutingPort {
  /** Told which route objects were looked at, so that changes of them can be followed. */
  readonly onReads: (reads: ObservedRoutes['reads']) => void
  /** What AWS says about the load balancers of the Rollout. Absent: nobody asks. */
  readonly aws?: AwsVerification
}

/**
 * Everything the engine may look at for one Rollout, from the cluster's caches. `undefined` value: the Rollout is gone.
 * `NotSynced` while a cache that is needed has not finished its first list. Only a `workloadRef` to a kind that is not
 * cached costs a request.
 */
export async function observeRollout(
  cluster: Cluster,
  key: string,
  hidden: Hidden = { replicaSets: new Set(), objects: [] },
  metrics?: MetricsPort,
  routing: RoutingPort = { onReads: () => undefined },
): Promise<Outcome<RolloutWorld | undefined, Failure | { readonly kind: 'NotSynced' }>> {
  const caches = [
    cluster.cache('rollouts'),
    cluster.cache('replicaSets'),
    cluster.cache('pods'),
    cluster.cache('services'),
  ]
  if (!caches.every((cache) => cache.synced)) return failure({ kind: 'NotSynced' })
  const rollout = cluster.cache('rollouts').get(key)
  if (rollout === undefined) return success(undefined)
  const workload = await observeWorkload(cluster, rollout)
  if (!workload.ok) return workload
  const analysis = await observeAnalysis(cluster, rollout, hidden.objects, metrics)
  if (!analysis.ok) return analysis
  const experiments = observeExperiments(cluster, rollout, hidden.objects)
  if (!experiments.ok) return experiments
  const observed = observeRoutes(cluster, rollout, routing.aws !== undefined)
  if (!observed.ok) return observed
  routing.onReads(observed.value.reads)
  const namespace = rollout.metadata.namespace ?? ''
  const labelled = cluster.cache('replicaSets').inNamespace(namespace).filter(hasHash)
  const replicaSets = labelled.filter((each) => isOursOrNobodys(each, rollout))
  const foreign = labelled.filter((each) => !isOursOrNobodys(each, rollout)).map((each) => each.metadata.name)
  const hiddenNames = [...hidden.replicaSets].filter((each) => each.startsWith(`${namespace}/`))
  return success({
    rollout,
    replicaSets,
    replicaSetNamesTaken: [...foreign, ...hiddenNames.map((each) => each.slice(namespace.length + 1))],
    pods: replicaSets.flatMap((each) => controlledBy(cluster.cache('pods').ownedBy(each.metadata.uid ?? ''), each)),
    services: servicesOf(cluster, rollout),
    workload: workload.value,
    ...analysis.value,
    ...experiments.value,
    ...(observed.value.reads.length > 0 && { routes: observed.value.routes }),
    ...(routing.aws !== undefined && { aws: routing.aws }),
  })
}

const hasHash = (object: KubeObject): boolean => object.metadata.labels?.[labels.podTemplateHash] !== undefined

/** Those that another controller owns cannot be claimed (REC-35). */
const isOursOrNobodys = (object: KubeObject, rollout: Rollout): boolean =>
  [undefined, rollout.metadata.uid].includes(controllerOf(object))

const controllerOf = (object: KubeObject): string | undefined =>
  object.metadata.ownerReferences?.find((each) => each.controller === true)?.uid

const controlledBy = <T extends KubeObject>(objects: readonly T[], owner: KubeObject): readonly T[] =>
  objects.filter((each) => controllerOf(each) === owner.metadata.uid)

function servicesOf(cluster: Cluster, rollout: Rollout): Readonly<Record<string, Service>> {
  const cache = cluster.cache('services')
  const found = serviceNames(rollout).flatMap((name) => {
    const service = cache.get(`${rollout.metadata.namespace}/${name}`)
    return service === undefined ? [] : [[name, service] as const]
  })
  return Object.fromEntries(found)
}

/** From the cache where there is one, else by a request. */
async function observeWorkload(
  cluster: Cluster,
  rollout: Rollout,
): Promise<Outcome<RolloutWorld['workload'], Failure | { readonly kind: 'NotSynced' }>> {
  if (workloadResource(rollout) !== resources.deployments) return readWorkload(cluster.client, rollout)
  const cache = cluster.cache('deployments')
  const key = `${rollout.metadata.namespace}/${rollout.spec.workloadRef?.name}`
  return cache.synced ? success(cache.get(key)) : failure({ kind: 'NotSynced' })
}
