import { type Resource, resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Failure } from '#lib/failure.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'

const workloadKinds: readonly Resource[] = [resources.deployments, resources.replicaSets, resources.podTemplates]

/** The resource `spec.workloadRef` points to: Deployment or ReplicaSet of `apps` in any version, or PodTemplate (API-13). */
export function workloadResource(rollout: Rollout): Resource | undefined {
  const { apiVersion = '', kind, name } = rollout.spec?.workloadRef ?? {}
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : ''
  return name === undefined ? undefined : workloadKinds.find((each) => each.kind === kind && each.group === group)
}

/** What `spec.workloadRef` points to, from the API server; `undefined` when there is none or it does not exist. */
export async function readWorkload(
  client: ClusterClient,
  rollout: Rollout,
): Promise<Outcome<RolloutWorld['workload'], Failure>> {
  const resource = workloadResource(rollout)
  if (resource === undefined) return success(undefined)
  const name = rollout.spec.workloadRef?.name ?? ''
  const read = await client.get(resource, { namespace: rollout.metadata.namespace, name })
  if (read.ok) return success(read.value as unknown as RolloutWorld['workload'])
  return read.error.kind === 'NotFound' ? success(undefined) : read
}
