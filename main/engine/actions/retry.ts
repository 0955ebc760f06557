import { patchStatus } from '#engine/rollout/write.ts'
import { success } from '#lib/outcome.ts'
import type { Planner } from './action-plan.ts'
import { revisionInWords } from './revision-history.ts'
import { unifiedPatch } from './spec-pause.ts'

/** ACT-60, 61. */
export const planRetry: Planner = ({ rollout, facts, world }) => {
  const version = revisionInWords(world, rollout.status?.currentPodHash)
  const body = { abort: false }
  return success({
    writes: [patchStatus(rollout, body, { because: 'ACT-60', summary: 'Retry the update' })],
    unified: unifiedPatch(rollout, { status: body }),
    effects: [
      facts.isCanary
        ? `The update to ${version} starts again from its first step`
        : `The update to ${version} is previewed again`,
      'Analysis starts anew',
    ],
    warnings: facts.isPausedByUser ? ['The rollout is paused by hand: nothing is scaled until Resume'] : [],
    message: `rollout '${rollout.metadata.name}' retried`,
  })
}
