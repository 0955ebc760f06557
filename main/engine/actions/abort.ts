import { patchStatus } from '#engine/rollout/write.ts'
import { success } from '#lib/outcome.ts'
import type { Planner } from './action-plan.ts'
import { revisionInWords } from './revision-history.ts'
import { unifiedPatch, unpauseSpec } from './spec-pause.ts'

/**
 * ACT-50. A full promotion under way would discard the abort, so it is called off in the same patch (ACT-57). On wish a pause
 * set by hand ends right after (ACT-54).
 */
export const planAbort: Planner = ({ rollout, facts, world, parameters }) => {
  const isPromotingInFull = rollout.status?.promoteFull === true
  const body = { abort: true, ...(isPromotingInFull && { promoteFull: false }) }
  const because = isPromotingInFull ? 'ACT-57' : 'ACT-50'
  const status = patchStatus(rollout, body, { because, summary: 'Abort the update' })
  const alsoResumes = parameters.resume === true && facts.isPausedByUser
  const { stableRS, currentPodHash } = rollout.status ?? {}
  const current = revisionInWords(world, currentPodHash)
  return success({
    writes: [status, ...(alsoResumes ? [unpauseSpec(rollout, 'ACT-54', true)] : [])],
    unified: unifiedPatch(rollout, { ...(alsoResumes && { spec: { paused: false } }), status: body }),
    effects: [
      `Traffic goes back to ${revisionInWords(world, stableRS)}`,
      `The rollout is Degraded until it is retried, promoted in full, or its template is set back: the spec still names ${current}`,
      'Analysis of the update ends',
      ...(alsoResumes ? ['The pause set by hand ends, so that pods are scaled back too'] : []),
      ...(isPromotingInFull ? ['The full promotion under way is called off'] : []),
    ],
    warnings:
      facts.isPausedByUser && !alsoResumes
        ? ['The rollout is paused by hand: traffic weights go back at once, but nothing is scaled until Resume']
        : [],
    message: `rollout '${rollout.metadata.name}' aborted`,
  })
}
