import { rolloutKey } from '#contract/keys.ts'
import type { ActionPreview } from '#contract/views.ts'
import { intentOf } from '#engine/actions/intent.ts'
import { normaliseRollout } from '#engine/normalise/normalise-rollout.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { type ActionRequest, isRequest, type PreviewSources, planNow } from './action-request.ts'
import { failureText } from './failure-text.ts'
import { readWorld } from './read-world.ts'
import { viewWrite } from './write-view.ts'

/**
 * Shows what an action would send to the Rollout as it is now, and captures the intent that sending is held to (ACT-12). One
 * that RBAC would refuse is closed, with the right that is missing (ACT-14). Sends nothing.
 */
export async function previewAction(request: ActionRequest & PreviewSources): Promise<ActionPreview> {
  const { cluster, namespace, name } = request
  const key = rolloutKey({ context: cluster.context, namespace, name })
  const read = await readWorld(cluster.client, request)
  if (!read.ok) return { key, open: false, reason: failureText(read.error) }
  const world = await withReplicaSets(read.value, request)
  const plan = planNow(request, world)
  if (!plan.ok) return { key, open: false, reason: plan.error.reason }
  const { effects, warnings } = plan.value
  const requests = plan.value.writes.filter(isRequest)
  const missing = await request.missingRight?.(normaliseRollout(world.rollout).rollout, requests)
  if (missing !== undefined) return { key, open: false, reason: missing }
  const writes = requests.map((write) => viewWrite(cluster.context, write))
  return { key, open: true, intent: intentOf(world.rollout), writes, effects, warnings }
}

/** Undo has read them itself; for the others they are only words. */
async function withReplicaSets(
  world: RolloutWorld,
  { action, replicaSets }: ActionRequest & PreviewSources,
): Promise<RolloutWorld> {
  if (replicaSets === undefined || action === 'undo') return world
  return { ...world, replicaSets: await replicaSets(world.rollout) }
}
