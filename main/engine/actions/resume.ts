import { patchStatus } from '#engine/rollout/write.ts'
import { success } from '#lib/outcome.ts'
import type { ActionContext, Planner } from './action-plan.ts'
import { unifiedPatch, unpauseSpec } from './spec-pause.ts'
import { numberedStep } from './step-in-words.ts'

/** Ends whatever pause there is and never touches the step index (ACT-72). */
export const planResume: Planner = (context) => {
  const { rollout, facts } = context
  const why = { because: 'ACT-72', summary: 'End the current pause' }
  const status = facts.hasPauseCondition ? [patchStatus(rollout, { pauseConditions: null }, why)] : []
  const unpause = facts.isPausedByUser ? [unpauseSpec(rollout, 'ACT-72', status.length > 0)] : []
  return success({
    writes: [...status, ...unpause],
    ...(facts.hasPauseCondition && { unified: withoutPauses(context) }),
    effects: effects(context),
    warnings: warnings(context),
    message: `rollout '${rollout.metadata.name}' resumed`,
  })
}

/** Leaves `spec.paused` alone where it is not set, unlike promote (ACT-35). */
const withoutPauses = ({ rollout, facts }: ActionContext) =>
  unifiedPatch(rollout, { ...(facts.isPausedByUser && { spec: { paused: false } }), status: { pauseConditions: null } })

/** Both causes of a pause are named when both hold (ACT-74). */
function effects({ rollout, facts }: ActionContext): readonly string[] {
  const reasons = (rollout.status?.pauseConditions ?? []).map(({ reason }) => reason).join(', ')
  const place = facts.stepIndex < facts.steps.length ? ` at ${numberedStep(facts, facts.stepIndex)}` : ''
  return [
    ...(facts.hasPauseCondition ? [`The pause${place} ends (${reasons})`] : []),
    ...(facts.isPausedByUser ? ['The pause set by hand ends'] : []),
  ]
}

/** ACT-73. */
const warnings = ({ rollout }: ActionContext): readonly string[] =>
  (rollout.status?.pauseConditions ?? []).some(({ reason }) => reason === 'InconclusiveAnalysisRun')
    ? ['The inconclusive analysis runs again; Promote skips it']
    : []
