import { patchStatus } from '#engine/rollout/write.ts'
import { success } from '#lib/outcome.ts'
import type { Planner } from './action-plan.ts'
import { numberedStep, whatFollows } from './step-in-words.ts'

/**
 * Goes past the current step. While a pause is held it is dropped too: it would outlive its step and hold up what follows
 * (ACT-40). Otherwise only the index moves (ACT-30).
 */
export const planSkipStep: Planner = ({ rollout, facts }) => {
  const { stepIndex, nextStepIndex, hasPauseCondition } = facts
  const index = { currentStepIndex: nextStepIndex }
  const body = hasPauseCondition ? { pauseConditions: null, controllerPause: false, ...index } : index
  const because = hasPauseCondition ? 'ACT-40' : 'ACT-30'
  return success({
    writes: [patchStatus(rollout, body, { because, summary: `Skip to step index ${nextStepIndex}` })],
    effects: [`Skips ${numberedStep(facts, stepIndex)}`, whatFollows(facts, nextStepIndex)],
    warnings: facts.isPausedByUser ? ['The rollout is paused by hand: the next step does not start until Resume'] : [],
    message: `rollout '${rollout.metadata.name}' promoted`,
  })
}
