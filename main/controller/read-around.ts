import type { Pod, Service } from '#api/core.ts'
import { labels } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { serviceNames } from '#engine/rollout/service-names.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Failure } from '#lib/failure.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { readRoutes } from './read-routes.ts'
import { readWorkload } from './read-workload.ts'
import { readReplicaSets } from './read-world.ts'

/** All that the engine would look at for a Rollout, asked of the API server by somebody who keeps no caches. */
export async function readAround(client: ClusterClient, rollout: Rollout): Promise<Outcome<RolloutWorld, Failure>> {
  const { namespace } = rollout.metadata
  const replicaSets = await readReplicaSets(client, rollout)
  if (!replicaSets.ok) return replicaSets
  const pods = await client.list(resources.pods, { namespace, labelSelector: labels.podTemplateHash })
  if (!pods.ok) return pods
  const services = await readServices(client, rollout)
  if (!services.ok) return services
  const workload = await readWorkload(client, rollout)
  if (!workload.ok) return workload
  const routes = await readRoutes(client, rollout)
  if (!routes.ok) return routes
  const uids = new Set(replicaSets.value.map(({ metadata }) => metadata.uid))
  const ours = pods.value.items.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uids.has(uid)))
  return success({
    rollout,
    replicaSets: replicaSets.value,
    pods: ours as unknown as readonly Pod[],
    services: services.value,
    workload: workload.value,
    ...(routes.value !== undefined && { routes: routes.value }),
  })
}

/** A Service that does not exist is absent. */
async function readServices(
  client: ClusterClient,
  rollout: Rollout,
): Promise<Outcome<RolloutWorld['services'], Failure>> {
  const found: Record<string, Service> = {}
  for (const name of serviceNames(rollout)) {
    const read = await client.get(resources.services, { namespace: rollout.metadata.namespace, name })
    if (read.ok) found[name] = read.value as Service
    else if (read.error.kind !== 'NotFound') return read
  }
  return success(found)
}
