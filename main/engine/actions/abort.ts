import { patchStatus } from '#engine/rollout/write.ts'
import { success } from '#lib/outcome.ts'
import type { Planner } from './action-plan.ts'
import { revisionInWords } from './revision-history.ts'

/**
 * ACT-50. A full promotion under way would discard the abort, so it is called off in the same patch (ACT-57).
 */
export const planAbort: Planner = ({ rollout, facts, world }) => {
  const isPromotingInFull = rollout.status?.promoteFull === true
  const body = { abort: true, ...(isPromotingInFull && { promoteFull: false }) }
  const because = isPromotingInFull ? 'ACT-57' : 'ACT-50'
  const { stableRS, currentPodHash } = rollout.status ?? {}
  const current = revisionInWords(world, currentPodHash)
  return success({
    writes: [patchStatus(rollout, body, { because, summary: 'Abort the update' })],
    effects: [
      `Traffic goes back to ${revisionInWords(world, stableRS)}`,
      `The rollout is Degraded until it is retried, promoted in full, or its template is set back: the spec still names ${current}`,
      'Analysis of the update ends',
      ...(isPromotingInFull ? ['The full promotion under way is called off'] : []),
    ],
    warnings: facts.isPausedByUser
      ? ['The rollout is paused by hand: traffic weights go back at once, but nothing is scaled until Resume']
      : [],
    message: `rollout '${rollout.metadata.name}' aborted`,
  })
}
