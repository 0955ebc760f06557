import type { KubeObject } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { rolloutKey } from '#contract/keys.ts'
import type { ActionName, ActionPreview, ActionRefusal, Intent } from '#contract/views.ts'
import { intentOf, movedOn } from '#engine/actions/intent.ts'
import { type ActionParameters, planAction } from '#engine/actions/plan-action.ts'
import type { Write } from '#engine/decision.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Clock } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { applyWrite, type RequestWrite } from './apply-writes.ts'
import { failureText } from './failure-text.ts'
import { readWorld } from './read-world.ts'
import { viewWrite } from './write-view.ts'

export interface ActionRequest {
  readonly cluster: { readonly context: string; readonly client: ClusterClient }
  readonly clock: Clock
  readonly action: ActionName
  readonly namespace: string
  readonly name: string
  readonly parameters: ActionParameters
  /** Why, in the person's words; for the log. */
  readonly reason?: string
  readonly log?: Log
}

/** What was done: the Rollout's version after it, and one line for a person (ACT-24 and its like). */
export interface ActionSent {
  readonly resourceVersion: string
  readonly message: string
}

/** ACT-11. */
const attemptsMax = 5

/**
 * Shows what an action would send to the Rollout as it is now, and captures the intent that sending is held to (ACT-12).
 */
export async function previewAction(request: ActionRequest): Promise<ActionPreview> {
  const { cluster, namespace, name } = request
  const key = rolloutKey({ context: cluster.context, namespace, name })
  const world = await readWorld(cluster.client, request)
  if (!world.ok) return { key, open: false, reason: failureText(world.error) }
  const plan = planNow(request, world.value)
  if (!plan.ok) return { key, open: false, reason: plan.error.reason }
  const { effects, warnings } = plan.value
  const writes = plan.value.writes.filter(isRequest).map((write) => viewWrite(cluster.context, write))
  return { key, open: true, intent: intentOf(world.value.rollout), writes, effects, warnings }
}

/**
 * Does what a person decided. The Rollout is read past every cache right before; when it is no longer what the person saw,
 * nothing is sent (ACT-12). A conflict is tried again only while the intent holds, at most five times (ACT-11). Writes go in
 * the planned order, status before spec, and stop at the first that fails (ACT-3).
 */
export async function sendAction(
  request: ActionRequest & { readonly intent?: Intent },
): Promise<Outcome<ActionSent, ActionRefusal>> {
  const outcome = await sendAttempts(request)
  const { action, namespace, name, parameters, reason, cluster } = request
  request.log?.('info', 'action', { context: cluster.context, namespace, name, action, parameters, reason, outcome })
  return outcome
}

async function sendAttempts(
  request: ActionRequest & { readonly intent?: Intent },
): Promise<Outcome<ActionSent, ActionRefusal>> {
  let { intent } = request
  let last: Failure | undefined
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const world = await readWorld(request.cluster.client, request)
    if (!world.ok) return failure(refusalOf(world.error))
    const { rollout } = world.value
    const changed = intent === undefined ? [] : movedOn(intent, rollout)
    if (changed.length > 0) return failure({ kind: 'movedOn', changed })
    intent ??= intentOf(rollout)
    const plan = planNow(request, world.value)
    if (!plan.ok) return failure({ kind: 'notOpen', reason: plan.error.reason })
    const sent = await sendWrites(request, plan.value.writes.filter(isRequest), rollout, intent)
    if (sent.ok) return success({ resourceVersion: sent.value, message: plan.value.message })
    if (sent.error.kind !== 'retry') return failure(sent.error)
    last = sent.error.failure
  }
  return failure({ kind: 'failed', failure: last ?? { kind: 'Conflict', message: 'the rollout keeps changing' } })
}

const planNow = (request: ActionRequest, world: RolloutWorld) =>
  planAction({ action: request.action, world, parameters: request.parameters, now: request.clock.now() })

const isRequest = (write: Write): write is RequestWrite => write.kind !== 'event'

const refusalOf = (cause: Failure): ActionRefusal =>
  cause.kind === 'NotFound' && cause.name !== undefined ? { kind: 'unknownTarget' } : { kind: 'failed', failure: cause }

type Refused = ActionRefusal | { readonly kind: 'retry'; readonly failure: Failure }

/**
 * Sends the writes; each one's answer is what the next one's precondition is held to. Before the first has succeeded a
 * conflict may plan anew. After it, only the rest is sent again: planning a half-done promote anew would promote twice (ACT-38).
 */
async function sendWrites(
  request: ActionRequest,
  writes: readonly RequestWrite[],
  rollout: Rollout,
  intent: Intent,
): Promise<Outcome<string, Refused>> {
  const { client } = request.cluster
  let version = rollout.metadata.resourceVersion ?? ''
  let conflicts = 0
  for (let done = 0; done < writes.length; ) {
    const write = writes[done]
    if (write === undefined) break
    const sent = await applyWrite(client, done === 0 ? write : rebased(write, version))
    if (sent.ok) {
      if (isRollout(write.ref.resource)) version = sent.value?.metadata.resourceVersion ?? version
      done++
      continue
    }
    const isConflict = sent.error.kind === 'Conflict'
    if (!isConflict) return failure({ kind: 'failed', failure: sent.error })
    if (done === 0) return failure({ kind: 'retry', failure: sent.error })
    if (++conflicts >= attemptsMax) return failure({ kind: 'failed', failure: sent.error })
    const again = await client.get(resources.rollouts, { namespace: request.namespace, name: request.name })
    if (!again.ok) return failure({ kind: 'failed', failure: again.error })
    const changed = movedOn(intent, again.value as Rollout).filter((each) => !each.startsWith('step'))
    if (changed.length > 0) return failure({ kind: 'movedOn', changed })
    version = again.value.metadata.resourceVersion ?? version
  }
  return success(version)
}

const isRollout = (resource: Resource): boolean => resource.kind === 'Rollout'

/** The same write, held to the Rollout as it is after our own writes before it. */
function rebased(write: RequestWrite, resourceVersion: string): RequestWrite {
  if (!isRollout(write.ref.resource)) return write
  if (write.kind === 'patch' && write.precondition.resourceVersion !== undefined)
    return { ...write, precondition: { ...write.precondition, resourceVersion } }
  if (write.kind !== 'update') return write
  const object: KubeObject = { ...write.object, metadata: { ...write.object.metadata, resourceVersion } }
  return { ...write, object }
}
