import { patchStatus } from '#engine/rollout/write.ts'
import { success } from '#lib/outcome.ts'
import type { ActionContext, Planner } from './action-plan.ts'
import { revisionInWords } from './revision-history.ts'
import { unifiedPatch, unpauseSpec } from './spec-pause.ts'

/** Skips every step, pause and analysis of the update (ACT-32). Open only while there is one, so a status patch is sent. */
export const planPromoteFull: Planner = (context) => {
  const { rollout, facts, world } = context
  const status = patchStatus(rollout, { promoteFull: true }, { because: 'ACT-32', summary: 'Promote in full' })
  const unpause = facts.isPausedByUser ? [unpauseSpec(rollout, 'ACT-32', true)] : []
  const version = revisionInWords(world, rollout.status?.currentPodHash)
  return success({
    writes: [status, ...unpause],
    unified: unifiedPatch(rollout, { spec: { paused: false }, status: { promoteFull: true } }),
    effects: [
      `All remaining steps, pauses and analysis of ${version} are skipped`,
      facts.isCanary
        ? 'It is scaled to its full size and becomes stable once its pods are available'
        : 'The active service switches to it once its pods are available',
      ...(facts.isAborted ? ['The abort is undone, towards the new version'] : []),
      ...(facts.isPausedByUser ? ['The pause set by hand ends'] : []),
    ],
    warnings: warnings(context),
    message: `rollout '${rollout.metadata.name}' fully promoted`,
  })
}

/** ACT-43: promoting in full ignores analysis, so the runs it ignores are named. */
function warnings({ rollout }: ActionContext): readonly string[] {
  const { canary, blueGreen } = rollout.status ?? {}
  const running = [
    canary?.currentStepAnalysisRunStatus,
    canary?.currentBackgroundAnalysisRunStatus,
    blueGreen?.prePromotionAnalysisRunStatus,
    blueGreen?.postPromotionAnalysisRunStatus,
  ].filter((run) => run?.status === 'Running' || run?.status === 'Pending')
  return running.map((run) => `AnalysisRun ${run?.name ?? ''} is still running; its result is ignored`)
}
