import type { Service } from '#api/core.ts'
import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { serviceNames } from '#engine/rollout/service-names.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { readWorkload, workloadResource } from './read-workload.ts'

/**
 * Everything the engine may look at for one Rollout, from the cluster's caches. `undefined` value: the Rollout is gone.
 * `NotSynced` while a cache that is needed has not finished its first list. Only a `workloadRef` to a kind that is not
 * cached costs a request.
 */
export async function observeRollout(
  cluster: Cluster,
  key: string,
  /** `namespace/name` of ReplicaSets that were found in the way although no cache shows them (REC-50). */
  hiddenReplicaSets: ReadonlySet<string> = new Set(),
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
  const namespace = rollout.metadata.namespace ?? ''
  const labelled = cluster.cache('replicaSets').inNamespace(namespace).filter(hasHash)
  const replicaSets = labelled.filter((each) => isOursOrNobodys(each, rollout))
  const foreign = labelled.filter((each) => !isOursOrNobodys(each, rollout)).map((each) => each.metadata.name)
  const hidden = [...hiddenReplicaSets].filter((each) => each.startsWith(`${namespace}/`))
  return success({
    rollout,
    replicaSets,
    replicaSetNamesTaken: [...foreign, ...hidden.map((each) => each.slice(namespace.length + 1))],
    pods: replicaSets.flatMap((each) => controlledBy(cluster.cache('pods').ownedBy(each.metadata.uid ?? ''), each)),
    services: servicesOf(cluster, rollout),
    workload: workload.value,
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
