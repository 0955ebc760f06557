import type { PauseCondition, Rollout, RolloutStatus } from '#api/rollout.ts'
import type { PauseView } from '#contract/views.ts'
import { currentStep, pauseSeconds } from '#engine/rollout/canary/steps.ts'
import { isAutoPromoted } from '#engine/rollout/spec-defaults.ts'
import { findCondition } from '#engine/rollout/status/condition-list.ts'
import { parseTime } from '#lib/rfc3339.ts'

/**
 * What holds the rollout, the hardest to end first: an inconclusive verdict, a pause by hand, the pause of a step. A timer
 * that would not move anything because of a harder pause is not shown.
 */
export function pauseOf(rollout: Rollout, status: RolloutStatus): PauseView | undefined {
  const conditions = status.pauseConditions ?? []
  const inconclusive = conditions.find(isInconclusive)
  if (inconclusive !== undefined) return untimed(inconclusive)
  if (rollout.spec.paused === true) return byHand(status)
  const [first] = conditions
  if (first === undefined) return undefined
  const startedAt = parseTime(first.startTime)
  const seconds = timerSeconds(rollout, status, first)
  const resumesAt = seconds === undefined || startedAt === undefined ? undefined : startedAt + seconds * 1000
  return { reason: first.reason, startedAt, resumesAt }
}

export const isInconclusive = ({ reason }: PauseCondition): boolean =>
  reason === 'InconclusiveAnalysisRun' || reason === 'InconclusiveExperiment'

const untimed = ({ reason, startTime }: PauseCondition): PauseView => ({
  reason,
  startedAt: parseTime(startTime),
  resumesAt: undefined,
})

function byHand(status: RolloutStatus): PauseView {
  const paused = findCondition(status.conditions ?? [], 'Paused')
  const since = paused?.status === 'True' ? paused.lastTransitionTime : undefined
  return {
    reason: 'manual',
    startedAt: parseTime(since ?? status.duration?.manualPauseStartedAt),
    resumesAt: undefined,
  }
}

/** `undefined`: only a person can end it. */
function timerSeconds(rollout: Rollout, status: RolloutStatus, { reason }: PauseCondition): number | undefined {
  if (reason === 'CanaryPauseStep') {
    const seconds = pauseSeconds(currentStep(rollout, status)?.pause?.duration)
    return seconds === undefined || seconds < 0 ? undefined : seconds
  }
  const blueGreen = rollout.spec.strategy?.blueGreen
  if (reason !== 'BlueGreenPause' || blueGreen === undefined || !isAutoPromoted(blueGreen)) return undefined
  return (blueGreen.autoPromotionSeconds ?? 0) > 0 ? blueGreen.autoPromotionSeconds : undefined
}
