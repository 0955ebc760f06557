import type { Rollout } from '#api/rollout.ts'
import type { ElapsedView } from '#contract/views.ts'
import { pauseSeconds } from '#engine/rollout/canary/steps.ts'
import { isAutoPromoted, stepsOf } from '#engine/rollout/spec-defaults.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseTime } from '#lib/rfc3339.ts'

/**
 * Where the time of the update under way has gone: the controller keeps the time spent on waiting for people (REC-132), timers took what
 * was measured, or else what they say. `undefined` when no update is under way, or its controller keeps no times.
 * @param stepEnds when each step ended, as far as that is known
 */
export function elapsedView(rollout: Rollout, stepEnds: ReadonlyMap<number, EpochMs>): ElapsedView | undefined {
  const { duration, pauseConditions } = rollout.status ?? {}
  const startedAt = parseTime(duration?.rolloutStartedAt)
  if (startedAt === undefined || duration?.finishedAt !== undefined) return undefined
  const waitingSince = parseTime(duration?.manualPauseStartedAt)
  const pausedSince = parseTime(pauseConditions?.[0]?.startTime)
  const sums = {
    pausedMs: timersDoneMs(rollout, stepEnds),
    waitingMs: (duration?.totalManualPauseDurationSeconds ?? 0) * 1000,
  }
  if (waitingSince !== undefined) return { startedAt, now: 'waiting', since: waitingSince, ...sums }
  if (pausedSince !== undefined) return { startedAt, now: 'paused', since: pausedSince, ...sums }
  return { startedAt, now: 'working', since: startedAt, ...sums }
}

/** What the timers of the pauses before took; one that was ended by hand took less than it says. */
function timersDoneMs(rollout: Rollout, stepEnds: ReadonlyMap<number, EpochMs>): number {
  const { blueGreen } = rollout.spec.strategy ?? {}
  const { currentStepIndex = 0, currentPodHash, blueGreen: progress } = rollout.status ?? {}
  if (blueGreen !== undefined) {
    const isOver = progress?.activeSelector === currentPodHash && isAutoPromoted(blueGreen)
    return isOver ? (blueGreen.autoPromotionSeconds ?? 0) * 1000 : 0
  }
  const done = stepsOf(rollout).slice(0, currentStepIndex)
  return done.reduce((sum, { pause }, index) => {
    const fullMs = Math.max(0, pauseSeconds(pause?.duration) ?? 0) * 1000
    const [from, to] = [stepEnds.get(index - 1), stepEnds.get(index)]
    return sum + (from === undefined || to === undefined ? fullMs : Math.min(fullMs, to - from))
  }, 0)
}
