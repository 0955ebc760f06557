import { rolloutKey } from '#contract/keys.ts'
import type { ActionName, ActionRefusal, RolloutKey, WriteView } from '#contract/views.ts'
import type { ActionPlan } from '#engine/actions/plan-action.ts'
import { planTermination, type Terminable, terminationResource } from '#engine/actions/terminate.ts'
import { controllerOf } from '#engine/ownership.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { isRequest } from './action-request.ts'
import { applyWrite, type RequestWrite } from './apply-writes.ts'
import { viewWrite } from './write-view.ts'

export type TerminateAction = ActionName & ('terminateAnalysis' | 'terminateExperiment')

/** An AnalysisRun or an Experiment of one cluster that is to end (ACT-142), whoever made it. */
export interface Termination {
  readonly cluster: { readonly context: string; readonly client: ClusterClient }
  readonly action: TerminateAction
  readonly namespace: string
  readonly name: string
  /** Why, in the person's words; for the record. */
  readonly reason?: string
  /** Why the rails around this cluster hold it back; `undefined`: they do not. */
  readonly heldBack?: () => string | undefined
}

/** What it is about, and what would be sent. */
export interface TerminationRead {
  readonly object: Terminable
  /** What the audit record files it under: the Rollout it is for, else the object itself. */
  readonly about: { readonly key: RolloutKey; readonly uid: string | undefined }
  readonly plan: Outcome<Pick<ActionPlan, 'effects' | 'warnings'> & Planned, string>
}

interface Planned {
  readonly requests: readonly RequestWrite[]
  readonly writes: readonly WriteView[]
}

export interface TerminationSent {
  readonly object: Terminable
  readonly resourceVersion: string
  readonly message: string
}

/** As it is now, past every cache. Sends nothing. */
export async function readTermination(request: Termination): Promise<Outcome<TerminationRead, Failure>> {
  const { context } = request.cluster
  const read = await readObject(request)
  if (!read.ok) return read
  const plan = planTermination(read.value)
  const about = aboutOf(read.value, request)
  if (!plan.ok) return success({ object: read.value, about, plan: failure(plan.error.reason) })
  const { effects, warnings } = plan.value
  const requests = plan.value.writes.filter(isRequest)
  const writes = requests.map((write) => viewWrite(context, write))
  return success({ object: read.value, about, plan: success({ effects, warnings, requests, writes }) })
}

/** ACT-11. */
const attemptsMax = 5

/** Bound to the version it was decided from: whatever has changed since is decided anew (ACT-11). */
export async function sendTermination(request: Termination): Promise<Outcome<TerminationSent, ActionRefusal>> {
  const { action, reason } = request
  const held = request.heldBack?.()
  if (held !== undefined) return failure({ kind: 'notOpen', reason: held })
  let uid: string | undefined
  for (let attempt = 1; ; attempt++) {
    const read = await readObject(request)
    if (!read.ok) return failure(refusalOf(read.error))
    uid ??= read.value.metadata.uid
    if (read.value.metadata.uid !== uid) return failure({ kind: 'movedOn', changed: ['deleted and created anew'] })
    const plan = planTermination(read.value)
    if (!plan.ok) return failure({ kind: 'notOpen', reason: plan.error.reason })
    const [write] = plan.value.writes.filter(isRequest)
    if (write === undefined) return failure({ kind: 'unknownTarget' })
    const sent = await applyWrite(request.cluster.client, write, { action, reason })
    if (sent.ok) {
      const resourceVersion = sent.value?.metadata.resourceVersion ?? ''
      return success({ object: read.value, resourceVersion, message: plan.value.message })
    }
    if (sent.error.kind !== 'Conflict' || attempt === attemptsMax) return failure(refusalOf(sent.error))
  }
}

const refusalOf = (cause: Failure): ActionRefusal =>
  cause.kind === 'NotFound' && cause.name !== undefined ? { kind: 'unknownTarget' } : { kind: 'failed', failure: cause }

async function readObject({ cluster, action, namespace, name }: Termination): Promise<Outcome<Terminable, Failure>> {
  const read = await cluster.client.get(terminationResource(action), { namespace, name })
  return read.ok ? success(read.value as Terminable) : read
}

function aboutOf(object: Terminable, { cluster, namespace, name }: Termination): TerminationRead['about'] {
  const owner = controllerOf(object)
  const about = owner?.kind === 'Rollout' ? owner : { name, uid: object.metadata.uid }
  return { key: rolloutKey({ context: cluster.context, namespace, name: about.name }), uid: about.uid }
}
