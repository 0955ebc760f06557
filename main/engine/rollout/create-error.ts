import type { Write } from '#engine/decision.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import { setCondition } from './status/condition-list.ts'
import { patchStatus, rolloutEvent } from './write.ts'

/**
 * Says that the ReplicaSet of a new template could not be created, for a reason other than its name (REC-50, EVT-7): in an Event at
 * every attempt, in the condition once.
 * Differs from the reference, which also records the spec as observed: the phase of the pods that are there, mostly Healthy, then
 * counts for a template that has no pods at all. Here the spec stays unobserved, which reads as Progressing (REC-77).
 * @param cause in the API server's words
 */
export function reportCreateError(
  { rollout }: RolloutWorld,
  name: string,
  cause: string,
  now: EpochMs,
): readonly Write[] {
  const message = `Failed to create new replica set "${name}": ${cause}`
  const event = rolloutEvent(rollout, 'ReplicaSetCreateError', message, 'EVT-7', 'Warning')
  const before = rollout.status?.conditions ?? []
  const failed = { type: 'Progressing', status: 'False', reason: 'ReplicaSetCreateError', message } as const
  const conditions = setCondition(before, failed, now)
  if (conditions === before) return [event]
  return [event, patchStatus(rollout, { conditions }, { because: 'REC-50', summary: 'Set status: conditions' })]
}
