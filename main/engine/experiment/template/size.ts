import type { ReplicaSet } from '#api/apps.ts'
import { annotations } from '#api/keys.ts'
import type { Write } from '#engine/decision.ts'
import { deadlineOf, hasDeadline, sizeOf } from '#engine/rollout/replica-set/facts.ts'
import { patchReplicaSet } from '#engine/rollout/write.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'
import type { Situation, TemplateSituation } from '../situation.ts'
import { replicasOf, scaleDownDelaySecondsOf } from '../spec-defaults.ts'
import { experimentEvent } from '../write.ts'
import { nothing, type TemplateStep } from './step.ts'

/** Brings a ReplicaSet to the size its template should have; down only after the delay (EXP-410, EXP-411). */
export function planSize(template: TemplateSituation, situation: Situation): TemplateStep {
  const { rs, desired } = template
  if (rs === undefined) return nothing
  return desired === 0 ? planScaleDown(rs, template, situation) : planScaleUp(rs, desired, situation)
}

/** A deadline of an earlier try would cut the next delay short; the reference leaves it. */
function planScaleUp(rs: ReplicaSet, desired: number, situation: Situation): TemplateStep {
  const building = planChange(rs, { size: desired, ...(hasDeadline(rs) && { deadline: null }) }, situation)
  return { ...nothing, building, moves: sizeOf(rs) !== desired }
}

function planScaleDown(rs: ReplicaSet, { template }: TemplateSituation, situation: Situation): TemplateStep {
  const { at, change } = scaleDownDeadline(rs, situation)
  const isWaiting = sizeOf(rs) !== 0 && at !== undefined && at > situation.now
  const size = isWaiting ? replicasOf(template) : 0
  return {
    ...nothing,
    cleanup: planChange(rs, { size, ...change }, situation),
    // The reference says so in every pass that waits; once is enough (EXP-1305).
    moves: sizeOf(rs) !== size || (isWaiting && change !== undefined),
    requeueAt: isWaiting ? at : undefined,
  }
}

/** When the ReplicaSet may go, and what its annotation must become for that; a text that cannot be read delays nothing. */
function scaleDownDeadline(
  rs: ReplicaSet,
  { spec, now }: Situation,
): { readonly at?: EpochMs | undefined; readonly change?: Pick<Change, 'deadline'> } {
  const delaySeconds = scaleDownDelaySecondsOf(spec)
  if (delaySeconds === 0) return hasDeadline(rs) ? { change: { deadline: null } } : {}
  if (hasDeadline(rs)) return { at: deadlineOf(rs) }
  const deadline = formatSeconds(now + delaySeconds * 1000)
  return { at: parseTime(deadline), change: { deadline } }
}

interface Change {
  readonly size: number
  /** Sets the scale-down deadline or, `null`, removes it. */
  readonly deadline?: string | null
}

/** One write for all that is to change; nothing when nothing is. */
function planChange(rs: ReplicaSet, { size, deadline }: Change, { experiment }: Situation): readonly Write[] {
  const { name } = rs.metadata
  const from = sizeOf(rs)
  const body = {
    ...(deadline !== undefined && { metadata: { annotations: { [annotations.scaleDownDeadline]: deadline } } }),
    ...(size !== from && { spec: { replicas: size } }),
  }
  if (size !== from) {
    const text = `Scaled ${from < size ? 'up' : 'down'} ReplicaSet ${name} from ${from} to ${size}`
    return [
      patchReplicaSet(rs, body, { because: 'EXP-411', summary: text.replace('Scaled', 'Scale') }),
      experimentEvent(experiment, 'ScalingReplicaSet', text, 'EXP-411'),
    ]
  }
  if (deadline === undefined) return []
  const summary =
    deadline === null
      ? `Drop the scale-down deadline of ReplicaSet ${name}`
      : `Scale down ReplicaSet ${name} at ${deadline}`
  return [patchReplicaSet(rs, body, { because: 'EXP-410', summary })]
}
