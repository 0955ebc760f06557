import type { RolloutCondition } from '#api/rollout.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatSeconds } from '#lib/rfc3339.ts'

export type ConditionType = RolloutCondition['type']
export type Conditions = readonly RolloutCondition[]

/** A condition as it should be; times are added when it is set. */
export type Wanted = Pick<RolloutCondition, 'type' | 'status' | 'reason' | 'message'>

export const findCondition = (conditions: Conditions, type: ConditionType): RolloutCondition | undefined =>
  conditions.find((condition) => condition.type === type)

export const withoutCondition = (conditions: Conditions, type: ConditionType): Conditions =>
  conditions.filter((condition) => condition.type !== type)

/**
 * Sets a condition (REC-63). Returns the very same list when type, status and reason are there already: a message alone
 * is never a change, and times are kept. Otherwise the condition moves to the end.
 */
export function setCondition(conditions: Conditions, wanted: Wanted, now: EpochMs): Conditions {
  const present = findCondition(conditions, wanted.type)
  if (present !== undefined && present.status === wanted.status && present.reason === wanted.reason) return conditions
  return replaceCondition(conditions, wanted, now)
}

/** As `setCondition`, but also renews `lastUpdateTime` of a condition that is there already. */
export function replaceCondition(conditions: Conditions, wanted: Wanted, now: EpochMs): Conditions {
  const present = findCondition(conditions, wanted.type)
  const time = formatSeconds(now)
  const lastTransitionTime = present?.status === wanted.status ? present.lastTransitionTime : time
  return [...withoutCondition(conditions, wanted.type), { ...wanted, lastUpdateTime: time, lastTransitionTime }]
}
