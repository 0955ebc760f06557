import type { Rollout } from '#api/rollout.ts'
import type { PatchWrite, RuleId } from '#engine/decision.ts'
import { patchRollout, sameObject } from '#engine/rollout/write.ts'

/** The same status, and spec if it changes too, as one patch of the whole object (ACT-4). */
export const unifiedPatch = (rollout: Rollout, body: { readonly status: object; readonly spec?: object }): PatchWrite =>
  patchRollout(rollout, body, { because: 'ACT-4', summary: 'The same as one patch: there is no status subresource' })

/**
 * Ends the pause a person set. As the second request to the Rollout it is bound to the uid only: the first has already
 * moved the version it was decided from.
 */
export function unpauseSpec(rollout: Rollout, because: RuleId, isSecond: boolean): PatchWrite {
  const write = patchRollout(rollout, { spec: { paused: false } }, { because, summary: 'Unset spec.paused' })
  return isSecond ? { ...write, precondition: sameObject(rollout) } : write
}
