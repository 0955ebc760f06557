import { patchStatus } from '#engine/rollout/write.ts'
import { success } from '#lib/outcome.ts'
import type { Planner } from './action-plan.ts'
import { unifiedPatch } from './spec-pause.ts'
import { numberedStep, whatFollows } from './step-in-words.ts'

/**
 * Goes past the current step. While a pause is held it is dropped too: it would outlive its step and hold up what follows
 * (ACT-40). Otherwise only the index moves (ACT-30, or ACT-31 for all steps).
 */
export const planSkipStep: Planner = ({ rollout, facts, parameters }) => {
  const { stepIndex, hasPauseCondition, steps } = facts
  const isAll = parameters.allSteps === true
  const next = isAll ? steps.length : facts.nextStepIndex
  const index = { currentStepIndex: next }
  const body = hasPauseCondition ? { pauseConditions: null, controllerPause: false, ...index } : index
  const because = isAll ? 'ACT-31' : hasPauseCondition ? 'ACT-40' : 'ACT-30'
  return success({
    writes: [patchStatus(rollout, body, { because, summary: `Skip to step index ${next}` })],
    unified: unifiedPatch(rollout, { status: body }),
    effects: [
      isAll
        ? `Skips what is left from ${numberedStep(facts, stepIndex)} on`
        : `Skips ${numberedStep(facts, stepIndex)}`,
      whatFollows(facts, next),
    ],
    warnings: facts.isPausedByUser ? ['The rollout is paused by hand: the next step does not start until Resume'] : [],
    message: `rollout '${rollout.metadata.name}' promoted`,
  })
}
