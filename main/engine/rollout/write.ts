import type { ReplicaSet } from '#api/apps.ts'
import type { Service } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { Decision, EventWrite, ObjectRef, PatchWrite, Precondition, RuleId, Write } from '#engine/decision.ts'
import type { AwsQuestions } from '#engine/traffic/alb/aws-answers.ts'
import type { EpochMs } from '#lib/clock.ts'

/** The few shapes of write this engine uses. Merge patches only, each bound to the version it was decided from (E7). */

export const refTo = (resource: Resource, object: KubeObject): ObjectRef => ({
  resource,
  namespace: object.metadata.namespace,
  name: object.metadata.name,
})

/** The object must still be the very one this was decided from. */
export const unchanged = (object: KubeObject): Precondition => ({
  ...sameObject(object),
  ...(object.metadata.resourceVersion !== undefined && { resourceVersion: object.metadata.resourceVersion }),
})

/** The object must still have this uid; it may have moved on. For a second write to one object in a round. */
export const sameObject = (object: KubeObject): Precondition =>
  object.metadata.uid === undefined ? {} : { uid: object.metadata.uid }

interface Why {
  readonly because: RuleId
  readonly summary: string
}

export const patchRollout = (rollout: Rollout, body: unknown, why: Why): PatchWrite => ({
  kind: 'patch',
  ref: refTo(resources.rollouts, rollout),
  patchType: 'merge',
  body,
  precondition: unchanged(rollout),
  ...why,
})

export const patchStatus = (rollout: Rollout, status: unknown, why: Why): PatchWrite => ({
  ...patchRollout(rollout, { status }, why),
  subresource: 'status',
})

export const patchReplicaSet = (rs: ReplicaSet, body: unknown, why: Why): PatchWrite => ({
  kind: 'patch',
  ref: refTo(resources.replicaSets, rs),
  patchType: 'merge',
  body,
  precondition: unchanged(rs),
  ...why,
})

export const patchService = (service: Service, body: unknown, why: Why): PatchWrite => ({
  kind: 'patch',
  ref: refTo(resources.services, service),
  patchType: 'merge',
  body,
  precondition: unchanged(service),
  ...why,
})

/** An Event about the Rollout; `summary` is its message. */
export const rolloutEvent = (
  rollout: Rollout,
  reason: string,
  message: string,
  because: RuleId,
  type: 'Normal' | 'Warning' = 'Normal',
): EventWrite => ({ kind: 'event', regarding: rollout, type, reason, message, because, summary: message })

export const round = (writes: readonly Write[], requeueAt?: EpochMs): Decision => ({ writes, probes: [], requeueAt })

/** The decision with what AWS has to say first; nothing is asked where there is nothing to ask. */
export const asking = (decision: Decision, asks: AwsQuestions): Decision =>
  asks.hostNames.length + asks.targetGroups.length === 0 ? decision : { ...decision, asks }

/** The earliest of several wake-ups. */
export function earliest(...times: readonly (EpochMs | undefined)[]): EpochMs | undefined {
  const set = times.filter((time) => time !== undefined)
  return set.length === 0 ? undefined : Math.min(...set)
}
