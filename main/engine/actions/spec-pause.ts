import type { Rollout } from '#api/rollout.ts'
import type { PatchWrite, RuleId } from '#engine/decision.ts'
import { patchRollout, sameObject } from '#engine/rollout/write.ts'

/**
 * Ends the pause a person set. As the second request to the Rollout it is bound to the uid only: the first has already
 * moved the version it was decided from.
 */
export function unpauseSpec(rollout: Rollout, because: RuleId, isSecond: boolean): PatchWrite {
  const write = patchRollout(rollout, { spec: { paused: false } }, { because, summary: 'Unset spec.paused' })
  return isSecond ? { ...write, precondition: sameObject(rollout) } : write
}
