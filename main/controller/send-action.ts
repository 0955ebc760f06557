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
    intent ??= intentOf(rollout)
    const changed = changedSince(request.action, intent, rollout)
    if (changed.length > 0) return failure({ kind: 'movedOn', changed })
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

/** Actions that mean something else at another step (ACT-12); the others only ask for the same revision. */
const heldToStep: readonly ActionName[] = ['promote', 'promoteFull', 'skipStep', 'abort', 'undo']

const changedSince = (action: ActionName, intent: Intent, rollout: Rollout): readonly string[] =>
  movedOn(intent, rollout).filter((each) => heldToStep.includes(action) || !isAboutStep(each))

const isAboutStep = (change: string): boolean => change.startsWith('step')

type Refused = ActionRefusal | { readonly kind: 'retry'; readonly failure: Failure }
type Sent = Outcome<KubeObject | undefined, Refused>

/** Sends the writes; each one's answer is what the next one's precondition is held to. The value is the Rollout's version. */
async function sendWrites(
  request: ActionRequest,
  writes: readonly RequestWrite[],
  rollout: Rollout,
  intent: Intent,
): Promise<Outcome<string, Refused>> {
  let version = rollout.metadata.resourceVersion ?? ''
  for (const [i, write] of writes.entries()) {
    const sent = i === 0 ? await sendFirst(request, write) : await sendNext(request, write, { version, intent })
    if (!sent.ok) return sent
    if (isRollout(write.ref.resource)) version = sent.value?.metadata.resourceVersion ?? version
  }
  return success(version)
}

/** Nothing is done yet, so a conflict may be planned anew. */
async function sendFirst({ cluster }: ActionRequest, write: RequestWrite): Promise<Sent> {
  const sent = await applyWrite(cluster.client, write)
  if (sent.ok) return sent
  const kind = (await isConflict(cluster.client, write, sent.error)) ? 'retry' : 'failed'
  return failure({ kind, failure: sent.error })
}

/**
 * Whether the object moved since the write was planned. The API server answers a failed `test` of a JSON patch as it does
 * a wrong patch (ACT-100), so the object itself is asked.
 */
async function isConflict(client: ClusterClient, write: RequestWrite, cause: Failure): Promise<boolean> {
  if (cause.kind === 'Conflict') return true
  if (cause.kind !== 'Invalid' || write.kind !== 'patch' || write.patchType !== 'json') return false
  const now = await client.get(write.ref.resource, write.ref)
  return now.ok && now.value.metadata.resourceVersion !== write.precondition.resourceVersion
}

/** The action is half done: planning it anew would promote twice (ACT-38). Only this write is sent again. */
async function sendNext(
  request: ActionRequest,
  write: RequestWrite,
  after: { readonly version: string; readonly intent: Intent },
): Promise<Sent> {
  const { client } = request.cluster
  let { version } = after
  for (let attempt = 1; ; attempt++) {
    const sent = await applyWrite(client, rebased(write, version))
    if (sent.ok) return sent
    if (sent.error.kind !== 'Conflict' || attempt === attemptsMax)
      return failure({ kind: 'failed', failure: sent.error })
    const again = await client.get(resources.rollouts, { namespace: request.namespace, name: request.name })
    if (!again.ok) return failure({ kind: 'failed', failure: again.error })
    const changed = movedOn(after.intent, again.value as Rollout).filter((each) => !isAboutStep(each))
    if (changed.length > 0) return failure({ kind: 'movedOn', changed })
    version = again.value.metadata.resourceVersion ?? version
  }
}

const isRollout = (resource: Resource): boolean => resource.kind === 'Rollout'

/** The same write, held to the Rollout as it is after our own writes before it. */
function rebased(write: RequestWrite, resourceVersion: string): RequestWrite {
  if (!isRollout(write.ref.resource)) return write
  if (write.kind === 'patch') return { ...write, precondition: { ...write.precondition, resourceVersion } }
  if (write.kind !== 'update') return write
  const object: KubeObject = { ...write.object, metadata: { ...write.object.metadata, resourceVersion } }
  return { ...write, object }
}
