import { resources } from '#api/resources.ts'
import { parseWorkloadKey, type WorkloadAddress } from '#contract/keys.ts'
import type { ActionPreview, ActionResult, Intent, RolloutKey } from '#contract/views.ts'
import type { WorkloadDetailView } from '#contract/workload-views.ts'
import type { ActionParameters, RolloutAction } from '#engine/actions/action-plan.ts'
import { type Assurance, setAside } from '#engine/actions/guard-rails.ts'
import { missingRightText } from '#engine/actions/needed-rights.ts'
import { resourceOf } from '#engine/workload/plan.ts'
import type { NativeWorkload } from '#engine/workload/progress.ts'
import type { Clock } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { askAccess } from '#main/cluster/can-i.ts'
import { previewWorkloadAction, readRevisions, sendWorkloadAction } from '#main/controller/workload-action.ts'
import type { FleetSource } from '#main/fleet/fleet-source.ts'
import { workloadDetail } from '#main/fleet/workload-detail.ts'
import { actorAs } from '#main/history/actor.ts'
import type { Recorder } from '#main/history/recorder.ts'
import type { ClusterSession } from './cluster-session.ts'
import type { EffectFeed } from './effect-feed.ts'
import type { guardFor } from './guard-action.ts'
import type { Sessions } from './sessions.ts'

export interface NativeParts {
  readonly sessions: Sessions
  readonly fleet: FleetSource
  readonly recorder: Recorder
  readonly effects: EffectFeed
  readonly clock: Clock
  readonly log: Log
}

interface NativeWish {
  readonly action: RolloutAction
  readonly parameters: ActionParameters
}

type SendNative = NativeWish & { readonly reason: string; readonly assurance?: Omit<Assurance, 'reason'> | undefined }

interface Sending {
  readonly key: RolloutKey
  readonly intent: Intent
  readonly guardIn: (session: ClusterSession) => ReturnType<typeof guardFor>
}

const gone = 'Its cluster is not in the kubeconfig any more.'

/** A preview where the key is that of a Deployment or StatefulSet; `undefined` for every other key. */
export function previewNative(
  parts: NativeParts,
  { action, parameters }: NativeWish,
  key: RolloutKey,
  guardIn: (session: ClusterSession) => ReturnType<typeof guardFor>,
): Promise<ActionPreview> | undefined {
  const address = parseWorkloadKey(key)
  if (address === undefined) return undefined
  const request = requestFor(parts, address)
  if (request === undefined) return Promise.resolve({ key, open: false, reason: gone })
  const { guard } = guardIn(request.session)
  return previewWorkloadAction({ ...request, action, parameters, guard: guard(undefined) })
}

/** The same for sending: journalled as every action is (ACT-15). */
export function sendNative(
  parts: NativeParts,
  { action, parameters, reason, assurance }: SendNative,
  { key, intent }: { readonly key: RolloutKey; readonly intent: Intent },
  guardIn: (session: ClusterSession) => ReturnType<typeof guardFor>,
): Promise<ActionResult> | undefined {
  const address = parseWorkloadKey(key)
  if (address === undefined) return undefined
  return sendTo(parts, address, { action, parameters, reason, assurance, key, intent, guardIn })
}

async function sendTo(parts: NativeParts, address: WorkloadAddress, wish: SendNative & Sending): Promise<ActionResult> {
  const { action, parameters, reason, assurance, key, intent, guardIn } = wish
  const request = requestFor(parts, address)
  if (request === undefined) return { key, sent: false, refusal: { kind: 'unknownTarget' } }
  const rails = guardIn(request.session)
  const given = { ...assurance, reason }
  const missing = rails.heldBack(given)(undefined)
  const shown = await previewWorkloadAction({ ...request, action, parameters })
  const outcome =
    missing === undefined
      ? await sendWorkloadAction({ ...request, action, parameters, reason, intent })
      : failure({ kind: 'notOpen' as const, reason: missing })
  const result: ActionResult = outcome.ok
    ? { key, sent: true, resourceVersion: outcome.value.resourceVersion, message: outcome.value.message }
    : { key, sent: false, refusal: outcome.error }
  // Kubernetes itself acts on it: the answer is all there is to wait for.
  if (result.sent) parts.effects.tell({ ...effectOf(request.session), key, action, ...resultOf(result) })
  parts.recorder.action(key, {
    action,
    ...actorAs(await request.session.userName()),
    reason,
    setAside: result.sent ? setAside(rails.guard(undefined), given) : undefined,
    result,
    writes: shown.open ? shown.writes : [],
  })
  return result
}

const resultOf = ({ resourceVersion }: ActionResult & { readonly sent: true }) =>
  ({ resourceVersion, state: 'seen', waitedMs: 0 }) as const

function effectOf(session: ClusterSession) {
  const { engine, lease } = session.view()
  return { engine, holder: lease?.holder }
}

function requestFor({ sessions, clock, log }: NativeParts, address: WorkloadAddress) {
  const session = sessions.get(address.context)
  if (session === undefined) return undefined
  const cluster = { context: address.context, client: session.client }
  const missingRight = (workload: NativeWorkload) => lacksPatch(session, workload)
  return { session, cluster, clock, log, address, missingRight }
}

/** Asked anew, about this very object: `undefined` as long as it is not known to be missing (ACT-14). */
async function lacksPatch({ client }: ClusterSession, workload: NativeWorkload): Promise<string | undefined> {
  const { namespace, name } = workload.metadata
  const right = { verb: 'patch', resource: resourceOf(workload) } as const
  const answer = await askAccess(client, { ...right, namespace, name })
  return answer.ok && !answer.value ? missingRightText([right], namespace ?? '') : undefined
}

/** Revisions and events are read for this answer alone: nobody else needs a watch for them. */
export async function readNative(
  { fleet, sessions }: NativeParts,
  key: RolloutKey,
): Promise<Outcome<WorkloadDetailView, Failure>> {
  const workload = fleet.native(key)
  const view = fleet.view(key)
  const session = view && sessions.get(view.context)
  if (workload === undefined || view === undefined || session === undefined)
    return failure({ kind: 'NotFound', resource: 'workloads', name: key, message: 'It is not on the board any more.' })
  const { client, cluster } = session
  const { namespace, uid = '' } = workload.metadata
  const [revisions, events] = await Promise.all([
    readRevisions(client, workload),
    client.list(resources.events, { namespace, fieldSelector: `involvedObject.uid=${uid}` }),
  ])
  return success(workloadDetail({ workload, view, pods: cluster.cache('pods'), revisions, events }))
}
