import type { ControllerRevision, ReplicaSet } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import type { GuardView } from '#contract/guard-views.ts'
import { type WorkloadAddress, workloadKey } from '#contract/keys.ts'
import type { ActionName, ActionPreview, ActionRefusal, Intent } from '#contract/views.ts'
import type { ActionParameters, ActionPlan, NotOpen } from '#engine/actions/action-plan.ts'
import { podTemplateHash } from '#engine/pod-hash/pod-template-hash.ts'
import { planWorkloadAction, resourceOf } from '#engine/workload/plan.ts'
import type { NativeWorkload } from '#engine/workload/progress.ts'
import { withoutHash } from '#engine/workload/revisions.ts'
import type { Clock } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { isRequest, serverNow } from './action-request.ts'
import { applyWrite } from './apply-writes.ts'
import { failureText } from './failure-text.ts'
import type { ActionSent } from './send-action.ts'
import { viewWrite } from './write-view.ts'

/** One action on one Deployment or StatefulSet. */
export interface WorkloadRequest {
  readonly cluster: { readonly context: string; readonly client: ClusterClient }
  readonly clock: Clock
  readonly address: WorkloadAddress
  readonly action: ActionName
  readonly parameters: ActionParameters
  readonly reason?: string
  readonly log?: Log
  /** The rails that it meets. */
  readonly guard?: GuardView | undefined
  /** The right that is missing, in words. */
  readonly missingRight?: (workload: NativeWorkload) => Promise<string | undefined>
}

const attemptsMax = 5

/** As `previewAction` of a Rollout: what would be sent to the workload as it is now, and what sending is held to. */
export async function previewWorkloadAction(request: WorkloadRequest): Promise<ActionPreview> {
  const { cluster, address, missingRight } = request
  const key = workloadKey(address)
  const read = await readNativeWorkload(cluster.client, address)
  if (!read.ok) return { key, open: false, reason: failureText(read.error) }
  const plan = await planNow(request, read.value)
  if (!plan.ok) return { key, open: false, reason: plan.error.reason }
  const missing = await missingRight?.(read.value)
  if (missing !== undefined) return { key, open: false, reason: missing }
  const writes = plan.value.writes.filter(isRequest).map((write) => viewWrite(cluster.context, write))
  const { effects, warnings } = plan.value
  return {
    key,
    open: true,
    intent: workloadIntent(read.value),
    writes,
    effects,
    warnings,
    follows: undefined,
    guard: request.guard,
  }
}

/**
 * As `sendAction` of a Rollout: read past every cache right before, refused when it is another object, another template or paused
 * otherwise than seen (ACT-12), and planned anew after a conflict while that holds (ACT-11).
 */
export async function sendWorkloadAction(
  request: WorkloadRequest & { readonly intent: Intent },
): Promise<Outcome<ActionSent, ActionRefusal>> {
  const outcome = await sendAttempts(request)
  const { cluster, address, action, parameters, reason, log } = request
  const result = outcome.ok ? success({ message: outcome.value.message }) : outcome
  log?.('info', 'action', { ...address, context: cluster.context, action, parameters, reason, outcome: result })
  return outcome
}

async function sendAttempts(
  request: WorkloadRequest & { readonly intent: Intent },
): Promise<Outcome<ActionSent, ActionRefusal>> {
  const { cluster, address, intent } = request
  let last: Failure = { kind: 'Conflict', message: `${address.kind} ${address.name} keeps changing` }
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const read = await readNativeWorkload(cluster.client, address)
    if (!read.ok) {
      if (read.error.kind === 'NotFound') return failure({ kind: 'unknownTarget' })
      return failure({ kind: 'failed', failure: read.error })
    }
    const changed = movedOn(intent, workloadIntent(read.value))
    if (changed.length > 0) return failure({ kind: 'movedOn', changed })
    const plan = await planNow(request, read.value)
    if (!plan.ok) return failure({ kind: 'notOpen', reason: plan.error.reason })
    const [write] = plan.value.writes.filter(isRequest)
    const { message } = plan.value
    const resourceVersion = read.value.metadata.resourceVersion ?? ''
    if (write === undefined) return success({ resourceVersion, message, echo: undefined })
    const sent = await applyWrite(cluster.client, write)
    if (sent.ok)
      return success({ resourceVersion: sent.value?.metadata.resourceVersion ?? '', message, echo: undefined })
    last = sent.error
    // The API server answers a failed `test` of a JSON patch as it does a wrong patch (ACT-100): the next look decides.
    if (last.kind !== 'Conflict' && last.kind !== 'Invalid') break
  }
  return failure({ kind: 'failed', failure: last })
}

export async function readNativeWorkload(
  client: ClusterClient,
  { kind, namespace, name }: WorkloadAddress,
): Promise<Outcome<NativeWorkload, Failure>> {
  const read = await client.get(resourceOf({ kind }), { namespace, name })
  return read.ok ? success({ ...read.value, kind } as unknown as NativeWorkload) : read
}

/** What a person saw: the template by its hash. */
const workloadIntent = ({ metadata, spec }: NativeWorkload): Intent => ({
  uid: metadata.uid ?? '',
  currentPodHash: podTemplateHash(withoutHash(spec.template)),
  stableRS: undefined,
  stepIndex: undefined,
  abort: false,
  paused: 'paused' in spec && spec.paused === true,
})

function movedOn(seen: Intent, now: Intent): readonly string[] {
  return [
    ...(seen.uid === now.uid ? [] : ['deleted and created anew']),
    ...(seen.currentPodHash === now.currentPodHash ? [] : ['its pod template is another']),
    ...(seen.paused === now.paused ? [] : [now.paused ? 'paused' : 'resumed']),
  ]
}

async function planNow(request: WorkloadRequest, workload: NativeWorkload): Promise<Outcome<ActionPlan, NotOpen>> {
  const { action, parameters, cluster } = request
  const revisions = action === 'undo' ? await readRevisions(cluster.client, workload) : success([])
  if (!revisions.ok) return failure({ reason: failureText(revisions.error) })
  return planWorkloadAction({ action, workload, revisions: revisions.value, parameters, now: serverNow(request) })
}

/** What the cluster keeps of earlier templates, in no order. */
export async function readRevisions(
  client: ClusterClient,
  workload: NativeWorkload,
): Promise<Outcome<readonly (ReplicaSet | ControllerRevision)[], Failure>> {
  const resource = workload.kind === 'Deployment' ? resources.replicaSets : resources.controllerRevisions
  const listed = await client.list(resource, { namespace: workload.metadata.namespace })
  if (!listed.ok) return listed
  const { uid } = workload.metadata
  const own = listed.value.items.filter(({ metadata }) =>
    metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid),
  )
  return success(own as unknown as readonly (ReplicaSet | ControllerRevision)[])
}
