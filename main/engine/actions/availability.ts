import type { Rollout } from '#api/rollout.ts'
import { pendingChange } from '#engine/status/phase.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { type ActionFacts, actionFacts } from './action-facts.ts'
import type { RolloutAction } from './action-plan.ts'

/** A closed action says when it opens (UI-ACT-4). */
export type ActionAvailability = { readonly open: true } | { readonly open: false; readonly reason: string }

export interface AvailabilityFacts {
  /** Revisions besides the current one that still have a ReplicaSet; only `undo` looks at it. */
  readonly otherRevisions: number
  /** The API server's time, if it is known; only `cancelRestart` looks at it (ACT-84). */
  readonly now?: EpochMs
}

/** Which actions are open on a Rollout, by its own state alone (ACT-13, ACT-158). Rights are checked elsewhere (ACT-14). */
export function actionAvailability(
  rollout: Rollout,
  facts: AvailabilityFacts,
): Readonly<Record<RolloutAction, ActionAvailability>> {
  const own = actionFacts(rollout)
  const of = (action: RolloutAction) => availabilityOf(action, rollout, own, facts)
  return {
    promote: of('promote'),
    promoteFull: of('promoteFull'),
    skipStep: of('skipStep'),
    pause: of('pause'),
    resume: of('resume'),
    abort: of('abort'),
    retry: of('retry'),
    undo: of('undo'),
    restart: of('restart'),
    cancelRestart: of('cancelRestart'),
    setImage: of('setImage'),
    rerunAnalysis: of('rerunAnalysis'),
    terminateAnalysis: of('terminateAnalysis'),
    terminateExperiment: of('terminateExperiment'),
  }
}

/** One entry of `actionAvailability`. */
export function availabilityOf(
  action: RolloutAction,
  rollout: Rollout,
  own: ActionFacts,
  facts: AvailabilityFacts,
): ActionAvailability {
  const reason = whyClosed(action, rollout, own, facts)
  return reason === undefined ? { open: true } : { open: false, reason }
}

function whyClosed(
  action: RolloutAction,
  rollout: Rollout,
  own: ActionFacts,
  facts: AvailabilityFacts,
): string | undefined {
  if (rollout.metadata.deletionTimestamp !== undefined)
    return `${names[action]} is closed: the rollout is being deleted`
  const closed = rules[action](own, facts, rollout)
  if (closed !== undefined) return closed
  const pending = brakes.has(action) ? undefined : pendingChange(rollout)
  return pending === undefined
    ? undefined
    : `${names[action]} is open again once the controller has caught up: ${pending}`
}

/** The emergency brakes work while the controller lags behind (ACT-13), and so does what changes nothing of the Rollout. */
const brakes: ReadonlySet<RolloutAction> = new Set<RolloutAction>([
  'abort',
  'pause',
  'rerunAnalysis',
  'terminateAnalysis',
  'terminateExperiment',
])

const names: Readonly<Record<RolloutAction, string>> = {
  promote: 'Promote',
  promoteFull: 'Promote full',
  skipStep: 'Skip step',
  pause: 'Pause',
  resume: 'Resume',
  abort: 'Abort',
  retry: 'Retry',
  undo: 'Undo',
  restart: 'Restart',
  cancelRestart: 'Cancel restart',
  setImage: 'Set image',
  rerunAnalysis: 'Dry run',
  terminateAnalysis: 'Terminate',
  terminateExperiment: 'Terminate',
}

type Rule = (own: ActionFacts, facts: AvailabilityFacts, rollout: Rollout) => string | undefined

/** ACT-158: the sentence of a closed action, `undefined` for an open one. */
const rules: Readonly<Record<RolloutAction, Rule>> = {
  promote: promoteRule,
  promoteFull: ({ isUpdating }) => (isUpdating ? undefined : 'Promote full is open while an update is under way'),
  skipStep: skipStepRule,
  pause: ({ isPausedByUser }) =>
    isPausedByUser ? 'Pause is open again after Resume: the rollout is already paused by hand' : undefined,
  resume: ({ isPausedByUser, hasPauseCondition }) =>
    isPausedByUser || hasPauseCondition ? undefined : 'Resume is open while the rollout is paused',
  abort: abortRule,
  retry: ({ isAborted }) => (isAborted ? undefined : 'Retry is open after an abort'),
  undo: (_own, { otherRevisions }) =>
    otherRevisions > 0 ? undefined : 'Undo is open once there is another revision to go back to',
  restart: () => undefined,
  cancelRestart: cancelRestartRule,
  setImage: () => undefined,
  rerunAnalysis: () => undefined,
  // Whether there is something to end, the run or the Experiment tells.
  terminateAnalysis: () => undefined,
  terminateExperiment: () => undefined,
}

function promoteRule(own: ActionFacts): string | undefined {
  if (own.hasPauseCondition || own.isPausedByUser) return undefined
  if (!own.isCanary) return 'Promote is open while the rollout is paused'
  if (!own.isUpdating) return 'Promote is open while an update is under way'
  if (own.isAborted) return 'Promote is open again after Retry: the update was aborted'
  return own.stepIndex < own.steps.length ? undefined : 'Promote is open during a step or a pause: no steps are left'
}

function skipStepRule(own: ActionFacts): string | undefined {
  if (!own.isCanary) return 'Skip step is open on canary rollouts: blue-green has no steps'
  if (!own.isUpdating) return 'Skip step is open while an update is under way'
  if (own.isAborted) return 'Skip step is open again after Retry: the update was aborted'
  return own.stepIndex < own.steps.length ? undefined : 'Skip step is open during a step: no steps are left'
}

/** ACT-84. */
function cancelRestartRule(_own: ActionFacts, { now }: AvailabilityFacts, { spec }: Rollout): string | undefined {
  const restartAt = parseTime(spec.restartAt)
  return restartAt !== undefined && now !== undefined && restartAt > now
    ? undefined
    : 'Cancel restart is open while a restart is scheduled'
}

/** ACT-55: an abort of an idle rollout would be discarded. */
function abortRule(own: ActionFacts): string | undefined {
  if (!own.isUpdating) return 'Abort is open while an update is under way'
  return own.isAborted ? 'Abort is open again after Retry: the update is already aborted' : undefined
}
