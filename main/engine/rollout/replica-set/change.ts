import type { ReplicaSet } from '#api/apps.ts'
import { annotations } from '#api/keys.ts'
import type { RuleId, Write } from '#engine/decision.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { Situation } from '../situation.ts'
import { patchReplicaSet, rolloutEvent } from '../write.ts'
import { annotationOf, desiredReplicasOf, hasDeadline, revisionOf, sizeOf } from './facts.ts'

/** What a round wants of one ReplicaSet. All wishes for one object end up in a single write. */
export interface ReplicaSetChange {
  readonly rs: ReplicaSet
  /** Pods it should have; the present size when absent. */
  readonly size?: number
  /** Sets (a time) or removes (`null`) the scale-down deadline. */
  readonly deadline?: EpochMs | null
  /** Keep a deadline that scaling to 0 would otherwise remove (REC-115). */
  readonly keepsDeadline?: boolean
  /** Renew `desired-replicas` even though the size stays. On by default: only a mere deadline change leaves it. */
  readonly renewsDesired?: boolean
  readonly because: RuleId
}

export const isScaling = ({ rs, size }: ReplicaSetChange): boolean => size !== undefined && size !== sizeOf(rs)

/** The write and the event of a change, or nothing when the ReplicaSet is as wished (REC-33). */
export function planChange(change: ReplicaSetChange, situation: Situation): readonly Write[] {
  const { rs, because } = change
  const from = sizeOf(rs)
  const to = change.size ?? from
  const changed = annotationChanges(change, situation, to)
  if (to === from && Object.keys(changed).length === 0) return []
  const body = {
    ...(Object.keys(changed).length > 0 && { metadata: { annotations: changed } }),
    ...(to !== from && { spec: { replicas: to } }),
  }
  if (to === from) return [patchReplicaSet(rs, body, { because, summary: describeAnnotations(rs, changed) })]
  const direction = from < to ? 'up' : 'down'
  const text = `Scaled ${direction} ReplicaSet ${rs.metadata.name} (revision ${revisionOf(rs) ?? 0}) from ${from} to ${to}`
  return [
    patchReplicaSet(rs, body, { because, summary: text.replace('Scaled', 'Scale') }),
    rolloutEvent(situation.rollout, 'ScalingReplicaSet', text, 'REC-33'),
  ]
}

type Annotations = Readonly<Record<string, string | null>>

function annotationChanges(change: ReplicaSetChange, { replicas }: Situation, to: number): Annotations {
  const { rs, renewsDesired = true } = change
  const isStale = renewsDesired && desiredReplicasOf(rs) !== replicas
  const goesToZero = to === 0 && (isScaling(change) || isStale || replicas === 0)
  return {
    ...(isStale && { [annotations.desiredReplicas]: String(replicas) }),
    ...deadlineChange(change, goesToZero),
  }
}

function deadlineChange({ rs, deadline, keepsDeadline = false }: ReplicaSetChange, goesToZero: boolean): Annotations {
  const key = annotations.scaleDownDeadline
  if (typeof deadline === 'number') {
    const text = formatSeconds(deadline)
    return annotationOf(rs, key) === text ? {} : { [key]: text }
  }
  const isDropped = deadline === null || (goesToZero && !keepsDeadline)
  return isDropped && hasDeadline(rs) ? { [key]: null } : {}
}

function describeAnnotations(rs: ReplicaSet, changed: Annotations): string {
  const deadline = changed[annotations.scaleDownDeadline]
  if (deadline === null) return `Keep ReplicaSet ${rs.metadata.name} up: drop its scale-down deadline`
  if (deadline !== undefined) return `Scale down ReplicaSet ${rs.metadata.name} at ${deadline}`
  return `Record desired replicas on ReplicaSet ${rs.metadata.name}`
}
