import type { EpochMs } from '#lib/clock.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { isFullPromotionWanted } from '../promotion.ts'
import type { Situation } from '../situation.ts'
import { currentStep, pauseSeconds } from './steps.ts'

/**
 * Where a pause step is (CAN-42, CAN-43, CAN-55).
 * Cleared conditions while `controllerPause` is still set mean that someone resumed it (REC-92).
 * Differs from the reference, where a pause for an inconclusive analysis that is still in force passes for that, and the step is
 * skipped (CAN-44).
 */
export type PauseProgress =
  /** Not standing at a pause. */
  | { readonly state: 'none' }
  /** Reached: the clock starts when the condition is written. */
  | { readonly state: 'entering' }
  /** `resumesAt` is absent when only a person can end it. */
  | { readonly state: 'waiting'; readonly resumesAt?: EpochMs }
  | { readonly state: 'resumed' }
  | { readonly state: 'elapsed' }

export function pauseProgress(situation: Situation): PauseProgress {
  const { rollout, status, now } = situation
  const pause = currentStep(rollout, status)?.pause
  if (pause === undefined) return { state: 'none' }
  const { pauseConditions = [], controllerPause } = status
  const condition = pauseConditions.find(({ reason }) => reason === 'CanaryPauseStep')
  if (condition === undefined)
    return { state: controllerPause === true && pauseConditions.length === 0 ? 'resumed' : 'entering' }
  const seconds = pauseSeconds(pause.duration)
  const startedAt = parseTime(condition.startTime)
  if (seconds === undefined || startedAt === undefined) return { state: 'waiting' }
  const expiresAt = startedAt + seconds * 1000
  // Strictly after (REC-93); so the alarm is set a moment later than the expiry.
  return now > expiresAt ? { state: 'elapsed' } : { state: 'waiting', resumesAt: expiresAt + 1 }
}

/** A pause begins only once the ReplicaSets are settled, and not while anything overrides it. */
export const isEnteringPause = (situation: Situation): boolean =>
  situation.spec.paused !== true && !isFullPromotionWanted(situation) && pauseProgress(situation).state === 'entering'
