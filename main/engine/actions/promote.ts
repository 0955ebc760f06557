import type { Rollout } from '#api/rollout.ts'
import type { PatchWrite, Write } from '#engine/decision.ts'
import { patchStatus } from '#engine/rollout/write.ts'
import { success } from '#lib/outcome.ts'
import type { ActionContext, Planner } from './action-plan.ts'
import { unifiedPatch, unpauseSpec } from './spec-pause.ts'
import { numberedStep, whatFollows } from './step-in-words.ts'

/** Ends the current pause or goes on to the next step, never both (ACT-33…37). */
export const planPromote: Planner = (context) => {
  const { rollout, facts } = context
  const status = statusChange(context)
  const unpause = facts.isPausedByUser ? [unpauseSpec(rollout, status.because, status.writes.length > 0)] : []
  return success({
    writes: [...status.writes, ...unpause],
    ...(status.unified !== undefined && { unified: status.unified }),
    effects: [...status.effects, ...(facts.isPausedByUser ? ['The pause set by hand ends'] : [])],
    warnings: status.warnings,
    message: `rollout '${rollout.metadata.name}' promoted`,
  })
}

interface StatusChange {
  readonly because: string
  readonly writes: readonly Write[]
  readonly unified?: PatchWrite
  readonly effects: readonly string[]
  readonly warnings: readonly string[]
}

function statusChange(context: ActionContext): StatusChange {
  const { facts } = context
  if (isInconclusive(context)) return goPastAnalysis(context)
  if (facts.hasPauseCondition) return endPause(context)
  if (facts.isCanary && facts.steps.length > 0) return goToNextStep(context)
  return { because: 'ACT-37', writes: [], effects: [], warnings: [] }
}

/** `I ∧ P ∧ C` of the patch table. */
const isInconclusive = ({ rollout, facts }: ActionContext): boolean =>
  facts.isCanary &&
  facts.hasPauseCondition &&
  facts.isPausedByController &&
  rollout.status?.canary?.currentStepAnalysisRunStatus?.status === 'Inconclusive'

/** ACT-33, and ACT-34 when there are no steps. `controllerPause` goes too, or a pause step that follows would count as over. */
function goPastAnalysis({ rollout, facts }: ActionContext): StatusChange {
  if (facts.steps.length === 0) {
    const warning = 'Without steps there is no analysis to go past: only Resume ends the inconclusive pause'
    return { because: 'ACT-34', writes: [], effects: [], warnings: [warning] }
  }
  const { nextStepIndex } = facts
  const body = { pauseConditions: null, controllerPause: false, currentStepIndex: nextStepIndex }
  return {
    because: 'ACT-33',
    writes: [patchStatus(rollout, body, { because: 'ACT-33', summary: 'End the pause and skip the analysis' })],
    unified: unpaused(rollout),
    effects: [
      `The pause ends and ${numberedStep(facts, facts.stepIndex)} counts as passed`,
      whatFollows(facts, nextStepIndex),
    ],
    warnings: ['The analysis was inconclusive; it is not run again'],
  }
}

/** ACT-35. `controllerPause` stays: that is how the engine sees that a person ended the pause (ACT-39). */
function endPause({ rollout, facts }: ActionContext): StatusChange {
  const body = { pauseConditions: null }
  const pause = facts.isCanary && facts.stepIndex < facts.steps.length
  return {
    because: 'ACT-35',
    writes: [patchStatus(rollout, body, { because: 'ACT-35', summary: 'End the current pause' })],
    unified: unpaused(rollout),
    effects: pause
      ? [`The pause at ${numberedStep(facts, facts.stepIndex)} ends`, whatFollows(facts, facts.nextStepIndex)]
      : ['The pause ends', ...(facts.isCanary ? [] : ['The active service switches to the new version'])],
    warnings: [],
  }
}

/** The unified body of the patch table: it ends both pauses, whichever there are. */
const unpaused = (rollout: Rollout, more: { readonly currentStepIndex?: number } = {}): PatchWrite =>
  unifiedPatch(rollout, { spec: { paused: false }, status: { pauseConditions: null, ...more } })

/** ACT-36. */
function goToNextStep({ rollout, facts }: ActionContext): StatusChange {
  const { stepIndex, nextStepIndex } = facts
  const body = { pauseConditions: null, currentStepIndex: nextStepIndex }
  const isDone = stepIndex >= facts.steps.length
  return {
    because: 'ACT-36',
    writes: [patchStatus(rollout, body, { because: 'ACT-36', summary: `Go on to step index ${nextStepIndex}` })],
    unified: unpaused(rollout, { currentStepIndex: nextStepIndex }),
    effects: isDone ? [] : [`${capital(numberedStep(facts, stepIndex))} is skipped`, whatFollows(facts, nextStepIndex)],
    warnings:
      facts.isPausedByUser && !isDone ? ['Promote also skips the current step; Resume only ends the pause'] : [],
  }
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
