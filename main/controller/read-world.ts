import type { ReplicaSet } from '#api/apps.ts'
import { labels } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { ActionName } from '#contract/views.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Failure } from '#lib/failure.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { ActionRequest } from './action-request.ts'
import { readAnalysed } from './read-analysed.ts'
import { readWorkload } from './read-workload.ts'

/** Actions whose plan needs more than the Rollout itself (ACT-164, ACT-165); the others must not ask for further rights. */
const needsReplicaSets: readonly ActionName[] = ['undo']
const needsWorkload: readonly ActionName[] = ['undo', 'setImage']

/**
 * One Rollout and what an action on it needs, read past every cache (ACT-11). Pods and Services stay empty: no action looks
 * at them.
 */
export async function readWorld(
  client: ClusterClient,
  target: Pick<ActionRequest, 'action' | 'namespace' | 'name' | 'parameters'>,
): Promise<Outcome<RolloutWorld, Failure>> {
  const { action, namespace, name } = target
  const read = await client.get(resources.rollouts, { namespace, name })
  if (!read.ok) return read
  const rollout = read.value as Rollout
  const replicaSets = needsReplicaSets.includes(action) ? await readReplicaSets(client, rollout) : success([])
  if (!replicaSets.ok) return replicaSets
  const workload = needsWorkload.includes(action) ? await readWorkload(client, rollout) : success(undefined)
  if (!workload.ok) return workload
  const analysed = await readAnalysed(client, target)
  if (!analysed.ok) return analysed
  return success({
    rollout,
    replicaSets: replicaSets.value,
    pods: [],
    services: {},
    workload: workload.value,
    ...analysed.value,
  })
}

/** Those this Rollout controls (ACT-91). */
export async function readReplicaSets(
  client: ClusterClient,
  { metadata }: Rollout,
): Promise<Outcome<readonly ReplicaSet[], Failure>> {
  const scope = { namespace: metadata.namespace, labelSelector: labels.podTemplateHash }
  const listed = await client.list(resources.replicaSets, scope)
  if (!listed.ok) return listed
  const ours = listed.value.items.filter((each) =>
    each.metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === metadata.uid),
  )
  return success(ours as unknown as readonly ReplicaSet[])
}
