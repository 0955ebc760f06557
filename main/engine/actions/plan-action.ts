import { normaliseRollout } from '#engine/normalise/normalise-rollout.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome } from '#lib/outcome.ts'
import { planAbort } from './abort.ts'
import { actionFacts } from './action-facts.ts'
import type { ActionParameters, ActionPlan, NotOpen, Planner, RolloutAction } from './action-plan.ts'
import { availabilityOf } from './availability.ts'
import { planCancelRestart } from './cancel-restart.ts'
import { planPause } from './pause.ts'
import { planPromote } from './promote.ts'
import { planPromoteFull } from './promote-full.ts'
import { planRerunAnalysis } from './rerun-analysis.ts'
import { planRestart } from './restart.ts'
import { planResume } from './resume.ts'
import { planRetry } from './retry.ts'
import { revisionHistory } from './revision-history.ts'
import { planSetImage } from './set-image.ts'
import { planSkipStep } from './skip-step.ts'
import { planTerminateAnalysis, planTerminateExperiment } from './terminate.ts'
import { planUndo } from './undo.ts'

export type { ActionParameters, ActionPlan, RolloutAction } from './action-plan.ts'

/** All actions there are. One that is not open is refused by `availability.ts` before its planner is asked. */
const planners: Readonly<Record<RolloutAction, Planner>> = {
  promote: planPromote,
  promoteFull: planPromoteFull,
  skipStep: planSkipStep,
  pause: planPause,
  resume: planResume,
  abort: planAbort,
  retry: planRetry,
  undo: planUndo,
  restart: planRestart,
  cancelRestart: planCancelRestart,
  setImage: planSetImage,
  rerunAnalysis: planRerunAnalysis,
  terminateAnalysis: planTerminateAnalysis,
  terminateExperiment: planTerminateExperiment,
}

/**
 * Works out the requests of an action on a Rollout as it is now. Every one is bound to the version it was decided from
 * (ACT-11), a second one to the same object only to its uid. `undo` needs the world's ReplicaSets; it and `setImage` need
 * the workload when there is a `workloadRef`; `rerunAnalysis` and the ones that terminate need AnalysisRuns and Experiments.
 */
export function planAction(wish: {
  readonly action: RolloutAction
  readonly world: RolloutWorld
  readonly parameters: ActionParameters
  readonly now: EpochMs
}): Outcome<ActionPlan, NotOpen> {
  const { action, world, parameters, now } = wish
  const { rollout } = normaliseRollout(world.rollout)
  const facts = actionFacts(rollout)
  const otherRevisions = revisionHistory(world).length - 1
  const availability = availabilityOf(action, rollout, facts, { otherRevisions, now })
  if (!availability.open) return failure({ reason: availability.reason })
  return planners[action]({ world, rollout, facts, parameters, now })
}
