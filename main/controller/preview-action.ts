import { rolloutKey } from '#contract/keys.ts'
import type { ActionName, ActionPreview } from '#contract/views.ts'
import { intentOf } from '#engine/actions/intent.ts'
import { reachOf } from '#engine/actions/reach.ts'
import type { Write } from '#engine/decision.ts'
import { normaliseRollout } from '#engine/normalise/normalise-rollout.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { type ActionRequest, isRequest, type PreviewSources, planNow, serverNow } from './action-request.ts'
import { failureText } from './failure-text.ts'
import { pathAfter } from './forecast-view.ts'
import { readWorld } from './read-world.ts'
import { viewWrite } from './write-view.ts'

/**
 * Shows what an action would send to the Rollout as it is now, and captures the intent that sending is held to (ACT-12). One
 * that RBAC would refuse is closed, with the right that is missing (ACT-14). What follows from it is played forward from the same
 * requests. Sends nothing.
 */
export async function previewAction(request: ActionRequest & PreviewSources): Promise<ActionPreview> {
  const { cluster, namespace, name } = request
  const key = rolloutKey({ context: cluster.context, namespace, name })
  const read = await readWorld(cluster.client, request)
  if (!read.ok) return { key, open: false, reason: failureText(read.error) }
  const around = await request.world?.(read.value.rollout)
  const plan = planNow(request, withReplicaSets(read.value, request, around))
  if (!plan.ok) return { key, open: false, reason: plan.error.reason }
  const { effects, warnings } = plan.value
  const requests = plan.value.writes.filter(isRequest)
  const missing = await request.missingRight?.(normaliseRollout(read.value.rollout).rollout, requests)
  if (missing !== undefined) return { key, open: false, reason: missing }
  const writes = requests.map((write) => viewWrite(cluster.context, write))
  const isForeseen = !notForeseen.includes(request.action)
  const follows =
    around && isForeseen ? followsFrom(request, { ...around, rollout: read.value.rollout }, requests) : undefined
  const { rollout } = read.value
  const guard = request.guard?.(rollout)
  const reach = reachOf(request.action, normaliseRollout(rollout).rollout, request.parameters)
  const more = { follows, guard, ...(reach !== undefined && { reach }) }
  return { key, open: true, intent: intentOf(rollout), writes, effects, warnings, ...more }
}

/** What is only tried changes nothing of what is to come; what comes of an analysis that ends, its plan says in words. */
const notForeseen: readonly ActionName[] = ['rerunAnalysis', 'terminateAnalysis', 'terminateExperiment']

/** Undo has read them itself; for the others they are only words. */
const withReplicaSets = (
  world: RolloutWorld,
  { action }: ActionRequest,
  around: RolloutWorld | undefined,
): RolloutWorld => (around === undefined || action === 'undo' ? world : { ...world, replicaSets: around.replicaSets })

const followsFrom = (request: ActionRequest & PreviewSources, world: RolloutWorld, writes: readonly Write[]) =>
  pathAfter(writes, { world, now: serverNow(request), pastRuns: request.pastRuns ?? [], stepEnds: new Map() })
