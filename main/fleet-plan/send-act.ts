import { annotations } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { WriteView } from '#contract/views.ts'
import { intentOf } from '#engine/actions/intent.ts'
import type { ActionParameters, RolloutAction } from '#engine/actions/plan-action.ts'
import type { PatchWrite } from '#engine/decision.ts'
import type { FleetAct } from '#engine/fleet-plan/acts.ts'
import type { FleetPlan, PlanMember } from '#engine/fleet-plan/document.ts'
import { holdMarkOf, holdPatch, releasePatch } from '#engine/fleet-plan/hold-mark.ts'
import { podHashOf, revisionOf } from '#engine/rollout/replica-set/facts.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { applyWrite } from '#main/controller/apply-writes.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { previewAction } from '#main/controller/preview-action.ts'
import { readReplicaSets } from '#main/controller/read-world.ts'
import { sendAction } from '#main/controller/send-action.ts'
import { viewWrite } from '#main/controller/write-view.ts'

interface Ports {
  readonly context: string
  readonly client: ClusterClient
  readonly clock: Clock
  readonly log: Log
}

/**
 * Does one act of a plan: the mark as a patch of annotations, everything else as the action that a person would choose. Nothing is sent
 * when the Rollout is another one than it was decided from (3.4.4). Failure: why, in a sentence; the next pass decides anew.
 */
export async function sendAct(
  plan: FleetPlan,
  member: PlanMember,
  act: FleetAct,
  { context, client, clock, log }: Ports,
): Promise<Outcome<void, string>> {
  const rollout = await readMember(client, member, act)
  if (!rollout.ok) return rollout
  const body = patchFor(plan, act, rollout.value)
  if (body !== undefined) {
    const written = await applyWrite(client, patchOf(member, act, body))
    return written.ok ? success(undefined) : failure(failureText(written.error))
  }
  const wish = await actionFor(plan, member, act, client, rollout.value)
  if (!wish.ok) return wish
  const { namespace, rollout: name } = member
  const reason = `plan ${plan.name}: ${act.summary}`
  const request = { cluster: { context, client }, clock, namespace, name, ...wish.value }
  const sent = await sendAction({ ...request, reason, log, intent: intentOf(rollout.value) })
  if (sent.ok) return success(undefined)
  const refusal = sent.error
  return failure(
    'reason' in refusal ? refusal.reason : 'failure' in refusal ? failureText(refusal.failure) : refusal.kind,
  )
}

/** What an act would send now; nothing is sent. Failure: why nothing would be, in a sentence. */
export async function previewAct(
  plan: FleetPlan,
  member: PlanMember,
  act: FleetAct,
  { context, client, clock }: Omit<Ports, 'log'>,
): Promise<Outcome<readonly WriteView[], string>> {
  const rollout = await readMember(client, member, act)
  if (!rollout.ok) return rollout
  const body = patchFor(plan, act, rollout.value)
  if (body !== undefined) return success([viewWrite(context, patchOf(member, act, body))])
  const wish = await actionFor(plan, member, act, client, rollout.value)
  if (!wish.ok) return wish
  const { namespace, rollout: name } = member
  const shown = await previewAction({ cluster: { context, client }, clock, namespace, name, ...wish.value })
  return shown.open ? success(shown.writes) : failure(shown.reason)
}

async function readMember(
  client: ClusterClient,
  { namespace, rollout: name }: PlanMember,
  act: FleetAct,
): Promise<Outcome<Rollout, string>> {
  const got = await client.get(resources.rollouts, { namespace, name })
  if (!got.ok) return failure(failureText(got.error))
  return got.value.metadata.resourceVersion === act.resourceVersion
    ? success(got.value as Rollout)
    : failure('the Rollout has changed since')
}

/** What is no action of a person but a note on the Rollout, and a pause with it. */
function patchFor(plan: FleetPlan, { kind, epoch, hold, step }: FleetAct, rollout: Rollout): object | undefined {
  const mark = { [annotations.plan]: plan.id, [annotations.epoch]: String(epoch) }
  if (kind === 'mark') return { metadata: { annotations: mark } }
  if (kind === 'stop' && hold !== undefined) return holdPatch(rollout, hold, mark)
  // As going past a step by hand: a pause would outlive its step (ACT-40).
  if (kind === 'jump') return { status: { currentStepIndex: step, pauseConditions: null, controllerPause: false } }
  const held = holdMarkOf(rollout)
  return kind === 'release' && typeof held === 'object' ? releasePatch(rollout, held) : undefined
}

const patchOf = (
  { namespace, rollout: name }: PlanMember,
  { resourceVersion, because, summary }: FleetAct,
  body: object,
): PatchWrite => ({
  kind: 'patch',
  ref: { resource: resources.rollouts, namespace, name },
  patchType: 'merge',
  body,
  ...('status' in body && { subresource: 'status' }),
  precondition: { resourceVersion },
  because,
  summary,
})

type Wish = { readonly action: RolloutAction; readonly parameters: ActionParameters }

async function actionFor(
  { spec: { change } }: FleetPlan,
  member: PlanMember,
  act: FleetAct,
  client: ClusterClient,
  rollout: Rollout,
): Promise<Outcome<Wish, string>> {
  switch (act.kind) {
    case 'setImage':
      return success({ action: 'setImage', parameters: change.kind === 'setImage' ? { images: change.images } : {} })
    case 'undo':
      return success({ action: 'undo', parameters: change.kind === 'undo' ? { toRevision: change.toRevision } : {} })
    case 'rollback': {
      const replicaSets = await readReplicaSets(client, rollout)
      if (!replicaSets.ok) return failure(failureText(replicaSets.error))
      const prior = replicaSets.value.find((each) => podHashOf(each) === member.priorHash)
      const toRevision = prior && revisionOf(prior)
      return toRevision === undefined
        ? failure(`its ReplicaSet of ${member.priorHash} is gone`)
        : success({ action: 'undo', parameters: { toRevision } })
    }
    case 'promote':
    case 'retry':
    case 'promoteFull':
    case 'abort':
      return success({ action: act.kind, parameters: {} })
    case 'mark':
    case 'stop':
    case 'release':
    case 'jump':
      return failure(`a ${act.kind} is no action`)
  }
}
