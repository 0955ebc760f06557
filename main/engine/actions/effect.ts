import type { Rollout } from '#api/rollout.ts'
import { pendingChange, shownPhase } from '#engine/status/phase.ts'
import { parseInteger } from '#lib/int-or-string.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import type { RolloutAction } from './action-plan.ts'

/** A Rollout on both sides of an action's requests. */
export interface ActionEcho {
  /** As it was read and decided upon. */
  readonly before: Rollout
  /** As the API server answered the last request to it; `before` when the requests went to its workload. */
  readonly written: Rollout
}

/**
 * Whether an engine has acted on what was asked (ACT-58). What our own requests wrote is no sign of it, and `current` may
 * still be as it was before them: a watch lags behind.
 */
export function hasTakenEffect(action: RolloutAction, echo: ActionEcho, current: Rollout): boolean {
  return signs[action]({ ...echo, current })
}

interface Change extends ActionEcho {
  readonly current: Rollout
}

const signs: Readonly<Record<RolloutAction, (change: Change) => boolean>> = {
  promote: isPromoted,
  skipStep: isPromoted,
  promoteFull: isPromotedInFull,
  pause: (change) => isActedOn(change) && change.current.spec.paused === true,
  resume: (change) => isActedOn(change) && isMoved(change) && isUnpaused(change),
  abort: ({ current }) => statusOf(current).abortedAt !== undefined && shownPhase(current).phase === 'Degraded',
  retry: (change) =>
    isMoved(change) && statusOf(change.current).abort !== true && shownPhase(change.current).phase !== 'Degraded',
  undo: hasNextTemplate,
  setImage: hasNextTemplate,
  restart: isRestartObserved,
  cancelRestart: isRestartObserved,
  // The answer was all there is to see of it on the Rollout.
  rerunAnalysis: () => true,
  terminateAnalysis: () => true,
  terminateExperiment: () => true,
}

const statusOf = ({ status = {} }: Rollout) => status

/** Somebody else than us has written status since. */
const isMoved = ({ written, current }: Change): boolean => !jsonEqual(statusOf(written), statusOf(current))

/** The controller has seen the spec as we left it, and is not about to end a pause. */
function isActedOn(change: Change): boolean {
  const { written, current } = change
  if (pendingChange(current) !== undefined) return false
  const observed = parseInteger(statusOf(current).observedGeneration)
  return observed === undefined ? isMoved(change) : observed >= (written.metadata.generation ?? 0)
}

const pausesOf = (rollout: Rollout) => statusOf(rollout).pauseConditions ?? []

const isUnpaused = ({ before, current }: Change): boolean =>
  current.spec.paused !== true && (pausesOf(current).length === 0 || !jsonEqual(pausesOf(current), pausesOf(before)))

/** The step index or the stable version changed, or the pause is gone. */
function isPromoted(change: Change): boolean {
  const [before, now] = [statusOf(change.before), statusOf(change.current)]
  if (!isActedOn(change) || !isMoved(change)) return false
  return (
    before.currentStepIndex !== now.currentStepIndex ||
    before.stableRS !== now.stableRS ||
    (wasPaused(change.before) && isUnpaused(change))
  )
}

const wasPaused = (rollout: Rollout): boolean => rollout.spec.paused === true || pausesOf(rollout).length > 0

function isPromotedInFull(change: Change): boolean {
  const { promoteFull, stableRS, currentPodHash } = statusOf(change.current)
  return isActedOn(change) && (stableRS === currentPodHash || (promoteFull === true && isMoved(change)))
}

function hasNextTemplate(change: Change): boolean {
  return isActedOn(change) && statusOf(change.before).currentPodHash !== statusOf(change.current).currentPodHash
}

function isRestartObserved(change: Change): boolean {
  return isActedOn(change) && change.current.spec.restartAt === change.written.spec.restartAt
}
