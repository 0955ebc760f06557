import type { ReplicaSet } from '#api/apps.ts'
import type { PatchWrite } from '#engine/decision.ts'
import { templateAsWritten, templatesEqual } from '#engine/pod-template/template-equal.ts'
import { podHashOf, readyOf, revisionOf } from '#engine/rollout/replica-set/facts.ts'
import { isFastRollback, isWithinRollbackWindow } from '#engine/rollout/rollback.ts'
import { assess } from '#engine/rollout/situation.ts'
import { refTo, unchanged } from '#engine/rollout/write.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ActionContext, NotOpen, Planner } from './action-plan.ts'
import { gitOpsWarnings } from './gitops-owner.ts'
import { revisionHistory } from './revision-history.ts'
import { type TemplateOwner, templateOwner, withTemplate } from './template-owner.ts'

/** Sets the pod template back to that of an earlier revision, as it was written (ACT-90…100). */
export const planUndo: Planner = (context) => {
  const { rollout, world, parameters } = context
  const target = revisionWanted(context)
  if (!target.ok) return target
  const owner = templateOwner(world)
  if (!owner.ok) return owner
  if (templatesEqual(target.value, owner.value.template)) {
    const message = `skipped rollback (current template already matches revision ${parameters.toRevision ?? 0})`
    return success({
      writes: [],
      effects: ['Nothing is sent: the template is already that one'],
      warnings: [],
      message,
    })
  }
  return success({
    writes: [restoreTemplate(owner.value, target.value)],
    effects: effects(context, target.value),
    warnings: gitOpsWarnings(owner.value.object),
    message: `rollout '${rollout.metadata.name}' undo`,
  })
}

/** ACT-93. */
function revisionWanted({ rollout, world, parameters }: ActionContext): Outcome<ReplicaSet, NotOpen> {
  const history = revisionHistory(world)
  const { toRevision = 0 } = parameters
  const found = toRevision === 0 ? history[1] : history.find((rs) => (revisionOf(rs) ?? 0) === toRevision)
  if (found !== undefined) return success(found)
  return failure({
    reason:
      toRevision === 0
        ? `no revision found for rollout "${rollout.metadata.name}"`
        : `unable to find specified revision ${toRevision} in history`,
  })
}

/** ACT-95, ACT-96; what the engine injected into the ReplicaSet does not become part of the spec (ACT-98). */
const restoreTemplate = ({ resource, object, path }: TemplateOwner, target: ReplicaSet): PatchWrite => ({
  kind: 'patch',
  ref: refTo(resource, object),
  patchType: 'json',
  body: [{ op: 'replace', path, value: templateAsWritten(target) }],
  precondition: unchanged(object),
  because: resource.kind === 'Rollout' ? 'ACT-95' : 'ACT-96',
  summary: `Restore the pod template of revision ${revisionOf(target) ?? 0}`,
})

/** ACT-97, ACT-99. */
function effects(context: ActionContext, target: ReplicaSet): readonly string[] {
  const images = (target.spec.template.spec?.containers ?? []).map(({ image = '' }) => image)
  const pods = readyOf(target)
  return [
    `The pod template of revision ${revisionOf(target) ?? 0} comes back: ${images.join(', ')}`,
    howItRuns(context, target),
    pods > 0
      ? `Its ReplicaSet still has ${pods} ready ${pods === 1 ? 'pod' : 'pods'}`
      : 'Its ReplicaSet has no ready pods: they are started first',
  ]
}

/** Judged by the engine's own rules, on the world as it will be. */
function howItRuns({ world, facts, now }: ActionContext, target: ReplicaSet): string {
  const after = assess(withTemplate(world, templateAsWritten(target)), now)
  const isFast = isFastRollback(after)
  if (podHashOf(target) === after.status.stableRS)
    return facts.isCanary
      ? 'It is the stable revision: steps are skipped'
      : 'It is the stable revision: the update is called off'
  if (facts.isCanary && facts.steps.length === 0) return 'There are no steps: pods are replaced at once'
  if (!isFast)
    return facts.isCanary
      ? `All ${facts.steps.length} steps run from the first`
      : 'It is previewed like any new version before the active service switches'
  const why = isWithinRollbackWindow(after) ? 'it is within the rollback window' : 'its pods are still up'
  return facts.isCanary ? `Steps are skipped: ${why}` : `The active service switches at once: ${why}`
}
