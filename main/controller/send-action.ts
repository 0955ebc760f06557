import type { KubeObject } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { ActionName, ActionRefusal, Intent } from '#contract/views.ts'
import type { ActionEcho } from '#engine/actions/effect.ts'
import { intentOf, movedOn } from '#engine/actions/intent.ts'
import type { ActionPlan } from '#engine/actions/plan-action.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { type ActionRequest, isRequest, planNow } from './action-request.ts'
import { applyWrite, type RequestWrite } from './apply-writes.ts'
import { readPickedUp } from './read-picked-up.ts'

/** What was done: the Rollout's version after it, and one line for a person (ACT-24 and its like). */
export interface ActionSent {
  readonly resourceVersion: string
  readonly message: string
  /** What its effect is looked for by (ACT-58); `undefined` when nothing in the cluster was changed. */
  readonly echo: ActionEcho | undefined
}

/** ACT-11. */
const attemptsMax = 5

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
  const result = outcome.ok
    ? success({ resourceVersion: outcome.value.resourceVersion, message: outcome.value.message })
    : outcome
  const fields = { context: cluster.context, namespace, name, action, parameters, reason, outcome: result }
  request.log?.('info', 'action', fields)
  return outcome
}

async function sendAttempts(
  request: ActionRequest & { readonly intent?: Intent },
): Promise<Outcome<ActionSent, ActionRefusal>> {
  let { intent } = request
  let last: Failure | undefined
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const world = await readPickedUp(request)
    if (!world.ok) return world
    const { rollout } = world.value
    intent ??= intentOf(rollout)
    const changed = changedSince(request.action, intent, rollout)
    if (changed.length > 0) return failure({ kind: 'movedOn', changed })
    const reason = request.heldBack?.(rollout)
    if (reason !== undefined) return failure({ kind: 'notOpen', reason })
    const plan = planNow(request, world.value)
    if (!plan.ok) return failure({ kind: 'notOpen', reason: plan.error.reason })
    const sent = await sendPlan(request, plan.value, rollout, intent)
    if (sent.ok) return success({ ...sent.value, message: plan.value.message })
    if (sent.error.kind !== 'retry') return failure(sent.error)
    last = sent.error.failure
  }
  return failure({ kind: 'failed', failure: last ?? { kind: 'Conflict', message: 'the rollout keeps changing' } })
}

/** Actions that mean something else at another step (ACT-12); the others only ask for the same revision. */
const heldToStep: readonly ActionName[] = ['promote', 'promoteFull', 'skipStep', 'abort', 'undo']

const changedSince = (action: ActionName, intent: Intent, rollout: Rollout): readonly string[] =>
  movedOn(intent, rollout).filter((each) => heldToStep.includes(action) || !isAboutStep(each))

const isAboutStep = (change: string): boolean => change.startsWith('step')

type Refused = ActionRefusal | { readonly kind: 'retry'; readonly failure: Failure }
type Answer = Outcome<KubeObject | undefined, Refused>
type Sent = Outcome<Pick<ActionSent, 'resourceVersion' | 'echo'>, Refused>

/** Where the status patch finds no subresource, the same change goes as one patch of the whole object (ACT-4). */
async function sendPlan(request: ActionRequest, plan: ActionPlan, rollout: Rollout, intent: Intent): Promise<Sent> {
  const writes = plan.writes.filter(isRequest)
  const sent = await sendWrites(request, writes, rollout, intent)
  if (sent.ok || !isNotFound(sent.error)) return sent
  if (plan.unified === undefined || !isStatusPatch(writes[0])) return sent
  const unified = await sendWrites(request, [plan.unified], rollout, intent)
  return unified.ok || !isNotFound(unified.error) ? unified : failure({ kind: 'unknownTarget' })
}

const isNotFound = (refused: Refused): boolean => refused.kind === 'failed' && refused.failure.kind === 'NotFound'

const isStatusPatch = (write: RequestWrite | undefined): boolean =>
  write?.kind === 'patch' && write.subresource === 'status'

/** Sends the writes; each one's answer is what the next one's precondition is held to. */
async function sendWrites(
  request: ActionRequest,
  writes: readonly RequestWrite[],
  rollout: Rollout,
  intent: Intent,
): Promise<Sent> {
  let written = rollout
  let isChanged = false
  for (const [i, write] of writes.entries()) {
    const version = versionOf(written)
    const sent = i === 0 ? await sendFirst(request, write) : await sendNext(request, write, { version, intent })
    if (!sent.ok) return sent
    isChanged ||= sent.value?.metadata.resourceVersion !== heldVersion(write)
    if (isRollout(write.ref.resource) && sent.value !== undefined) written = sent.value as Rollout
  }
  const echo = isChanged ? { before: rollout, written } : undefined
  return success({ resourceVersion: versionOf(written), echo })
}

const versionOf = ({ metadata }: KubeObject): string => metadata.resourceVersion ?? ''

/** An API server answers a write that changes nothing with the version it was held to. */
const heldVersion = (write: RequestWrite): string | undefined =>
  write.kind === 'update'
    ? write.object.metadata.resourceVersion
    : write.kind === 'patch'
      ? write.precondition.resourceVersion
      : undefined

/** Nothing is done yet, so a conflict may be planned anew. */
async function sendFirst({ cluster, action, reason }: ActionRequest, write: RequestWrite): Promise<Answer> {
  const sent = await applyWrite(cluster.client, write, { action, reason })
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
): Promise<Answer> {
  const { client } = request.cluster
  const { action, reason } = request
  let { version } = after
  for (let attempt = 1; ; attempt++) {
    const sent = await applyWrite(client, rebased(write, version), { action, reason })
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
